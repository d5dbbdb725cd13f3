"""What MkDocs shows in one piece instead of a traceback."""

from __future__ import annotations

from mkdocs.exceptions import BuildError


class SnippetError(BuildError):
    """Something on a page or in a snippet is wrong; MkDocs shows it in one piece.

    The message says where it is, what was found and what would be right.
    """
