"""What is followed while pages are served: edits, and nothing else."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort, BuildError
from mkdocs.livereload import LiveReloadServer
from watchdog.events import (
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
)

from livedocs.films import MANIFEST
from livedocs.plugin import LiveDocsPlugin
from tests.waiting import wait_until

from .conftest import Project

GREET = "snippets/taipy/chat/greet.py"
CHAT = "docs/tutorials/taipy/chat.md"


class Server:
    """Pages that are served, without a thread that looks for changes by itself."""

    def __init__(
        self, project: Project, meanwhile: Callable[[], object] = lambda: None
    ) -> None:
        self.root = project.root
        config = load_config(str(self.root / "mkdocs.yml"), site_dir=str(project.site))
        plugin = config.plugins["livedocs"]
        assert isinstance(plugin, LiveDocsPlugin)
        plugin.on_startup(command="serve", dirty=False)
        self.plugin = plugin
        config.dev_addr = type(config.dev_addr)("192.0.2.1", 8000)  # no live demos
        build(config)
        meanwhile()
        self.server = LiveReloadServer(
            lambda: None, host="127.0.0.1", port=8000, root=str(project.site)
        )
        self.server.watch(config.docs_dir)
        self.server.watch(str(self.root / "mkdocs.yml"))
        plugin.on_serve(self.server, config, None)

    def builds_after(self, *events: FileSystemEvent) -> bool:
        """Whether it builds when it is told of these."""
        self.server._want_rebuild = False
        for event in events:
            for watch, handlers in self.server.observer._handlers.items():
                # A watch that is not recursive has what lies in its folder.
                above = Path(event.src_path).parents
                reach = above if watch.is_recursive else list(above)[:1]
                if Path(watch.path) in (*reach, Path(event.src_path)):
                    for handler in handlers:
                        handler.dispatch(event)
        return self.server._want_rebuild

    def writes(self, path: str, text: str | bytes) -> bool:
        """Whether it builds after this is saved there."""
        file = self.root / path
        is_new = not file.exists()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        kind = FileCreatedEvent if is_new else FileModifiedEvent
        return self.builds_after(kind(str(file)))


@pytest.fixture(autouse=True)
def _theme(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("livedocs.plugin.THEME", project.root / "theme")


@pytest.fixture
def server(project: Project) -> Iterator[Server]:
    project.write("tests/snippets/taipy/test_chat.py", "x = 1\n")
    server = Server(project)
    yield server
    server.plugin.on_shutdown()


EDITED = (
    *(GREET, CHAT, "mkdocs.yml", "tests/snippets/taipy/test_chat.py"),
    *("docs/images/new.webp", "docs/images/manifest.json", ".cache/proof.json"),
    *("snippets/taipy/x/new.py", "snippets/taipy/x/pyproject.toml", "theme/main.html"),
)


def test_an_edit_is_built(server: Server) -> None:
    for path in EDITED:
        assert server.writes(path, "x = 1  # edited\n"), path
        assert server.writes(path, "x = 2\n"), path


@pytest.mark.parametrize(
    ("edit", "is_built"),
    [
        (lambda root: (root / GREET).write_text("x = 1  # edited\n"), True),
        (lambda root: (root / GREET).with_name("new.py").write_text("x = 1\n"), True),
        (lambda root: (root / CHAT).unlink(), True),
        (lambda root: (root / "mkdocs.yml").touch(), False),
        (lambda root: (root / GREET).with_name("rooms.db").touch(), False),
    ],
)
def test_an_edit_during_the_first_build_is_built(
    edit: Callable[[Path], object], is_built: bool, project: Project
) -> None:
    server = Server(project, meanwhile=lambda: edit(project.root))
    assert server.server._want_rebuild == is_built
    assert not server.builds_after(FileModifiedEvent(str(project.root / GREET)))
    server.plugin.on_shutdown()


def test_a_file_that_is_gone_or_renamed_is_built(server: Server) -> None:
    file, new = server.root / GREET, server.root / "snippets/taipy/chat/new.py"
    file.rename(new)
    assert server.builds_after(FileMovedEvent(str(file), str(new)))
    new.unlink()
    assert server.builds_after(FileDeletedEvent(str(new)))


def test_what_an_editor_puts_into_the_place_of_a_file_is_built(server: Server) -> None:
    file = server.root / CHAT
    new = file.with_name("chat.md.tmp123")
    new.write_text(file.read_text() + "More.\n")
    assert not server.builds_after(FileCreatedEvent(str(new)))
    new.replace(file)
    assert server.builds_after(FileMovedEvent(str(new), str(file)))


NO_EDIT = (
    *("snippets/taipy/chat/rooms.db", "snippets/taipy/chat/rooms.sqlite3-wal"),
    *("snippets/taipy/chat/output.log", "snippets/taipy/chat/user_data/a.json"),
    *("snippets/taipy/chat/__pycache__/greet.cpython-312.pyc", f"{GREET}~"),
    *("tests/__pycache__/conftest.cpython-312-pytest-9.pyc", f"{GREET}.orig"),
    *("snippets/taipy/chat/.#greet.py", "snippets/taipy/chat/._greet.py"),
    *("snippets/taipy/chat/flycheck_greet.py", "tests/test_chat_flymake.py"),
    *("snippets/taipy/chat/.ipynb_checkpoints/greet.py", "tests/.hypothesis/x.py"),
    *("docs/tutorials/taipy/.#chat.md", f"{CHAT}~", "docs/.DS_Store"),
    *("theme/.main.html.swp", "theme/main.html~", "mkdocs.yml~"),
    *(".cache/mutants.json", ".cache/oldest/site-packages/streamlit/__init__.py"),
)


def test_what_is_no_edit_is_not_built(server: Server) -> None:
    for path in NO_EDIT:
        assert not server.writes(path, b"1"), path
        assert not server.writes(path, b"2"), path
        (server.root / path).unlink()
        assert not server.builds_after(FileDeletedEvent(str(server.root / path))), path


def test_the_packages_in_the_cache_are_not_even_looked_at(server: Server) -> None:
    """There may be thousands of files, and all would be looked at all the time."""
    watches = server.server.observer._handlers
    (cache,) = (it for it in watches if Path(it.path) == server.root / ".cache")
    assert not cache.is_recursive


def test_pages_that_are_open_are_loaded_again_for_edits_only(server: Server) -> None:
    """Not for what runs of the tests note: somebody may be typing into a demo."""
    pages = server.server
    epoch = pages._visible_epoch
    seen_at_builds: list[int] = []
    build = pages.builder

    def note_and_build() -> None:
        seen_at_builds.append(pages._visible_epoch)
        build()

    pages.builder = note_and_build
    loop = threading.Thread(target=pages._build_loop)
    loop.start()
    try:
        for number, path in enumerate((".cache/proof.json", MANIFEST), 1):
            server.writes(str(path), "{}\n")
            wait_until(lambda n=number: len(seen_at_builds) == n)  # type: ignore[misc]
        server.writes(GREET, "x = 3\n")
        wait_until(lambda: pages._visible_epoch > epoch)
    finally:
        pages._shutdown = True
        loop.join()
    assert seen_at_builds == [epoch] * 3


def test_an_edit_whose_build_failed_is_seen_with_the_next_one(server: Server) -> None:
    edits = server.plugin.edits
    assert edits
    server.writes(GREET, "x = 3\n")
    with pytest.raises(ZeroDivisionError):
        edits.built_by(lambda: 1 / 0)
    server.writes(".cache/proof.json", "{}")
    assert edits.built_by(lambda: None)
    server.writes(".cache/proof.json", "[]")
    assert not edits.built_by(lambda: None)


def test_a_file_that_is_saved_as_it_was_is_not_built(server: Server) -> None:
    for path in (GREET, CHAT, "mkdocs.yml", "theme/main.html"):
        file = server.root / path
        assert not server.writes(path, file.read_bytes()), path
        os.utime(file, (0, 0))
        assert not server.builds_after(FileModifiedEvent(str(file))), path


def test_what_is_wrong_is_built_and_so_is_what_was_there_before(
    server: Server,
) -> None:
    before = (server.root / GREET).read_bytes()
    assert server.writes(GREET, "def (:")
    assert server.writes(GREET, before)


def test_served_pages_end_on_sigterm_as_on_ctrl_c_from_the_start(
    project: Project,
) -> None:
    """A second one, from `make` say, must not cut the end short."""
    plugin = load_config(str(project.root / "mkdocs.yml")).plugins["livedocs"]
    assert isinstance(plugin, LiveDocsPlugin)
    before = signal.getsignal(signal.SIGTERM)
    plugin.on_startup(command="serve", dirty=False)
    try:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
    finally:
        plugin.on_shutdown()
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_editors_leave_beside_pages_is_not_published() -> None:
    root = Path(__file__).parents[2]
    exclude = load_config(str(root / "mkdocs.yml")).exclude_docs
    assert exclude is not None
    for name in ("chat.md~", "#chat.md#", "chat.md.orig", "chat.md.bak"):
        assert exclude.match_file(f"tutorials/taipy/{name}")
    assert not exclude.match_file("tutorials/taipy/chat.md")


@pytest.mark.parametrize("command", ["build", "serve"])
def test_a_dirty_build_is_refused_at_once(project: Project, command: str) -> None:
    plugin = load_config(str(project.root / "mkdocs.yml")).plugins["livedocs"]
    assert isinstance(plugin, LiveDocsPlugin)
    with pytest.raises(BuildError, match=r"^--dirty .* Leave it out") as refusal:
        plugin.on_startup(command=command, dirty=True)  # type: ignore[arg-type]
    assert not isinstance(refusal.value, Abort)
