"""The Taipy chats with real states of several users, without server and browser."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from itertools import count
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIO  # type: ignore[import-untyped]
from markdown.serializers import to_xhtml_string
from taipy.gui import State

from livedocs.catalog import Catalog
from livedocs.launch import HOST
from tests import demos
from tests.contracts.chat import Chat, Drawn, GivenNames, OwnHistory, SharedHistory
from tests.ports import free_port
from tests.snippets.taipy.source import page_of, run_options, without_page
from tests.users.base import Message
from tests.users.taipy import Clock, TaipyState, Timers, parse

SHARED = ("taipy/chat/shared_builder", "taipy/chat/shared_markdown")
BROADCAST = ("taipy/chat/broadcast_builder", "taipy/chat/broadcast_markdown")
NOTICE = "taipy/chat/notice"
PITFALL = "taipy/chat/pitfall_overwrite"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

Join = Callable[[], TaipyState]
Begin = Callable[[str], ModuleType]


@pytest.fixture
def begin(load: Callable[[str], ModuleType], timers: Timers) -> Iterator[Begin]:
    """Make a snippet ready to serve users as it is told to, but without a server.

    With threads, since gevent, Taipy's default, would patch this process's `time`.
    """
    with ExitStack() as ends:

        def begin(snippet: str) -> ModuleType:
            program = load(snippet)
            # Its class would keep the shared variables for the next app.
            ends.callback(program.gui._clear_shared_variable)
            options = run_options(snippet)
            program.gui.run(run_server=False, async_mode="threading", **options)
            return program

        yield begin


@pytest.fixture
def program(request: pytest.FixtureRequest, begin: Begin) -> ModuleType:
    """The snippet, ready to serve users."""
    return begin(request.param)


@pytest.fixture
def clock(program: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The program's clock, in the hands of the test."""
    clock = Clock()
    monkeypatch.setattr(program, "monotonic", clock, raising=False)
    return clock


@pytest.fixture
def join(program: ModuleType, clock: Clock) -> Join:
    """Let one more user arrive."""
    numbers = count(1)
    return lambda: TaipyState(program, f"client-{next(numbers)}", clock)


@pytest.fixture
def alex(join: Join) -> TaipyState:
    return join()


@pytest.fixture
def doppler(join: Join, alex: TaipyState) -> TaipyState:
    return join()


@pytest.fixture
def third(join: Join, doppler: TaipyState) -> TaipyState:
    return join()


class TaipyChat(GivenNames, Chat):
    """What Taipy's chats do with what a browser sends."""

    @pytest.mark.fact("taipy-echo")
    def test_a_press_that_is_delivered_twice_counts_once(
        self, alex: TaipyState, clock: Clock
    ) -> None:
        """The same text from the same user counts once within a fifth of a second,
        and again after that.
        """
        message = alex.says("pressed once")
        clock.now += 0.1
        alex.press_enter("pressed once")
        assert alex.messages().count(message) == 1
        clock.now += 0.1
        alex.press_enter("pressed once")
        assert alex.messages().count(message) == 2, "a fifth of a second later"

    def test_an_echo_that_comes_while_the_message_is_handled_counts_once(
        self, program: ModuleType, alex: TaipyState, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With gevent another callback may start whenever one sends something."""
        echoes, sockets = ["once only"], program.gui._server._ws

        def emit(
            *arguments: object, emit: Any = sockets.emit, **options: object
        ) -> None:
            if echoes:
                alex.press_enter(echoes.pop())
            emit(*arguments, **options)

        monkeypatch.setattr(sockets, "emit", emit)
        message = alex.says("once only")
        assert not echoes
        assert alex.messages().count(message) == 1

    def test_two_users_may_say_the_same_at_the_same_time(
        self, alex: TaipyState, doppler: TaipyState
    ) -> None:
        alex.press_enter("snap")
        doppler.press_enter("snap")
        alex.sees(Message("Alex", "snap"), Message("Doppler", "snap"))

    @pytest.mark.fact("taipy-state-freed")
    def test_an_hour_after_somebody_has_left_their_state_is_freed(
        self, timers: Timers, alex: TaipyState, join: Join
    ) -> None:
        """An hour after somebody has closed the page, Taipy frees their state; if they
        come back later, they get a new name.
        """
        guest = join()
        guest.leave()
        timers.pass_by(3599)
        assert has_state(guest)
        timers.pass_by(1)
        assert not has_state(guest)
        assert has_state(alex)
        guest.arrive()
        assert guest.name not in ("", "Doppler")
        alex.sees(guest.says("here again"))

    @pytest.mark.fact("taipy-ctrl-c")
    def test_that_hour_is_counted_in_a_thread_that_the_program_waits_for(
        self, timers: Timers, alex: TaipyState
    ) -> None:
        """Taipy counts that hour in a thread that is no daemon, so a program that is
        interrupted waits for it.
        """
        alex.leave()
        ((_, timer),) = timers.waiting
        assert not timer.daemon

    @pytest.mark.fact("taipy-state-kept")
    def test_after_a_reload_within_the_hour_the_state_is_never_freed(
        self, timers: Timers, join: Join
    ) -> None:
        """If somebody has reloaded the page, or was disconnected for a moment, Taipy
        4.1.2 keeps their state until the server ends.
        """
        guest = join()
        guest.reload()
        timers.pass_by(3600)
        guest.leave()
        timers.pass_by(3600)
        assert has_state(guest)

    @pytest.mark.fact("taipy-open-page")
    def test_a_page_that_outlives_its_state_gets_a_new_name_with_its_next_message(
        self, timers: Timers, alex: TaipyState, join: Join
    ) -> None:
        """A page that was left open until its state was freed gets a new name with the
        next message that is sent from it.
        """
        guest = join()
        guest.leave()
        timers.pass_by(3600)
        guest.connect()
        guest.press_enter("still here")
        name = guest.name
        assert name not in ("", "Alex", "Doppler")
        for user in (alex, guest):
            user.sees(Message(name, "still here"))
        assert guest.name == name

    @pytest.mark.fact("taipy-broadcast-callback")
    def test_a_broadcast_calls_back_once_for_each_user(
        self, alex: TaipyState, doppler: TaipyState, third: TaipyState
    ) -> None:
        """`broadcast_callback` calls your function once for each user, with that
        user’s state.
        """
        called: list[tuple[str, str]] = []

        def receive(state: State, text: str) -> None:
            called.append((state.user_name, text))

        alex.call(lambda state: state.get_gui().broadcast_callback(receive, ["hello"]))
        users = (alex, doppler, third)
        assert sorted(called) == sorted((user.name, "hello") for user in users)


def has_state(user: TaipyState) -> bool:
    """Whether the server holds anything for a user."""
    return user.client_id in user.program.gui._bindings()._get_all_scopes()


@dataclass(frozen=True)
class Holding:
    """What the server holds for a user."""

    name: str
    messages: list[Message]

    @classmethod
    def of(cls, user: TaipyState) -> Holding:
        """What it holds now."""
        return cls(user.name, user.messages())


def outlive(
    program: ModuleType, join: Join, begin: Begin
) -> tuple[list[Message], Holding, Holding]:
    """Reload, connect again, start the program again.

    Returns the greetings, what was there for Alex, who came first, and for a late
    joiner, who was there before the restart and has seen the others' words or not.
    """
    alex, doppler = join(), join()
    greetings = alex.messages()
    said = [alex.says("for the record"), doppler.says("me too")]
    late = join()
    users = (alex, doppler, late)
    held = [Holding.of(user) for user in users]
    assert [holding.name for holding in held] == ["Alex", "Doppler", "User 3"]
    assert held[0].messages == held[1].messages == [*greetings, *said]
    for user, holding in zip(users, held, strict=True):
        for comes_back in (user.reload, user.connect):
            comes_back()
            assert Holding.of(user) == holding
            assert program.last_press["Alex"][0] == "for the record"
    assert join().name == "User 4"  # nobody has counted as an arrival again

    again = begin(f"taipy/chat/{program.__name__}")
    assert again.last_press == {}
    for user, name in ((late, "Alex"), (alex, "Doppler")):
        returned = TaipyState(again, user.client_id, Clock())
        assert Holding.of(returned) == Holding(name, greetings)
    return greetings, held[0], held[2]


@pytest.mark.parametrize("program", SHARED, indirect=True)
class TestSharedVariable(SharedHistory, TaipyChat):
    """``gui.add_shared_variable``: one transcript for everybody."""

    @pytest.mark.fact("taipy-restart")
    @pytest.mark.state(
        "shared_builder.py",
        "transcript",
        "everybody",
        reload="kept",
        reconnect="kept",
        restart="lost",
    )
    @pytest.mark.state(
        "shared_builder.py",
        "user_name",
        "one user",
        reload="kept",
        reconnect="kept",
        restart="lost",
    )
    def test_names_and_the_transcript_live_as_long_as_the_process(
        self, program: ModuleType, join: Join, begin: Begin
    ) -> None:
        _, alex, late = outlive(program, join, begin)
        assert late.messages == alex.messages

    @pytest.mark.fact("taipy-late-return")
    def test_somebody_who_returns_after_their_state_was_freed_finds_all(
        self, timers: Timers, alex: TaipyState, join: Join
    ) -> None:
        """Somebody who comes back after their state was freed finds a shared history as
        it is, and a history of their own as it was in the beginning.
        """
        guest = join()
        said = [guest.says("going home"), alex.says("good night")]
        guest.leave()
        timers.pass_by(3600)
        guest.arrive()
        guest.sees(*said)


@pytest.mark.parametrize("program", BROADCAST, indirect=True)
class TestBroadcast(OwnHistory, TaipyChat):
    """``gui.broadcast_callback``: a transcript for each user."""

    @pytest.mark.fact("taipy-restart")
    @pytest.mark.state(
        "broadcast_builder.py",
        "transcript",
        "one user",
        reload="kept",
        reconnect="kept",
        restart="lost",
    )
    def test_names_and_transcripts_live_as_long_as_the_process(
        self, program: ModuleType, join: Join, begin: Begin
    ) -> None:
        greetings, _, late = outlive(program, join, begin)
        assert late.messages == greetings

    @pytest.mark.fact("taipy-late-return")
    def test_somebody_who_returns_after_their_state_was_freed_finds_nothing(
        self, timers: Timers, alex: TaipyState, join: Join
    ) -> None:
        guest = join()
        greetings = guest.messages()
        guest.says("going home")
        guest.leave()
        timers.pass_by(3600)
        guest.arrive()
        assert guest.messages() == greetings


DEMOS = demos.of(SHARED[0])


@pytest.mark.parametrize("program", SHARED[:1], indirect=True)
@pytest.mark.parametrize("demo", DEMOS, ids=str)
class TestDemo(Drawn):
    """What its page draws."""


@pytest.mark.parametrize("program", [SHARED[0], BROADCAST[0]], indirect=True)
class TestThreads:
    """Callbacks at the same time, as with ``gui.run(async_mode="threading")``."""

    @pytest.mark.fact("taipy-eight-at-once")
    def test_eight_threads_at_once_lose_nothing(self, join: Join) -> None:
        users = [join() for _ in range(8)]
        start = threading.Barrier(len(users))
        for user in users:
            user.leave()  # what their pages show takes time, and the race is elsewhere

        def talk(user: TaipyState) -> None:
            start.wait()
            for n in range(25):
                user.act(f"race {n}")

        threads = [threading.Thread(target=talk, args=[user]) for user in users]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        said = [Message(user.name, f"race {n}") for user in users for n in range(25)]
        for user in users:
            held = parse(user.get("transcript"))[2:]
            assert sorted(held, key=repr) == sorted(said, key=repr)


class Slow(str):
    """A text whose turn to be added comes when another thread is as far."""

    def __new__(cls, text: str, barrier: threading.Barrier) -> Slow:
        slow = super().__new__(cls, text)
        slow.barrier = barrier
        return slow

    barrier: threading.Barrier

    def strip(self, characters: str | None = None) -> Slow:
        return self

    def __format__(self, spec: str) -> str:
        self.barrier.wait(20)  # `state.transcript` has been read, and not yet written
        return str(self)


@pytest.mark.fact("taipy-no-lock")
@pytest.mark.parametrize("program", SHARED, indirect=True)
def test_without_the_lock_one_of_two_messages_is_lost(
    program: ModuleType, monkeypatch: pytest.MonkeyPatch, join: Join
) -> None:
    """Without the lock, one of two messages that two threads add at the same time is
    lost.
    """
    monkeypatch.setattr(program, "lock", nullcontext())
    users, barrier = [join(), join()], threading.Barrier(2)
    threads = [
        threading.Thread(target=user.act, args=[Slow(f"by {n}", barrier)])
        for n, user in enumerate(users)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(users[0].messages()) == 2 + 1


@pytest.mark.fact("taipy-entities")
@pytest.mark.parametrize("program", [SHARED[1], BROADCAST[1]], indirect=True)
def test_python_markdowns_own_serializer_leaves_entities_to_the_page(
    program: ModuleType, alex: TaipyState
) -> None:
    """Without `tostring`, a page in Markdown shows `<` on loading where somebody has
    typed `&lt;`.
    """
    program.gui._markdown.serializer = to_xhtml_string
    alex.press_enter("&lt;")
    assert alex.messages()[-1].text == "&lt;"
    alex.load()
    assert alex.messages()[-1].text == "<"


@pytest.mark.fact("taipy-braces")
@pytest.mark.parametrize("program", [*SHARED, *BROADCAST], indirect=True)
def test_a_text_that_ends_with_a_brace_breaks_the_page(alex: TaipyState) -> None:
    """A text that ends with `!}` breaks a page that is loaded with it."""
    alex.call(lambda state: state.assign("transcript", "Alex: {so far, so good!}"))
    alex.load()
    assert 'defaultValue="Alex: &#x7B;so far, so good} ' in alex.page  # no quote


@pytest.mark.parametrize("program", [PITFALL], indirect=True)
class TestPitfall:
    """Assigning in `on_change` while a broadcast is handled."""

    @pytest.mark.fact("taipy-overwrite")
    def test_a_broadcast_runs_on_change_once_and_writes_to_all(
        self, alex: TaipyState, doppler: TaipyState
    ) -> None:
        alex.call(lambda state: state.assign("transcript", "Alex's own\n"))
        doppler.call(lambda state: state.assign("transcript", "Doppler's own\n"))
        alex.press_enter("hello")
        assert alex.get("transcript") == "Alex's own\nAlex: hello\n"
        assert doppler.get("transcript") == "Alex's own\nAlex: hello\n"

    @pytest.mark.fact("taipy-overwrite")
    def test_the_first_words_of_a_late_joiner_replace_everybodys_past(
        self, alex: TaipyState, doppler: TaipyState, join: Join
    ) -> None:
        """In `pitfall_overwrite.py` the first message of a late joiner replaces the
        others’ history.
        """
        greetings = alex.messages()
        said = alex.says("a past to keep")
        late = join()
        assert late.messages() == greetings
        words = late.says("good evening")
        for user in (alex, doppler):
            assert user.messages() == [*greetings, words]
            assert said not in user.messages()


@dataclass
class Start:
    """What Taipy does when a program is started, but for serving."""

    program: ModuleType
    options: dict[str, Any]
    opened: list[str] = field(default_factory=list)
    """The addresses at which it has opened a browser."""
    ports: list[int] = field(default_factory=list)
    """The ports that it has listened on, after that."""

    def run(self, *arguments: str) -> None:
        """Start the program with these arguments."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.argv", ["chat.py", *arguments])
            patch.setattr("webbrowser.open", lambda url, new: self.opened.append(url))
            patch.setattr(SocketIO, "run", self._serve)
            self.program.gui.run(**{"async_mode": "threading"} | self.options)

    def _serve(self, app: Flask, *, host: str, port: int, **options: object) -> None:
        with socket.socket() as server:
            server.bind((host, port))
        self.ports.append(port)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which another program listens."""
    with socket.create_server((HOST, free_port())) as server:
        yield server.getsockname()[1]


@pytest.fixture(params=[it for it in Catalog.default().ids if it.startswith("taipy/")])
def starting(
    request: pytest.FixtureRequest, load: Callable[[str], ModuleType]
) -> Start:
    """Each of the programs, not yet started."""
    return Start(load(request.param), run_options(request.param))


class TestPort:
    """Where a program is found while another one runs."""

    @pytest.mark.fact("taipy-free-port")
    def test_a_program_takes_a_free_port_and_opens_its_own_page(
        self, starting: Start, taken: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each of the programs takes a free port and opens the browser there."""
        ports = [free := free_port(), taken]
        monkeypatch.setattr("taipy.gui.server.choices", lambda *_, **__: [ports.pop()])
        starting.run()
        assert starting.ports == [free]
        assert starting.opened == [f"http://{HOST}:{free}"]

    @pytest.mark.fact("taipy-port")
    def test_a_port_can_be_chosen(self, starting: Start) -> None:
        """`--port` chooses the port."""
        starting.run("--port", str(port := free_port()))
        assert starting.ports == [port]

    @pytest.mark.fact("taipy-taken-port")
    def test_a_port_that_is_chosen_and_taken_opens_the_page_of_another_program(
        self, starting: Start, taken: int
    ) -> None:
        """If the port you choose is taken, Taipy opens the other program’s page before
        it stops with `Address already in use`.
        """
        with pytest.raises(OSError, match="Address already in use"):
            starting.run("--port", str(taken))
        assert starting.opened == [f"http://{HOST}:{taken}"]


def notices(user: TaipyState) -> list[str]:
    """The notices that have come to a user's page since they were last asked for."""
    received = (packet["args"] for packet in user.socket.get_received())
    return [message["message"] for message in received if message["type"] == "AL"]


@pytest.mark.fact("taipy-notice")
@pytest.mark.parametrize("program", [NOTICE], indirect=True)
def test_a_notice_is_for_those_who_are_there(
    program: ModuleType,
    alex: TaipyState,
    doppler: TaipyState,
    join: Join,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A notice that is broadcast reaches each page that is open, and not one that is
    opened later.
    """
    told: list[str] = []
    notify = program.notify

    def tell(state: State, kind: str, text: str) -> None:
        told.append(state.user_name)
        notify(state, kind, text)

    monkeypatch.setattr(program, "notify", tell)
    alex.call(program.announce)
    assert [notices(user) for user in (alex, doppler)] == [["The pizza is here!"]] * 2
    assert join().name == "User 3"
    assert sorted(told) == ["Alex", "Doppler"]


@pytest.mark.fact("taipy-markdown-or-python")
@pytest.mark.parametrize("variants", [SHARED, BROADCAST])
def test_variants_differ_in_their_page_only(variants: tuple[str, str]) -> None:
    """The Markdown and the Python version of a program differ only in their page and
    their imports.
    """
    builder, markdown = (without_page(variant) for variant in variants)
    assert builder == markdown


@pytest.mark.parametrize("variants", [*zip(SHARED, BROADCAST, strict=True)])
def test_both_chats_have_the_same_page(variants: tuple[str, str]) -> None:
    """So what a browser shows of one page, it shows of the other."""
    shared, broadcast = (page_of(variant) for variant in variants)
    assert shared == broadcast
