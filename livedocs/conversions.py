"""Pages as Markdown made them, kept from one build of `mkdocs serve` to the next.

A page is converted again when anything is different that it was made from. All of that
is one key, `_made_from`; what the page named while it was converted (programs, facts,
files that it links to) says which of it to look at.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import TableOfContents

from livedocs.blocks import PageContext, Use
from livedocs.blocks.block import THEME
from livedocs.catalog import Snippet
from livedocs.errors import SnippetError
from livedocs.facts import Row
from livedocs.files import visible
from livedocs.packages import Package

_OBJECTS = {"plugins", "hooks", "exclude_docs", "draft_docs", "not_in_nav"}
"""Settings that are no plain values; the last three show in each `File`."""


def settings_of(config: MkDocsConfig) -> str:
    """All that `mkdocs.yml` says, as text that is the same as long as it says it."""
    values = {name: it for name, it in config.items() if name not in _OBJECTS}
    plugins = {name: dict(plugin.config) for name, plugin in config.plugins.items()}
    hooks = time.monotonic_ns() if config.hooks else 0  # what they do is not known
    return f"{values} {plugins} {hooks}"


class LinkTargets(Files):
    """The files of the site; notes which of them are asked for."""

    def __init__(self, files: Files) -> None:
        super().__init__(files)
        self.asked: set[str] = set()
        """What was asked for, as a path from the root of the documentation."""

    def get_file_from_path(self, path: str) -> Any:
        """The file at that path, if there is one."""
        self.asked.add(path)
        return super().get_file_from_path(path)


@dataclass(frozen=True)
class _Names:
    """What a page named while it was converted."""

    programs: tuple[str, ...]
    packages: tuple[str, ...]
    facts: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    targets: tuple[str, ...]


@dataclass(frozen=True)
class _Conversion:
    """What MkDocs made of a page, and what the blocks told about it."""

    names: _Names
    made_from: tuple[object, ...]
    content: str
    toc: TableOfContents
    title: str | None
    anchors: set[str]
    links: Mapping[str, dict[str, str]]
    """The anchors that it links to, by the path of their page."""
    programs: Mapping[str, Snippet]
    packages: Mapping[str, Package]
    uses: tuple[Use, ...]


class Conversions:
    """Converts pages, each only when it has changed."""

    def __init__(self) -> None:
        self._known: dict[str, _Conversion] = {}
        self._settings: tuple[object, ...] = ()

    def begin(self, settings: str) -> None:
        """Read what all pages of a build are made from."""
        folders = ("blocks", "drawings", "partials")
        templates = [path for it in folders for path in visible(THEME, f"{it}/*")]
        self._settings = (
            settings,
            tuple((path, path.read_bytes()) for path in templates),
        )

    def convert(
        self, page: Page, context: PageContext, config: MkDocsConfig, files: LinkTargets
    ) -> None:
        """What `Page.render` does, unless it would do the same as the last time.

        What it warned of has to be said in each build, so such pages are not kept.
        Source of what it sets: mkdocs/structure/pages.py, `Page.render`.
        """
        uri = page.file.src_uri
        known = self._known.pop(uri, None)
        if not known or not self._is_valid(known, page, context, files):
            files.asked.clear()
            with _noted() as records:
                Page.render(page, config, files)
            if not records:
                self._known[uri] = self._keep(page, context, files)
            return
        self._known[uri] = known
        page.content = known.content
        page.toc = known.toc
        page._title_from_render = known.title
        page.present_anchor_ids = set(known.anchors)
        page.links_to_anchors = {
            file: dict(links)
            for target, links in known.links.items()
            if (file := files.get_file_from_path(target))
        }
        context.programs.update(known.programs)
        context.packages.update(known.packages)
        context.uses.extend(known.uses)

    def _is_valid(
        self, known: _Conversion, page: Page, context: PageContext, files: Files
    ) -> bool:
        try:
            now = self._made_from(known.names, page, context, files)
        except SnippetError:  # a program is gone, say; the conversion tells where
            return False
        return now == known.made_from

    def _keep(
        self, page: Page, context: PageContext, files: LinkTargets
    ) -> _Conversion:
        proofs = context.proven
        names = _Names(
            programs=tuple(context.programs),
            packages=tuple(context.packages),
            facts=tuple(p.id for p in proofs if not isinstance(p, Row)),
            rows=tuple((p.program, p.name) for p in proofs if isinstance(p, Row)),
            targets=tuple(sorted(files.asked)),
        )
        links = page.links_to_anchors or {}
        return _Conversion(
            names=names,
            made_from=self._made_from(names, page, context, files),
            content=page.content or "",
            toc=page.toc,
            title=page._title_from_render,
            anchors=set(page.present_anchor_ids or ()),
            links={file.src_uri: dict(its) for file, its in links.items()},
            programs=dict(context.programs),
            packages=dict(context.packages),
            uses=tuple(context.uses),
        )

    def _made_from(
        self, names: _Names, page: Page, context: PageContext, files: Files
    ) -> tuple[object, ...]:
        """Everything that a conversion reads, as it is now.

        Raises:
            SnippetError: a program or a library is not there, or not to be understood.
        """
        programs = [context.catalog.find(id_) for id_ in names.programs]
        packages = [context.catalog.package(name) for name in names.packages]
        facts = [context.facts.get(id_) for id_ in names.facts]
        rows = [context.rows.get(name) for name in names.rows]
        tests = {test.path for it in (*facts, *rows) if it for test in it.tests}
        targets = [files.src_uris.get(target) for target in names.targets]
        return (
            self._settings,
            page.markdown,
            repr(page.meta),
            page.url,
            context.source,
            context.first_line,
            context.strict,
            context.words,
            tuple(context.not_tested),
            context.site_url,
            context.live,
            context.images,
            # What a program imports, or who imports it, shows in these two.
            [(it, it.sha256, it.run_command(context.site_url)) for it in programs],
            [context.receipt(it) for it in programs],
            [it.digest for it in packages],
            [film for film in context.films if film.snippet in names.programs],
            facts,
            rows,
            context.ran(programs, tests),
            [it and (it.src_uri, it.url, it.inclusion) for it in targets],
        )


class _Notes(logging.Handler):
    """Collects what is logged for people to read."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Note one message."""
        self.records.append(record)


@contextmanager
def _noted() -> Iterator[list[logging.LogRecord]]:
    """What is said during the block, by MkDocs or by anybody else."""
    notes = _Notes()
    # That of MkDocs may keep its messages from the root's handlers.
    loggers = (logging.getLogger(), logging.getLogger("mkdocs"))
    for logger in loggers:
        logger.addHandler(notes)
    try:
        yield notes.records
    finally:
        for logger in loggers:
            logger.removeHandler(notes)
