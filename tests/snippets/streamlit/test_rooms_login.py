"""Who may do what with a room, where users log in at a real OpenID provider.

They have no page, so that they can send what a page would not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from oidc_provider_mock import run_server_in_thread

from livedocs.launch import App
from tests.ports import free_port
from tests.snippets.streamlit.conftest import Serve
from tests.snippets.streamlit.modes import MODES, PUSHED
from tests.users.streamlit import StreamlitSocket

pytestmark = pytest.mark.process

CLUB = """\
import streamlit
from room_sync import sync, use


def allow(user, room, action):
    print(f"{user and user.email} asks to {action} {room}", flush=True)
    if user is None:
        return False
    return user.email == "alex@example.com" or action == "enter"


use(allow=allow)
streamlit.button("Log in", on_click=streamlit.login)
streamlit.button("Log out", on_click=streamlit.logout)

with sync("club") as st:
    count = st.number_input("Count", value=0)
    if st.button("Shout"):
        st.update("shouts", lambda shouts: (shouts or 0) + 1)
    st.button("Nod", on_click=print)
    st.text(f"{count}, {st.session_state.get('shouts', 0)} shouts")
"""

SECRETS = """\
[auth]
redirect_uri = "{address}/oauth2callback"
cookie_secret = "of this test"
client_id = "rooms"
client_secret = "of this test"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a provider that lets everybody in, with any address."""
    with run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


Open = Callable[[str], App]
Browse = Callable[[App], "Browser"]


@pytest.fixture
def open_club(provider: str, serve: Serve, tmp_path: Path) -> Open:
    """Start the club in a mode; that provider says who its users are."""

    def open_club(mode: str) -> App:
        port = free_port()
        secrets = tmp_path / "served/.streamlit/secrets.toml"
        secrets.parent.mkdir(parents=True)
        address = f"http://127.0.0.1:{port}"
        secrets.write_text(SECRETS.format(address=address, provider=provider))
        return serve(CLUB, mode, port=port)

    return open_club


@dataclass
class Browser:
    """Cookies of one person, and the sessions that they open."""

    address: str
    opened: ExitStack
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        client = httpx.Client(base_url=self.address, follow_redirects=True)
        self.http = self.opened.enter_context(client)
        self.http.get("/_stcore/health")

    def opens(self) -> StreamlitSocket:
        """One more tab."""
        cookies = self.http.cookies
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        tab = StreamlitSocket(self.address, cookie, cookies["_streamlit_xsrf"])
        return self.opened.enter_context(tab)

    def logs_in(self, email: str) -> StreamlitSocket:
        """Go where the button leads, say who it is, and come back."""
        tab = self.opens()
        tab.presses("Log in")
        form = self.http.get(tab.sent_to)
        self.http.post(form.url, data={"sub": email}).raise_for_status()
        return self.opens()


@pytest.fixture
def browse() -> Iterator[Browse]:
    """Start a browser of one more person."""
    with ExitStack() as opened:
        yield lambda app: Browser(app.addresses[0], opened)


ALEX, DOPPLER = "alex@example.com", "doppler@example.com"
REFUSED = "You may not enter this room."


@pytest.mark.fact("allow")
@pytest.mark.parametrize("mode", MODES)
def test_who_has_logged_in_may_do_what_they_are_allowed(
    mode: str, open_club: Open, browse: Browse
) -> None:
    app = open_club(mode)
    stranger = browse(app).opens()
    assert stranger.errors == [REFUSED]
    alex = browse(app).logs_in(ALEX)
    alex.sets("Count", 5)
    alex.presses("Shout")
    guest = browse(app).logs_in(DOPPLER)
    assert guest.lines() == alex.lines() == ["5, 1 shouts"]
    for asks in ("None asks to enter club\n", f"{ALEX} asks to write club\n"):
        assert asks in app.output()

    # What their pages would not send.
    stranger.knows(alex)
    for forger in (stranger, guest):
        forger.sets("Count", 9)
        forger.presses("Shout")
        forger.presses("Nod")
        forger.will_set("Count", 9)
        forger.will_press("Shout")
        forger.will_look()
        forger.runs()
    assert not stranger.lines()
    alex.runs()
    assert alex.lines() == ["5, 1 shouts"]


@pytest.mark.fact("allow")
def test_the_route_answers_only_those_who_were_let_in(
    open_club: Open, browse: Browse
) -> None:
    app = open_club(PUSHED)
    alex = browse(app).logs_in(ALEX)
    visitor = browse(app)
    assert not visitor.opens().components
    given = httpx.URL(alex.components["room_listener"]["url"])
    guessed = given.copy_set_param("token", "0" * 64)
    elsewhere = given.copy_set_param("room", "office")
    for url in (guessed, elsewhere, given.copy_remove_param("token")):
        assert visitor.http.get(url).status_code == 403
        assert visitor.http.post(url, json=[1, []]).status_code == 403
    assert browse(app).http.post(given, json=[1, []]).status_code == 204


@pytest.mark.fact("allow")
@pytest.mark.parametrize("mode", MODES)
def test_who_logs_out_may_do_nothing_more(
    mode: str, open_club: Open, browse: Browse
) -> None:
    app = open_club(mode)
    browser = browse(app)
    tab = browser.logs_in(ALEX)
    other = browser.opens()
    tab.sets("Count", 5)
    tab.presses("Log out")
    assert tab.errors == [REFUSED]
    assert not tab.lines()
    tab.sets("Count", 9)  # it goes on instead of leaving
    tab.presses("Shout")
    tab.will_set("Count", 9)
    tab.will_look()
    tab.runs()
    assert not tab.lines()
    browser.http.get(tab.sent_to)
    assert browser.opens().errors == [REFUSED]
    assert browse(app).logs_in(ALEX).lines() == ["5, 0 shouts"]
    other.sets("Count", 6)  # to Streamlit, a tab that was open is still Alex's
    assert other.lines() == ["6, 0 shouts"]
