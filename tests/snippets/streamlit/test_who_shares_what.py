"""Who shares what in Streamlit: sessions of two people, without browsers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import streamlit as st

from livedocs.catalog import Catalog
from livedocs.launch import launch
from tests.users.streamlit import StreamlitSocket
from tests.users.streamlit_headless import StreamlitSession

PROGRAM = Catalog.default().find("streamlit/state/per_session")


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
    alex, doppler = StreamlitSession(PROGRAM.path), StreamlitSession(PROGRAM.path)
    alex.click("Press")
    doppler.click("Press")
    doppler.click("Press")
    assert line(alex) == "This run: 1. You: 1. Everybody: 1.", "nothing has run since"
    alex.run()
    assert line(alex) == "This run: 0. You: 1. Everybody: 3."
    assert line(doppler) == "This run: 1. You: 2. Everybody: 3."
    reloaded = StreamlitSession(PROGRAM.path)
    assert line(reloaded) == "This run: 0. You: 0. Everybody: 3."


@pytest.mark.fact("streamlit-imported")
def test_an_imported_modules_names_are_everybodys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name of a module that the script imports belongs to everybody."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "presses_of_all.py").write_text("presses = []\n")
    script = tmp_path / "app.py"
    script.write_text(
        "import streamlit as st\n"
        "from presses_of_all import presses\n"
        "if st.button('Press'):\n"
        "    presses.append('press')\n"
        "st.text(len(presses))\n"
    )
    alex, doppler = StreamlitSession(script), StreamlitSession(script)
    alex.click("Press")
    doppler.run()
    assert line(doppler) == "1"


@pytest.mark.process
@pytest.mark.state(
    "per_session.py", "presses", "everybody", reconnect="kept", restart="lost"
)
@pytest.mark.state(
    "per_session.py", "mine", "one tab", reconnect="kept", restart="lost"
)
def test_a_session_outlives_its_connection_and_not_its_process() -> None:
    with launch(PROGRAM) as app:
        with StreamlitSocket(app.addresses[0]) as alex:
            alex.presses("Press")
            session = alex.session
        with StreamlitSocket(app.addresses[0], session=session) as again:
            assert again.session == session
            assert again.lines() == ["This run: 0. You: 1. Everybody: 1."]
        port = urlsplit(app.addresses[0]).port or 0
    with (
        launch(PROGRAM, port=port) as app,
        StreamlitSocket(app.addresses[0], session=session) as again,
    ):
        assert again.lines() == ["This run: 0. You: 0. Everybody: 0."]
