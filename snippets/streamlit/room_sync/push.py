"""The route with which a server notifies pages that their rooms have changed."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Collection
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
from room_sync.worker import WORKER

LASTS = 2.9  # seconds for an answer; the next request shows that a browser is there
STAY = 4.4  # seconds for which a session whose page has asked counts as present
GATHERS = 0.4  # seconds between two moments at which answers end, many at once
PATH = "rooms/events"  # below the app's own address
LONGEST = 65536  # bytes of a request
AT_ONCE = 3  # answers to one page: a new one begins before the old one has ended

Page = tuple[str, str]  # a room, and the session in it whose page it is
State = tuple[int, frozenset[str]] | None  # a room's version and who is there, if known
Summary = list[int | None]
Event = tuple[Page, Summary | None]  # what a page has to compare with what it shows


@dataclass(eq=False)
class Stream:
    """An answer that a browser is being given."""

    pages: frozenset[Page]
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False
    number: int = field(default_factory=partial(next, count()))


class Hub:
    """What this process knows of its rooms, and the pages that it notifies.

    All but wake() belongs to the server's event loop.
    """

    def __init__(self) -> None:
        self.is_open = False  # the route is part of the server
        self.sessions: WeakValueDictionary[Page, Session] = WeakValueDictionary()
        self._store: Store | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._streams: set[Stream] = set()
        self._states: dict[str, State] = {}
        self._is_due = asyncio.Event()
        self._changed: set[str] = set()  # rooms to read
        self._reader: asyncio.Task[None] | None = None
        self._rendered: set[Page] = set()  # since the rooms were read last
        self._ends: dict[Page, asyncio.TimerHandle] = {}  # of being present
        self._stays: dict[Page, float] = {}  # until when, where the store is to be told
        self._keeper: asyncio.Task[None] | None = None

    def note(self, session: Session) -> None:
        """Know what a page shows from now on; for any thread."""
        page = session.room, session.id
        self.sessions[page], session.stay = session, STAY
        self._store, session.store.notify = session.store, self.wake
        self.wake(*page)

    def wake(self, room: str, rendered: str = "") -> None:
        """Read the room soon; for any thread."""
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake, room, rendered)

    def _wake(self, room: str, rendered: str = "") -> None:
        if rendered:
            self._rendered.add((room, rendered))
            self._expect((room, rendered))
        self._changed.add(room)
        self._is_due.set()

    def _expect(self, page: Page) -> None:
        """Read the room again when the page is gone, unless it asks in time."""
        if end := self._ends.pop(page, None):
            end.cancel()
        else:
            self._wake(page[0])
        loop = asyncio.get_running_loop()
        self._ends[page] = loop.call_later(STAY + 0.05, self._end, page)

    def _end(self, page: Page) -> None:
        del self._ends[page]
        room = page[0]
        if not any(room == other for other, _ in self._ends):
            self._states.pop(room, None)  # nobody listens there any more
        self._wake(room)

    async def _read_rooms(self) -> None:
        """Read the rooms whenever something may have changed: one task for all."""
        while self._streams and self._store:
            self._is_due.clear()
            rendered, self._rendered = self._rendered, set()
            rooms, self._changed = self._changed, set()
            before = self._states
            states = await asyncio.to_thread(_states, self._store, rooms)
            self._states = before | states
            changed = {room for room in states if states[room] != before.get(room, ...)}
            for stream in self._streams:
                if stream.pages & rendered or any(
                    room in changed for room, _ in stream.pages
                ):
                    stream.changed.set()
            try:
                async with asyncio.timeout(self._store.poll_interval):
                    await self._is_due.wait()
            except TimeoutError:  # another process may have changed any
                self._changed = {
                    room for stream in self._streams for room, _ in stream.pages
                }

    async def events(self, *pages: Page) -> AsyncIterator[Event]:
        """Tell a browser, for a while, whenever one of its pages is behind its room.

        Answers end together, and those who ask again are present immediately: waking up
        costs a server with idle pages more than what it does then.
        """
        loop, stream = asyncio.get_running_loop(), Stream(frozenset(pages))
        sent: dict[Page, tuple[State, frozenset[str]]] = {}
        end = loop.time() + LASTS
        end -= end % GATHERS
        self._loop = loop
        self._streams.add(stream)
        for page in pages:
            self._limit(page)
        try:
            await self._stay(*pages)
            if not self._reader or self._reader.done():
                self._reader = loop.create_task(self._read_rooms())
            while (left := end - loop.time()) > 0 and not stream.is_over:
                stream.changed.clear()
                for page in pages:
                    state = self._states.get(page[0])
                    event = state, self._released(page)
                    if event != sent.get(page) and self._is_behind(page, state):
                        sent[page] = event
                        yield page, summary(*state) if state else None
                with suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        await stream.changed.wait()
            for page in pages:
                if shown := self._shown_by(page):
                    yield page, shown
        finally:
            self._streams.discard(stream)
            if not self._streams:
                self._is_due.set()

    def _limit(self, page: Page) -> None:
        """End the oldest answers to a page that has too many."""
        answers = [stream for stream in self._streams if page in stream.pages]
        for stream in sorted(answers, key=lambda it: it.number)[:-AT_ONCE]:
            stream.is_over = True
            stream.changed.set()

    async def _stay(self, *pages: Page) -> None:
        """Count sessions as present; with others, if they have been so before."""
        loop = asyncio.get_running_loop()
        for page in pages:
            if session := self.sessions.get(page):
                session.is_replaced = False
            self._stays[page] = loop.time() + STAY
        if not self._ends.keys() >= set(pages):
            await self._keep()
        elif not self._keeper or self._keeper.done():
            self._keeper = loop.create_task(self._keep(after=GATHERS))
        for page in pages:
            self._expect(page)

    async def _keep(self, after: float = 0) -> None:
        if after:
            await asyncio.sleep(after)
        stays, self._stays = self._stays, {}
        now = asyncio.get_running_loop().time()
        seconds = {
            page: end - now
            for page, end in stays.items()
            if not ((session := self.sessions.get(page)) and session.is_replaced)
        }
        if self._store and seconds:
            await asyncio.to_thread(_keep, self._store, seconds)
        for room in {room for room, _ in seconds}:
            self._wake(room)

    def note_drafts(self, page: Page, when: float, keys: list[str]) -> None:
        """Know from a browser which widgets have something unsent in them."""
        session = self.sessions.get(page)
        if session and when > session.drafts_at:
            session.drafts_at, session.drafts = when, frozenset(keys)
            self._wake(*page)

    def may_listen(self, page: Page) -> bool:
        """Whether the user of that page may be in the room, as far as is known."""
        session = self.sessions.get(page)
        return not (session and session.is_refused)

    def _released(self, page: Page) -> frozenset[str]:
        """The widgets that may be rendered again, because their drafts are gone."""
        session = self.sessions.get(page)
        return session.deferred - session.drafts if session else frozenset()

    def _shown_by(self, page: Page) -> Summary | None:
        """What the page has to show, unless it may still be on its way there."""
        session = self.sessions.get(page)
        if (
            not session
            or session.is_rendering
            or time.monotonic() - session.rendered_at < SETTLES
        ):
            return None
        return session.summary

    def _is_behind(self, page: Page, state: State) -> bool:
        """Whether the page shows something else, and nobody is rendering it."""
        session = self.sessions.get(page)
        if session is None:  # another process renders it: the browser will compare
            return state is not None
        if session.is_rendering or page[0] not in self._states:
            return False
        if state is None or session.error:
            return bool(state) or not session.error
        return not session.is_up_to_date(*state)


hub = process.only("hub", Hub)


def _keep(store: Store, seconds: dict[Page, float]) -> None:
    for page, left in seconds.items():
        with suppress(StoreError):
            store.heartbeat(*page, left)


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


def _path() -> str:
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"/{base}/{PATH}" if base else f"/{PATH}"


def address(session: Session) -> str:
    """Where a session's page listens, below the address of the app."""
    room, who = session.room, session.id
    query = {"room": room, "session": who, "token": _token((room, who))}
    return f"{PATH}?{urlencode(query)}"


def _token(page: Page) -> str:
    """What only a server can write that knows the secret."""
    secret: bytes = process.only("secret", lambda: token_bytes(32))
    return hmac.new(secret, json.dumps(page).encode(), "sha256").hexdigest()


def _may_listen(page: Page, token: str) -> bool:
    """Whether a server with the same secret has rendered it, for one who may enter."""
    ours = _token(page).encode()
    is_genuine = hmac.compare_digest(ours, token.encode(errors="replace"))
    return is_genuine and hub.may_listen(page)


async def _answer(request: Request) -> Response:
    query = request.query_params
    if "worker" in query:
        return Response(WORKER, media_type="text/javascript")
    if "session" not in query and request.method == "POST":
        return await _answer_worker(request)
    page = query.get("room", ""), query.get("session", "")
    if not _may_listen(page, query.get("token", "")):
        return Response(status_code=403)
    if request.method == "POST":
        return await _take_drafts(page, request)
    return _stream(f"data: {json.dumps(it)}" async for _, it in hub.events(page))


async def _answer_worker(request: Request) -> Response:
    """Answer all pages of a browser together, and leave out those of another server."""
    if (body := await _body(request)) is None:
        return Response(status_code=413)
    match _parsed(body):
        case [*asked] if asked and all(
            isinstance(it, list) and [*map(type, it)] == [str] * 3 for it in asked
        ):
            pages = {(room, who): token for room, who, token in asked}
        case _:
            return Response(status_code=400)
    allowed = [page for page, token in pages.items() if _may_listen(page, token)]
    if not allowed:
        return Response(status_code=403)
    return _stream(
        f"data: {json.dumps([*page, it])}" async for page, it in hub.events(*allowed)
    )


def _stream(lines: AsyncGenerator[str]) -> Response:
    return StreamingResponse(
        (f"{line}\n\n" async for line in lines),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


async def _body(request: Request) -> bytes | None:
    """The request's body, unless it is too long."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST:
            return None
    return body


async def _take_drafts(page: Page, request: Request) -> Response:
    if (body := await _body(request)) is None:
        return Response(status_code=413)
    match _parsed(body):
        case [int() | float() as when, list(keys)] if all(
            isinstance(key, str) for key in keys
        ):
            hub.note_drafts(page, when, keys)
            return Response(status_code=204)
    return Response(status_code=400)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def push_route(secret: str = "") -> Route:
    """The route with which rooms push: ``st.App("app.py", routes=[push_route()])``.

    It answers pages that a server with the same secret has rendered, as long as their
    users may enter the room.

    Args:
        secret: for servers behind one address, the same for all of them, and known to
            nobody else. Without it, a server has one of its own.

    Example:
        import streamlit as st
        from room_sync import push_route

        app = st.App("app.py", routes=[push_route()])
    """
    if secret:
        process.keep("secret", secret.encode())
    hub.is_open = True
    return Route(_path(), _answer, methods=["GET", "POST"])
