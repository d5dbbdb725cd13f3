"""Polls: a fragment in the page asks from time to time whether it is behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count

import streamlit as st

from room_sync.session import PRIVATE, Visit

mark = st.components.v2.component(
    "room_mark",
    js="""
export default function ({ data, setTriggerValue, parentElement: self }) {
  const place = ((window.roomPlaces ??= {})[data.place] ??= {});
  place.looked = Date.now();
  if (place.drawn !== data.drawn) place.since = place.looked;
  place.drawn = data.drawn;
  clearInterval(self.timer);
  self.timer = setInterval(() => {
    if (Date.now() - place.looked < 1000 * (3 * data.every + 2)) return;
    place.looked = Date.now();
    setTriggerValue("silent", place.looked);  // nobody asks for the bell any more
  }, 1000);
  return () => clearInterval(self.timer);
}
""",
)

bell = st.components.v2.component(
    "room_bell",
    js="""
export default function ({ data, setTriggerValue, parentElement: self }) {
  if (self.look === data.look) return;
  self.look = data.look;
  const place = ((window.roomPlaces ??= {})[data.place] ??= {});
  place.looked = Date.now();
  const detail = [data.url, data.look];
  const ring = () => data.url
    ? document.dispatchEvent(new CustomEvent("room-news", { detail }))
    : setTriggerValue("lost", data.look);
  const isFresh = data.behind === false && place.looked - place.since < 300;
  if (isFresh || (data.behind && data.url)) ring();
  else setTimeout(() => place.drawn !== data.drawn && ring(), 200);
}
""",
)

SETTLES = 0.2  # seconds after which a page surely has what was drawn for it
_numbers = count(int(1000 * time.time()))  # none that a server before has given


def private(key: str) -> str:
    """A key that stays in its session, for a widget or in st.session_state."""
    return PRIVATE + key


def poll(visit: Visit) -> None:
    """Look at the room from time to time, and run the script when it has news."""
    watch(visit.room, visit.is_behind, visit.every)


def watch(
    place: str, is_behind: Callable[[], bool], every: float | None, url: str = ""
) -> None:
    """Ask from time to time, in a fragment, whether the page has to be drawn anew.

    Streamlit may lose what a run has drawn, or keep what that has replaced, when a
    fragment is asked for as the run ends. So each run marks the page, a bell in the
    fragment looks for the mark, and a look a moment after a run, as the server sees it
    or the page, asks for another one.

    Args:
        place: what is watched; pages watch more than one.
        is_behind: whether it has to be; what it draws is there after each run.
        every: seconds between two looks.
        url: what draws it anew hears a bell with this name; else the script runs.
    """
    drawn, whole_run = next(_numbers), True
    note_drawn()
    mark(
        key=private(f"mark:{place}"),
        data={"place": place, "drawn": drawn, "every": every},
        on_silent_change=lambda: None,
    )

    def look() -> None:
        room, when = st.session_state[private("drawn")]
        is_fresh = time.monotonic() - when < SETTLES
        behind = is_behind() or is_fresh
        told = {"place": place, "drawn": drawn, "look": next(_numbers), "url": url}
        heard = bell(
            key=private(f"bell:{place}"),
            data={**told, "behind": None if whole_run else behind},
            on_lost_change=lambda: None,
        )
        if whole_run or url or not (behind or heard.lost or room != current_room()):
            return
        if room:
            st.query_params["room"] = room
        else:
            st.query_params.pop("room", None)
        st.rerun()

    st.fragment(look, run_every=every)()
    whole_run = False


def note_drawn() -> None:
    """Remember when, and at which address: Streamlit may lose that as well."""
    st.session_state[private("drawn")] = current_room(), time.monotonic()


def current_room() -> str | None:
    """The room that the page's address names: a link invites, a reload returns."""
    return st.query_params.get("room") or None
