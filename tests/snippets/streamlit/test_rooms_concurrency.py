"""Changes of several people at the same moment, in real browsers.

Each round is drawn from a fixed seed, and each click is due at a moment in its page.
"""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from tests.snippets.streamlit.modes import POLLED, PUSHED, SHIPPED, program
from tests.users.stage import Stage
from tests.users.streamlit import StreamlitUser, soon
from tests.waiting import wait_until

User = StreamlitUser

NUMBERS = """\
from room_sync import sync

with sync("lobby") as st:
    a = st.number_input("A", value=0)
    b = st.number_input("B", value=0)
    c = st.number_input("C", value=0)
    d = st.number_input("D", value=0)
    if st.button("Click"):
        st.update("clicks", lambda clicks: (clicks or 0) + 1)
    st.text(f"{a} {b} {c}")
    st.text(f"{st.session_state.get('clicks', 0)} clicks")
    st.text(f"d is {d}")
"""


def moments(seed: int, count: int, every: float) -> list[float]:
    """So many moments from soon on, each up to a fifth of the pause too late."""
    chance = random.Random(seed)  # noqa: S311 -- nothing secret
    start = soon()
    return [start + every * (n + chance.random() / 5) for n in range(count)]


def never_falls(user: User, label: str) -> bool:
    """Whether a number that only grew was never seen to be smaller again."""
    seen = [int(value) for value in user.has_seen(label)]
    return all(before < after for before, after in pairwise(seen))


@program(NUMBERS, SHIPPED, POLLED, PUSHED)
class TestNumbers:
    """What a page sends crosses what it is sent: in each mode something else asks."""

    @pytest.mark.fact("different-widgets")
    def test_many_changes_of_different_widgets_at_once_all_win(
        self, alex: User, doppler: User, third: User
    ) -> None:
        users = {"A": alex, "B": doppler, "C": third}
        for user in users.values():
            for label in users:
                user.watches(label)
        for seed, (label, user) in enumerate(users.items()):
            slow, fast = moments(seed, 20, 0.15), moments(seed, 20, 0.05)
            # The last twenty come faster than a run is over; that reverts nothing.
            user.will_step(label, "Up", *slow, *(moment + 3.5 for moment in fast))
        for user in users.values():
            user.reads_line("40 40 40")
            for label in users:
                user.finds(label, "40")
                assert never_falls(user, label), user.has_seen(label)


@program(NUMBERS, PUSHED)
class TestOneNumber:
    """What the server decides: without pages, that is tried in each mode."""

    @pytest.mark.fact("no-click-lost")
    def test_clicks_at_once_are_all_counted(
        self, alex: User, doppler: User, third: User
    ) -> None:
        users = (alex, doppler, third)
        for clicks in (3, 6, 9):
            moment = soon()
            for user in users:
                user.will_press("Click", moment)
            for user in users:
                user.reads_line(f"{clicks} clicks")

    @pytest.mark.fact("same-widget")
    def test_changes_of_one_widget_at_once_leave_one_value(
        self, stage: Stage, alex: User, doppler: User, third: User
    ) -> None:
        users = (alex, doppler, third)
        for batch in range(2):
            due = moments(batch, 5, 0.2)
            for step, user in zip(("Up", "Down", "Up"), users, strict=True):
                user.will_step("D", step, *due)
            for user in users:
                user.until(due[-1])
            wait_until(lambda: agree(users), event="one value for all")
        third.reload()
        third.finds("D", alex.widget("D").input_value())


def agree(users: tuple[User, ...]) -> bool:
    """Whether all pages show the same, in the widget and in the line below it."""
    values = "widgets => widgets.map(widget => widget.value).join()"  # of one, if it is
    shown = {user.widget("D").evaluate_all(values) for user in users}
    lines = {user.page.get_by_test_id("stText").last.inner_text() for user in users}
    return len(shown) == 1 and lines == {f"d is {value}" for value in shown}
