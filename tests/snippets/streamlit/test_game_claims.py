"""What the page about the game claims, with sessions in one process and in browsers."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import ModuleType, SimpleNamespace

import pytest
from playwright.sync_api import expect
from streamlit.proto.WidgetStates_pb2 import WidgetStates

from livedocs.catalog import Catalog
from tests.snippets.streamlit.test_game_headless import mark
from tests.users.stage import Stage
from tests.users.streamlit import StreamlitUser
from tests.users.streamlit_headless import StreamlitSession
from tests.users.streamlit_headless import join as join_program

pytestmark = pytest.mark.usefixtures("process")

GAME = Catalog.default().find("streamlit/game/tic_tac_toe").path


def join() -> StreamlitSession:
    """Let one more session come to the board."""
    return join_program(GAME)


def board(user: StreamlitSession) -> str:
    """What the session sees: a letter for each cell that is taken, else a dot."""
    cells = [b.label for b in user.page.button if (b.key or "").startswith("cell ")]
    assert len(cells) == 9
    return "".join(map(mark, cells))


def sit_down() -> tuple[StreamlitSession, StreamlitSession]:
    """Two who play, X and O."""
    alex, doppler = join(), join()
    alex.click("Play X")
    doppler.wait_a_second()
    doppler.click("Play O")
    alex.wait_a_second()
    return alex, doppler


def offers(user: StreamlitSession) -> set[str]:
    """The buttons below the board."""
    return {b.label for b in user.page.button if not (b.key or "").startswith("cell ")}


@pytest.mark.claim("Two sit down, everybody else watches, and all see the same board.")
def test_two_play_and_all_see_the_board() -> None:
    alex, doppler = sit_down()
    watchers = [join(), join()]
    for user, cell in ((alex, "5"), (doppler, "1"), (alex, "3")):
        user.wait_a_second()
        user.click(cell)
    for user in (alex, doppler, *watchers):
        user.wait_a_second()
        assert board(user) == "O.X.X...."
        assert user.reads("O to move")
    for user in watchers:
        assert user.reads("You watch")
        assert offers(user) == set()


@pytest.mark.claim("Of two who want the same place at the same moment, one gets it.")
def test_one_place_for_two() -> None:
    alex, doppler = join(), join()
    for user in (alex, doppler):
        user.widget("Play X").click()
    for user in (alex, doppler):
        user.run()
    alex.wait_a_second()
    assert alex.reads("You play X")
    assert doppler.reads("You watch")
    assert offers(doppler) == {"Play O"}


@pytest.mark.claim(
    "`on_click` runs first, then the page, so whoever clicks sees the new board at "
    "once."
)
def test_a_click_shows_in_its_own_run() -> None:
    alex, _ = sit_down()
    alex.click("5")
    assert board(alex) == "....X...."
    assert alex.reads("O to move")


@pytest.mark.claim("A second click before the page is drawn anew changes nothing.")
def test_a_second_click_before_the_page_is_drawn_anew() -> None:
    alex, doppler = sit_down()
    first, second = alex.message(), alex.message()
    for message, cell in ((first, "1"), (second, "2")):
        press(alex, message, cell)
    alex.send(first)
    alex.send(second)
    doppler.wait_a_second()
    assert board(doppler) == "X........"


@pytest.mark.claim("A click is judged by the board as it is then, not as it was drawn.")
@pytest.mark.parametrize(
    ("moves", "clicked"), [([], "2"), (["5"], "5")], ids=["turn", "cell"]
)
def test_a_click_on_a_board_that_is_gone(moves: list[str], clicked: str) -> None:
    """Doppler’s page still shows the last game, in which it was O's turn."""
    alex, doppler = sit_down()
    alex.click("1")
    doppler.wait_a_second()
    assert doppler.reads("O to move")
    alex.click("New game")
    for cell in moves:
        alex.click(cell)
    before = board(alex)
    doppler.click(clicked)
    alex.wait_a_second()
    assert board(alex) == before == board(doppler)


@pytest.mark.claim(
    "What the browser of somebody who watches forges is refused as well."
)
def test_a_watcher_cannot_move() -> None:
    alex, doppler = sit_down()
    watcher = join()
    forged = watcher.message()
    press(watcher, forged, "9")
    watcher.send(forged)
    for user in (alex, doppler, watcher):
        user.wait_a_second()
        assert board(user) == "........."


def press(user: StreamlitSession, message: WidgetStates, *labels: str) -> None:
    """Let a message say that a cell was clicked, even if its button is disabled."""
    (cell,) = [
        b
        for b in user.page.button
        if (b.key or "").startswith("cell ") and b.label in labels
    ]
    (state,) = [s for s in message.widgets if s.id == cell.proto.id] or [
        message.widgets.add(id=cell.proto.id)
    ]
    state.trigger_value = True


@pytest.mark.claim("Whoever goes away leaves a free place within five seconds.")
def test_whoever_goes_away_leaves_a_free_place(
    room_store: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = SimpleNamespace(now=time.time())
    patched = SimpleNamespace(time=lambda: now.now, monotonic=time.monotonic)
    monkeypatch.setattr(room_store, "time", patched)
    alex, doppler = sit_down()
    watcher = join()
    assert offers(watcher) == set()
    alex.click("1")
    for _ in range(5):
        now.now += 1
        for user in (doppler, watcher):
            user.wait_a_second()
    assert offers(watcher) == {"Play X"}
    watcher.click("Play X")
    doppler.wait_a_second()
    doppler.click("2")
    watcher.wait_a_second()
    watcher.click("3")
    assert board(watcher) == "XOX......"


@pytest.mark.claim(
    "`game` in `tic_tac_toe.py`: one room; kept on reload, kept on reconnect, "
    "lost on restart."
)
@pytest.mark.claim(
    "`me` in `tic_tac_toe.py`: one tab; lost on reload, kept on reconnect, "
    "lost on restart."
)
def test_what_becomes_of_the_game_and_its_players(
    start: Callable[[str], Stage],
) -> None:
    stage = start("streamlit/game/tic_tac_toe")
    alex, doppler = stage.join(), stage.join()
    assert isinstance(alex, StreamlitUser)
    assert isinstance(doppler, StreamlitUser)
    alex.presses("Play X")
    alex.reads_line("You play X")
    alex.presses("5")
    doppler.reads_line("O to move")
    with alex.cut_off():
        doppler.presses("Play O")
        doppler.reads_line("You play O")
    doppler.presses("1")
    alex.reads_line("X to move")
    expect(alex.button("1")).to_have_count(0)
    alex.reads_line("You play X")
    doppler.reload()
    doppler.reads_line("You watch")
    doppler.reads_line("X to move")
    stage.restart()
    for user in (alex, doppler):
        user.reads_line("You watch")
        user.reads_line("X to move")
        expect(user.button("5")).to_have_count(1)
