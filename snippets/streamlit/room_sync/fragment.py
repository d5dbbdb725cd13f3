"""Rooms that a function renders, as a fragment which follows the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from functools import partial, wraps
from typing import Any

import streamlit as st

from room_sync import push
from room_sync.drafts import listener
from room_sync.polling import is_followed, refuse_twice, run_on_reconnect, watch
from room_sync.session import Session
from room_sync.shared import sync
from room_sync.tab import internal
from room_sync.workarounds import fragment
from room_sync.worker import VERSION

RARELY = 86400  # seconds; pages without a clock ask a new server for nothing

_log = logging.getLogger(__name__)


def listen(session: Session, *, pushed: bool) -> None:
    """Ask for another run of the fragment around it when the room has changed."""
    if is_followed(session.room):  # refused, outside of this fragment
        return
    key, url = internal(f"listen:{session.room}"), push.address(session)
    pushed = pushed and not session.is_unreached
    is_whole = not (session.error or session.deferred)
    shown = push.summary(session.version, session.rendered_present)
    session.summary = shown if is_whole else None

    def note_drafts() -> None:
        session.drafts = frozenset(st.session_state[key].typing or [])

    def poll_from_now_on() -> None:
        if session.is_unreached:
            return
        session.is_unreached = True
        _log.warning(
            "A page of room %r does not reach the push route, %s: it polls. Does a "
            "proxy lead there?",
            session.room,
            push.PATH,
        )

    listener(
        key=key,
        data={
            "url": url,
            "worker": VERSION,
            "pushed": pushed,
            "keys": [widget.key for widget in session.widgets.values()],
            "forms": [it.key for it in session.widgets.values() if it.in_form],
            "sent": session.forms_sent,
            "shown": session.summary,
        },
        on_changed_change=lambda: None,
        on_typing_change=note_drafts,
        on_unreached_change=poll_from_now_on,
    )
    if pushed:
        push.hub.note(session)
    elif session.every:
        watch(session.room, session.is_behind, session.every, url)


def room(
    name: str | None,
    *,
    read_only: bool = False,
    only: Collection[str] | None = None,
    every: float | None = 1.0,
) -> Callable[[Callable[..., Any]], Callable[..., None]]:
    """Let a function render a room: ``@room("lobby")``, then ``def lobby(room): ...``.

    The function is a fragment, which runs again whenever the room has changed. Where
    the server has the route, pages are notified; elsewhere they poll.

    Args:
        name: the room's; with None or "" the session is in a room of its own.
        read_only: widgets are disabled, and changes are refused.
        only: the keys to share; without it, all that are not private.
        every: seconds between two polls where nothing is pushed; with None the page
            follows the others only when its own user does something. See `sync` for
            what it means for who is present.

    Returns:
        A decorator. The function's first argument is the room's Streamlit, a `Shared`;
        what it is called with comes after that.

    Example:
        from room_sync import room

        @room("lobby")
        def lobby(st):
            number = st.slider("Number")
            st.write(number, "squared is", number * number)

        lobby()
    """
    every = every if name else None
    pushed = bool(push.hub.is_open and every)

    def rendered_by(render: Callable[..., Any]) -> Callable[..., None]:
        @fragment(run_every=RARELY)
        @wraps(render)
        def rendered(*args: Any, **options: Any) -> None:
            with sync(
                name,
                read_only=read_only,
                only=only,
                every=every and (1.0 if pushed else every),
                follow=partial(listen, pushed=pushed),
            ) as shared:
                render(shared, *args, **options)

        @wraps(render)
        def reconnecting(*args: Any, **options: Any) -> None:
            if not (name and every):
                rendered(*args, **options)
                return
            if not is_followed(name):
                rendered(*args, **options)
            if is_followed(name):
                refuse_twice(name)
            else:
                run_on_reconnect(name)

        return reconnecting

    return rendered_by
