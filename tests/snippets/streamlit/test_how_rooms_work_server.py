"""Runs of one session that get in each other's way, at a real server without pages."""

from __future__ import annotations

import pytest

from tests.snippets.streamlit.conftest import Enter, Serve
from tests.snippets.streamlit.modes import POLLED, SHIPPED
from tests.waiting import wait_until

pytestmark = pytest.mark.process

SLOW = """\
import time

import streamlit as st
from room_sync import Memory, sync, use


class Slow(Memory):
    said = ""

    def write(self, room, change):
        values = change({}).values()
        if "1" in values:
            print("The disk is busy.", flush=True)
            time.sleep(1)  # and the second click comes meanwhile
        super().write(room, change)
        self.said += "".join(value for value in values if value in "12")


@st.cache_resource
def store():
    return Slow()


use(store())

with sync("lobby") as st:
    st.number_input("A", value=0)
    if st.button("Click"):
        print("The run is long.", flush=True)
        time.sleep(1)  # and the next click comes before the update
        st.update("clicks", lambda clicks: (clicks or 0) + 3)
    st.text(f"written: {store().said}, clicked: {st.session_state.get('clicks', 0)}")
"""

MODES = pytest.mark.parametrize("mode", [SHIPPED, POLLED])
"""A click asks for a whole run, which stops the one before, or for a fragment."""


@MODES
@pytest.mark.fact("runs-take-turns")
@pytest.mark.fact(
    "stopped-run-updates",
    "A run that its user's next click has stopped makes its update anyway.",
)
def test_the_later_of_two_changes_stays_and_a_stopped_run_updates(
    mode: str, serve: Serve, enter: Enter
) -> None:
    """When you click again while a run still writes, the next run writes after it, and
    the later change stays.
    """
    app = serve(SLOW, mode)
    (alex,) = enter(app, 1)
    alex.will_set("A", 1)
    wait_until(lambda: "is busy" in app.output(), event="the first write")
    alex.will_set("A", 2)
    alex.takes_until(lambda lines: lines == ["written: 12, clicked: 0"])
    (doppler,) = enter(app, 1)
    doppler.will_press("Click")
    wait_until(lambda: "is long" in app.output(), event="the run")
    doppler.will_set("A", 5)
    doppler.looks_until(lambda lines: lines == ["written: 12, clicked: 3"])
    (late,) = enter(app, 1)
    assert late.lines() == ["written: 12, clicked: 3"]
