"""How soon an event of Taipy's is in sight of another user."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser

from livedocs.catalog import Catalog, Snippet
from livedocs.launch import launch
from tests.bench.figures import Figure
from tests.users.chromium import open_browser
from tests.users.taipy_events import EventsUser

WATCHED = "taipy/events/scenario_list"
MODES = ("threading", "default")
"""The server that the program asks for, and Taipy's default."""
EVENTS = 12

# Both pages look at the same clock.
_NOTE_ENTER = """
    addEventListener("keydown", ({key}) => {
        if (key === "Enter") window.entered = Date.now();
    }, true);
"""
_WATCH_FOR = """text => {
    const watch = async () => {
        const start = Date.now();
        while (Date.now() - start < 30_000) {
            const lines = [...document.querySelectorAll("[data-id]")];
            if (lines.some(line => line.textContent === text)) return Date.now();
            await new Promise(requestAnimationFrame);
        }
        throw new Error(`${text} is not in sight`);
    };
    window.seen = watch();
}"""


ABOUT = f"from Enter in one browser to the new line in another, {WATCHED}"


def measure_events() -> Iterator[Figure]:
    """What `watch_events` finds in each mode."""
    with open_browser() as browser:
        for mode in MODES:
            seconds = watch_events(browser, mode)
            yield Figure("events", f"server: {mode}", tuple(seconds), "s")


def watch_events(browser: Browser, mode: str, count: int = EVENTS) -> list[float]:
    """Seconds from Enter in one browser to the new line in another, for each."""
    seconds = []
    with (
        tempfile.TemporaryDirectory() as folder,
        launch(_served_by(mode, Path(folder))) as app,
    ):
        writer, reader = users = [EventsUser(browser, app.addresses[0]) for _ in "ab"]
        for user in users:
            user.open()
        writer.page.evaluate(_NOTE_ENTER)
        for number in range(count):
            reader.page.evaluate(_WATCH_FOR, f"number {number}")
            writer.enter("New scenario", f"number {number}")
            seen = reader.page.evaluate("seen")
            seconds.append((seen - writer.page.evaluate("entered")) / 1000)
        for user in users:
            user.leave()
    return seconds


def _served_by(mode: str, root: Path) -> Snippet:
    """A copy of the program that starts this server."""
    snippet = Catalog.default().find(WATCHED)
    path = root / snippet.file
    path.parent.mkdir(parents=True)
    asked = '"async_mode": "threading",'
    assert asked in snippet.text
    text = snippet.text if mode == "threading" else snippet.text.replace(asked, "")
    path.write_text(text, "utf-8")
    return Catalog(root).find(snippet.id)
