"""What people do with the chat and the game of Streamlit's pages."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.snippets.streamlit.test_game import places, sees_board, sit_down
from tests.stories.scene import Scene, story
from tests.users.base import BrowserUser
from tests.users.stage import Stage
from tests.users.streamlit import StreamlitUser

HERE = re.compile(r"(^| )\d+ here$")
"""How a page says how many people are in a room."""


class RoomStage(Stage):
    """Who comes in is in sight as soon as all of their page is there.

    And all others know that they are here.
    """

    def lets_in(self, user: BrowserUser, name: str = "", *, joins: bool = True) -> None:
        super().lets_in(user, name, joins=joins)
        expect(user.page.get_by_test_id("stSkeleton")).to_have_count(0)
        for other in self.users:
            line = other.page.get_by_test_id("stText").filter(visible=True)
            if line.filter(has_text=HERE).count():
                here = re.compile(rf"(^| ){len(self.users)} here$")
                expect(line.filter(has_text=here)).to_have_count(1)


def at_rest(*users: StreamlitUser) -> None:
    """Wait until nothing is drawn on these people's pages."""
    for user in users:
        user.is_at_rest()


@story("streamlit/chat/chat", height=640, dark=True, stage=RoomStage)
def late_joiner(scene: Scene[StreamlitUser]) -> None:
    """Who comes later reads what was said before."""
    (alex,) = scene.opens("Alex")
    scene.says(alex, "Anybody here?")
    (doppler,) = scene.opens(
        "Doppler", does="Doppler opens the program and reads what Alex has sent."
    )
    scene.says(doppler, "I am, and I read that.")
    scene.says(alex, "I pressed nothing.")


@story("streamlit/game/game_launcher", width=660, height=470, dark=True)
def x_wins(scene: Scene[StreamlitUser]) -> None:
    """Two play, each in their turn, until one has won."""
    alex, doppler = scene.opens()
    with scene.step("Alex sits down to play X, Doppler to play O."):
        sit_down(alex, doppler)
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
