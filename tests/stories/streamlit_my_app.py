"""What people do with the app that was one person's, when it is a team's."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.stories.scene import Scene, story
from tests.stories.streamlit import RoomStage, at_rest
from tests.users.streamlit import StreamlitUser, click_together

CHANGE = "Price change in %"


class Planner(StreamlitUser):
    """A person who tries out prices."""

    def join(self, name: str) -> None:
        self.enters("Your name", name)
        self.the("Your name").blur()  # a page in which a caret blinks is never at rest
        self.is_at_rest()

    def keeps(self, title: str) -> None:
        """Type the name of a plan, and keep it."""
        self.writes("New plan", title)
        self.presses("Keep")
        self.finds("New plan", "")

    def picks(self, region: str) -> None:
        """Look at a region."""
        self.page.get_by_text(region, exact=True).click()

    def sees_revenue(self, euros: str) -> None:
        """Wait until the second number is this."""
        expect(self.page.get_by_test_id("stMetricValue").nth(1)).to_have_text(euros)


class PlannerStage(RoomStage):
    """The app, and those who came to use it."""

    driver = Planner


@story("streamlit/my_app/step5_saved", height=880, dark=True, stage=PlannerStage)
def one_plan(scene: Scene[Planner]) -> None:
    """Two try out prices, each for a region, and vote for a plan."""
    alex, doppler = users = scene.opens()
    with scene.step("Alex raises the price by 10 %. Doppler's revenue changes, too."):
        alex.drags(CHANGE, 10)
        for user in users:
            user.finds(CHANGE, "10")
            user.sees_revenue("90,134 €")
        at_rest(*users)
    with scene.step("Doppler looks at the North. Alex still sees all regions."):
        doppler.picks("North")
        doppler.sees_revenue("41,888 €")
        alex.sees_revenue("90,134 €")
        doppler.looks_away()
        at_rest(*users)
    with scene.step("Alex keeps this as a plan. It has Alex's name on both pages."):
        alex.keeps("Careful")
        for user in users:
            user.reads_line("Careful (Alex): +10 %, 0 for it")
        alex.looks_away()
        at_rest(*users)
    with scene.step("Both vote at the same moment. Both votes count."):
        click_together("Vote", *users)
        for user in users:
            user.reads_line("Careful (Alex): +10 %, 2 for it")
            user.looks_away()
        at_rest(*users)
