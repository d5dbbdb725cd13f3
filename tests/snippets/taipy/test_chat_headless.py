"""The Taipy chats with real states of several users, without server and browser."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from itertools import count
from types import ModuleType

import pytest
from taipy.gui import State

from livedocs.catalog import Catalog
from tests.contracts.chat import Chat, GivenNames, OwnHistory, SharedHistory
from tests.users.base import Message
from tests.users.taipy import Clock, TaipyState

SHARED = ("taipy/chat/shared_builder", "taipy/chat/shared_markdown")
BROADCAST = ("taipy/chat/broadcast_builder", "taipy/chat/broadcast_markdown")
PITFALL = "taipy/chat/pitfall_overwrite"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

Join = Callable[[], TaipyState]


@pytest.fixture
def program(
    request: pytest.FixtureRequest, load: Callable[[str], ModuleType]
) -> Iterator[ModuleType]:
    """The snippet, ready to serve users, but without a server.

    With threads, since gevent, Taipy's default, would patch this process's `time`.
    """
    program = load(request.param)
    program.gui.run(run_server=False, async_mode="threading")
    yield program
    program.gui._clear_shared_variable()  # its class would keep it for the next app


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

    @pytest.mark.claim(
        "The same text from the same user counts once within a fifth of a second, "
        "and again after it."
    )
    def test_a_press_that_is_delivered_twice_counts_once(
        self, alex: TaipyState, clock: Clock
    ) -> None:
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
        echoes = ["once only"]

        def emit(*_: object, **__: object) -> None:
            if echoes:
                alex.press_enter(echoes.pop())

        monkeypatch.setattr(program.gui._server._ws, "emit", emit)
        message = alex.says("once only")
        assert not echoes
        assert alex.messages().count(message) == 1

    def test_two_users_may_say_the_same_at_the_same_time(
        self, alex: TaipyState, doppler: TaipyState
    ) -> None:
        alex.press_enter("snap")
        doppler.press_enter("snap")
        alex.sees(Message("Alex", "snap"), Message("Doppler", "snap"))

    @pytest.mark.claim(
        "`broadcast_callback` calls `receive` once for each user, "
        "with that user’s state."
    )
    def test_a_broadcast_calls_back_once_for_each_user(
        self, alex: TaipyState, doppler: TaipyState, third: TaipyState
    ) -> None:
        called: list[tuple[str, str]] = []

        def receive(state: State, text: str) -> None:
            called.append((state.user_name, text))

        alex.call(lambda state: state.get_gui().broadcast_callback(receive, ["hello"]))
        users = (alex, doppler, third)
        assert sorted(called) == sorted((user.name, "hello") for user in users)

    @pytest.mark.claim(
        "`last_press` in `shared_builder.py`: everybody; "
        "kept on reload, kept on reconnect, lost on restart."
    )
    @pytest.mark.claim(
        "`last_press` in `broadcast_builder.py`: everybody; "
        "kept on reload, kept on reconnect, lost on restart."
    )
    def test_names_outside_the_state_live_as_long_as_the_process(
        self,
        program: ModuleType,
        alex: TaipyState,
        join: Join,
        load: Callable[[str], ModuleType],
    ) -> None:
        alex.says("for the record")
        for comes_back in (alex.reload, alex.connect):
            comes_back()
            assert program.last_press["Alex"][0] == "for the record"
        assert join().name == "Doppler"  # neither has counted as an arrival
        restarted = load(f"taipy/chat/{program.__name__}")
        assert restarted.last_press == {}
        assert next(restarted.arrivals) == 0


@pytest.mark.parametrize("program", SHARED, indirect=True)
class TestSharedVariable(SharedHistory, TaipyChat):
    """``gui.add_shared_variable``: one transcript for everybody."""


@pytest.mark.parametrize("program", BROADCAST, indirect=True)
class TestBroadcast(OwnHistory, TaipyChat):
    """``gui.broadcast_callback``: a transcript for each user."""


@pytest.mark.parametrize("program", [SHARED[0], BROADCAST[0]], indirect=True)
class TestThreads:
    """Callbacks at the same time, as with ``gui.run(async_mode="threading")``."""

    @pytest.mark.claim(
        "Eight threads that send 25 messages each at the same time "
        "lose none of the 200."
    )
    def test_eight_threads_at_once_lose_nothing(self, join: Join) -> None:
        users = [join() for _ in range(8)]
        start = threading.Barrier(len(users))

        def talk(user: TaipyState) -> None:
            start.wait()
            for n in range(25):
                user.press_enter(f"race {n}")

        threads = [threading.Thread(target=talk, args=[user]) for user in users]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        said = [Message(user.name, f"race {n}") for user in users for n in range(25)]
        for user in users:
            assert sorted(user.messages()[2:], key=repr) == sorted(said, key=repr)


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


@pytest.mark.claim(
    "Without the lock, of two messages that are added at the same time one is lost."
)
@pytest.mark.parametrize("program", SHARED, indirect=True)
def test_without_the_lock_one_of_two_messages_is_lost(
    program: ModuleType, monkeypatch: pytest.MonkeyPatch, join: Join
) -> None:
    monkeypatch.setattr(program, "lock", nullcontext())
    users, barrier = [join(), join()], threading.Barrier(2)
    threads = [
        threading.Thread(target=user.press_enter, args=[Slow(f"by {n}", barrier)])
        for n, user in enumerate(users)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(users[0].messages()) == 2 + 1


@pytest.mark.parametrize("program", [PITFALL], indirect=True)
class TestPitfall:
    """Assigning in `on_change` while a broadcast is handled."""

    @pytest.mark.claim(
        "`state.broadcast` runs `on_change` once, for the one who spoke, and what "
        "`on_change` assigns meanwhile is written into every user’s state."
    )
    def test_a_broadcast_runs_on_change_once_and_writes_to_all(
        self, alex: TaipyState, doppler: TaipyState
    ) -> None:
        alex.call(lambda state: state.assign("transcript", "Alex's own"))
        doppler.call(lambda state: state.assign("transcript", "Doppler's own"))
        alex.press_enter("hello")
        assert alex.get("transcript") == "Alex's own\nAlex: hello"
        assert doppler.get("transcript") == "Alex's own\nAlex: hello"

    @pytest.mark.claim(
        "In `pitfall_overwrite.py` the first words of a late joiner replace "
        "everybody’s past."
    )
    def test_the_first_words_of_a_late_joiner_replace_everybodys_past(
        self, alex: TaipyState, doppler: TaipyState, join: Join
    ) -> None:
        greetings = alex.messages()
        said = alex.says("a past to keep")
        late = join()
        assert late.messages() == greetings
        words = late.says("good evening")
        for user in (alex, doppler):
            assert user.messages() == [*greetings, words]
            assert said not in user.messages()


@pytest.mark.claim(
    "You can write the page in Markdown or in Python; nothing else changes."
)
@pytest.mark.parametrize("variants", [SHARED, BROADCAST])
def test_variants_differ_in_their_page_only(variants: tuple[str, str]) -> None:
    """Same data, same callbacks, same start; only the imports and the page differ."""
    builder, markdown = (_without_page(variant) for variant in variants)
    assert builder == markdown


def _without_page(snippet: str) -> list[str]:
    tree = ast.parse(Catalog.default().find(snippet).text)
    return [
        ast.unparse(node)
        for node in tree.body
        if not isinstance(node, ast.ImportFrom | ast.Import | ast.With)
        and not ast.unparse(node).startswith(("page =", "content ="))
    ]
