"""What pages say beside what their tests prove, for those who review a change."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from mkdocs.commands.build import build
from mkdocs.config import load_config

from livedocs.blocks import Use
from livedocs.plugin import LiveDocsPlugin


def pages(config: Path) -> Mapping[str, Sequence[Use]]:
    """What each page refers to as proven, by its name: ``taipy/chat``.

    Args:
        config: the ``mkdocs.yml`` of the project.

    Raises:
        SnippetError: a page or a test is wrong, as in any build.
    """
    logger = logging.getLogger("mkdocs")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with TemporaryDirectory() as site:
            loaded = load_config(str(config), site_dir=site)
            build(loaded)
    finally:
        logger.setLevel(level)
    plugin = loaded.plugins["livedocs"]
    assert isinstance(plugin, LiveDocsPlugin)  # noqa: S101 -- so pyproject.toml says
    return {
        uri.removeprefix("tutorials/").removesuffix(".md"): context.uses
        for uri, context in sorted(plugin.contexts.items())
        if context.uses
    }
