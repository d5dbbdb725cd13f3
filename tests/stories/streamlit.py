"""What people do with the chat of Streamlit's page."""

from __future__ import annotations

import re

from playwright.sync_api import expect

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
