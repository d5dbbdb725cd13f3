"""Programs that run in the page itself: two people, one Python, any file server.

A `Runtime` is what a browser needs for that, written once into ``.cache`` by `prepare`
and published with the site. ``theme/look/here.js`` starts it in a page.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from livedocs.catalog import Catalog, Snippet
from livedocs.files import visible
from livedocs.static_live import editor, flet, streamlit

_OURS = Path(__file__).parent

CACHE = Path(".cache/runtimes")
"""Where runtimes and their downloads are kept, relative to the project's root."""

PLACE = "run"
"""The folder of the site that holds them, and nothing else of it."""

_PACKED = (".css", ".html", ".js", ".json", ".mjs", ".otf", ".py", ".wasm")
"""What web servers compress."""


@dataclass(frozen=True)
class Part:
    """Something that is written once, and published with the site."""

    name: str
    """The framework's id, or ``editor``."""
    title: str
    """What it is, with its version."""
    write: Callable[[Path, Path], None]
    """Writes it into a folder, with the folder of the downloads."""

    @cached_property
    def _version(self) -> str:
        """Of all that it is made of, except downloads, which this pins."""
        digest = hashlib.sha256()
        sources = (it for it in visible(_OURS, "**/*") if it.suffix != ".pyc")
        for path in sources:
            digest.update(f"{path.relative_to(_OURS)}\0".encode() + path.read_bytes())
        return digest.hexdigest()[:16]

    def folder(self, root: Path) -> Path:
        """Where it is once it is ready, for the project at `root`."""
        return root / CACHE / f"{self.name}-{self._version}"

    def is_ready(self, root: Path) -> bool:
        """Whether it has been prepared, as it is now."""
        return self.folder(root).is_dir()

    def prepare(self, root: Path) -> None:
        """Write it for the project at `root`, unless it is there.

        Raises:
            SnippetError: something cannot be fetched, or is not what was expected.
        """
        if self.is_ready(root):
            return
        cache = root / CACHE
        cache.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=cache) as unfinished:
            made = Path(unfinished, "made")
            made.mkdir()
            self.write(made, cache)
            self._finish(made)
            for old in cache.glob(f"{self.name}-*"):
                shutil.rmtree(old)
            made.rename(self.folder(root))

    def _finish(self, folder: Path) -> None:
        """Add what it has in common with the others."""


@dataclass(frozen=True)
class Runtime(Part):
    """What a browser needs to run the programs of one framework."""

    core: tuple[str, ...] = ()
    """Patterns of the files that every program needs; they are loaded first."""
    megabytes: int = 0
    """What a reader downloads for two people, compressed, rounded."""

    def _finish(self, folder: Path) -> None:
        """Add the pane, and what `here.js` reads: the core's bytes as the web sends."""
        for path in visible(_OURS / "panes" / self.name, "*"):
            shutil.copyfile(path, folder / path.name)
        found = {path for pattern in self.core for path in folder.glob(pattern)}
        core = [
            {
                "path": path.relative_to(folder).as_posix(),
                "bytes": path.stat().st_size,
                "sent": _sent(path),
            }
            for path in sorted(found)
        ]
        about = json.dumps({"title": self.title, "core": core})
        (folder / "runtime.json").write_text(about, "utf-8")


RUNTIMES = (
    Runtime(
        "streamlit",
        f"Streamlit {streamlit.VERSION}",
        streamlit.write,
        ("pyodide/*", "stlite/wheels/*", "stlite/index-*.js", "stlite/stlite.*"),
        10,
    ),
    Runtime(
        "flet",
        f"Flet {flet.VERSION}",
        flet.write,
        ("pyodide/*", "library.zip", "assets/fonts/*"),
        12,
    ),
)
"""Those that there are. Taipy has none: it needs threads and a server's sockets."""

EDITOR = Part("editor", "CodeMirror", editor.write)
"""The editor of all programs."""

PARTS = (*RUNTIMES, EDITOR)
"""All that `make runtime` prepares."""


def ready(root: Path) -> dict[str, Runtime]:
    """The runtimes that have been prepared, by framework."""
    return {it.name: it for it in RUNTIMES if it.is_ready(root)}


@dataclass(frozen=True)
class Offer:
    """Whether a reader can start a program in the page."""

    megabytes: int = 0
    """What that downloads; 0: it cannot be started."""
    reason: str = ""
    """Why not, in the words that follow a colon."""


REASONS = {
    "flet/web/brand": "it writes files",
    "flet/web/mounted": "it’s a server itself",
    "flet/web/offline": "it writes files",
    "flet/web/prefixed": "it’s a server itself",
    "streamlit/my_app/single_user": "it needs pandas, which isn’t part of the page",
    "streamlit/my_app/step5_saved": "it needs pandas, which isn’t part of the page",
    "streamlit/rooms/members": "it needs a login, which needs a server",
    "streamlit/rooms/saved_room": "it saves to a file, and a page has none",
    "streamlit/rooms/table": "its table needs pandas, which isn’t part of the page",
    "streamlit/rooms/viewers": "it needs a word that only its server knows",
    "taipy": "Taipy needs a server",
}
"""Why a program cannot run in a page, by its id or its framework's: the words that
follow a colon."""


def offer(root: Path, snippet: Snippet) -> Offer:
    """Whether the program can be started in the pages of the project at `root`."""
    for name in (snippet.id, snippet.framework):
        if name in REASONS:
            return Offer(reason=REASONS[name])
    if runtime := ready(root).get(snippet.framework):
        return Offer(runtime.megabytes)
    return Offer(reason="this site was built without “make runtime”")


NO_PUSH = "There’s no server to notify its pages, so they poll."
"""What a reader is shown for a program whose launcher cannot run in a page."""


def program_of(snippet: Snippet) -> Snippet:
    """What runs in the page: the snippet, or the program that it is the launcher of."""
    pages = [it for it in snippet.companions if not it.package]
    return pages[0] if snippet.id.endswith("_launcher") and pages else snippet


def publish(root: Path, site: Path, catalog: Catalog) -> None:
    """Add the runtimes that are ready to a built site, with what `here.js` reads.

    Args:
        root: of the project.
        site: the folder that the site was built into.
        catalog: the programs.
    """
    runtimes = ready(root)
    if not runtimes:
        return
    place = site / PLACE
    for name, runtime in runtimes.items():
        _link_all(runtime.folder(root), place / name)
    for path in (*visible(_OURS / "panes", "*.js"), *visible(EDITOR.folder(root), "*")):
        shutil.copyfile(path, place / path.name)
    programs = {
        snippet.id: _program(snippet)
        for snippet in catalog
        if snippet.framework in runtimes and not snippet.package
    }
    (place / "programs.json").write_text(json.dumps(programs), "utf-8")


def _program(snippet: Snippet) -> dict[str, object]:
    program = program_of(snippet)
    wheels = [package.wheel for package in program.packages]
    versions = dict(it.split("==") for it in program.dependencies)
    return {
        "file": f"snippets/{program.file}",
        "wheels": wheels,
        "madeFor": versions.get(program.framework, ""),
        "note": "" if program is snippet else NO_PUSH,
    }


def _link_all(source: Path, target: Path) -> None:
    """Copy a folder, without copying what is in its files where that can be."""

    def link(old: str, new: str) -> None:
        try:
            os.link(old, new)
        except OSError:  # another file system, or one without links
            shutil.copyfile(old, new)

    shutil.copytree(source, target, copy_function=link)


def _sent(path: Path) -> int:
    content = path.read_bytes()
    if path.suffix in _PACKED:
        content = gzip.compress(content, 6)
    return len(content)
