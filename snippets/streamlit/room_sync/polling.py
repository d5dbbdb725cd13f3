"""Polls: a fragment in the page asks from time to time whether it is behind."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from itertools import count

import streamlit as st

from room_sync import process
from room_sync.components import component
from room_sync.session import Session
from room_sync.tab import internal, this_tab
from room_sync.workarounds import fragment, was_rendered

rendered = component(
    "room_rendered",
    js="""
export default function ({ data, setTriggerValue, parentElement: self }) {
  const place = ((window.roomPlaces ??= {})[data.place] ??= {});
  place.polledAt = Date.now();
  if (place.rendered !== data.rendered) place.renderedAt = place.polledAt;
  place.rendered = data.rendered;
  if (data.lost && data.lost !== self.lost) {
    const detail = [data.url, data.lost];
    document.dispatchEvent(new CustomEvent("room-changed", { detail }));
  }
  self.lost = data.lost;
  clearInterval(self.timer);
  self.timer = setInterval(() => {
    if (Date.now() - place.polledAt < 1000 * data.patience) return;
    place.polledAt = Date.now();
    setTriggerValue("silent", place.polledAt);  // nobody polls any more
  }, 1000);
  return () => clearInterval(self.timer);
}
""",
)

polled = component(
    "room_polled",
    js="""
export default function ({ data, setTriggerValue, parentElement: self }) {
  if (self.poll === data.poll) return;
  self.poll = data.poll;
  const place = ((window.roomPlaces ??= {})[data.place] ??= {});
  place.polledAt = Date.now();
  const detail = [data.url, data.poll];
  const askForRun = () => data.url
    ? document.dispatchEvent(new CustomEvent("room-changed", { detail }))
    : setTriggerValue("lost", data.poll);
  const isFresh = data.behind === false && place.polledAt - place.renderedAt < 300;
  if (isFresh || (data.behind && data.url)) askForRun();
  else setTimeout(() => place.rendered !== data.rendered && askForRun(), 200);
}
""",
)

reconnected = component(
    "room_reconnected",
    js="""
export default function ({ setTriggerValue, parentElement: self }) {
  if (self.leave) return self.leave;
  const app = self.host.closest(".stApp");
  self.host.closest("[data-testid=stElementContainer]").hidden = true;  // no gap
  let wasConnected = true, later;
  const look = () => {
    const { testConnectionState, testScriptState } = app.dataset;
    const isConnected = testConnectionState === "CONNECTED";
    if (!isConnected || testScriptState !== "notRunning") clearTimeout(later);
    else if (!wasConnected)
      later = setTimeout(() => setTriggerValue("idle", Date.now()), 1000);
    wasConnected = isConnected;
  };
  const observer = new MutationObserver(look);
  observer.observe(app, { attributes: true });
  self.leave = () => {
    observer.disconnect();
    clearTimeout(later);
    self.leave = null;
  };
  return self.leave;
}
""",
)

SETTLES = 0.2  # seconds after which a page surely has what was rendered for it

# None that a server before has given.
_numbers = process.only("numbers", lambda: count(int(1000 * time.time())))


def poll(session: Session) -> None:
    """Poll the room, and run the script when it has changed."""
    if not is_followed(session.room):
        run_on_reconnect(session.room)
        watch(session.room, session.is_behind, session.every)
    elif was_rendered(internal(f"listen:{session.room}")):
        refuse_twice(session.room)
    else:  # another block is there, and follows the room for both
        session.join_blocks()


def is_followed(place: str) -> bool:
    """Whether something that this run has rendered follows the room."""
    return was_rendered(internal(f"reconnected:{place}"))


def refuse_twice(room: str) -> None:
    """Say that a function cannot follow a room beside another one, or a block."""
    name = re.sub(r"([^\w\s])", r"\\\1", room)  # text, and not Markdown
    st.error(f"The room “{name}” is on this page twice: render it in one function.")


def run_on_reconnect(place: str) -> None:
    """Let the page ask for a whole run when it is connected again and none begins.

    Streamlit's page does so by itself only if it was cut off during a run or has the
    clock of a fragment, which it may lose. A server that has restarted knows none of
    the page's fragments, and takes no request for one.

    Args:
        place: what is there again after the run; this is called outside of fragments.
    """
    key = internal(f"reconnected:{place}")
    reconnected(key=key, on_idle_change=lambda: None)


def watch(
    place: str, is_behind: Callable[[], bool], every: float | None, url: str = ""
) -> None:
    """Ask from time to time, in a fragment, whether the page has to be rendered again.

    Streamlit may lose what a run has rendered, or keep what that has replaced, when a
    fragment is asked for as the run ends. So each run puts its number into the page,
    each poll says which number has to be there, and a poll a moment after a run, as
    the server sees it or the page, asks for another run. It may lose the clock of the
    polls, too, so the page reports that there was none for some time. That is no reason
    to stop a run: while one is under way, polls wait for its end.

    Args:
        place: what is watched; pages watch more than one.
        is_behind: whether it has to be; what it renders is there after each run.
        every: seconds between two polls.
        url: the component with this address asks for the run; else the script runs.
    """
    number, whole_run, polled_at = next(_numbers), True, time.monotonic()
    patience = 3 * (every or 0) + 2
    note_rendered()

    def wait() -> None:
        key = internal(f"rendered:{place}")
        # A run that was stopped may have left the component without a state.
        is_silent = key in st.session_state and bool(st.session_state[key].silent)
        is_lost = is_silent and time.monotonic() - polled_at > patience
        rendered(
            key=key,
            data={
                "place": place,
                "rendered": number,
                "patience": patience,
                "lost": next(_numbers) if is_lost and url else None,
                "url": url,
            },
            on_silent_change=lambda: None,
        )
        if is_lost and not url:
            st.rerun()

    def ask() -> None:
        nonlocal polled_at
        polled_at = time.monotonic()
        room, when = st.session_state[internal("rendered")]
        is_fresh = time.monotonic() - when < SETTLES
        behind = is_behind() or is_fresh
        data = {"place": place, "rendered": number, "poll": next(_numbers), "url": url}
        page = polled(
            key=internal(f"polled:{place}"),
            data={**data, "behind": None if whole_run else behind},
            on_lost_change=lambda: None,
        )
        is_lost = page.lost or room != st.query_params.get("room")
        if whole_run or url or not (behind or is_lost):
            return
        if room:
            st.query_params["room"] = room
        else:
            st.query_params.pop("room", None)
        st.rerun()

    fragment(wait)()
    fragment(ask, run_every=every)()
    whole_run = False


def note_rendered() -> None:
    """Remember when, and at which address: Streamlit may lose that as well."""
    room = st.query_params.get("room")
    st.session_state[internal("rendered")] = room, time.monotonic()


def current_room() -> str | None:
    """The room that the page's address names: a link invites, a reload returns.

    Streamlit empties the address when its user goes to another page of the app; the
    room is put there again.

    Returns:
        The room's name; None when the session has entered none.

    Example:
        from room_sync import current_room, sync

        with sync(current_room()) as st:
            st.slider("Level")
    """
    tab = this_tab()
    if room := st.query_params.get("room"):
        tab.entered = room
    elif tab.entered:
        st.query_params["room"] = tab.entered
    return tab.entered or None
