"""Who shares what in Taipy: real states of two people, without server and browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import ModuleType

import pytest

from tests.users.taipy import Clock, TaipyState

PROGRAM = "taipy/state/per_user"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

Begin = Callable[[], ModuleType]
Join = Callable[[str], TaipyState]


@pytest.fixture
def begin(load: Callable[[str], ModuleType]) -> Iterator[Begin]:
    """Start a process with the program, but without a server."""
    with ExitStack() as ends:

        def begin() -> ModuleType:
            program = load(PROGRAM)
            # Its class would keep the shared variables for the next app.
            ends.callback(program.gui._clear_shared_variable)
            program.gui.run(run_server=False, async_mode="threading")
            return program

        yield begin


def press(user: TaipyState) -> None:
    user.call(user.program.press)


def counts(user: TaipyState) -> tuple[int, int]:
    """What the user's page shows: their own presses, and everybody's."""
    return user.get("mine"), user.get("ours")


@pytest.mark.fact("taipy-owners")
@pytest.mark.state(
    "per_user.py", "presses", "everybody", reload="kept", reconnect="kept"
)
@pytest.mark.state("per_user.py", "ours", "everybody", reload="kept", reconnect="kept")
@pytest.mark.state("per_user.py", "mine", "one user", reload="kept", reconnect="kept")
def test_a_variable_of_the_page_is_a_users_unless_it_is_shared(begin: Begin) -> None:
    """A variable of the page belongs to one user, in each of their tabs; a shared one
    belongs to everybody, and so does a name of the module that no page shows.
    """
    program = begin()
    alex, second_tab, doppler = (
        TaipyState(program, browser, Clock()) for browser in ("alex", "alex", "doppler")
    )
    press(alex)
    press(doppler)
    press(doppler)
    assert counts(alex) == (1, 3)
    assert counts(doppler) == (2, 3)
    press(second_tab)
    assert counts(alex) == counts(second_tab) == (2, 4)
    alex.reload()
    assert counts(alex) == (2, 4)
    alex.leave()
    press(doppler)
    alex.connect()
    assert counts(alex) == (2, 5)
    assert len(program.presses) == 5
    assert counts(TaipyState(program, "third", Clock())) == (0, 5)


@pytest.mark.fact("taipy-shared-shown")
def test_a_shared_variables_new_value_is_sent_to_the_others(begin: Begin) -> None:
    """When one user changes a shared variable, the page of another gets its new value,
    and keeps its own values.
    """
    program = begin()
    alex, doppler = (TaipyState(program, it, Clock()) for it in ("alex", "doppler"))
    doppler.socket.get_received()
    press(alex)
    sent = [packet["args"] for packet in doppler.socket.get_received()]
    updates = [message["payload"] for message in sent if message["type"] == "MU"]
    shown = [update["payload"]["value"] for it in updates for update in it]
    assert "You: 0. Everybody: 1." in shown


@pytest.mark.state("per_user.py", "presses", "everybody", restart="lost")
@pytest.mark.state("per_user.py", "ours", "everybody", restart="lost")
@pytest.mark.state("per_user.py", "mine", "one user", restart="lost")
def test_a_restart_begins_again(begin: Begin) -> None:
    program = begin()
    press(TaipyState(program, "alex", Clock()))
    program.gui._clear_shared_variable()
    again = begin()
    assert counts(TaipyState(again, "alex", Clock())) == (0, 0)
    assert again.presses == []
