"""What it costs to run a program in a page, without a server, for two people."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from livedocs.static_live import PARTS
from tests.bench.figures import ROOT, Figure
from tests.site.conftest import build
from tests.site.server import Site, serve
from tests.users.chromium import open_browser

ABOUT = """\
from Run it here to two windows that can be used, with an empty cache (cold), then in \
the same browser once more (warm); bytes as a web server compresses them; memory of \
all of Chromium above the page before the click"""
ROUNDS = 3
IDLE = 5
"""Seconds for which nobody does anything."""

PROGRAMS = {
    "streamlit/chat/chat": ("tutorials/streamlit/chat/", 11, 10, 6),
    "flet/chat/history": ("tutorials/flet/chat/", 12, 7, 5),
}
"""The page of each, and the most: MB, seconds cold, seconds warm."""

MEMORY = 400
"""The most that two windows may take, in MB."""

_TICKS = os.sysconf("SC_CLK_TCK")


def measure_here(rounds: int = ROUNDS) -> Iterator[Figure]:
    """Bytes, seconds, memory and idle time of one program for each runtime."""
    for part in PARTS:
        part.prepare(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        site = build(ROOT / "mkdocs.yml", Path(folder, "site"))
        for name, (path, megabytes, cold, warm) in PROGRAMS.items():
            runs = [_run(site, path, name) for _ in range(rounds)]
            sent, first, again, memory, idle = zip(*runs, strict=True)
            yield Figure("here", f"{name}: loaded", sent, "MB", megabytes)
            yield Figure("here", f"{name}: cold", first, "s", cold)
            yield Figure("here", f"{name}: warm", again, "s", warm)
            yield Figure("here", f"{name}: memory", memory, "MB", MEMORY)
            yield Figure("here", f"{name}: idle", idle, "% of a core")


def _run(folder: Path, path: str, name: str) -> tuple[float, ...]:
    with serve(folder) as site, open_browser() as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        with _opened(context.new_page(), site, path) as page:
            before = _memory()
            first = _seconds(page, name)
            sent = sum(size for it, size in site.sent.items() if "/run/" in it) / 1e6
            idle = _idle(page)
            memory = (_memory() - before) / 1e3
        with _opened(context.new_page(), site, path) as page:
            again = _seconds(page, name)
    return sent, first, again, memory, idle


@contextmanager
def _opened(page: Page, site: Site, path: str) -> Iterator[Page]:
    page.goto(site.address + path, wait_until="networkidle")
    yield page
    page.close()


def _seconds(page: Page, name: str) -> float:
    """How long it takes from the click to two windows."""
    figure = page.locator(f"figure[data-snippet='{name}']").first
    begin = time.perf_counter()
    figure.get_by_role("button", name="Run it here").click()
    figure.get_by_text("runs in this page").wait_for(timeout=60_000)
    return time.perf_counter() - begin


def _idle(page: Page) -> float:
    """How busy the browser is while nobody does anything, in percent of a core."""
    before = _ticks()
    page.wait_for_timeout(IDLE * 1000)  # this is what is measured: nobody does anything
    return 100 * (_ticks() - before) / _TICKS / IDLE


def _memory() -> float:
    """The memory of the browser in kB, what its processes share counted once.

    Source: proc_pid_smaps(5), ``Pss``.
    """
    texts = (_read(process / "smaps_rollup") for process in _descendants())
    lines = (line for text in texts for line in text.splitlines())
    return sum(float(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _ticks() -> int:
    """The processor time of the browser so far.

    Source: proc_pid_stat(5), ``utime`` and ``stime``.
    """
    return sum(sum(map(int, _stat(it)[11:13])) for it in _descendants())


def _descendants() -> list[Path]:
    """The processes that this one has started, and those that they have."""
    stats = {int(it.name): _stat(it) for it in Path("/proc").glob("[0-9]*")}
    parents = {pid: int(stat[1]) for pid, stat in stats.items() if stat}
    found, new = set[int](), {os.getpid()}
    while new:
        new = {pid for pid, parent in parents.items() if parent in new}
        found |= new
    return [Path(f"/proc/{pid}") for pid in found]


def _stat(process: Path) -> list[str]:
    """What stands behind the name of its program: state, parent, …"""
    return _read(process / "stat").rpartition(")")[2].split()


def _read(path: Path) -> str:
    """What the system tells of a process; nothing of one that has just ended."""
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
