"""Who shares what in Streamlit: sessions of two people, without server and browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st

from livedocs.catalog import Catalog
from tests.users.streamlit_headless import StreamlitSession

PROGRAM = Catalog.default().find("streamlit/state/per_session").path


@pytest.fixture(autouse=True)
def process() -> Iterator[None]:
    """A process that has just started, as far as its cache goes."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def line(tab: StreamlitSession) -> str:
    (text,) = tab.page.text
    return str(text.value)


@pytest.mark.fact("streamlit-owners")
@pytest.mark.state("per_session.py", "presses", "everybody", reload="kept")
@pytest.mark.state("per_session.py", "mine", "one tab", reload="lost")
def test_the_cache_is_everybodys_and_the_session_state_a_tabs() -> None:
    """A name of the script lasts for one run, what is in `st.session_state` belongs to
    one tab, and what `st.cache_resource` keeps belongs to everybody.
    """
    alex, doppler = StreamlitSession(PROGRAM), StreamlitSession(PROGRAM)
    alex.click("Press")
    doppler.click("Press")
    doppler.click("Press")
    assert line(alex) == "This run: 1. You: 1. Everybody: 1.", "nothing has run since"
    alex.run()
    assert line(alex) == "This run: 0. You: 1. Everybody: 3."
    assert line(doppler) == "This run: 1. You: 2. Everybody: 3."
    reloaded = StreamlitSession(PROGRAM)
    assert line(reloaded) == "This run: 0. You: 0. Everybody: 3."


@pytest.mark.state("per_session.py", "presses", "everybody", restart="lost")
@pytest.mark.state("per_session.py", "mine", "one tab", restart="lost")
def test_a_restart_begins_again() -> None:
    StreamlitSession(PROGRAM).click("Press")
    st.cache_resource.clear()  # the process was all that kept it
    again = StreamlitSession(PROGRAM)
    assert line(again) == "This run: 0. You: 0. Everybody: 0."
