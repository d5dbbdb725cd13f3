"""The small chat, started in every way that its page shows."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    FloatRect,
    Locator,
    Request,
    Route,
    expect,
)

from livedocs.catalog import Catalog
from livedocs.launch import launch
from tests.ports import free_port
from tests.users.base import LOOPBACK
from tests.waiting import PATIENCE, wait_until

PROGRAMS = [it for it in Catalog.default() if it.id.startswith("flet/web/")]
CHAT = Catalog.default().find("flet/web/chat")
WITHOUT_CDN = {"FLET_WEB_NO_CDN": "true"}

# The page's commands without uv, which would ask for packages anew each time.
PROGRAM = "FLET_SERVER_PORT={port} python chat.py"
FORCED = f"FLET_FORCE_WEB_SERVER=true {PROGRAM}"
PREFIXED_HERE = "python -m uvicorn prefixed:app --port {port}"
MOUNTED_HERE = "python -m uvicorn mounted:app --port {port}"

DRAWING = "www.gstatic.com"
"""Where Flutter's drawing engine comes from unless it is told otherwise."""

RIVE = "cdn.jsdelivr.net"
"""Where Flet's client asks for rive_native.js, which a chat does not use."""


@dataclass(frozen=True)
class Server:
    """A program that runs."""

    address: str
    """Where its chat is, with a slash at the end."""
    process: subprocess.Popen[bytes]
    """The first process of a group of its own."""
    log: Path
    """Where all that it writes goes."""

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0

    def answer(self, path: str = "") -> str:
        """What it answers to a request below its address."""
        with urllib.request.urlopen(self.address + path, timeout=PATIENCE) as answer:
            return str(answer.read().decode())


@contextmanager
def serving(
    command: str,
    folder: Path,
    path: str = "/",
    environment: Mapping[str, str] | None = None,
    port: int = 0,
) -> Iterator[Server]:
    """Type a command into a shell in this folder, and stop all that it started.

    ``{port}`` in the command is the port it shall serve on. Of pip and uv it finds
    those of this environment first.
    """
    port = port or free_port()
    log = folder.with_name(f"{folder.name}.log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["sh", "-c", command.replace("{port}", str(port))],
            cwd=folder,
            env=clean_environment() | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(f"http://127.0.0.1:{port}{path}", process, log)
    try:
        wait_until(lambda: answers(server), 240, "the first answer")
        yield server
    finally:
        stop(process)


def clean_environment() -> dict[str, str]:
    """What a reader's shell has: nothing of the run that this test is part of."""
    ours = ("FLET_", "PYTEST_", "VIRTUAL_ENV", "DISPLAY", "BROWSER")
    shell = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return shell | {"PATH": path, "PYTHONDONTWRITEBYTECODE": "1", "BROWSER": "true"}


def answers(server: Server) -> bool:
    """Whether it serves already.

    Raises:
        AssertionError: it has ended instead.
    """
    assert server.process.poll() is None, server.log.read_text()
    with suppress(OSError, http.client.HTTPException):
        server.answer()
        return True
    return False


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the whole group: first as Ctrl-C on a terminal does, then by force."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(5)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Visitor:
    """A person with a browser of their own, who looks at what the chat's page says."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.asked: list[str] = []
        """The hosts other than this machine that the browser set out to ask."""
        self.forbidden: list[str] = []
        """The hosts that the page's own policy keeps the browser from asking."""
        context.route(leaves_loopback, self._refuse)
        context.set_default_timeout(PATIENCE * 1000)
        self.page = context.new_page()
        self.page.on("websocket", lambda socket: self._note(socket.url))
        self.page.on("requestfailed", self._note_failure)
        self.page.goto(address)

    def _refuse(self, route: Route) -> None:
        self._note(route.request.url)
        route.abort()

    def _note_failure(self, request: Request) -> None:
        if request.failure == "csp":
            self.forbidden.append(urlsplit(request.url).hostname or request.url)

    def _note(self, url: str) -> None:
        if leaves_loopback(url):
            self.asked.append(urlsplit(url).hostname or url)

    def enter(self, seconds: float = PATIENCE) -> None:
        """Wait until the chat can be used; its texts are in the page from then on."""
        placeholder = self.page.locator("flt-semantics-placeholder")
        placeholder.evaluate("element => element.click()", timeout=seconds * 1000)
        self.field.wait_for(state="attached", timeout=seconds * 1000)

    def gives_up_loading(self, address: str) -> None:
        """Open an address; its page fails for want of the drawing engine."""
        with self.page.expect_event(
            "pageerror", lambda error: f"https://{DRAWING}/" in str(error)
        ):
            self.page.goto(address)
        assert self.page.locator("#loading img").is_visible()
        assert self.page.locator("flutter-view").count() == 0

    @property
    def field(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message")

    def send(self, text: str) -> None:
        """Write a message and press Enter."""
        self.field.click()
        # Flutter sets both when it begins to listen; keys before that are lost.
        expect(self.field).to_have_attribute("autocorrect", "on")
        expect(self.field).to_have_value("")
        self.page.keyboard.type(text, delay=25)
        expect(self.field).to_have_value(text)
        self.page.keyboard.press("Enter")

    def sees(self, text: str) -> None:
        """Wait until a message with this text is there."""
        self.message(text).wait_for(state="attached")

    def message(self, text: str) -> Locator:
        return self.page.locator("flt-semantics span").get_by_text(text, exact=True)

    def drawn(self, text: str) -> bytes:
        """What the canvas shows where the message with this text begins, as a PNG."""
        box = self.message(text).locator("..").bounding_box()
        assert box
        clip = FloatRect(x=box["x"], y=box["y"], width=30, height=box["height"])
        return self.page.screenshot(clip=clip)


def leaves_loopback(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.hostname) and parts.hostname not in LOOPBACK


Visit = Callable[[str], Visitor]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Open an address in a new browser and wait until the chat can be used."""
    with ExitStack() as contexts:

        def visit(address: str) -> Visitor:
            visitor = Visitor(contexts.enter_context(browser.new_context()), address)
            visitor.enter()
            return visitor

        yield visit


def save_programs(tmp_path: Path) -> Path:
    """A folder with the page's programs, as a reader copies them from it."""
    folder = tmp_path / "corner"
    folder.mkdir()
    for program in PROGRAMS:
        (folder / program.name).write_text(program.code)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The page's programs."""
    return save_programs(tmp_path)


def run(command: str, folder: Path) -> None:
    """Type a command that ends by itself."""
    subprocess.run(
        ["sh", "-c", command], cwd=folder, env=clean_environment(), check=True
    )


def they_chat(alex: Visitor, doppler: Visitor) -> None:
    """Each one says something, and both read both."""
    alex.send("Is this seat taken?")
    doppler.sees("Is this seat taken?")
    doppler.send("Only by my hat.")
    alex.sees("Only by my hat.")
    alex.sees("Is this seat taken?")


BRAND = "uv run --with pillow==13.0.0 brand.py"
OFFLINE = 'uv run --with "flet[web]==1.0.5" offline.py'
SERVE = (
    "FLET_FORCE_WEB_SERVER=true FLET_SERVER_PORT=8000 "
    'uv run --with "flet[web]==1.0.5" chat.py'
)
FLET_RUN = 'uv run --with "flet[cli,web]==1.0.5" flet run --web --port 8000 chat.py'
UVICORN = 'uv run --with "flet[web]==1.0.5" uvicorn prefixed:app --port 8000'
MOUNTED = 'uv run --with "flet[web]==1.0.5" uvicorn mounted:app --port 8000'


@pytest.mark.timeout(600)
@pytest.mark.claim("However you start it: what one person sends, everybody reads.")
@pytest.mark.parametrize(
    ("command", "path"),
    [(SERVE, "/"), (FLET_RUN, "/"), (UVICORN, "/chat/"), (MOUNTED, "/chat/")],
    ids=["program", "flet run", "uvicorn", "mounted"],
)
def test_two_people_chat_whichever_command_is_typed(
    visit: Visit, folder: Path, command: str, path: str
) -> None:
    command = command.replace("8000", "{port}")
    with serving(command, folder, path, WITHOUT_CDN) as server:
        they_chat(visit(server.address), visit(server.address))


@pytest.mark.timeout(600)
@pytest.mark.claim("When you save the program, `flet run` starts it anew.")
def test_flet_run_starts_a_saved_program_anew(folder: Path) -> None:
    program, sign = folder / "chat.py", folder / "started"
    code = program.read_text()
    with serving(FLET_RUN.replace("8000", "{port}"), folder):
        assert not sign.exists()
        program.write_text(f"open({str(sign)!r}, 'w').close()\n{code}")
        wait_until(sign.exists)


@pytest.mark.claim("`messages` in `chat.py`: one tab; kept on reload, lost on restart.")
def test_a_tab_keeps_its_messages_until_the_server_ends(visit: Visit) -> None:
    with launch(CHAT) as app:
        alex = visit(app.addresses[0])
        alex.send("Is this seat taken?")
        alex.sees("Is this seat taken?")
        alex.page.reload()
        alex.enter()
        alex.sees("Is this seat taken?")
        late = visit(app.addresses[0])
        late.send("Good evening.")
        alex.sees("Good evening.")
        assert late.message("Is this seat taken?").count() == 0
    with launch(CHAT, port=urlsplit(app.addresses[0]).port or 0):
        alex.page.reload()
        alex.enter()
        alex.send("Hello?")
        alex.sees("Hello?")
        assert alex.message("Is this seat taken?").count() == 0


SCREEN = {"DISPLAY": ":0"}


def opened(folder: Path, environment: Mapping[str, str]) -> tuple[str, list[str]]:
    """Where the chat is, and the addresses that it opens in a browser by itself.

    It does so before it answers for the first time.
    """
    note = folder / "opened"
    browser = folder / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {note}\n')
    browser.chmod(0o755)
    noted = {"BROWSER": str(browser)}
    with serving(PROGRAM, folder, environment=noted | dict(environment)) as server:
        return server.address, note.read_text().split() if note.exists() else []


@pytest.mark.claim("The program opens the chat in your browser.")
def test_the_program_opens_the_chat(folder: Path) -> None:
    address, found = opened(folder, SCREEN)
    assert found == [address.rstrip("/")]


@pytest.mark.claim("With `FLET_FORCE_WEB_SERVER=true` the program opens no browser.")
def test_a_web_server_opens_no_browser(folder: Path) -> None:
    _, found = opened(folder, SCREEN | {"FLET_FORCE_WEB_SERVER": "true"})
    assert found == []


@pytest.mark.claim("On Linux without a screen the program opens no browser.")
def test_without_a_screen_no_browser_opens(folder: Path) -> None:
    _, found = opened(folder, {})
    assert found == []


@pytest.mark.claim(
    "Without `FLET_SERVER_IP`, everybody who can reach your machine can open the chat."
)
@pytest.mark.claim("With `FLET_SERVER_IP=127.0.0.1` only your own machine can.")
@pytest.mark.parametrize("ip", ["", "127.0.0.1"])
def test_the_program_listens_everywhere_unless_told_where(
    folder: Path, ip: str
) -> None:
    """127.0.0.2 stands in for an address that others know this machine by."""
    server_only = {"FLET_FORCE_WEB_SERVER": "true", "FLET_SERVER_IP": ip}
    with serving(PROGRAM, folder, environment=server_only) as server:
        other = f"http://127.0.0.2:{server.port}/"
        if ip:
            with pytest.raises(OSError, match="refused"):
                urllib.request.urlopen(other, timeout=PATIENCE)
        else:
            with urllib.request.urlopen(other, timeout=PATIENCE) as answer:
                assert answer.status == 200


@pytest.mark.claim("With `FLET_WEB_APP_PATH=chat` the chat is at `/chat/`.")
def test_the_program_can_be_below_a_prefix(folder: Path) -> None:
    below = {"FLET_FORCE_WEB_SERVER": "true", "FLET_WEB_APP_PATH": "chat"}
    with serving(PROGRAM, folder, "/chat/", below) as server:
        assert '<base href="/chat/">' in server.answer()


@pytest.mark.claim("At `/` the exported app answers nothing.")
@pytest.mark.claim("`/chat` without the slash leads to `/chat/`.")
@pytest.mark.parametrize("module", ["prefixed", "mounted"])
def test_the_chat_is_below_its_prefix(folder: Path, module: str) -> None:
    with serving(
        f"python -m uvicorn {module}:app --port {{port}}", folder, "/chat/"
    ) as server:
        root = f"http://127.0.0.1:{server.port}"
        with urllib.request.urlopen(f"{root}/chat") as answer:
            assert answer.url == f"{root}/chat/"
        if module == "mounted":
            with urllib.request.urlopen(f"{root}/") as answer:
                assert '<a href="/chat/">' in answer.read().decode()
        else:
            with pytest.raises(HTTPError, match="404"):
                urllib.request.urlopen(f"{root}/")


@pytest.mark.parametrize("module", ["prefixed", "mounted"])
def test_an_asgi_app_is_a_program_too(folder: Path, module: str) -> None:
    """Its own port, 8000, may be taken here, so another one is put in its place."""
    start = (
        "import functools, runpy, uvicorn;"
        "uvicorn.run = functools.partial(uvicorn.run, port={port});"
        f"runpy.run_path('{module}.py', run_name='__main__')"
    )
    with serving(f'python -c "{start}"', folder, "/chat/") as server:
        assert '<base href="/chat/">' in server.answer()


@pytest.mark.claim("When your site ends, Flet’s temporary folders are deleted.")
@pytest.mark.parametrize("kept", [True, False])
def test_flets_temporary_folders_go_with_the_lifespan(
    folder: Path, tmp_path: Path, kept: bool
) -> None:
    program = folder / "mounted.py"
    if not kept:
        code = program.read_text()
        assert ", lifespan=lifespan)" in code
        program.write_text(code.replace(", lifespan=lifespan)", ")"))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    where = {"TMPDIR": str(temporary)}
    with serving(MOUNTED_HERE, folder, "/chat/", where) as server:
        assert list(temporary.iterdir())
        os.killpg(server.process.pid, signal.SIGINT)
        server.process.wait(PATIENCE)
    assert bool(list(temporary.iterdir())) != kept


@pytest.mark.claim(
    "Without `FLET_WEB_NO_CDN=true` the page takes its drawing engine from "
    "`www.gstatic.com`; without an answer it never finishes loading."
)
def test_with_the_cdn_nothing_is_drawn_offline(browser: Browser, folder: Path) -> None:
    with serving(FORCED, folder) as server, browser.new_context() as context:
        visitor = Visitor(context, "about:blank")
        visitor.gives_up_loading(server.address)
        assert set(visitor.asked) == {DRAWING}


@pytest.mark.claim(
    "With it, a browser asks one other server: `cdn.jsdelivr.net`, for "
    "`rive_native.js`; the chat works without an answer."
)
def test_without_the_cdn_one_request_leaves(visit: Visit) -> None:
    with launch(CHAT, users=2) as app:
        people = [visit(address) for address in app.addresses]
        they_chat(*people)
    assert [visitor.asked for visitor in people] == [[RIVE], [RIVE]]


@pytest.mark.claim("Two people chat, and no browser asks any other server.")
@pytest.mark.parametrize(
    ("command", "path"),
    [
        (f"FLET_WEB_NO_CDN=true {FORCED}", "/"),
        (PREFIXED_HERE, "/chat/"),
        (MOUNTED_HERE, "/chat/"),
    ],
    ids=["program", "prefixed", "mounted"],
)
def test_with_its_own_first_page_nothing_leaves(
    visit: Visit, folder: Path, command: str, path: str
) -> None:
    run("python offline.py", folder)
    with serving(command, folder, path) as server:
        people = [visit(server.address), visit(server.address)]
        they_chat(*people)
    assert [visitor.asked for visitor in people] == [[], []]
    assert all(RIVE in visitor.forbidden for visitor in people)


@pytest.mark.claim(
    "For a character that Roboto lacks, such as an emoji, the browser then asks your "
    "own server for a font below `assets/fonts/`, and Flet has none."
)
@pytest.mark.claim("Until then, such a character is an empty box.")
@pytest.mark.claim("A font that you put there is served.")
def test_fonts_for_other_characters_are_yours_to_bring(
    visit: Visit, folder: Path
) -> None:
    (folder / "assets").mkdir()
    with serving(FORCED, folder, environment=WITHOUT_CDN) as server:
        for status in (404, 200):
            alex = visit(server.address)
            with alex.page.expect_response(
                lambda answer: "/assets/fonts/notocoloremoji/" in answer.url
            ) as answer:
                alex.send("\N{TOP HAT}")
            assert answer.value.status == status
            font = folder / "assets" / urlsplit(answer.value.url).path.lstrip("/")
            font.parent.mkdir(parents=True, exist_ok=True)
            font.write_bytes(b"stands for the font that the path names")
        assert alex.asked == [RIVE]
        for text in ("\N{ALARM CLOCK}", "x"):
            alex.send(text)
            alex.sees(text)
        wait_until(lambda: alex.drawn("\N{ALARM CLOCK}") == alex.drawn("\N{TOP HAT}"))
        assert alex.drawn("x") != alex.drawn("\N{TOP HAT}")
