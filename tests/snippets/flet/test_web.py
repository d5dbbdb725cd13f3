"""The small chat, started in each way that its page shows."""

from __future__ import annotations

import asyncio
import http.client
import os
import re
import runpy
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from unittest.mock import patch
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    FloatRect,
    Locator,
    Request,
    Route,
    ViewportSize,
    expect,
)
from starlette.applications import Starlette

from livedocs.catalog import Catalog
from livedocs.launch import launch
from tests.contracts.chat import Chat, OwnHistory
from tests.ports import free_port
from tests.users.base import LOOPBACK
from tests.users.flet import AT_REST
from tests.users.flet_headless import FletServer, FletSession
from tests.users.flet_ime import compose, press_enter, take
from tests.users.flet_socket import FletSocket
from tests.waiting import PATIENCE, wait_until

PROGRAMS = [it for it in Catalog.default() if it.id.startswith("flet/web/")]
CHAT = Catalog.default().find("flet/web/chat")
WITHOUT_CDN = {"FLET_WEB_NO_CDN": "true"}

BRAND = "uv run --with pillow==13.0.0 brand.py"
OFFLINE = 'uv run --with "flet[web]==1.0.5" offline.py'
SERVE = (
    "FLET_FORCE_WEB_SERVER=true FLET_SERVER_PORT=8000 "
    'uv run --with "flet[web]==1.0.5" chat.py'
)
FLET_RUN = 'uv run --with "flet[cli,web]==1.0.5" flet run --web --port 8000 chat.py'
UVICORN = 'uv run --with "flet[web]==1.0.5" uvicorn prefixed:app --port 8000'
MOUNTED = 'uv run --with "flet[web]==1.0.5" uvicorn mounted:app --port 8000'

# Some of them without uv, which takes its time.
ASGI = "python -m uvicorn prefixed:app --port {port}"
PROGRAM = "FLET_SERVER_PORT={port} python chat.py"
FORCED = f"FLET_FORCE_WEB_SERVER=true {PROGRAM}"

DRAWING = "www.gstatic.com"
"""Where Flutter's drawing engine comes from unless it is told otherwise."""

RIVE = "cdn.jsdelivr.net"
"""Where Flet's client asks for rive_native.js, which a chat does not use."""

STRANGER = "chat.example"
"""A name of this machine for a browser that is told so, but none that it trusts."""

NUMBERED = 'f"Guest {next(guests)}"'
"""What the chat calls each of its guests."""

LOW = ViewportSize(width=480, height=400)
"""A window of few pixels, for Flet paints each of them on the processor."""

_ELSEWHERE = re.compile(
    rf"^(?!blob:|data:|http://({'|'.join([*LOOPBACK, STRANGER])})[:/])"
)


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

    ``8000`` or ``{port}`` in the command is the port it shall serve on. Of pip and uv
    it finds those of this environment first.
    """
    port = port or free_port()
    log = folder.with_name(f"{folder.name}.log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["sh", "-c", re.sub(r"8000|{port}", str(port), command)],
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
        self.asked: set[str] = set()
        """The hosts other than this machine that the browser set out to ask."""
        self.forbidden: set[str] = set()
        """The hosts that the page's own policy keeps the browser from asking."""
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE * 1000)
        self.page.route(_ELSEWHERE, self._refuse)
        self.page.on("websocket", lambda socket: self._note(socket.url))
        self.page.on("requestfailed", self._note_failure)
        self.page.goto(address)

    def _refuse(self, route: Route) -> None:
        self._note(route.request.url)
        route.abort()

    def _note_failure(self, request: Request) -> None:
        if request.failure == "csp":
            self.forbidden.add(urlsplit(request.url).hostname or request.url)

    def _note(self, url: str) -> None:
        host = urlsplit(url).hostname
        if host and host not in LOOPBACK:
            self.asked.add(host)

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
        """Write a message, press Enter, and wait until the field is empty again.

        Flutter begins to listen some frames after the click, and takes some more until
        it knows what was typed.
        """
        self.step_in()
        self.page.keyboard.type(text, delay=25)
        expect(self.field).to_have_value(text)
        self.page.evaluate(AT_REST)
        self.page.keyboard.press("Enter")
        expect(self.field).to_have_value("")

    def step_in(self) -> None:
        """Click into the field, and wait until Flutter listens."""
        self.field.click()
        expect(self.field).to_have_attribute("autocorrect", "on")
        self.page.evaluate(AT_REST)

    def reads(self, text: str) -> None:
        """Wait until a message with this text is there."""
        self.message(text).wait_for(state="attached")

    def message(self, text: str) -> Locator:
        line = re.compile(rf"Guest \d+: {re.escape(text)}")
        return self.page.locator("flt-semantics span").filter(has_text=line)

    def drawn(self, text: str) -> bytes:
        """What the canvas shows of the message with this text, as a PNG."""
        box = self.message(text).locator("..").bounding_box()
        assert box
        clip = FloatRect(x=box["x"], y=box["y"], width=150, height=box["height"])
        return self.page.screenshot(clip=clip)


class Caller(FletSocket):
    """A person without a browser."""

    def reads(self, text: str) -> None:
        """Wait until a message with this text has come."""
        self.wait_until(lambda: text in [it.text for it in self.messages()], text)


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


def they_chat(alex: Visitor | Caller, doppler: Caller) -> None:
    """Each one says something, and both read both."""
    alex.send("Is this seat taken?")
    doppler.reads("Is this seat taken?")
    doppler.send("Only by my hat.")
    alex.reads("Only by my hat.")
    alex.reads("Is this seat taken?")


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a program imports lies beside it."""
    monkeypatch.syspath_prepend(CHAT.path.parent)
    yield
    sys.modules.pop("chat", None)


class TestChat(OwnHistory, Chat):
    """The small chat does what every chat must do."""

    @pytest.fixture
    def server(self, load: Callable[[str], ModuleType]) -> Iterator[FletServer]:
        server = FletServer(load(CHAT.id).main)
        yield server
        server.close()

    @pytest.fixture
    def join(self, server: FletServer) -> Callable[[], FletSession]:
        return lambda: FletSession(server)

    @pytest.fixture
    def alex(self, join: Callable[[], FletSession]) -> FletSession:
        return join()

    @pytest.fixture
    def doppler(self, join: Callable[[], FletSession]) -> FletSession:
        return join()

    @pytest.fixture
    def third(self, join: Callable[[], FletSession]) -> FletSession:
        return join()

    @pytest.mark.state("chat.py", "guests", "everybody", reload="kept")
    def test_enter_and_the_button_send_and_empty_the_field(
        self, alex: FletSession, doppler: FletSession
    ) -> None:
        alex.send("Is this seat taken?")
        doppler.type(doppler.field, "Only by my hat.")
        doppler.click_send()
        said = ["Is this seat taken?", "Only by my hat."]
        for one in (alex, doppler):
            assert [it.text for it in one.messages()] == said
            assert one.field["value"] == ""
            assert one.session.page.title == "Corner chat"
        number = int(alex.name.removeprefix("Guest "))
        assert doppler.name == f"Guest {number + 1}"
        alex.close_tab()
        alex.come_back()
        assert alex.name == f"Guest {number}"

    @pytest.mark.fact("flet-missed")
    @pytest.mark.fact("flet-new-view")
    @pytest.mark.state("chat.py", "messages", "one tab", reconnect="kept")
    @pytest.mark.state("chat.py", "guests", "everybody", reconnect="kept")
    def test_a_tab_that_comes_back_has_missed_nothing_and_gets_a_new_view(
        self, alex: FletSession, doppler: FletSession, join: Callable[[], FletSession]
    ) -> None:
        said = [alex.says("before the cut")]
        before = doppler.control(_c="View")["_i"]
        doppler.close_tab()
        said.append(alex.says("during the cut"))
        doppler.come_back()
        assert doppler.control(_c="View")["_i"] != before
        said.append(doppler.says("after the cut"))
        for one in (alex, doppler):
            assert one.messages() == said
        assert join().name not in (alex.name, doppler.name)


@pytest.mark.usefixtures("beside")
@pytest.mark.parametrize("program", ["prefixed", "mounted"])
def test_the_chat_is_the_one_of_the_file_beside(
    load: Callable[[str], ModuleType], program: str
) -> None:
    module = load(f"flet/web/{program}")
    assert module.main is sys.modules["chat"].main
    assert Path(sys.modules["chat"].__file__ or "") == CHAT.path


@pytest.mark.process
@pytest.mark.timeout(600)
@pytest.mark.fact("flet-started")
@pytest.mark.fact(
    "flet-run-restarts", "When you save the program, `flet run` starts it again."
)
def test_two_people_chat_by_flet_run_until_the_program_is_saved(folder: Path) -> None:
    program, sign = folder / "chat.py", folder / "started"
    code = program.read_text()
    with serving(FLET_RUN, folder, environment=WITHOUT_CDN) as server:
        they_chat(Caller(server.address), Caller(server.address))
        program.write_text(f"open({str(sign)!r}, 'w').close()\n{code}")
        wait_until(sign.exists)


@pytest.mark.process
@pytest.mark.fact("flet-your-own")
def test_an_app_of_your_own_takes_the_place_of_the_chat(folder: Path) -> None:
    """An app of your own runs like the small chat, saved as `chat.py`, if its function
    is called `main`: here the finished app with names and a history.
    """
    finished = Catalog.default().find("flet/chat/history")
    (folder / "chat.py").write_text(finished.code)
    with serving(ASGI, folder, "/chat/") as server:
        alex, doppler = Caller(server.address), Caller(server.address)
        for one, name in ((alex, "Alex"), (doppler, "Doppler")):
            one.join(name)
        they_chat(alex, doppler)
        late = Caller(server.address)
        late.reads("Only by my hat.")


@pytest.mark.process
@pytest.mark.fact("flet-processes")
def test_two_processes_have_two_chats(folder: Path) -> None:
    """With `uvicorn --workers 2`, each process has sessions and PubSub of its own:
    people of one do not see what is said in the other, and a page that comes back to
    the other process is somebody new.
    """
    program = folder / "chat.py"
    code = program.read_text()
    assert code.count(NUMBERED) == 1
    name = "f\"Guest {__import__('os').getpid()}\""
    program.write_text(code.replace(NUMBERED, name))
    with serving(f"{ASGI} --workers 2", folder, "/chat/") as server:
        alex = Caller(server.address)
        with held(alex.name):
            doppler = Caller(server.address)
        assert doppler.name != alex.name
        alex.send("Is this seat taken?")
        alex.reads("Is this seat taken?")
        doppler.send("Hello?")
        doppler.reads("Hello?")
        assert [it.text for it in doppler.messages()] == ["Hello?"]
        before, name = alex.session_id, alex.name
        alex.close()
        with held(name):
            alex.connect()
        assert alex.session_id != before
        assert alex.name == doppler.name
        assert alex.messages() == []


@pytest.mark.process
@pytest.mark.fact("flet-forwarded")
def test_behind_a_proxy_an_id_opens_the_page_only_from_the_same_address(
    folder: Path,
) -> None:
    """If a proxy on the same machine sends `X-Forwarded-For`, the id of a session opens
    its page from the visitor’s own address and not from another; without that header,
    it opens the page for anyone behind the proxy.
    """
    alexs, another = ({"X-Forwarded-For": f"192.0.2.{n}"} for n in (1, 2))
    with serving(ASGI, folder, "/chat/") as server:
        for visitor, stranger, is_opened in (
            (alexs, another, False),
            (alexs, alexs, True),
            (None, None, True),
        ):
            alex = Caller(server.address, visitor)
            name, id_ = alex.name, alex.session_id
            alex.close()
            alex.session_id, alex.headers = id_, stranger
            alex.connect()
            assert (alex.name == name) == is_opened
            alex.close()


@contextmanager
def held(guest: str) -> Iterator[None]:
    """Let the process that has this guest do nothing, so that another one does."""
    pid = int(guest.removeprefix("Guest "))
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


SCREEN = {"DISPLAY": ":0"}


@contextmanager
def noting(
    folder: Path, command: str, environment: Mapping[str, str], path: str = "/"
) -> Iterator[tuple[Server, list[str]]]:
    """Run a program, and note what it opens in a browser by itself.

    It does so before it answers for the first time.
    """
    note = folder / "opened"
    browser = folder / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {note}\n')
    browser.chmod(0o755)
    noted = {"BROWSER": str(browser)}
    with serving(command, folder, path, noted | dict(environment)) as server:
        yield server, note.read_text().split() if note.exists() else []


@pytest.mark.process
@pytest.mark.fact("flet-opens-browser")
def test_the_program_opens_the_chat(folder: Path) -> None:
    """The program opens the chat in your browser, unless
    `FLET_FORCE_WEB_SERVER=true` is set or Linux has no screen.
    """
    with noting(folder, PROGRAM, SCREEN) as (server, opened):
        assert opened == [server.address.rstrip("/")]


@pytest.mark.process
@pytest.mark.fact("flet-opens-browser")
def test_without_a_screen_no_browser_opens(folder: Path) -> None:
    with noting(folder, PROGRAM, {}) as (_, opened):
        assert opened == []


@pytest.mark.process
@pytest.mark.fact("flet-opens-browser")
@pytest.mark.fact("flet-listens")
def test_a_web_server_opens_no_browser_and_listens_everywhere(folder: Path) -> None:
    with noting(folder, FORCED, SCREEN) as (server, opened):
        assert opened == []
        with urllib.request.urlopen(elsewhere(server), timeout=PATIENCE) as answer:
            assert answer.status == 200


@pytest.mark.process
@pytest.mark.fact("flet-listens")
def test_the_program_listens_only_where_it_is_told_and_below_a_prefix(
    folder: Path,
) -> None:
    """Without `FLET_SERVER_IP` the chat answers at other addresses of your machine
    too; with `FLET_SERVER_IP=127.0.0.1` it refuses there.

    127.0.0.2 stands in for an address that others know this machine by.
    """
    there = {"FLET_SERVER_IP": "127.0.0.1", "FLET_WEB_APP_PATH": "chat"}
    with serving(FORCED, folder, "/chat/", there) as server:
        assert '<base href="/chat/">' in server.answer()
        with pytest.raises(OSError, match="refused"):
            urllib.request.urlopen(elsewhere(server), timeout=PATIENCE)


def elsewhere(server: Server) -> str:
    """Where the chat would be at another address of this machine's."""
    return server.address.replace("127.0.0.1", "127.0.0.2")


def get(app: Starlette, *paths: str) -> list[httpx.Response]:
    """What an app answers to requests for these; its temporary folders are deleted."""
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(tempfile, "tempdir", folder),
    ):
        return asyncio.run(ask(app, *paths))


async def ask(app: Starlette, *paths: str) -> list[httpx.Response]:
    """What an app answers to requests for these."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), follow_redirects=True
    ) as client:
        return [await client.get(f"http://site{path}") for path in paths]


@pytest.mark.usefixtures("beside")
@pytest.mark.fact("flet-asgi-prefix")
@pytest.mark.parametrize("program", ["prefixed", "mounted"])
def test_the_chat_is_below_its_prefix(
    monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    """`/chat` leads to `/chat/`; at `/` the exported app answers 404, and a site that
    mounts it answers itself.
    """
    started: list[object] = []
    monkeypatch.setattr(uvicorn, "run", started.append)
    path = Catalog.default().find(f"flet/web/{program}").path
    app = runpy.run_path(str(path), run_name="__main__")["app"]
    assert started == [app]
    chat, bare, root = get(app, "/chat/", "/chat", "/")
    assert '<base href="/chat/">' in chat.text
    assert (bare.url, bare.text) == (chat.url, chat.text)
    if program == "mounted":
        assert '<a href="/chat/">' in root.text
    else:
        assert root.status_code == 404


@pytest.mark.usefixtures("beside")
@pytest.mark.fact("flet-health")
@pytest.mark.parametrize("program", ["prefixed", "mounted"])
def test_a_health_check_is_no_guest(
    load: Callable[[str], ModuleType], program: str
) -> None:
    """A request for the page below its prefix is answered with 200 and does not call
    `main`, so the check is no guest.
    """
    app = load(f"flet/web/{program}").app
    (answer,) = get(app, "/chat/")
    assert answer.status_code == 200
    assert next(sys.modules["chat"].guests) == 1


@pytest.mark.usefixtures("beside")
@pytest.mark.fact("flet-temporary-folders")
@pytest.mark.parametrize("kept", [True, False])
def test_flets_temporary_folders_go_with_the_lifespan(
    load: Callable[[str], ModuleType],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    kept: bool,
) -> None:
    """When a site ends that has the chat’s `lifespan`, Flet’s temporary folders are
    deleted; without it they stay.
    """
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    app = load("flet/web/mounted").app
    site = app if kept else Starlette(routes=app.routes)

    async def run() -> None:
        async with site.router.lifespan_context(site):
            await ask(site, "/chat/")
            assert list(tmp_path.iterdir())

    asyncio.run(run())
    assert bool(list(tmp_path.iterdir())) != kept


@pytest.mark.fact("flet-cdn")
def test_with_the_cdn_nothing_is_drawn_offline(browser: Browser, folder: Path) -> None:
    """Without `FLET_WEB_NO_CDN=true` the page takes its drawing engine from
    `www.gstatic.com`; without an answer it does not finish loading.
    """
    with serving(FORCED, folder) as server, browser.new_context() as context:
        visitor = Visitor(context, "about:blank")
        visitor.gives_up_loading(server.address)
        assert visitor.asked == {DRAWING}


# Notes which service workers the page wants to have.
_NOTE_WORKERS = """
    window.workers = [];
    const register = ServiceWorkerContainer.prototype.register;
    ServiceWorkerContainer.prototype.register = function (...rest) {
        window.workers.push(String(rest[0]));
        return register.apply(this, rest);
    };
"""


class Corner:
    """The program's server, which can be away for a while."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._port = free_port()
        self._run = ExitStack()
        self.address = f"http://127.0.0.1:{self._port}/"

    def open(self) -> None:
        """Start it."""
        app = launch(CHAT, port=self._port, folder=self.folder)
        self._run.enter_context(app)

    def close(self) -> None:
        """Stop it."""
        self._run.close()


@pytest.fixture(scope="class")
def corner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corner]:
    """The program's server, with a folder for assets."""
    folder = tmp_path_factory.mktemp("corner")
    (folder / "assets").mkdir()
    corner = Corner(folder)
    corner.open()
    yield corner
    corner.close()


@pytest.fixture(scope="class")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A new browser."""
    with browser.new_context(viewport=LOW) as context:
        context.add_init_script(_NOTE_WORKERS)
        yield context


@pytest.fixture(scope="class")
def alex(corner: Corner, context: BrowserContext) -> Visitor:
    """A person who has come early."""
    alex = Visitor(context, corner.address)
    alex.enter()
    return alex


class TestProgram:
    """The program as a web server that needs no CDN."""

    @pytest.mark.fact("flet-emoji-font")
    def test_fonts_for_other_characters_are_yours_to_bring(
        self, corner: Corner, alex: Visitor
    ) -> None:
        """For an emoji, which Roboto lacks, the browser asks your own server for a
        font below `assets/fonts/`; Flet has none, so an empty box is drawn, and a font
        that you put there is served.
        """
        with alex.page.expect_response(
            lambda answer: "/assets/fonts/notocoloremoji/" in answer.url
        ) as answer:
            alex.send("\N{TOP HAT}")
        assert answer.value.status == 404
        alex.reads("\N{TOP HAT}")
        for text in ("\N{ALARM CLOCK}", "x"):
            alex.send(text)
            alex.reads(text)

        def same_but_for_the_letter() -> bool:
            hat, clock, letter = map(
                alex.drawn, ("\N{TOP HAT}", "\N{ALARM CLOCK}", "x")
            )
            return hat == clock != letter

        wait_until(same_but_for_the_letter)
        path = urlsplit(answer.value.url).path.lstrip("/")
        font = corner.folder / "assets" / path
        font.parent.mkdir(parents=True)
        font.write_bytes(b"stands for the font that the path names")
        with urllib.request.urlopen(answer.value.url) as served:
            assert served.read() == font.read_bytes()

    @pytest.mark.fact("flet-composition")
    def test_an_enter_that_confirms_a_word_does_not_send_it(
        self, alex: Visitor
    ) -> None:
        alex.step_in()
        compose(alex.page, "にほ")
        expect(alex.field).to_have_value("にほ")
        press_enter(alex.page)
        take(alex.page, "日本")
        expect(alex.field).to_have_value("日本")
        alex.page.evaluate(AT_REST)
        alex.page.keyboard.press("Enter")
        alex.reads("日本")
        assert alex.message("にほ").count() == 0

    @pytest.mark.fact("flet-one-stranger")
    @pytest.mark.fact(
        "flet-needs-server",
        "Flet registers no service worker, so while the server is away a reload shows "
        "the browser’s error page.",
    )
    @pytest.mark.state("chat.py", "guests", "everybody", restart="lost")
    @pytest.mark.state("chat.py", "messages", "one tab", reload="kept", restart="lost")
    def test_a_tab_keeps_its_messages_until_the_server_ends(
        self, browser: Browser, corner: Corner, alex: Visitor
    ) -> None:
        """With `FLET_WEB_NO_CDN=true` a browser asks one other server,
        `cdn.jsdelivr.net`, and the chat works without an answer.
        """
        alex.send("Is this seat taken?")
        alex.reads("Is this seat taken?")
        with browser.new_context(viewport=LOW) as context:
            late = Visitor(context, corner.address)
            late.enter()
            late.send("Good evening.")
            alex.reads("Good evening.")
            alex.send("Have a seat.")
            late.reads("Have a seat.")
            assert late.message("Is this seat taken?").count() == 0

        alex.page.reload()
        alex.enter()
        alex.reads("Is this seat taken?")
        assert alex.asked == late.asked == {RIVE}
        assert alex.page.evaluate("window.workers") == []

        corner.close()
        with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
            alex.page.reload()
        corner.open()
        alex.page.reload()
        alex.enter()
        expect(alex.page.get_by_text("You are Guest 1.", exact=True)).to_be_attached()
        alex.send("Hello?")
        alex.reads("Hello?")
        assert alex.message("Is this seat taken?").count() == 0
