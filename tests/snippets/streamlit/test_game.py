"""Tic-tac-toe, played and watched in real browsers."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.snippets.streamlit.modes import SHIPPED
from tests.users.stage import Stage
from tests.users.streamlit import StreamlitSocket, StreamlitUser, soon

User = StreamlitUser

EMPTY = "123456789"


def square(user: User, number: int) -> Locator:
    """A square of the board, counted from 1."""
    return user.page.locator(f".st-key-cell-{number}").get_by_role("button")


def sees_board(user: User, board: str) -> None:
    """Wait until the nine squares say this."""
    squares = user.page.locator("[class*=st-key-cell-]").get_by_role("button")
    expect(squares).to_have_text([*board])


def places(user: User, number: int) -> None:
    """Click a square, as soon as it can be clicked."""
    square(user, number).click()


def sit_down(user: User, side: str) -> None:
    """Let somebody play this side, unless they do so already."""
    if not user.line(f"You play {side}").count():
        user.presses(f"Play {side}")
        user.reads_line(f"You play {side}")


def stand_up(user: User) -> None:
    """Let somebody watch, unless they do so already."""
    if user.button("Stand up").count():
        user.presses("Stand up")
    user.reads_line("You watch")


def start_again(*users: User) -> None:
    """Begin a new game, and wait until all see it."""
    users[0].presses("New game")
    for user in users:
        sees_board(user, EMPTY)


def game(program: str) -> pytest.MarkDecorator:
    """Let a class have the game as it is, or behind the server that pushes."""
    both = pytest.param((f"streamlit/game/{program}", SHIPPED), id=program)
    return pytest.mark.parametrize("stage", [both], indirect=True)


@pytest.fixture
def seated(alex: User, doppler: User) -> None:
    """The first plays X and the second O."""
    sit_down(alex, "X")
    expect(doppler.button("Play X")).to_have_count(0)  # what stood below has moved up
    sit_down(doppler, "O")


@game("game_launcher")
class TestPushedGame:
    """What people deploy: the server notifies each page."""

    @pytest.mark.fact("game-one-seat")
    def test_two_who_want_one_place_at_once_do_not_both_get_it(
        self, alex: User, doppler: User
    ) -> None:
        """If two people want the same place at the same moment, one of them gets it."""
        for user in (alex, doppler):
            stand_up(user)
        for user in (alex, doppler):
            expect(user.button("Play X")).to_be_enabled()
        moment = soon()
        for user in (alex, doppler):
            user.will_press("Play X", moment)
        plays = alex.line("You play X").or_(alex.line("You watch"))
        for user in (alex, doppler):
            expect(user.button("Play X")).not_to_be_attached()
            user.is_at_rest()
        expect(plays).to_be_visible()
        players = [user for user in (alex, doppler) if user.line("You play X").count()]
        assert len(players) == 1
        players[0].presses("Stand up")
        for user in (alex, doppler):
            expect(user.button("Play X")).to_have_count(1)

    @pytest.mark.fact("game-two-play")
    @pytest.mark.usefixtures("seated")
    def test_two_play_and_all_others_watch(
        self, alex: User, doppler: User, third: User
    ) -> None:
        """Two people play, the others watch, and they see the same board."""
        third.reads_line("You watch")
        for user, number, board in (
            (alex, 5, "1234X6789"),
            (doppler, 1, "O234X6789"),
            (alex, 3, "O2X4X6789"),
            (doppler, 2, "OOX4X6789"),
            (alex, 7, "OOX4X6X89"),
        ):
            places(user, number)
            for reader in (alex, doppler, third):
                sees_board(reader, board)
        for reader in (alex, doppler, third):
            reader.reads_line("X has won")
            for number in range(1, 10):
                expect(square(reader, number)).to_be_disabled()
        start_again(alex, doppler, third)

    @pytest.mark.fact("game-forged-click")
    @pytest.mark.usefixtures("seated")
    def test_nobody_moves_out_of_turn(
        self, stage: Stage, alex: User, doppler: User, third: User
    ) -> None:
        """A click on a disabled cell, forged by a watcher, is refused."""
        for user in (doppler, third):
            expect(square(user, 5)).to_be_disabled()
        with StreamlitSocket(stage.address) as cheat:
            cheat.presses("9")
        places(alex, 5)
        for reader in (alex, doppler, third):
            sees_board(reader, "1234X6789")
            reader.reads_line("O to move")
        expect(square(alex, 1)).to_be_disabled()
        start_again(alex, doppler, third)

    @pytest.mark.fact("game-second-click")
    @pytest.mark.usefixtures("seated")
    def test_of_two_squares_that_one_clicks_at_once_one_is_taken(
        self, alex: User, doppler: User, third: User
    ) -> None:
        """Of two clicks in a row, the second is ignored as long as the other player
        has not moved.
        """
        expect(square(alex, 1)).to_be_enabled()
        expect(square(alex, 2)).to_be_enabled()
        moment = soon()
        alex.will_click(square(alex, 1), [moment])
        alex.will_click(square(alex, 2), [moment])
        for reader in (alex, doppler, third):
            reader.reads_line("O to move")
        places(doppler, 9)
        for reader in (alex, doppler, third):
            expect(square(reader, 9)).to_have_text("O")  # it is drawn after the two
            board = square(reader, 1).inner_text() + square(reader, 2).inner_text()
            assert board in ("X2", "1X")
        start_again(alex, doppler, third)

    @pytest.mark.usefixtures("seated")
    def test_of_two_who_click_one_square_at_once_the_one_whose_turn_it_is_takes_it(
        self, alex: User, doppler: User, third: User
    ) -> None:
        places(alex, 1)
        expect(square(alex, 9)).to_be_disabled()  # it is drawn last
        expect(square(doppler, 9)).to_be_enabled()
        for user in (doppler, alex):
            square(user, 5).evaluate("square => square.disabled = false")
        moment = soon()
        for user in (doppler, alex):
            user.will_click(square(user, 5), [moment])
        for reader in (alex, doppler, third):
            sees_board(reader, "X234O6789")
            reader.reads_line("X to move")
        start_again(alex, doppler, third)

    @pytest.mark.alone
    @pytest.mark.fact("game-free-place")
    @pytest.mark.usefixtures("seated")
    def test_who_has_gone_leaves_a_free_place(
        self, alex: User, doppler: User, third: User
    ) -> None:
        doppler.page.close()
        expect(third.button("Play O")).to_have_count(1, timeout=5000)
        third.presses("Play O")
        third.reads_line("You play O")
        places(alex, 1)
        places(third, 2)
        for reader in (alex, third):
            sees_board(reader, "XO3456789")
        start_again(alex, third)
        stand_up(third)
        doppler.open_second_tab()


@game("tic_tac_toe")
class TestPolledGame:
    """The program alone: each page asks once a second."""

    @pytest.mark.state(
        "tic_tac_toe.py",
        "game",
        "one room",
        reload="kept",
        reconnect="kept",
        restart="lost",
    )
    @pytest.mark.state(
        "tic_tac_toe.py",
        "me",
        "one tab",
        reload="lost",
        reconnect="kept",
        restart="lost",
    )
    def test_what_becomes_of_the_game_and_its_players(
        self, stage: Stage, alex: User, doppler: User
    ) -> None:
        alex.presses("Play X")
        alex.reads_line("You play X")
        alex.presses("5")
        doppler.reads_line("O to move")
        with alex.cut_off():
            doppler.presses("Play O")
            doppler.reads_line("You play O")
        doppler.presses("1")
        alex.reads_line("X to move")
        sees_board(alex, "O234X6789")
        alex.reads_line("You play X")
        doppler.reload()
        doppler.reads_line("You watch")
        sees_board(doppler, "O234X6789")
        stage.restart()
        for user in (alex, doppler):
            user.reads_line("You watch")
            sees_board(user, EMPTY)
