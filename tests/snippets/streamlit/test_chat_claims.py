"""What the page about the chat claims beside what every chat has to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequests,
)

from livedocs.catalog import Catalog
from tests.users.stage import Stage
from tests.users.streamlit import StreamlitUser
from tests.users.streamlit_headless import join

CHAT = Catalog.default().find("streamlit/chat/chat").path


@pytest.mark.claim(
    "`messages` in `chat.py`: one room; kept on reload, kept on reconnect, "
    "lost on restart."
)
@pytest.mark.claim(
    "`name` in `chat.py`: one tab; kept on reload, kept on reconnect, kept on restart."
)
def test_what_becomes_of_messages_and_names(start: Callable[[str], Stage]) -> None:
    stage = start("streamlit/chat/chat")
    alex, doppler = stage.join(), stage.join()
    assert isinstance(alex, StreamlitUser)
    assert isinstance(doppler, StreamlitUser)
    alex.send("one")
    doppler.reads_line("Alex: one")
    doppler.reload()
    doppler.reads_line("Alex: one")
    with doppler.cut_off():
        alex.send("two")
        alex.reads_line("Alex: two")
    doppler.reads_line("Alex: two")
    stage.restart()
    expect(doppler.line("Alex: two")).to_have_count(0)
    doppler.send("three")
    for user in (alex, doppler):
        user.reads_line("Doppler: three")
        expect(user.line("Alex: two")).to_have_count(0)


@pytest.mark.claim("What you send while your network is away arrives when it is back.")
def test_what_is_sent_without_a_network_arrives_later(
    start: Callable[[str], Stage],
) -> None:
    stage = start("streamlit/chat/chat")
    alex, doppler = stage.join(), stage.join()
    assert isinstance(alex, StreamlitUser)
    assert isinstance(doppler, StreamlitUser)
    with alex.cut_off():
        for text in ("one", "two"):
            alex.send(text)
        doppler.says("three")
    for user in (alex, doppler):
        for line in ("Doppler: three", "Alex: one", "Alex: two"):
            user.reads_line(line)
        assert len(user.messages()) == 3


@pytest.mark.claim(
    "Whoever opens your link has your name: give away the address without it."
)
@pytest.mark.usefixtures("process")
def test_a_link_carries_the_name() -> None:
    alex = join(CHAT)
    alex.set("Your name", " Alex ")
    assert alex.page.query_params["name"] == "Alex"
    assert not alex.page.text_input
    assert not join(CHAT, name="Alex").page.text_input
    assert join(CHAT).widget("Your name").value == ""


@pytest.mark.claim(
    "Of several messages that wait in `st.chat_input` for a script to run, Streamlit "
    "keeps the last."
)
def test_of_messages_that_wait_the_last_is_kept() -> None:
    requests = ScriptRequests()
    for text in ("one", "two", "three"):
        states = WidgetStates()
        states.widgets.add(id="field").chat_input_value.data = text
        requests.request_rerun(RerunData(widget_states=states))
    request = requests.on_scriptrunner_yield()
    assert request
    assert request.rerun_data.widget_states
    (state,) = request.rerun_data.widget_states.widgets
    assert state.chat_input_value.data == "three"
    assert requests.on_scriptrunner_yield() is None, "there is no other request"
