"""What people do with the game of Streamlit's page."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.snippets.streamlit.test_game import places, sees_board
from tests.stories.scene import Scene, story
from tests.stories.streamlit import at_rest
from tests.users.streamlit import StreamlitUser


@story("streamlit/game/game_launcher", width=660, height=470, dark=True)
def x_wins(scene: Scene[StreamlitUser]) -> None:
    """Two play, each in their turn, until one has won."""
    alex, doppler = scene.opens()
    with scene.step("Alex sits down to play X, Doppler to play O."):
        alex.presses("Play X")
        alex.reads_line("You play X")
        expect(doppler.button("Play X")).to_have_count(0)  # what is below moves up
        doppler.presses("Play O")
        doppler.reads_line("You play O")
        for user in (alex, doppler):
            expect(user.button("Play X").or_(user.button("Play O"))).to_have_count(0)
        at_rest(alex, doppler)
    with scene.step("Alex takes square 5, then Doppler takes square 1. Both see it."):
        moves(alex, 5, "1234X6789", doppler)
        moves(doppler, 1, "O234X6789", alex)
    with scene.step("Alex takes square 3, and Doppler square 2."):
        moves(alex, 3, "O2X4X6789", doppler)
        moves(doppler, 2, "OOX4X6789", alex)
    with scene.step("Alex takes square 7. Both read that X has won."):
        moves(alex, 7, "OOX4X6X89", doppler)
        for user in (alex, doppler):
            user.reads_line("X has won")


def moves(player: StreamlitUser, number: int, board: str, other: StreamlitUser) -> None:
    """Take a square; both see the board then."""
    places(player, number)
    player.looks_away()
    for user in (player, other):
        sees_board(user, board)
    at_rest(player, other)
