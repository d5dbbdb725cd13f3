"""What people do with the app that was one person's, when it is everybody's."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.stories.scene import Scene, story
from tests.users.taipy_events import EventsStage, EventsUser


class AppUser(EventsUser):
    """A person at the list of expenses."""

    def join(self, name: str) -> None:
        field = self.page.get_by_label("Your name")
        field.fill(name)
        field.press("Enter")

    def adds(self, text: str) -> None:
        """Write an expense, and wait until the field is empty."""
        self.types("New expense", text)
        expect(self.page.get_by_label("New expense")).to_have_value("")

    def picks(self, category: str) -> None:
        """Pick a category."""
        self.page.get_by_role("button", name=category).click()

    @property
    def summary(self) -> Locator:
        """What is spent, and what is left."""
        return self.page.get_by_text(" spent, ")


class AppStage(EventsStage):
    """The program, and those who came to use it."""

    driver = AppUser


@story("taipy/my_app/step5_saved", height=560, stage=AppStage)
def one_budget(scene: Scene[AppUser]) -> None:
    """One list for two, each with a filter."""
    alex, doppler = users = scene.opens()
    with scene.step("Alex adds a pizza. Both lists show it, and both sums."):
        alex.adds("Pizza 24")
        all_list(users, "Pizza (Alex)")
        all_sum_up(users, "24 spent, 1976 left")
    with scene.step("Doppler picks “Travel”. Only Doppler’s list changes."):
        doppler.picks("Travel")
        expect(doppler.text).to_have_text("")
        all_list([alex], "Pizza (Alex)")
    with scene.step(
        "Doppler adds a train ticket. Doppler’s list shows it, and both sums count it."
    ):
        doppler.adds("Train 90")
        all_list([doppler], "Train (Doppler)")
        all_sum_up(users, "114 spent, 1886 left")
    with scene.step("Alex lowers the budget to 900. Both see what is left."):
        alex.types("Budget", "900")
        all_sum_up(users, "114 spent, 786 left")
    with scene.step(
        "Alex presses Undo. The pizza is gone, and the train ticket stays."
    ):
        alex.press("Undo")
        expect(alex.text).to_have_text("")
        all_list([doppler], "Train (Doppler)")
        all_sum_up(users, "90 spent, 810 left")


def all_list(users: list[AppUser], line: str) -> None:
    """Wait until their lists hold this."""
    for user in users:
        expect(user.text).to_contain_text(line)


def all_sum_up(users: list[AppUser], text: str) -> None:
    """Wait until their sums are this."""
    for user in users:
        expect(user.summary).to_have_text(text)
