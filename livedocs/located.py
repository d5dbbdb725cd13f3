"""Errors that know their place."""

from __future__ import annotations

from livedocs.errors import SnippetError


class LocatedError(SnippetError):
    """One that says already which file is wrong, and where in it."""
