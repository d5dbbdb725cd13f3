"""The game with several sessions in one process, without server and browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings, strategies

from livedocs.catalog import Catalog
from tests.users.streamlit_headless import StreamlitSession, own_process

GAME = Catalog.default().find("streamlit/game/tic_tac_toe").path


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


def mark(label: str) -> str:
    """What a square shows: a letter when it is taken, else a dot."""
    letter = label.strip(":[]*bdelru")  # less its colour
    return letter if letter in "XO" else "."


class Player(StreamlitSession):
    """A person at the table, or beside it."""

    def __init__(self, side: str = "", game: Path = GAME) -> None:
        super().__init__(game)
        if side:
            self.click(f"Play {side}")

    def board(self) -> str:
        """The marks, a dot for each free cell."""
        self.wait_a_second()
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
        self.forged.widgets.add(id=self._cell(cell).proto.id, trigger_value=True)

    def _cell(self, cell: int) -> Any:
        (found,) = [b for b in self.page.button if b.key == f"cell {cell}"]
        return found


class TestRules:
    def test_two_play_in_turn_and_a_third_watches(self) -> None:
        x, o, third = Player("X"), Player("O"), Player()
        assert third.offers() == []
        assert third.reads("You watch")
        for n, cell in enumerate((1, 5, 2)):
            (o if n % 2 else x).wait_a_second()
            (o if n % 2 else x).mark(cell)
        for user in (x, o, third):
            assert user.board() == "XX..O...."
            assert user.reads("O to move")
        assert [user.may_mark(3) for user in (x, o, third)] == [False, True, False]

    @pytest.mark.parametrize(
        ("moves", "end"),
        [
            ((1, 4, 2, 5, 3), "X has won"),
            ((1, 2, 4, 5, 9, 8), "O has won"),
            ((1, 2, 5, 3, 9), "X has won"),
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
            for cell in range(1, 10):
                user.mark(cell)
        assert [user.board() for user in players] == [board] * 3
        players[1].click("New game")
        assert [user.board() for user in players] == ["........."] * 3
        assert players[0].reads("You play X"), "everybody keeps their side"

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

    def test_a_double_click_is_one_move(self, bold: Path) -> None:
        x, o = Player("X", bold), Player("O", bold)
        x.clicks_on(1)
        x.send(x.forged)
        x.send(x.forged)
        x.mark(2)
        assert o.board() == "X........"

    def test_of_two_who_want_the_same_side_one_gets_it(self) -> None:
        alex, doppler = Player(), Player()
        for user in (alex, doppler):
            user.widget("Play X").click()
        alex.run()
        doppler.run()
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

    def test_who_has_gone_leaves_a_free_place(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = SimpleNamespace(passed=0.0)
        clock = SimpleNamespace(time=lambda: time.time() + now.passed)
        monkeypatch.setattr(__import__("room_store"), "time", clock)
        x, _ = Player("X"), Player("O")
        for _ in range(4):
            now.passed += 1
            x.wait_a_second()
        assert x.offers() == ["Play O"]
        third = Player("O")
        assert third.reads("You play O")
        assert x.reads("You play X")


MOVES = strategies.lists(
    strategies.tuples(strategies.integers(0, 2), strategies.integers(1, 9)),
    max_size=12,
)


class TestAnyOrder:
    @settings(max_examples=20, deadline=None, database=None, derandomize=True)
    @given(moves=MOVES)
    def test_no_order_of_clicks_makes_an_illegal_move(
        self, moves: list[tuple[int, int]], bold: Path
    ) -> None:
        with own_process():
            players = Player("X", bold), Player("O", bold), Player("", bold)
            board, turn = ["."] * 9, 0
            for who, cell in moves:
                players[who].mark(cell)
                legal = who == turn and board[cell - 1] == "." and not won(board)
                if legal:
                    board[cell - 1], turn = "XO"[who], 1 - turn
            assert players[2].board() == "".join(board)


def won(board: list[str]) -> bool:
    """Whether there are three in a row, found in another way than the game's."""
    rows = [board[n : n + 3] for n in (0, 3, 6)]
    columns = [board[n::3] for n in range(3)]
    diagonals = [board[::4], board[2:7:2]]
    return any(
        line[0] != "." and len(set(line)) == 1 for line in rows + columns + diagonals
    )
