"""The route with which a server notifies pages that their rooms have changed."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from secrets import token_bytes
from typing import Any
from urllib.parse import urlencode
from weakref import WeakValueDictionary
from zlib import crc32

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from room_sync import process
from room_sync.errors import StoreError
from room_sync.polling import SETTLES
from room_sync.session import Session
from room_sync.stores import Store

LASTS = 2.9  # seconds for an answer; to ask anew shows that a browser is there
STAY = 4.4  # seconds for which a session that has asked counts as present
GATHERS = 0.4  # seconds between two moments at which answers end, many at once
PATH = "rooms/events"  # below the app's own address
LONGEST = 65536  # bytes of what a page says about its drafts
AT_ONCE = 3  # answers to one page: a new one begins before the old one has ended

Who = tuple[str, str]  # a room and a session in it
State = tuple[int, frozenset[str]] | None  # a room's version and who is there, if known
Summary = list[int | None]


@dataclass(eq=False)
class Stream:
    """An answer that a browser is being given."""

    who: Who
    news: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False
    number: int = field(default_factory=partial(next, count()))


class Hub:
    """What this process says about its rooms, and who listens.

    All but wake() belongs to the server's event loop.
    """

    def __init__(self) -> None:
        self.is_open = False  # the route is part of the server
        self.sessions: WeakValueDictionary[Who, Session] = WeakValueDictionary()
        self._store: Store | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._streams: set[Stream] = set()
        self._states: dict[str, State] = {}
        self._look = asyncio.Event()
        self._changed: set[str] = set()  # rooms to look at
        self._looker: asyncio.Task[None] | None = None
        self._drawn: set[Who] = set()  # whose page has been drawn since the last look
        self._ends: dict[Who, asyncio.TimerHandle] = {}  # of being present
        self._stays: dict[Who, float] = {}  # until when, where the store is to be told
        self._keeper: asyncio.Task[None] | None = None

    def note(self, session: Session) -> None:
        """Say what the page has to hear from now on; for any thread."""
        who = session.room, session.id
        self.sessions[who], session.stay = session, STAY
        self._store, session.store.notify = session.store, self.wake
        self.wake(*who)

    def wake(self, room: str, drawn: str = "") -> None:
        """Look at the room soon; for any thread."""
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake, room, drawn)

    def _wake(self, room: str, drawn: str = "") -> None:
        if drawn:
            self._drawn.add((room, drawn))
            self._expect((room, drawn))
        self._changed.add(room)
        self._look.set()

    def _expect(self, who: Who) -> None:
        """Look again when the session is gone, unless it asks in time."""
        if end := self._ends.pop(who, None):
            end.cancel()
        else:
            self._wake(who[0])
        loop = asyncio.get_running_loop()
        self._ends[who] = loop.call_later(STAY + 0.05, self._end, who)

    def _end(self, who: Who) -> None:
        del self._ends[who]
        room = who[0]
        if not any(room == other for other, _ in self._ends):
            self._states.pop(room, None)  # nobody listens there any more
        self._wake(room)

    async def _keep_looking(self) -> None:
        """Look at the rooms whenever something may have changed: one task for all."""
        while self._streams and self._store:
            self._look.clear()
            drawn, self._drawn = self._drawn, set()
            rooms, self._changed = self._changed, set()
            before = self._states
            states = await asyncio.to_thread(_states, self._store, rooms)
            self._states = before | states
            for stream in self._streams:
                room = stream.who[0]
                is_news = room in states and states[room] != before.get(room, ...)
                if is_news or stream.who in drawn:
                    stream.news.set()
            try:
                async with asyncio.timeout(self._store.poll_interval):
                    await self._look.wait()
            except TimeoutError:  # another process may have changed any
                self._changed = {stream.who[0] for stream in self._streams}

    async def events(self, who: Who) -> AsyncIterator[str]:
        """Tell a browser, for a while, whenever its page is behind its room.

        Answers end together, and those who ask again are kept present at once: to wake
        up costs a server with idle pages more than what it does then.
        """
        loop, stream = asyncio.get_running_loop(), Stream(who)
        said: tuple[State, frozenset[str]] | None = None
        end = loop.time() + LASTS
        end -= end % GATHERS
        self._loop = loop
        self._streams.add(stream)
        mine = [other for other in self._streams if other.who == who]
        for other in sorted(mine, key=lambda it: it.number)[:-AT_ONCE]:
            other.is_over = True
            other.news.set()
        try:
            await self._stay(who)
            if not self._looker or self._looker.done():
                self._looker = loop.create_task(self._keep_looking())
            while (left := end - loop.time()) > 0 and not stream.is_over:
                stream.news.clear()
                state = self._states.get(who[0])
                saying = state, self._held(who)
                if saying != said and self._is_behind(who, state):
                    said = saying
                    yield _event(summary(*state) if state else None)
                with suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        await stream.news.wait()
            if drawn := self._drawn_for(who):
                yield _event(drawn)
        finally:
            self._streams.discard(stream)
            if not self._streams:
                self._look.set()

    async def _stay(self, who: Who) -> None:
        """Count the session as present; with others, if it has been so before."""
        loop = asyncio.get_running_loop()
        self._stays[who] = loop.time() + STAY
        if who not in self._ends:
            await self._keep()
        elif not self._keeper or self._keeper.done():
            self._keeper = loop.create_task(self._keep(after=GATHERS))
        self._expect(who)

    async def _keep(self, after: float = 0) -> None:
        if after:
            await asyncio.sleep(after)
        stays, self._stays = self._stays, {}
        now = asyncio.get_running_loop().time()
        seconds = {who: end - now for who, end in stays.items()}
        if self._store and seconds:
            await asyncio.to_thread(_keep, self._store, seconds)
        for room in {room for room, _ in seconds}:
            self._wake(room)

    def note_drafts(self, who: Who, when: float, keys: list[str]) -> None:
        """Know from a browser which widgets have something unsent in them."""
        session = self.sessions.get(who)
        if session and when > session.drafts_at:
            session.drafts_at, session.drafts = when, frozenset(keys)
            self._wake(*who)

    def _held(self, who: Who) -> frozenset[str]:
        """The widgets that may be drawn anew now, because their drafts are gone."""
        session = self.sessions.get(who)
        return session.deferred - session.drafts if session else frozenset()

    def _drawn_for(self, who: Who) -> Summary | None:
        """What the page has to show, unless it may still be on its way there."""
        session = self.sessions.get(who)
        if (
            not session
            or session.is_rendering
            or time.monotonic() - session.rendered_at < SETTLES
        ):
            return None
        return session.summary

    def _is_behind(self, who: Who, state: State) -> bool:
        """Whether the page shows something else, and nobody is drawing it anew."""
        session = self.sessions.get(who)
        if session is None:  # another process draws it: the browser will compare
            return state is not None
        if session.is_rendering or who[0] not in self._states:
            return False
        if state is None or session.error:
            return bool(state) or not session.error
        return not session.is_up_to_date(*state)


hub = process.only("hub", Hub)


def _keep(store: Store, seconds: dict[Who, float]) -> None:
    for who, left in seconds.items():
        with suppress(StoreError):
            store.heartbeat(*who, left)


def _states(store: Store, rooms: Collection[str]) -> dict[str, State]:
    states: dict[str, State] = {}
    for room in rooms:
        try:
            states[room] = store.version(room), store.present(room)
        except StoreError:
            states[room] = None
    return states


def summary(version: int, present: frozenset[str] | None) -> Summary:
    """What a browser may know: enough to tell one state from another."""
    if present is None:
        return [version, None]
    return [version, crc32(" ".join(sorted(present)).encode())]


def _event(summary: Summary | None) -> str:
    return f"data: {json.dumps(summary)}\n\n"


def _path() -> str:
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"/{base}/{PATH}" if base else f"/{PATH}"


def address(session: Session) -> str:
    """Where a session's page listens, below the address of the app."""
    room, who = session.room, session.id
    query = {"room": room, "session": who, "token": _token((room, who))}
    return f"{PATH}?{urlencode(query)}"


def _token(who: Who) -> str:
    """What only a server can write that knows the secret."""
    secret: bytes = process.only("secret", lambda: token_bytes(32))
    return hmac.new(secret, json.dumps(who).encode(), "sha256").hexdigest()


async def _answer(request: Request) -> Response:
    query = request.query_params
    who = query.get("room", ""), query.get("session", "")
    token = query.get("token", "").encode()
    if not hmac.compare_digest(_token(who).encode(), token):
        return Response(status_code=403)
    if request.method == "POST":
        return await _take_drafts(who, request)
    return StreamingResponse(
        hub.events(who),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


async def _take_drafts(who: Who, request: Request) -> Response:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST:
            return Response(status_code=413)
    match _parsed(body):
        case [int() | float() as when, list(keys)] if all(
            isinstance(key, str) for key in keys
        ):
            hub.note_drafts(who, when, keys)
            return Response(status_code=204)
    return Response(status_code=400)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def push_route(secret: str = "") -> Route:
    """The route with which rooms push: ``st.App("app.py", routes=[push_route()])``.

    It answers pages that a server with the same secret has rendered, and nobody else.

    Args:
        secret: for servers behind one address, the same for all of them, and known to
            nobody else. Without it, a server has one of its own.
    """
    if secret:
        process.keep("secret", secret.encode())
    hub.is_open = True
    return Route(_path(), _answer, methods=["GET", "POST"])
