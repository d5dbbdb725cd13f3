"""The Flet chats on a real server, used by several people without browsers."""

from __future__ import annotations

import os
import re
import signal
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest

from livedocs.catalog import Catalog, Snippet
from livedocs.launch import App, launch
from tests.users.base import Message
from tests.users.flet_socket import FletSocket
from tests.waiting import wait_until

pytestmark = pytest.mark.process

BROADCAST = "flet/chat/step3_broadcast"
FINISHED = "flet/chat/history"
DECLARATIVE = "flet/chat/declarative"
PROGRAMS = (
    BROADCAST,
    "flet/chat/step4_join_dialog",
    "flet/chat/step5_reusable_control",
    "flet/chat/step6_layout",
    FINISHED,
    DECLARATIVE,
)
WRONG = "flet/chat/pitfall_slow_save"
SAVING = "flet/chat/slow_save"


class Server:
    """A program that runs, and the people who came to use it."""

    def __init__(self, snippet: Snippet, folder: Path) -> None:
        """Start the program."""
        self.snippet = snippet
        self.users: list[FletSocket] = []
        self._folder = folder
        self._running = ExitStack()
        self.start()

    def start(self, port: int = 0) -> None:
        """Start the program, at this port or any."""
        starting = launch(self.snippet, port=port, folder=self._folder)
        self.app: App = self._running.enter_context(starting)

    def join(self, name: str) -> FletSocket:
        """Let somebody open the program who, where it asks for a name, has this one."""
        user = FletSocket(self.app.addresses[0])
        self.users.append(user)
        if "Your name" in self.snippet.code:
            user.join(name)
        return user

    def restart(self) -> None:
        """Kill the server, ``kill -9``, and start it again at the same address."""
        port = urlsplit(self.app.addresses[0]).port
        os.killpg(self.app.process.pid, signal.SIGKILL)
        self._running.close()
        self.start(port or 0)

    def close(self) -> None:
        """Send all home and stop the program."""
        with self._running:
            for user in self.users:
                user.close()


@contextmanager
def running(snippet: Snippet) -> Iterator[Server]:
    """Start a program until the block is left."""
    with TemporaryDirectory(suffix="-server") as folder:
        server = Server(snippet, Path(folder))
        try:
            yield server
        finally:
            server.close()


@pytest.fixture(scope="class")
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """One of the programs of the class, for all tests of the class."""
    with running(Catalog.default().find(request.param)) as server:
        yield server


@pytest.fixture
def alex(server: Server) -> Iterator[FletSocket]:
    user = server.join("Alex")
    yield user
    user.close()


@pytest.fixture
def doppler(server: Server) -> Iterator[FletSocket]:
    user = server.join("Doppler")
    yield user
    user.close()


@pytest.mark.parametrize("server", PROGRAMS, indirect=True)
class TestChat:
    """What a server has to see to, whatever its clients do."""

    @pytest.mark.fact("flet-in-turn")
    def test_two_people_who_write_at_once_lose_nothing_and_see_one_order(
        self, alex: FletSocket, doppler: FletSocket
    ) -> None:
        """Two people who write simultaneously, each as soon as the field is empty, lose
        no message, and both see the same order.
        """
        said: list[Message] = []
        for n in range(30):
            for user in (alex, doppler):
                user.writes(f"message {n}")
                said.append(Message(user.name, f"message {n}"))
            for user in (alex, doppler):
                user.finds_its_field_empty()
        ends = [user.says("that was all") for user in (alex, doppler)]
        for user in (alex, doppler):
            user.sees(*ends)
        seen = [user.messages()[-62:-2] for user in (alex, doppler)]
        assert sorted(seen[0], key=repr) == sorted(said, key=repr)
        assert seen[0] == seen[1]

    @pytest.mark.fact("flet-missed")
    def test_what_was_missed_is_there_when_the_connection_is_back(
        self, server: Server, alex: FletSocket, doppler: FletSocket
    ) -> None:
        """What you missed while you were cut off is there when you are back, once; in
        `declarative.py` it comes with the next message.
        """
        said = [alex.says("before the cut")]
        doppler.sees(*said)
        id_ = doppler.session_id
        doppler.lose_connection()
        said.append(alex.says("while Doppler is away"))
        doppler.connect()
        assert doppler.session_id == id_
        if server.snippet.id == DECLARATIVE:
            said.append(alex.says("the next"))
        doppler.sees(*said)
        said.append(doppler.says("I am back"))
        for user in (alex, doppler):
            user.sees(*said)
            assert user.messages()[-len(said) :] == said


@pytest.mark.fact("flet-restart")
@pytest.mark.state(
    "history.py",
    "history",
    "everybody",
    reload="kept",
    reconnect="kept",
    restart="lost",
)
@pytest.mark.state(
    "history.py", "messages", "one tab", reload="kept", reconnect="kept", restart="lost"
)
@pytest.mark.parametrize("server", [FINISHED], indirect=True)
def test_the_history_through_everything(
    server: Server, alex: FletSocket, doppler: FletSocket
) -> None:
    said = [alex.says("one"), doppler.says("two")]
    for leave in (doppler.close, doppler.lose_connection):  # as a reload does, or a cut
        leave()
        said.append(alex.says("in your absence"))
        doppler.connect()
        doppler.sees(*said)
        assert doppler.messages() == said
    late = server.join("Late")
    late.sees(*said)
    assert late.messages() == said
    server.restart()
    for user in (alex, doppler):
        user.connect()
        assert user.messages() == []


@pytest.mark.fact("flet-session-id")
@pytest.mark.parametrize("server", [FINISHED], indirect=True)
def test_the_id_of_a_session_opens_its_page(
    server: Server, alex: FletSocket, doppler: FletSocket
) -> None:
    """From the same address and with the same kind of browser, the id of a session
    opens the page of somebody who is away, and speaks in their name.
    """
    said = doppler.says("back in a minute")
    stranger = server.join("Stranger")
    stranger.close()
    stranger.session_id = doppler.session_id
    doppler.close()
    stranger.connect()
    stranger.sees(said)
    stranger.send("It is me.")
    alex.sees(said, Message("Doppler", "It is me."))
    stranger.close()


Altered = Callable[[str, dict[str, str]], Snippet]


@pytest.fixture
def altered(tmp_path: Path) -> Altered:
    """A snippet with some of its texts replaced by others."""

    def altered(snippet: str, texts: dict[str, str]) -> Snippet:
        original = Catalog.default().find(snippet)
        text = original.text
        for old, new in texts.items():
            assert text.count(old) == 1
            text = text.replace(old, new)
        path = tmp_path / original.file
        path.parent.mkdir(parents=True)
        path.write_text(text)
        return Catalog(tmp_path).find(snippet)

    return altered


MAIN = "def main(page: ft.Page) -> None:\n"


@pytest.mark.fact("flet-plain-handlers")
@pytest.mark.parametrize("handler", ["def on_message", "async def on_message"])
def test_a_plain_pubsub_handler_runs_in_another_thread(
    altered: Altered, handler: str
) -> None:
    """A plain PubSub handler runs in another thread; an async one runs on the event
    loop, and so does an event handler, even a plain one like `send`.
    """
    tell = (
        'print("on the loop:", bool(__import__("asyncio")._get_running_loop()),'
        ' __import__("threading").get_ident())\n'
    )
    texts = {
        "async def on_message": handler,
        "        page.update()\n": f"        page.update()\n        {tell}",
        "def send() -> None:\n": f"def send() -> None:\n        {tell}",
    }
    with running(altered(BROADCAST, texts)) as server:
        server.join("Alex").says("where does it run?")
        told = re.compile(r"on the loop: (\w+) (\d+)\n")
        output = server.app.output
        wait_until(lambda: len(told.findall(output())) == 2, event="both prints")
        (send, loop), (receive, thread) = told.findall(output())
    assert send == "True"
    assert receive == str(handler.startswith("async"))
    assert (loop == thread) == handler.startswith("async")


@pytest.mark.fact("flet-session-timeout")
@pytest.mark.fact(
    "flet-on-connect",
    "`on_connect` is called when a tab comes back, not when it first comes.",
)
def test_a_session_ends_when_its_time_is_over(
    altered: Altered, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session outlives its connection by an hour, or by as many seconds as
    `FLET_SESSION_TIMEOUT` says.

    The server looks every ten seconds.
    """
    told = """    from flet_web.fastapi.flet_app import DEFAULT_FLET_SESSION_TIMEOUT
    print("an hour:", DEFAULT_FLET_SESSION_TIMEOUT == 60 * 60)
    page.on_connect = lambda: print("the tab is back")
    page.on_close = lambda: print("the session has ended")
"""
    monkeypatch.setenv("FLET_SESSION_TIMEOUT", "1")
    with running(altered(BROADCAST, {MAIN: MAIN + told})) as server:
        user = server.join("Alex")
        said = user.says("here for the first time")
        output = server.app.output
        assert "an hour: True" in output()
        assert "the tab is back" not in output()
        user.close()
        user.connect()
        user.sees(said)
        wait_until(lambda: "the tab is back" in output(), event="the tab's return")
        assert "the session has ended" not in output()
        user.close()
        wait_until(lambda: "the session has ended" in output(), event="the end")


WAIT = "    time.sleep(3)  # a busy database may take that long\n"
IN_A_THREAD = "await asyncio.to_thread(save, text)"


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A file; as long as it is not there, a program saves."""
    return tmp_path / "gate"


@pytest.fixture
def saving(altered: Altered, gate: Path) -> Callable[..., Snippet]:
    """A program that says when it saves, and does so until the gate opens."""
    wait = (
        '    print("saving", text)\n'
        f"    while not __import__('os').path.exists({str(gate)!r}):\n"
        "        time.sleep(0.01)\n"
    )
    return lambda program, texts: altered(program, {WAIT: wait, **texts})


@pytest.mark.fact("flet-slow-handler")
@pytest.mark.parametrize("handler", ["def send", "async def send"])
def test_while_a_handler_blocks_the_server_answers_no_one(
    saving: Callable[..., Snippet], gate: Path, handler: str
) -> None:
    """While an event handler blocks, whether plain or async, the server answers no
    one: the messages of others wait, and no new page opens.
    """
    with running(saving(WRONG, {"    def send": f"    {handler}"})) as server:
        alex, doppler = server.join("Alex"), server.join("Doppler")
        alex.writes("first")
        output = server.app.output
        wait_until(lambda: "saving first" in output(), event="the slow handler")
        doppler.writes("second")
        with pytest.raises(TimeoutError):
            urllib.request.urlopen(server.app.addresses[0], timeout=1)
        assert "saving second" not in output()
        gate.touch()
        for user in (alex, doppler):
            user.wait_until(lambda it=user: it.lines() == ["first", "second"], "both")  # type: ignore[misc]


@pytest.mark.fact("flet-slow-elsewhere")
@pytest.mark.parametrize("elsewhere", [IN_A_THREAD, "page.run_thread(save, text)"])
def test_while_a_thread_works_the_others_carry_on(
    saving: Callable[..., Snippet], gate: Path, elsewhere: str
) -> None:
    """While `await asyncio.to_thread(…)` or `page.run_thread(…)` works, the handlers of
    others run, and new pages open.
    """
    with running(saving(SAVING, {IN_A_THREAD: elsewhere})) as server:
        alex, doppler = server.join("Alex"), server.join("Doppler")
        output = server.app.output
        for user, text in ((alex, "first"), (doppler, "second")):
            user.send(text)  # until its field is empty
            event = f"saving {text}"
            wait_until(lambda it=event: it in output(), event=event)  # type: ignore[misc]
        server.join("Late")
        alex.type(alex.field, "half a thou")
        gate.touch()
        for user in (alex, doppler):
            user.wait_until(lambda it=user: len(it.lines()) == 2, "both")  # type: ignore[misc]
            assert sorted(user.lines()) == ["first", "second"]
        assert alex.field["value"] == "half a thou"
