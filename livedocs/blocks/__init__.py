"""What a page may say beyond Markdown: programs, their differences, state, facts.

Eight additions to Python-Markdown, none of which needs MkDocs:

- ``/// snippet | taipy/chat/shared_builder.py`` shows a program or parts of it,
- ``/// diff | step1.py → step2.py`` shows what changes between two programs,
- ``/// state | taipy/chat/shared_builder.py`` holds the table of who shares what,
- ``/// figures | here`` shows what the bench has measured,
- ``/// drawing | room`` shows one of the site's drawings,
- ``/// reference | streamlit/room_sync`` lists what a library offers,
- ``/// demo | taipy/chat/shared_builder.py`` shows what its users see side by side,
- ``[any words](fact:late-joiner)`` refers to a fact that tests prove.

Whatever is wrong raises `SnippetError` with page, line and the nearest right name.
Source of the block syntax: pymdownx.blocks, "Blocks Extension API".
"""

from __future__ import annotations

from typing import Any

from markdown import Markdown
from pymdownx.blocks import BlocksExtension, BlocksProcessor

from livedocs.blocks.block import PageBlock
from livedocs.blocks.by_hand import ByHand
from livedocs.blocks.demo import DemoBlock
from livedocs.blocks.diff import DiffBlock
from livedocs.blocks.drawing import DrawingBlock
from livedocs.blocks.figures import FiguresBlock
from livedocs.blocks.finish import Finish, Reachable, Shown
from livedocs.blocks.page import Page, PageContext, Use
from livedocs.blocks.reference import ReferenceBlock
from livedocs.blocks.scan import Scan
from livedocs.blocks.snippet import SnippetBlock
from livedocs.blocks.state import StateBlock

__all__ = ["BLOCKS", "LiveDocsExtension", "PageContext", "Use"]

BLOCKS: dict[str, type[PageBlock]] = {
    block.NAME: block
    for block in (
        SnippetBlock,
        DiffBlock,
        StateBlock,
        DemoBlock,
        FiguresBlock,
        DrawingBlock,
        ReferenceBlock,
    )
}
"""Our blocks, by the name that pages call them."""


class LiveDocsExtension(BlocksExtension):  # type: ignore[misc]
    """The Python-Markdown extension ``livedocs``."""

    def __init__(self, **options: Any) -> None:
        self.config = {"context": [PageContext(), "What is known of the page"]}
        super().__init__(**options)

    def extendMarkdownBlocks(  # noqa: N802 -- pymdownx's name
        self, md: Markdown, block_mgr: BlocksProcessor
    ) -> None:
        """Register blocks, facts and the checks around them."""
        page = Page(self.getConfig("context"))
        for block in BLOCKS.values():
            block_mgr.register(block, {"page": page})
        # Before superfences (25) hides the fences, after white space is normal (30).
        scan = Scan(md, page, block_mgr.blocks, BLOCKS)
        md.preprocessors.register(scan, "livedocs-scan", 28)
        # Before pymdownx.highlight (30) hides indented code.
        md.treeprocessors.register(ByHand(md, page), "livedocs-by-hand", 35)
        # After inline (20), before the table of contents (5).
        md.treeprocessors.register(Finish(md, page), "livedocs-finish", 10)
        # After raw HTML (30) is back in its place.
        md.postprocessors.register(Reachable(md), "livedocs-reachable", 5)
        md.postprocessors.register(Shown(md, page), "livedocs-shown", 4)
