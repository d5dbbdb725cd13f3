"""The game with several sessions in one process, without server and browser."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from itertools import product
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates

from livedocs.catalog import Catalog
from tests.conftest import imported
from tests.users.streamlit_headless import StreamlitSession, own_process

GAME = Catalog.default().find("streamlit/game/tic_tac_toe").path
PAIRS = GAME.with_name("pairs.py")
PAGE = Path(__file__).parents[3] / "docs/tutorials/streamlit/game.md"


DISABLED = "disabled=not side or game[side] != me or bool(board[cell]),"


@pytest.fixture(autouse=True)
def process() -> Iterator[None]:
    """A process of its own for each test."""
    with own_process():
        yield


@pytest.fixture(scope="session")
def bold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The game with every cell open to everybody's clicks, so that only rules help."""
    path = tmp_path_factory.mktemp("game") / "bold.py"
    text = GAME.read_text()
    assert DISABLED in text
    path.write_text(text.replace(DISABLED, ""))
    return path


@pytest.fixture(scope="module")
def rules() -> Iterator[ModuleType]:
    """The program's functions, without its page."""
    no_page = SimpleNamespace(room=lambda name: lambda page: lambda: None)
    with (
        patch.dict(sys.modules, {"room_sync": no_page}),
        imported("streamlit/game/tic_tac_toe") as program,
    ):
        yield program


def mark(label: str) -> str:
    """What a square shows: a letter when it is taken, else a dot."""
    letter = label.strip(":[]*bdelru")  # less its colour
    return letter if letter in "XO" else "."


class Player(StreamlitSession):
    """A person at the table, or beside it."""

    def __init__(self, side: str = "", game: Path = GAME, **address: str) -> None:
        super().__init__(game, **address)
        if side:
            self.click(f"Play {side}")

    def board(self) -> str:
        """The marks, a dot for each free cell."""
        self.wait_a_second()
        return self.drawn_board()

    def drawn_board(self) -> str:
        """The marks of the page as it was drawn last."""
        return "".join(mark(self._cell(n).label) for n in range(1, 10))

    def offers(self) -> list[str]:
        """The sides that are free."""
        self.wait_a_second()
        labels = (button.label for button in self.page.button)
        return [label for label in labels if label.startswith("Play")]

    def may_mark(self, cell: int) -> bool:
        """Whether the page lets them."""
        self.wait_a_second()
        return not self._cell(cell).disabled

    def mark(self, cell: int) -> None:
        """Click on a cell of the page as it was drawn last."""
        self.clicks_on(cell)
        self.send(self.forged)

    def clicks_on(self, cell: int) -> None:
        """Click, but do not let the server know yet."""
        self.forged = self.message()
        self.adds_click(self.forged, cell)

    def adds_click(self, message: WidgetStates, cell: int) -> None:
        """Let a message say that a cell was clicked, even if its button is disabled."""
        message.widgets.add(id=self._cell(cell).proto.id, trigger_value=True)

    def _cell(self, cell: int) -> Any:
        (found,) = [b for b in self.page.button if b.key == f"cell {cell}"]
        return found


PEOPLE = ("x", "o", "watcher")


class TestRules:
    @pytest.mark.fact(
        "game-legal-moves",
        over="each board that play() reaches from the empty one, each cell, and three "
        "people: both players and a watcher",
    )
    def test_no_board_lets_anybody_make_an_illegal_move(
        self, rules: ModuleType
    ) -> None:
        """On every board that the rules can reach, they accept a move only from the
        player whose turn it is, on a free cell, before the game is over.
        """
        empty: tuple[str, ...] = ("",) * 9
        reached, waiting = {empty}, [empty]
        while waiting:
            board = waiting.pop()
            game = {"board": [*board], "X": "x", "O": "o"}
            turn = board.count("X") - board.count("O")
            is_over = won(board)
            for cell, who in product(range(9), PEOPLE):
                is_legal = who == PEOPLE[turn] and not board[cell] and not is_over
                after = rules.play(game, cell, who)
                assert game == {"board": [*board], "X": "x", "O": "o"}
                if not is_legal:
                    assert after == game
                    continue
                marked = (*board[:cell], "XO"[turn], *board[cell + 1 :])
                assert after == {**game, "board": [*marked]}
                if marked not in reached:
                    reached.add(marked)
                    waiting.append(marked)
        assert len(reached) == 5478  # well known for tic-tac-toe

    @pytest.mark.fact("game-one-line")
    def test_the_test_that_the_page_shows_passes(self, rules: ModuleType) -> None:
        """The test of one line that the page shows passes, and fails without a rule."""
        (line,) = re.findall(r"`(assert .+)`", PAGE.read_text())
        names = dict(vars(rules))
        exec(line, names)  # noqa: S102 -- it is our own page's
        with pytest.raises(AssertionError):
            exec(line, names | {"play": lambda game, cell, me: game})  # noqa: S102

    @pytest.mark.fact("game-two-play")
    def test_two_play_in_turn_and_others_watch(self) -> None:
        x, o = Player("X"), Player("O")
        watchers = [Player(), Player()]
        for n, cell in enumerate((1, 5, 2)):
            (o if n % 2 else x).wait_a_second()
            (o if n % 2 else x).mark(cell)
        for user in (x, o, *watchers):
            assert user.board() == "XX..O...."
            assert user.reads("O to move")
        for user in watchers:
            assert user.offers() == []
            assert user.reads("You watch")
        assert [user.may_mark(3) for user in (x, o, *watchers)] == [
            *(False, True),
            *(False, False),
        ]

    @pytest.mark.parametrize(
        ("moves", "end"),
        [
            ((1, 2, 4, 5, 9, 8), "O has won"),
            ((1, 2, 3, 5, 4, 6, 8, 7, 9), "A draw"),
            ((1, 2, 3, 5, 4, 6, 8, 9, 7), "X has won"),
        ],
    )
    def test_the_end_is_seen_by_all_and_nobody_moves_after_it(
        self, moves: tuple[int, ...], end: str, bold: Path
    ) -> None:
        players = Player("X", bold), Player("O", bold), Player("", bold)
        for n, cell in enumerate(moves):
            players[n % 2].mark(cell)
        board = players[0].board()
        assert len(board.replace(".", "")) == len(moves)
        for user in players:
            user.wait_a_second()
            assert user.reads(end)
            for cell in (1, 3):  # a mark, and where O has won a free cell
                user.mark(cell)
        assert [user.board() for user in players] == [board] * 3
        players[1].click("New game")
        assert [user.board() for user in players] == ["........."] * 3
        assert players[0].reads("You play X"), "everybody keeps their side"

    @pytest.mark.fact("game-rules-alone")
    def test_before_each_move_the_two_others_try_in_vain(self, bold: Path) -> None:
        """If no cell is disabled, the rules still refuse clicks out of turn, and those
        of watchers.
        """
        x, o, third = Player("X", bold), Player("O", bold), Player("", bold)
        board = ["."] * 9
        for user, cell in ((x, 5), (o, 1), (x, 3)):
            for other in {x, o, third} - {user}:
                other.mark(cell)
            assert third.board() == "".join(board)
            user.mark(cell)
            board[cell - 1] = "X" if user is x else "O"
        assert third.board() == "".join(board)

    def test_of_two_who_click_the_same_cell_one_gets_it(self, bold: Path) -> None:
        x, o = Player("X", bold), Player("O", bold)
        for first, second in ((x, o), (o, x)):
            x.click("New game")
            o.wait_a_second()
            x.clicks_on(5)
            o.clicks_on(5)
            for user in (first, second):
                user.send(user.forged)
            assert x.board() == o.board() == "....X...."

    @pytest.mark.fact("game-own-click")
    def test_a_click_shows_in_its_own_run(self) -> None:
        """`on_click` runs before the page, so your own click shows the new board
        straight away.
        """
        x, _ = Player("X"), Player("O")
        x.mark(5)
        assert x.drawn_board() == "....X...."
        assert x.reads("O to move")

    @pytest.mark.fact("game-second-click")
    def test_a_second_click_before_the_page_shows_the_first(self) -> None:
        x, o = Player("X"), Player("O")
        forged = [x.message(), x.message()]
        for message, cell in zip(forged, (1, 2), strict=True):
            x.adds_click(message, cell)
        for message in forged:
            x.send(message)
        assert o.board() == "X........"

    def test_a_double_click_is_one_move(self, bold: Path) -> None:
        x, o = Player("X", bold), Player("O", bold)
        x.clicks_on(1)
        x.send(x.forged)
        x.send(x.forged)
        x.mark(2)
        assert o.board() == "X........"

    @pytest.mark.fact("game-judged-on-arrival")
    @pytest.mark.parametrize(
        ("moves", "clicked"), [([], 2), ([5], 5)], ids=["turn", "cell"]
    )
    def test_a_click_on_a_board_that_is_gone(
        self, moves: list[int], clicked: int
    ) -> None:
        """A click is judged by the board at the moment it arrives, not by the board
        that its page showed.

        Doppler’s page still shows the last game, in which it was O's turn.
        """
        x, o = Player("X"), Player("O")
        x.mark(1)
        o.wait_a_second()
        assert o.reads("O to move")
        x.click("New game")
        for cell in moves:
            x.mark(cell)
        before = x.drawn_board()
        assert o.drawn_board() == "X........"
        o.mark(clicked)
        assert o.drawn_board() == before
        assert x.board() == before

    @pytest.mark.fact("game-forged-click")
    def test_a_watcher_cannot_move(self) -> None:
        x, o, watcher = Player("X"), Player("O"), Player()
        watcher.mark(9)
        for user in (x, o, watcher):
            assert user.board() == "........."

    @pytest.mark.fact("disabled-on-the-server")
    @pytest.mark.since("1.67")
    @pytest.mark.parametrize("is_disabled", [False, True])
    def test_streamlit_ignores_a_click_on_what_it_has_disabled(
        self, is_disabled: bool, tmp_path: Path
    ) -> None:
        """Streamlit ignores a forged click on a button that the last run disabled."""
        app = tmp_path / "app.py"
        app.write_text(
            "import streamlit as st\n"
            f'if st.button("Move", disabled={is_disabled}):\n'
            '    st.text("moved")\n'
        )
        user = StreamlitSession(app)
        forged = user.message()
        forged.widgets[0].trigger_value = True
        user.send(forged)
        assert user.reads("moved") != is_disabled

    @pytest.mark.fact("game-one-seat")
    def test_of_two_who_want_the_same_side_one_gets_it(self) -> None:
        alex, doppler = Player(), Player()
        for user in (alex, doppler):
            user.widget("Play X").click()
        alex.run()
        doppler.run()
        alex.wait_a_second()
        assert alex.reads("You play X")
        assert doppler.reads("You watch")
        assert doppler.offers() == ["Play O"]

    def test_nobody_plays_both_sides(self) -> None:
        alex = Player("X")
        alex.click("Play O")
        assert alex.reads("You play X")
        assert Player().offers() == ["Play O"]

    def test_a_watcher_cannot_begin_a_new_game(self) -> None:
        x, _ = Player("X"), Player()
        x.mark(1)
        assert "New game" not in [button.label for button in Player().page.button]


class TestRooms:
    @pytest.mark.fact("game-two-pairs")
    def test_two_pairs_play_at_the_same_time(self) -> None:
        """Two pairs play at the same time, each in a room of its own, and neither sees
        the other's moves; someone in no room has a board to themselves.
        """
        pairs = [
            [Player(side, PAIRS, room=room) for side in "XO"]
            for room in ("red", "blue")
        ]
        alone = Player("X", PAIRS)
        for number in range(2):
            for cell, pair in zip((1 + number, 9 - number), pairs, strict=True):
                user = pair[number]
                user.run()
                user.mark(cell)
        for pair, board in zip(pairs, ("XO.......", ".......OX"), strict=True):
            for user in pair:
                user.run()
                assert user.drawn_board() == board
        alone.run()
        assert alone.drawn_board() == "........."


class TestPlaces:
    def test_who_stands_up_frees_the_place_and_the_game_goes_on(self) -> None:
        x, o, third = Player("X"), Player("O"), Player()
        x.mark(1)
        o.click("Stand up")
        assert third.offers() == ["Play O"]
        third.click("Play O")
        assert [third.may_mark(cell) for cell in (1, 2)] == [False, True]
        third.mark(2)
        assert x.board() == "XO......."

    @pytest.mark.fact("game-free-place")
    def test_who_has_gone_leaves_a_free_place(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """When a player leaves, their place is free within five seconds."""
        now = SimpleNamespace(passed=0.0)
        clock = SimpleNamespace(
            time=lambda: time.time() + now.passed, monotonic=time.monotonic
        )
        monkeypatch.setattr(import_module("room_sync.stores"), "time", clock)
        x, o, watcher = Player("X"), Player("O"), Player()
        assert watcher.offers() == []
        x.mark(1)
        for _ in range(4):
            now.passed += 1
            for user in (o, watcher):
                user.wait_a_second()
        assert watcher.offers() == ["Play X"]
        watcher.click("Play X")
        o.wait_a_second()
        assert o.reads("You play O")
        o.mark(2)
        watcher.wait_a_second()
        watcher.mark(3)
        assert watcher.board() == "XOX......"


def won(board: tuple[str, ...]) -> bool:
    """Whether there are three in a row, found in another way than the game's."""
    rows = [board[n : n + 3] for n in (0, 3, 6)]
    columns = [board[n::3] for n in range(3)]
    diagonals = [board[::4], board[2:7:2]]
    return any(line[0] and len(set(line)) == 1 for line in rows + columns + diagonals)
