"""What the page about the chat claims beside what every chat has to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from livedocs.catalog import Catalog
from tests.snippets.streamlit.conftest import Play
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


CHAT_INPUT = """
import time
from pathlib import Path
from room_sync import private, sync

with sync("chat") as st:
    def send():
        text = st.session_state[private("text")]
        st.update("messages", lambda sent: [*(sent or []), text])
        while not Path({go!r}).exists():  # whatever else a message does
            time.sleep(0.01)

    for text in st.session_state.get("messages", []):
        st.text(text)
    st.chat_input("Message", key=private("text"), on_submit=send)
"""


@pytest.mark.claim(
    "Of several messages that are sent in `st.chat_input` while a script runs, some "
    "are lost."
)
def test_a_chat_input_loses_messages(play: Play, tmp_path: Path) -> None:
    go = tmp_path / "go"
    stage = play(CHAT_INPUT.format(go=str(go)))
    alex = visitor(stage)
    field = alex.page.get_by_test_id("stChatInputTextArea")
    field.press_sequentially("one\n")
    doppler = visitor(stage)
    doppler.reads_line("one")  # its script runs, and waits
    field.press_sequentially("two\nthree\nfour\n")
    doppler.reload()  # the server has answered this after all that
    go.touch()
    for taken in ("one", "four"):
        alex.reads_line(taken)
    alex.wait_until_ready()
    assert alex.line("two").count() + alex.line("three").count() < 2


def visitor(stage: Stage) -> StreamlitUser:
    """Somebody who opens the page."""
    user = StreamlitUser(stage.browser, stage.address)
    stage.users.append(user)
    user.open()
    return user
