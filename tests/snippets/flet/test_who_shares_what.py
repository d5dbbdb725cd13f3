"""Who shares what in Flet: real sessions of two people, without server and browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import imported
from tests.users.flet_headless import FletServer, FletSession

PROGRAM = "flet/state/per_page"


@pytest.fixture
def server() -> Iterator[FletServer]:
    """A process that runs the program."""
    with imported(PROGRAM) as program:
        server = FletServer(program.main)
        yield server
        server.close()


def press(tab: FletSession) -> None:
    tab.click(_c="Button", content="Press")


@pytest.mark.fact("flet-owners")
@pytest.mark.state(
    "per_page.py", "presses", "everybody", reload="kept", reconnect="kept"
)
@pytest.mark.state("per_page.py", "mine", "one tab", reload="kept", reconnect="kept")
def test_a_name_of_the_module_is_everybodys_and_one_of_main_a_tabs(
    server: FletServer,
) -> None:
    """What `main` makes belongs to one tab, and what the module makes belongs to
    everybody whom the process serves.
    """
    alex, doppler = FletSession(server), FletSession(server)
    press(alex)
    press(doppler)
    press(doppler)
    assert alex.lines() == ["You: 1. Everybody: 1."], "alex is shown nothing new"
    press(alex)
    assert alex.lines() == ["You: 2. Everybody: 4."]
    assert doppler.lines() == ["You: 2. Everybody: 3."]
    alex.close_tab()  # a reload, or a cut: Flet tells the program the same
    alex.come_back()
    press(alex)
    assert alex.lines() == ["You: 3. Everybody: 5."]
    assert FletSession(server).lines() == ["You: 0. Everybody: 5."], "a new tab"


@pytest.mark.state("per_page.py", "presses", "everybody", restart="lost")
@pytest.mark.state("per_page.py", "mine", "one tab", restart="lost")
def test_a_restart_begins_again(server: FletServer) -> None:
    press(FletSession(server))
    with imported(PROGRAM) as program:
        again = FletServer(program.main)
        assert FletSession(again).lines() == ["You: 0. Everybody: 0."]
        again.close()
