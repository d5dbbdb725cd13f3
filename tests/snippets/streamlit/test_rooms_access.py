"""Who may do what with a room, as a function of the app's own decides."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.users.streamlit_headless import Write, join

pytestmark = pytest.mark.usefixtures("process")

APP = """
import streamlit
asked = streamlit.query_params.get("may", "").split()

def allow(user, room, action):
    return action in streamlit.query_params.get("may", "").split()

use(allow=allow)
for name in list_rooms():
    streamlit.text(f"listed {name}")
streamlit.button("Delete", on_click=delete_room, args=["lobby"])
streamlit.button("Enter", on_click=enter_room, args=["lobby"])
with sync("lobby") as st:
    a = st.slider("A", key="a")
    if st.button("Write"):
        st.update("n", lambda n: (n or 0) + 1)
    st.text(f"{a} {st.session_state.get('n', 0)}")
"""
ALL = "list create enter write delete"


@pytest.mark.fact("allow")
@pytest.mark.parametrize("missing", ALL.split())
def test_what_is_not_allowed_is_refused(missing: str, program: Write) -> None:
    """The function that you give to `use` is asked on the server whether this user may
    list, create, enter, write or delete a room; what it forbids is refused.
    """
    app = program(APP)
    some = ALL.replace(missing, "")
    if missing == "create":
        refused = join(app, may=some)
        assert refused.errors() == [
            "There is no such room, and you may not create one."
        ]
        assert not refused.page.slider
    owner = join(app, may=ALL)
    owner.set("A", 5)
    owner.click("Write")
    guest = join(app, may=some)
    assert guest.reads("listed lobby") == (missing != "list")
    if missing == "enter":
        assert guest.errors() == ["You may not enter this room."]
        assert not guest.page.slider
        return
    assert guest.reads("5 1")
    assert guest.widget("A").disabled == (missing == "write")
    if missing != "write":
        guest.set("A", 7)
        guest.click("Write")
    owner.wait_a_second()
    assert owner.reads("5 1" if missing == "write" else "7 2")
    guest.click("Delete")
    owner.wait_a_second()
    assert owner.reads("0 0") == (missing != "delete")


def test_it_is_asked_again_for_each_action(program: Write) -> None:
    app = program(APP)
    alex = join(app, may=ALL)
    alex.set("A", 5)
    alex.page.query_params["may"] = "enter"
    alex.touch("A", 7)
    alex.click("Write")  # both could be operated when the page was rendered
    assert join(app, may=ALL).reads("5 0")
    assert alex.widget("A").disabled


LISTENING = """
import streamlit
from room_sync import room

def allow(user, room, action):
    return action in streamlit.query_params["may"].split()

use(allow=allow)

@room("lobby")
def lobby(st):
    st.slider("A", key="a")

lobby()
"""


def test_who_may_no_longer_enter_is_notified_of_nothing(program: Write) -> None:
    push: Any = import_module("room_sync.push")
    client = TestClient(Starlette(routes=[push.push_route()]))
    push.LASTS = 0.1  # the module is this test's own
    alex = join(program(LISTENING), may=ALL)
    url = alex.component("private:room_sync:listen:lobby")["url"]
    page = alex.in_room()
    asked = [[page.room, page.id, push._token((page.room, page.id))]]

    def answers() -> list[int]:
        """What the page is answered, and what the worker of its browser is."""
        ways = client.get(url), client.post("/rooms/events", json=asked)
        return [way.status_code for way in ways]

    assert answers() == [200, 200]
    alex.page.query_params["may"] = "list"
    alex.run()
    assert alex.errors() == ["You may not enter this room."]
    assert answers() == [403, 403]
    alex.page.query_params["may"] = ALL
    alex.run()
    assert answers() == [200, 200]


FORM = """
import streamlit

def allow(user, room, action):
    return action in streamlit.query_params["may"].split()

use(allow=allow)
with sync("lobby") as st:
    with st.form("form"):
        a = st.slider("A", key="a")
        st.form_submit_button("Send", on_click=print)
    st.text(a)
"""


@pytest.mark.parametrize("by", ["a callback", "a poll"])
def test_it_is_asked_again_before_the_script_runs(by: str, program: Write) -> None:
    app = program(FORM)
    alex = join(app, may=ALL)
    alex.touch("A", 5)
    alex.click("Send")
    assert join(app, may=ALL).reads("5")
    alex.page.query_params["may"] = "enter"
    alex.touch("A", 7)
    if by == "a callback":
        alex.click("Send")
    else:  # no page sends a change with it
        alex.widget("Send").click()
        alex.wait_a_second()
    assert join(app, may=ALL).reads("5")


def test_it_is_given_the_user_who_has_logged_in(
    program: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    access: Any = import_module("room_sync.access")
    asked: list[tuple[Any, str, str]] = []

    class Alex:
        is_logged_in = True

    monkeypatch.setattr(access.st, "user", Alex)

    def allow(user: Any, room: str, action: str) -> bool:
        asked.append((user, room, action))
        return True

    import_module("room_sync").use(allow=allow)
    join("first_room")
    assert {user for user, *_ in asked} == {Alex}
    assert (Alex, "lobby", "enter") in asked
    Alex.is_logged_in = False
    asked.clear()
    join("first_room")
    assert {user for user, *_ in asked} == {None}


def test_a_plan_is_written_by_those_who_have_logged_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    access: Any = import_module("room_sync.access")
    alex: list[Any] = []
    monkeypatch.setattr(access, "_user", lambda: alex[0] if alex else None)
    refused = "There is no such room, and you may not create one."
    assert join("members").errors() == [refused]
    alex.append("Alex")
    join("members").set("Plan", "Rest")
    alex.clear()
    guest = join("members")
    assert guest.reads("Rest")
    assert guest.widget("Plan").disabled


def test_the_name_of_a_new_room_cannot_be_guessed() -> None:
    new_room: Callable[[], str] = import_module("room_sync").new_room
    names = {new_room() for _ in range(100)}
    assert len(names) == 100
    assert all(len(name) >= 22 for name in names)
