"""What becomes of messages typed without a pause, and how soon others see a line."""

import ast
import asyncio
import contextlib
import random
import string
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from livedocs.catalog import Catalog, Snippet
from livedocs.launch import HOST, App, launch
from tests.bench.figures import Figure
from tests.users.chromium import open_browser
from tests.users.flet import FletUser

ABOUT = """\
messages of 5 to 10 characters and Enter, typed key by key without any pause; wrong is \
one that has no equal sent one, in order: it was lost, glued to another or changed"""

FAST = ("flet/chat/pitfall_fast_typing", "flet/chat/fast_typing")
ROUND_TRIPS = (0.0, 0.1)
"""Seconds from a browser to the program and back."""

WATCHED = "flet/chat/step6_layout"
LINES = 20
"""So many are watched on their way from one browser to another."""
ROOM = 9
"""For the first ones there is room; to each later one the list scrolls."""

_CALM = 2.0
"""Seconds after which nothing more is expected."""
_PATIENCE = 30.0
"""Seconds after which a field that is still not empty is left alone."""

_SENT = "sent: "
_TELL_WHAT_IS_SENT = f"""
from flet.pubsub.pubsub_hub import PubSubHub


def told(hub, message, send_all=PubSubHub.send_all):
    print(f"{_SENT}{{message!r}}\\n", end="", flush=True)
    send_all(hub, message)


PubSubHub.send_all = told
"""

# Both pages look at the same clock.
_NOTE_ENTER = """
    addEventListener("keydown", ({key}) => {
        if (key === "Enter") window.entered = Date.now();
    }, true);
"""
# What is below the list's end is cut off there: its own end is that of the list, but
# for a fraction of a pixel while the list scrolls.
_WATCH_FOR = """text => {
    const end = element => element.getBoundingClientRect().bottom;
    const isInSight = ({parentElement: line}) =>
        end(line) < end(line.parentElement) - 1;
    const watch = async () => {
        const start = Date.now();
        while (Date.now() - start < 30_000) {
            const lines = [...document.querySelectorAll("flt-semantics > span")];
            const line = lines.find(line => line.textContent.endsWith(text));
            if (line && isInSight(line)) return Date.now();
            await new Promise(requestAnimationFrame);
        }
        throw new Error(`${text} is not in sight`);
    };
    window.seen = watch();
}"""


@dataclass(frozen=True)
class Typed:
    """What was typed without a pause, and what the program sent of it."""

    snippet: str
    """The program's id."""
    round_trip: float
    """In seconds."""
    typed: Sequence[str]
    """Each with an Enter after it."""
    sent: Sequence[str]
    """What reached the program's `send_all`."""
    seconds: float
    """How long the typing took."""

    @property
    def wrong(self) -> int:
        """How many typed ones have no equal sent one, in order (`SequenceMatcher`)."""
        matcher = SequenceMatcher(None, self.typed, self.sent, autojunk=False)
        return len(self.typed) - sum(it.size for it in matcher.get_matching_blocks())

    def figures(self) -> Iterator[Figure]:
        """What went wrong, and how fast it was typed."""
        keys = sum(len(text) + 1 for text in self.typed)
        name = f"{self.snippet}, {1000 * self.round_trip:.0f} ms round trip"
        count = len(self.typed)
        yield Figure("typing", f"{name}: wrong", (self.wrong,), f"of {count}")
        yield Figure("typing", f"{name}: sent", (len(self.sent),), f"of {count}")
        yield Figure("typing", f"{name}: per key", (1000 * self.seconds / keys,), "ms")


def type_at_once(snippet: str, round_trip: float, count: int) -> Typed:
    """Let somebody type so many messages key by key, without any pause."""
    texts = _texts(count)
    with (
        tempfile.TemporaryDirectory() as folder,
        launch(_telling(Catalog.default().find(snippet), Path(folder))) as app,
        _at_a_distance(app.addresses[0], round_trip) as address,
        open_browser() as browser,
    ):
        user = FletUser(browser, address)
        user.open()
        user.step_into(user.field)
        start = time.perf_counter()
        user.type_at_once("".join(f"{text}\n" for text in texts))
        seconds = time.perf_counter() - start
        _wait_for_the_rest(user, app)
        user.leave()
        return Typed(snippet, round_trip, texts, _sent(app), seconds)


def measure_typing(count: int) -> Iterator[Figure]:
    """All programs and distances, then how soon others see a line."""
    for snippet, round_trip in product(FAST, ROUND_TRIPS):
        yield from type_at_once(snippet, round_trip, count).figures()
    seconds = watch_lines()
    name = f"{WATCHED}: to the other browser"
    yield Figure("typing", name, tuple(seconds), "s")
    yield Figure("typing", f"{name}, there is room", tuple(seconds[:ROOM]), "s")
    yield Figure("typing", f"{name}, the list scrolls", tuple(seconds[ROOM:]), "s")


def watch_lines(count: int = LINES) -> list[float]:
    """Seconds from Enter in one browser to the line in sight in another, for each."""
    seconds = []
    with launch(Catalog.default().find(WATCHED)) as app, open_browser() as browser:
        writer, reader = users = [FletUser(browser, app.addresses[0]) for _ in "ab"]
        for user, name in zip(users, ("Alex", "Doppler"), strict=True):
            user.open()
            user.join(name)
        writer.page.evaluate(_NOTE_ENTER)
        for number in range(1, count + 1):
            text = f"This is line {number}."
            reader.page.evaluate(_WATCH_FOR, text)
            writer.send(text)
            seen = reader.page.evaluate("seen")
            seconds.append((seen - writer.page.evaluate("entered")) / 1000)
        for user in users:
            user.leave()
    return seconds


def _texts(count: int) -> list[str]:
    """The same ones each time: 5 to 10 letters, a space now and then."""
    chance = random.Random(1)  # noqa: S311 -- nothing secret
    keys = string.ascii_lowercase + " "
    return [
        "".join(chance.choices(keys, k=chance.randint(5, 10))) for _ in range(count)
    ]


def _telling(snippet: Snippet, root: Path) -> Snippet:
    """A copy of a program that also prints what it sends."""
    lines = snippet.text.splitlines(keepends=True)
    lines.insert(snippet.tree.body[0].end_lineno or 0, _TELL_WHAT_IS_SENT)
    path = root / snippet.file
    path.parent.mkdir(parents=True)
    path.write_text("".join(lines), "utf-8")
    return Catalog(root).find(snippet.id)


def _sent(app: App) -> list[str]:
    lines = app.output().splitlines()
    told = [line.removeprefix(_SENT) for line in lines if line.startswith(_SENT)]
    return [ast.literal_eval(text) for text in told]


def _wait_for_the_rest(user: FletUser, app: App) -> None:
    """Wait until the field is empty and nothing has been sent for a while."""
    deadline = time.monotonic() + _PATIENCE
    before, since = "", time.monotonic()
    while (now := time.monotonic()) < deadline:
        output = app.output()
        if output != before or user.field.input_value():
            before, since = output, now
        elif now - since > _CALM:
            break
        time.sleep(0.05)  # the program writes to a file, which tells nobody


@contextmanager
def _at_a_distance(address: str, round_trip: float) -> Iterator[str]:
    """Another address of that server, as far away as the round trip (s) says."""
    if not round_trip:
        yield address
        return
    target = urlsplit(address).port
    assert target
    opened: Future[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    connections: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = _connect(target, reader, writer, round_trip / 2)
        connections.add(task := asyncio.get_running_loop().create_task(connection))
        task.add_done_callback(connections.discard)

    async def forward() -> None:
        closed = asyncio.Event()
        server = await asyncio.start_server(accept, HOST, 0)
        port = server.sockets[0].getsockname()[1]
        opened.set_result((port, asyncio.get_running_loop(), closed))
        await closed.wait()
        server.close()  # and `asyncio.run` cancels the connections

    thread = threading.Thread(target=asyncio.run, args=[forward()])
    thread.start()
    port, loop, closed = opened.result(timeout=10)
    try:
        yield f"http://{HOST}:{port}/"
    finally:
        loop.call_soon_threadsafe(closed.set)
        thread.join()


async def _connect(
    target: int,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    seconds: float,
) -> None:
    try:
        far_reader, far_writer = await asyncio.open_connection(HOST, target)
        await asyncio.gather(
            _delay(reader, far_writer, seconds), _delay(far_reader, writer, seconds)
        )
    except OSError:
        pass  # the program is gone; the browser sees its connection close
    finally:
        writer.close()


async def _delay(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float
) -> None:
    """Hand on all that comes in, in order, each piece so much later."""
    pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def hand_on() -> None:
        data = b"something"
        while data:
            due, data = await pieces.get()
            await asyncio.sleep(due - time.monotonic())
            writer.write(data)
            await writer.drain()

    async def take_in() -> None:
        data = b"something"
        while data:
            with contextlib.suppress(OSError):
                data = b""  # the end, or a broken connection
                data = await reader.read(65536)
            pieces.put_nowait((time.monotonic() + seconds, data))

    try:
        await asyncio.gather(hand_on(), take_in())
    except OSError:
        pass
    finally:
        writer.close()
