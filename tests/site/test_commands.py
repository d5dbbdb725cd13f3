"""Every command that a page or the README shows is one that the tests run."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from livedocs.catalog import Catalog
from tests.ports import free_port
from tests.site.conftest import pages_of, parsed
from tests.site.server import serve
from tests.users.stage import DRIVERS

ROOT = Path(__file__).parents[2]
SITE_URL = "https://example.org/"

RUN_BY = {
    "make serve": "tests/setup/test_make.py",
    "make test": ".ci/run",
    "make record": "tests/setup/test_contributing.py",
    "make lint": ".github/workflows/test.yml",
    "make runtime": ".github/workflows/test.yml",
    "make site": "tests/setup/test_make.py",
    "make test PAGE=taipy/chat": "tests/setup/test_make.py",
    "make test PAGE=taipy/note": "tests/setup/test_make.py",
    "make quick": "tests/setup/test_make.py",
    "make facts PAGE=taipy/note": "tests/setup/test_make.py",
    ".venv/bin/python -m livedocs run taipy/note/shared --users 2": (
        "tests/setup/test_contributing.py"
    ),
    ".venv/bin/python -m livedocs run taipy/chat/shared_builder --users 2": (
        "tests/livedocs/test_launch.py"
    ),
    "FLET_FORCE_WEB_SERVER=true FLET_SERVER_PORT=8000 "
    'uv run --with "flet[web]==1.0.5" chat.py': "tests/snippets/flet/test_web.py",
    'uv run --with "flet[cli,web]==1.0.5" flet run --web --port 8000 chat.py': (
        "tests/snippets/flet/test_web.py"
    ),
    'uv run --with "flet[web]==1.0.5" uvicorn prefixed:app --port 8000': (
        "tests/snippets/flet/test_web.py"
    ),
    'uv run --with "flet[web]==1.0.5" uvicorn mounted:app --port 8000': (
        "tests/snippets/flet/test_web.py"
    ),
    'uv run --with "flet[web]==1.0.5" offline.py': (
        "tests/snippets/flet/test_web_yours.py"
    ),
    "uv run --with pillow==13.0.0 brand.py": "tests/snippets/flet/test_web_yours.py",
    'uv run --with "flet[cli,web]==1.0.5" flet publish chat.py': (
        "tests/snippets/flet/test_web_static.py"
    ),
    "python -m http.server 8000 --bind 127.0.0.1 --directory dist": (
        "tests/snippets/flet/test_web_static.py"
    ),
}
"""Commands in fences, and what runs them."""


def written() -> Iterator[str]:
    """The commands in the fences of pages and README."""
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        text = path.read_text("utf-8")
        for fence in re.findall(r"(?ms)^ *```(?:sh|console)\n(.*?)^ *```", text):
            for line in filter(None, map(str.strip, fence.splitlines())):
                yield line.partition("  #")[0].rstrip().removeprefix("$ ")


def run_commands(built: Path) -> set[str]:
    """The run commands beside the programs."""
    commands: set[str] = set()
    for page in pages_of(built):
        commands |= {it.text for it in parsed(page).select(".ss-run [data-copy]")}
    return commands


def test_every_command_in_a_fence_is_run_by_something() -> None:
    commands = set(written())
    assert commands == set(RUN_BY), "a new command needs a test that runs it"
    for path in RUN_BY.values():
        assert (ROOT / path).is_file()


def test_every_program_has_its_run_command(built_site: Path) -> None:
    """Those that are wrong on purpose are shown in parts, and not offered to run.

    So is what programs import: their commands bring it along.
    """
    expected = {
        snippet.run_command(SITE_URL)
        for snippet in Catalog.default()
        if not snippet.name.startswith("pitfall_") and not snippet.is_library
    }
    assert run_commands(built_site) == expected


# What a test adds to each framework's command: a port, and no browser.
UNATTENDED = {
    "taipy": "--port {port} --no-run-browser",
    "streamlit": "--server.port {port} --server.headless true "
    "--browser.gatherUsageStats false",
}


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "program", ["taipy/chat/shared_builder", "streamlit/rooms/first_room"]
)
def test_a_run_command_runs_a_program_from_the_site(
    browser: Browser, built_site: Path, tmp_path: Path, program: str
) -> None:
    """As a reader with uv does: it finds Python and packages for the address alone."""
    snippet = Catalog.default().find(program)
    command = snippet.run_command(SITE_URL)
    assert command in run_commands(built_site)
    port = free_port()
    unattended = UNATTENDED[snippet.framework].format(port=port)
    uv = Path(sys.executable).parent  # it is in requirements.txt
    environment = {k: v for k, v in os.environ.items() if k != "VIRTUAL_ENV"}
    with serve(built_site) as site, (tmp_path / "log").open("w") as log:
        run = subprocess.Popen(
            ["sh", "-c", f"{command.replace(SITE_URL, site.address)} {unattended}"],
            cwd=tmp_path,
            env=environment | {"PATH": f"{uv}{os.pathsep}{environment['PATH']}"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            answer = until_it_answers(run, address := f"http://127.0.0.1:{port}/")
            assert answer == 200, (tmp_path / "log").read_text()
            if snippet.framework == "streamlit":  # starts without its companions, too
                user = DRIVERS[snippet.framework](browser, address)
                user.open()
                user.leave()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)
            run.wait()


def until_it_answers(run: subprocess.Popen[bytes], address: str) -> int:
    """The status of the program's first answer; 0 when it ended before."""
    while run.poll() is None:
        with suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
            return int(answer.status)
        time.sleep(0.1)  # between two looks at a server that is starting
    return 0
