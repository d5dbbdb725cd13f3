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
    st.text(f"{a} {b} {c} {d}")
"""

SAVED = """\
from room_store import SQLite
from room_sync import sync, use

use(SQLite("rooms.db"))

with sync("lobby") as st:
    a = st.number_input("A", value=0)
    b = st.number_input("B", value=0)
    st.text(f"{a} {b}")
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
    @pytest.mark.claim(
        "Two people who change different widgets at the same moment both win."
    )
    def test_a_hundred_changes_of_different_widgets_at_once_all_win(
        self, alex: User, doppler: User, third: User
    ) -> None:
        users = {"A": alex, "B": doppler, "C": third}
        for user in users.values():
            for label in users:
                user.watches(label)
        due = {label: moments(seed, 34, 0.15) for seed, label in enumerate(users)}
        for label, user in users.items():
            user.will_step(label, "Up", *due[label])
        for user in users.values():
            user.reads_line("34 34 34 0")
            for label in users:
                user.finds(label, "34")
                assert never_falls(user, label), user.has_seen(label)

    @pytest.mark.claim(
        "When two people change the same widget, the later change wins, and everybody "
        "sees that one."
    )
    def test_fifty_changes_of_one_widget_at_once_leave_one_value(
        self, stage: Stage, alex: User, doppler: User, third: User
    ) -> None:
        users = (alex, doppler, third)
        for batch in range(10):
            due = moments(batch, 5, 0.2)
            for step, user in zip(("Up", "Down", "Up"), users, strict=True):
                user.will_step("D", step, *due)
            for user in users:
                user.until(due[-1])
            wait_until(lambda: agree(users), event="one value for all")
        late = stage.join()
        assert isinstance(late, StreamlitUser)
        late.finds("D", alex.widget("D").input_value())


def agree(users: tuple[User, ...]) -> bool:
    """Whether all pages show the same, in the widget and in the line below it."""
    values = "widgets => widgets.map(widget => widget.value).join()"  # of one, if it is
    shown = {user.widget("D").evaluate_all(values) for user in users}
    lines = {user.page.get_by_test_id("stText").inner_text() for user in users}
    return len(shown) == len(lines) == 1 and lines.pop().split()[-1] in shown


@program(NUMBERS, SHIPPED, POLLED, PUSHED)
class TestBursts:
    def test_bursts_every_50_ms_revert_nothing(
        self, alex: User, doppler: User, third: User
    ) -> None:
        users = {"A": alex, "B": doppler}
        before = {label: int(alex.widget(label).input_value()) for label in users}
        for user in (alex, doppler, third):
            for label in users:
                user.watches(label)
        for seed, (label, user) in enumerate(users.items()):
            user.will_step(label, "Up", *moments(seed, 40, 0.05))
        for user in (alex, doppler, third):
            for label in users:
                user.finds(label, str(before[label] + 40))
                assert never_falls(user, label), user.has_seen(label)


@program(SAVED)
class TestKill:
    @pytest.mark.claim(
        "Whatever has been acknowledged is there after a server is killed."
    )
    def test_what_was_acknowledged_is_there_after_a_kill(
        self, stage: Stage, alex: User, doppler: User
    ) -> None:
        alex.will_step("A", "Up", *moments(0, 60, 0.1))
        doppler.will_step("B", "Up", *moments(1, 60, 0.1))
        for user in (alex, doppler):
            wait_until(lambda user=user: min(line(user)) > 5)  # type: ignore[misc]
        stage.kill()
        acknowledged = line(alex)[0], line(doppler)[1]
        with alex.finds_anew("A"), doppler.finds_anew("B"):
            stage.restart()
        late = stage.join()
        assert isinstance(late, StreamlitUser)
        found = line(late)
        assert found[0] >= acknowledged[0] > 5
        assert found[1] >= acknowledged[1] > 5
        alex.enters("A", "1000")
        doppler.enters("B", "2000")
        for user in (alex, doppler, late):
            user.reads_line("1000 2000")


def line(user: User) -> tuple[int, int]:
    """The numbers that the server has drawn, after it has written them down."""
    a, b = user.page.get_by_test_id("stText").inner_text().split()
    return int(a), int(b)
