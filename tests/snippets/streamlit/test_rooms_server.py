"""The rooms at a real server, used by sessions that have no page.

What they send comes when a test wants it to, and need not be what a page would send.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence

import pytest

from tests.snippets.streamlit.conftest import Enter, Serve
from tests.snippets.streamlit.modes import POLLED, SHIPPED
from tests.users.streamlit import StreamlitSocket

pytestmark = pytest.mark.process


@pytest.mark.parametrize("mode", [SHIPPED, POLLED])
@pytest.mark.fact("no-click-lost")
def test_three_who_click_at_once_lose_no_click(
    mode: str, serve: Serve, enter: Enter
) -> None:
    """Three people who click at the same time lose no click.

    A click asks for a whole run, or for the room's fragment: hence two modes. Polls
    come before and after it, as they do from a page.
    """
    users = enter(serve("counter", mode), 3)
    for clicks in range(3, 18, 3):
        for user in users:
            user.will_look()
        for user in users:
            user.will_press("Click")
        for user in users:
            user.looks_until(lambda lines: clicked(lines) >= clicks)  # noqa: B023
            assert clicked(user.lines()) == clicks


CLICKED_AT_THE_END = """\
from threading import Event

import streamlit
from room_sync import polling, sync
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

polling.SETTLES = 0


@streamlit.cache_resource
def events():
    \"\"\"A fragment ends after the next run has begun, and before that goes on.\"\"\"
    is_ending, has_begun, has_ended = Event(), Event(), Event()
    finish = ScriptRunner._on_script_finished

    def finish_late(runner, context, event, *rest):
        is_fragment = event.name == "FRAGMENT_STOPPED_WITH_SUCCESS"
        if is_fragment:
            is_ending.set()
            has_begun.wait()
        finish(runner, context, event, *rest)
        if is_fragment:
            has_ended.set()

    ScriptRunner._on_script_finished = finish_late
    return is_ending, has_begun, has_ended


is_ending, has_begun, has_ended = events()
with sync("lobby") as st:
    if is_ending.is_set():
        has_begun.set()
        has_ended.wait()
    if st.button("Click"):
        st.update("clicks", lambda clicks: (clicks or 0) + 1)
    st.text(f"Clicked {st.session_state.get('clicks', 0)} times")
"""


@pytest.mark.fact("no-click-lost")
def test_a_click_as_a_poll_ends_is_not_lost(serve: Serve, enter: Enter) -> None:
    (alex,) = enter(serve(CLICKED_AT_THE_END), 1)
    alex.will_look()
    alex.takes_until(lambda lines: alex.components["room_polled"]["behind"] is False)
    alex.will_press("Click")
    alex.takes_until(lambda lines: lines == ["Clicked 1 times"])


APPENDS = """\
from room_sync import sync

with sync("lobby") as st:
    rows = st.session_state.setdefault("rows", [])
    if st.button("Append"):
        rows.append(len(rows))
    st.text(f"Appended {len(st.session_state['rows'])} times")
"""


@pytest.mark.parametrize("mode", [SHIPPED, POLLED])
@pytest.mark.fact("in-place")
def test_three_who_append_at_once_lose_no_line(
    mode: str, serve: Serve, enter: Enter
) -> None:
    users = enter(serve(APPENDS, mode), 3)
    for lines in range(3, 18, 3):
        for user in users:
            user.will_press("Append")
        for user in users:
            user.looks_until(lambda read: clicked(read) >= lines)  # noqa: B023
            assert clicked(user.lines()) == lines


def clicked(lines: list[str]) -> int:
    """The number in the only line of the page."""
    (line,) = lines
    return int(line.split()[1])


@pytest.mark.alone
@pytest.mark.fact("lost-update")
def test_of_two_clicks_at_once_one_is_lost(serve: Serve, enter: Enter) -> None:
    app = serve("pitfall_lost_update")
    users = enter(app, 2)
    for user in users:
        user.will_press("Click")
    for user in users:  # each has read 0 before the other one has written 1
        user.takes_until(lambda lines: clicked(lines) == 1)
    (late,) = enter(app, 1)
    assert clicked(late.lines()) == 1


@pytest.mark.fact("viewers-are-refused")
def test_what_a_viewers_browser_forges_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    serve: Serve,
    enter: Enter,
) -> None:
    """The server refuses a change that a viewer's browser sends in spite of that."""
    monkeypatch.setenv("PRESENTER_WORD", "swordfish")
    presenter, viewer, forger = enter(serve("viewers"), 3)
    presenter.sets("Word", "swordfish")
    presenter.sets("Slide", 3)
    presenter.presses("Applaud")
    forger.sets("Slide", 9)
    forger.sets("Remark", "Forged")
    forger.presses("Applaud")
    presenter.sets("Remark", "Still here")
    for user in (presenter, viewer, forger):
        user.runs()
        assert user.lines() == ["Slide 3: Still here (1 times)"]
    forger.sets("Word", "swordfish")
    forger.sets("Slide", 9)
    viewer.runs()
    assert viewer.lines() == ["Slide 9: Still here (1 times)"]


SAVED = """\
from room_sync import SQLite, sync, use

use(SQLite("rooms.db"))

with sync("lobby") as st:
    a = st.number_input("A", value=0)
    b = st.number_input("B", value=0)
    st.text(f"{a} {b}")
"""


@pytest.mark.fact("kill-keeps-what-is-acknowledged")
def test_what_was_acknowledged_is_there_after_a_kill(
    serve: Serve, enter: Enter
) -> None:
    """What a page has shown as changed is in the file, even if the server is killed
    right then.
    """
    app = serve(SAVED)
    alex, doppler = enter(app, 2)
    for n in range(1, 6):
        alex.sets("A", n)
        doppler.sets("B", n)
    alex.will_set("A", 99)  # whether this one arrives is open
    os.killpg(app.process.pid, signal.SIGKILL)
    app.process.wait()
    (late,) = enter(serve(SAVED), 1)
    a, b = shown(late)
    assert a in (5, 99)
    assert b == 5
    late.sets("A", 1000)
    assert shown(late) == [1000, 5]


def shown(user: StreamlitSocket) -> Sequence[int]:
    """The numbers in the only line of a page."""
    (line,) = user.lines()
    return [int(number) for number in line.split()]


PRESENT = """\
from room_sync import sync

with sync("lobby") as st:
    st.text(f"{st.present} here")
"""

# One number of a browser, behind two masks, and another browser's.
ALEX = "_streamlit_xsrf=2|00000000|0123456789abcdef|1796000000"
ALEX_AGAIN = "_streamlit_xsrf=2|ffffffff|fedcba9876543210|1796000000"
DOPPLER = "_streamlit_xsrf=2|00000000|fedcba9876543210|1796000000"


@pytest.mark.parametrize("mode", [SHIPPED, POLLED])
@pytest.mark.fact("reload-counts-once")
def test_a_page_that_is_loaded_again_counts_once(mode: str, serve: Serve) -> None:
    """On one server, a reload doesn't change how many are counted, and a second tab
    does.
    """
    address = serve(PRESENT, mode).addresses[0]
    with StreamlitSocket(address, ALEX) as alex:
        assert alex.lines() == ["1 here"]
        with StreamlitSocket(address, ALEX_AGAIN) as second:
            assert second.lines() == ["2 here"]
            with StreamlitSocket(address, ALEX) as third:
                assert third.lines() == ["3 here"]
                alex.runs()
                assert alex.lines() == ["3 here"]
        alex.looks_until(lambda lines: lines == ["1 here"])
        for _ in range(3):
            with StreamlitSocket(address, ALEX_AGAIN) as second:
                assert second.lines() == ["2 here"]
        with StreamlitSocket(address, DOPPLER) as doppler:
            assert doppler.lines() == ["3 here"]
