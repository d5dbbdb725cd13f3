"""Tell edits from all else that happens to files while pages are served.

A program that runs from its folder leaves a database there, Python leaves bytecode and
editors leave copies. None of that shows on a page, and a reload takes away what someone
is just typing into a live demo. Saving a file as it was is no edit either.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from mkdocs.livereload import LiveReloadServer
from watchdog.events import FileModifiedEvent, FileSystemEvent

from livedocs.files import is_hidden, visible

PROGRAMS = frozenset({".md", ".py", ".toml"})
"""The endings of programs and tests, and of what a library has beside its modules."""

PAGES = frozenset(
    {".css", ".gif", ".ico", ".jpg", ".js", ".json", ".md", ".mp4", ".pdf", ".png"}
    | {".avif", ".svg", ".txt", ".webm", ".webp", ".woff2", ".yml"}
)
"""The endings of pages, and of what is published as it is."""

THEMES = frozenset({".css", ".html", ".js", ".svg"})
"""The endings of what a theme is made of."""

OnEvent = Callable[[FileSystemEvent], object]


class Edits:
    """What pages are made of: which files, and what is in them.

    Args:
        folders: where they are, each with the endings that count.
        files: further ones; what lies beside them does not count.
        written: what a command writes, and nobody edits: pages that are open wait for
            it until they are loaded again, since their readers may be typing.
    """

    def __init__(
        self,
        folders: Mapping[Path, frozenset[str]],
        files: Iterable[Path] = (),
        written: Iterable[Path] = (),
    ) -> None:
        self._folders = {_absolute(folder): it for folder, it in folders.items()}
        self._written = set(map(_absolute, written))
        self._files = self._written.union(map(_absolute, files))
        self._known = {it: _digest(it) for it in self._found()}
        self._new: set[Path] = set()

    def built_by(self, build: Callable[[], object]) -> bool:
        """Build, and return whether pages that are open should be loaded again."""
        built, self._new = self._new, set()
        try:
            build()
        except BaseException:
            self._new |= built
            raise
        return not built or bool(built - self._written)

    def _found(self) -> set[Path]:
        found = {it for folder in self._folders for it in visible(folder, "**/*")}
        return found | self._files

    def tell_since(self, on_event: OnEvent) -> None:
        """Call this for each file that was edited since they were looked at last."""
        for path in sorted(self._found() | self._known.keys()):
            self.only(on_event)(FileModifiedEvent(str(path)))

    def only(self, on_event: OnEvent) -> OnEvent:
        """Call this for edits, and for nothing else."""

        def on_edit(event: FileSystemEvent) -> None:
            paths = (event.src_path, getattr(event, "dest_path", ""))
            new = {
                it for path in paths if path and self._is_edited(it := _absolute(path))
            }
            self._new |= new
            if new:
                on_event(event)

        return on_edit

    def _is_edited(self, path: Path) -> bool:
        if not self._counts(path):
            return False
        now = _digest(path)
        before, self._known[path] = self._known.get(path, b""), now
        return now != before

    def _counts(self, path: Path) -> bool:
        if path in self._files:
            return True
        for folder, endings in self._folders.items():
            if path.is_relative_to(folder):
                is_ours = not is_hidden(path.relative_to(folder))
                return is_ours and path.suffix in endings
        return False


def reloading_for_edits(server: LiveReloadServer, edits: Edits) -> Callable[[], None]:
    """The server's builder, after which pages that are open are loaded again only if
    something was edited.
    """
    build = server.builder

    def build_and_reload() -> None:
        if not edits.built_by(build):
            server._wanted_epoch = server._visible_epoch  # open pages wait for a newer

    return build_and_reload


def _absolute(path: str | Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 -- a link is a file of its own


def _digest(path: Path) -> bytes:
    """What stands for the file's content; empty if there is none."""
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return b""
