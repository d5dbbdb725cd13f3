"""How soon others see a change in a Streamlit room, and what rooms cost."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import cast
from urllib.parse import urlsplit

from playwright.sync_api import Browser
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from livedocs.catalog import Catalog, Snippet
from livedocs.launch import App, launch
from tests.bench.figures import Figure
from tests.snippets.streamlit.modes import PUSHED, SHIPPED, in_mode, launched, written
from tests.users.chromium import open_browser
from tests.users.streamlit import StreamlitUser

ABOUT = """\
from a click in one browser to its effect in another; sessions by web socket and \
stream that do nothing; sessions that change a slider once a second each"""

RIVAL = "streamlit-server-state==0.20.2"
"""It pushes, by way of what is private in Streamlit."""

SLOWER = 0.6
"""So many times the rival's median may a pushed change take."""
IDLE = 0.02
"""So much of a core may the idle sessions take when the server pushes."""
COST = 1.1
"""So many times the work without rooms may a change be for the server."""

ALONE, FROZEN = "without rooms", "without rooms, by the launcher"
IN_ROOMS = "in rooms"

_COUNTER = """\
from room_sync import sync

with sync("lobby") as st:
    if st.button("Click"):
        st.update("clicks", lambda clicks: (clicks or 0) + 1)
    st.text(st.session_state.get("clicks", 0))
"""
_RIVALS_COUNTER = """\
import streamlit as st
from streamlit_server_state import server_state, server_state_lock

with server_state_lock["clicks"]:
    if "clicks" not in server_state:
        server_state["clicks"] = 0

if st.button("Click"):
    with server_state_lock["clicks"]:
        server_state["clicks"] += 1
st.text(server_state["clicks"])
"""
_SQUARE = """\
    y = st.slider("Select a value")
    st.write(y, "squared is", y * y)
"""
_ALONE = f"import streamlit as st\n\nwith st.container():\n{_SQUARE}"
_SHARED = f"""\
import streamlit

from room_sync import sync

with sync(streamlit.query_params["room"]) as st:
{_SQUARE}"""

# Both pages look at the same clock.
_CLICK = """button => { window.clicked = Date.now(); button.click(); }"""
_WATCH_FOR = """text => { window.seen = (async () => {
    while (true) {
        const lines = [...document.querySelectorAll("[data-testid=stText]")];
        if (lines.some(line => line.textContent === text)) return Date.now();
        await new Promise(requestAnimationFrame);
    }
})(); }"""


@dataclass(frozen=True)
class Cost:
    """What so many sessions cost their server."""

    seconds: Sequence[float]
    """From each change to the end of its run."""
    cpu: float
    """Seconds of a core for each change."""


def program(lines: str, mode: str, folder: Path) -> Snippet:
    """A program of these lines, in a mode, beside the library."""
    path = written(lines, folder / "written")
    return in_mode(mode, Snippet("streamlit/rooms/app", path, lines), folder)


def delays(count: int) -> dict[str, list[float]]:
    """Seconds from a click in one browser to its effect in another, by way.

    The ways take turns, so that all of them meet the same machine.
    """
    with tempfile.TemporaryDirectory() as name, open_browser() as browser:
        folder = Path(name)
        rival = Snippet(
            "streamlit/rooms/app",
            written(_RIVALS_COUNTER, folder / "rival"),
            _RIVALS_COUNTER,
        )
        ways = {
            "polled": (program(_COUNTER, SHIPPED, folder / "a"), sys.executable),
            "pushed": (program(_COUNTER, PUSHED, folder / "b"), sys.executable),
            RIVAL: (rival, _environment(folder / "venv")),
        }
        found: dict[str, list[float]] = {way: [] for way in ways}
        for turn in range(3):
            for way, (snippet, python) in ways.items():
                with launch(snippet, python=python) as app:
                    found[way] += _delays(browser, app, count // 3, turn)
    return found


def _delays(browser: Browser, app: App, count: int, seed: int) -> Iterator[float]:
    chance = random.Random(seed)  # noqa: S311 -- nothing secret
    users = [StreamlitUser(browser, app.addresses[0]) for _ in "ab"]
    for user in users:
        user.open()
    one, other = users
    for number in range(1, count + 1):
        for user in users:
            user.reads_line(str(number - 1))
            user.is_at_rest()
        one.until(time.time() + chance.random())  # at any moment between two looks
        other.page.evaluate(_WATCH_FOR, str(number))
        one.button("Click").evaluate(_CLICK)
        yield (other.page.evaluate("seen") - one.page.evaluate("clicked")) / 1000
    for user in users:
        user.leave()


def _environment(folder: Path) -> str:
    """Make one with the rival in it, beside the Streamlit of this project."""
    streamlit = Catalog.default().find("streamlit/rooms/first_room").dependencies
    uv = str(Path(sys.executable).with_name("uv"))
    python = str(folder / "bin" / "python")
    subprocess.run([uv, "venv", "-q", "-p", sys.executable, str(folder)], check=True)
    install = [uv, "pip", "install", "-q", "--python", python]
    subprocess.run([*install, RIVAL, *streamlit], check=True)
    return python


@dataclass
class Session:
    """What a browser does for a page, without drawing it."""

    address: str
    query: str = ""
    _ids: dict[str, tuple[str, str]] = field(default_factory=dict)
    _states: dict[str, WidgetState] = field(default_factory=dict)
    _shown: list[int | None] | None = None
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _finished: asyncio.Event = field(default_factory=asyncio.Event)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def open(self) -> None:
        """Connect, and let the script run."""
        url = f"ws://{urlsplit(self.address).netloc}/_stcore/stream"
        protocol = [Subprotocol("streamlit")]
        self._socket: ClientConnection = await connect(
            url, subprotocols=protocol, max_size=None, compression=None
        )
        self._tasks["socket"] = asyncio.create_task(self._read())
        await self.run()

    async def close(self) -> None:
        """Go away."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self._socket.close()

    async def moves(self, label: str, value: int) -> float:
        """Set a slider; return the seconds until its page is drawn."""
        key, fragment = self._ids[label]
        state = WidgetState(id=key)
        state.double_array_value.data.append(value)
        self._states[label] = state
        return await self.run(fragment)

    async def run(self, fragment: str = "", *, by_itself: bool = False) -> float:
        """Let the script or a fragment run; return how many seconds it took."""
        async with self._one_at_a_time:
            state = ClientState(query_string=self.query, fragment_id=fragment)
            state.is_auto_rerun = by_itself
            state.widget_states.widgets.extend(self._states.values())
            self._finished.clear()
            start = time.perf_counter()
            await self._socket.send(BackMsg(rerun_script=state).SerializeToString())
            await self._hears_of_the_end()
            return time.perf_counter() - start

    async def _hears_of_the_end(self) -> None:
        """Wait until a run has ended; what goes wrong while reading is raised here."""
        reading = self._tasks["socket"]
        ending = asyncio.create_task(self._finished.wait())
        await asyncio.wait({reading, ending}, return_when=asyncio.FIRST_COMPLETED)
        if not ending.done():
            ending.cancel()
            await reading
            raise ConnectionResetError(self.address)

    async def _read(self) -> None:
        async for data in self._socket:
            message = ForwardMsg.FromString(cast(bytes, data))
            match message.WhichOneof("type"):
                case "delta":
                    self._draw(message)
                case "auto_rerun":
                    again = message.auto_rerun
                    self._keep("timer", self._look(again.fragment_id, again.interval))
                case "script_finished":
                    self._finished.set()

    def _draw(self, message: ForwardMsg) -> None:
        element, fragment = message.delta.new_element, message.delta.fragment_id
        match element.WhichOneof("type"):
            case "slider":
                self._ids[element.slider.label] = element.slider.id, fragment
            case "bidi_component":
                data = json.loads(element.bidi_component.json or "{}")
                if "shown" not in data:  # it only watches
                    return
                self._shown = data["shown"]
                if "listen" not in self._tasks:
                    self._keep("listen", self._listen(data["url"], fragment))
            case "exception":
                raise AssertionError(element.exception.message)

    def _keep(self, name: str, work: Awaitable[None]) -> None:
        if task := self._tasks.get(name):
            task.cancel()
        self._tasks[name] = asyncio.ensure_future(work)

    async def _look(self, fragment: str, interval: float) -> None:
        """Ask for a run of the fragment from time to time, as pages do."""
        while True:
            await asyncio.sleep(interval)
            await asyncio.shield(self.run(fragment, by_itself=True))

    def _is_behind(self, news: bytes) -> bool:
        """Whether the page shows something else, as the listener in it finds."""
        said, shown = json.loads(news), self._shown
        if said is None or shown is None:
            return True
        pairs = zip(shown, said, strict=True)
        return any(part not in (None, there) for part, there in pairs)

    async def _listen(self, url: str, fragment: str) -> None:
        """Hear the server's news, and ask for a run of the fragment then."""
        where = urlsplit(self.address)
        request = f"GET {url} HTTP/1.1\r\nHost: {where.netloc}\r\n\r\n".encode()
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        try:
            while True:  # by one connection, as browsers do
                writer.write(request)
                while (line := await reader.readline()) != b"0\r\n":  # the last chunk
                    if not line:
                        raise ConnectionResetError(url)
                    if line.startswith(b"data:") and self._is_behind(line[5:]):
                        await asyncio.shield(self.run(fragment))
                await reader.readline()
        finally:
            writer.close()


def idle(mode: str, count: int, seconds: float) -> float:
    """How much of a core so many sessions take while nothing happens."""
    with tempfile.TemporaryDirectory() as folder:
        snippet = program(_COUNTER, mode, Path(folder))
        with launch(snippet) as app:
            return asyncio.run(_idle(app, count, seconds))


async def _idle(app: App, count: int, seconds: float) -> float:
    sessions = [Session(app.addresses[0]) for _ in range(count)]
    for session in sessions:
        await session.open()
    await asyncio.sleep(5)  # until what the last one's coming means is done
    before, start = _cpu_seconds(app), time.perf_counter()
    await asyncio.sleep(seconds)
    used = (_cpu_seconds(app) - before) / (time.perf_counter() - start)
    await asyncio.gather(*(session.close() for session in sessions))
    return used


def active(way: str, count: int, changes: int) -> Cost:
    """What so many sessions cost which change a slider once a second each.

    Each is in a room of its own: what others do would be work that a page without
    rooms does not have.

    Args:
        way: ALONE, the app without rooms as `streamlit run` starts it; FROZEN, the same
            started by the launcher of rooms, which spares it much garbage collection;
            or IN_ROOMS.
        count: how many sessions.
        changes: how many of each.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if way == IN_ROOMS:
            snippet = program(_SHARED, PUSHED, folder)
        else:
            path = written(_ALONE, folder)
            snippet = Snippet("streamlit/rooms/app", path, _ALONE)
            snippet = launched(snippet, folder) if way == FROZEN else snippet
        with launch(snippet) as app:
            return asyncio.run(_active(app, count, changes))


async def _active(app: App, count: int, changes: int) -> Cost:
    sessions = [Session(app.addresses[0], f"room={n}") for n in range(count)]
    for session in sessions:
        await session.open()
    chance = random.Random(count)  # noqa: S311 -- nothing secret
    seconds: list[float] = []

    async def move(session: Session) -> None:
        await asyncio.sleep(chance.random())
        for n in range(1, changes + 1):
            took = await session.moves("Select a value", n % 100)
            seconds.append(took)
            await asyncio.sleep(max(0, 1 - took))

    await asyncio.sleep(5)  # until what the last one's coming means is done
    before = _cpu_seconds(app)
    await asyncio.gather(*map(move, sessions))
    cpu = (_cpu_seconds(app) - before) / len(seconds)
    await asyncio.gather(*(session.close() for session in sessions))
    return Cost(seconds, cpu)


def _cpu_seconds(app: App) -> float:
    """Seconds of a core that the server has taken so far, with its children."""
    listing = subprocess.run(
        ["ps", "-eo", "pgid=,pid="],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    total = 0.0
    for line in listing.splitlines():
        group, pid = line.split()
        if int(group) == app.process.pid:
            with suppress(OSError):
                total += _ticks(Path(f"/proc/{pid}/stat").read_text())
    return total


def _ticks(stat: str) -> float:
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / 100


def measure_rooms(changes: int, sessions: int) -> Iterator[Figure]:
    """All figures of rooms, with their goals."""
    found = delays(changes)
    name = "click to effect"
    for way, seconds in found.items():
        yield _milliseconds(f"{name}, {way}", seconds)
    ratio = median(found["pushed"]) / median(found[RIVAL])
    yield Figure("rooms", f"{name}, pushed / {RIVAL}", (ratio,), "×", SLOWER)
    for mode in (PUSHED, SHIPPED):
        share = 100 * idle(mode, sessions, 15)
        goal = 100 * IDLE if mode == PUSHED else None
        name = f"{sessions} idle sessions, {mode}"
        yield Figure("rooms", name, (share,), "% of a core", goal)
    costs = {way: active(way, sessions, 15) for way in (ALONE, FROZEN, IN_ROOMS)}
    name = f"{sessions} sliders a second"
    for way, cost in costs.items():
        yield _milliseconds(f"{name}, {way}", cost.seconds)
        cpu = (1000 * cost.cpu,)
        yield Figure("rooms", f"{name}, {way}: a change", cpu, "ms of a core")
    for way, goal in ((ALONE, COST), (FROZEN, None)):
        more = (costs[IN_ROOMS].cpu / costs[way].cpu,)
        yield Figure("rooms", f"{name}, in rooms / {way}", more, "× of a core", goal)


def _milliseconds(name: str, seconds: Sequence[float]) -> Figure:
    return Figure("rooms", name, tuple(1000 * it for it in seconds), "ms")
