"""The command that starts any app with the route that pushes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from types import ModuleType

import httpx
import pytest

from livedocs.launch import HOST
from tests.ports import free_port
from tests.users.streamlit import StreamlitSocket
from tests.users.streamlit_headless import PROGRAMS
from tests.waiting import wait_until

APP = """\
from room_sync import room

from words import GREETING

@room("lobby")
def lobby(room):
    room.text(f"{GREETING}: {room.present} here")

lobby()
"""


@pytest.fixture
def command(room_sync: ModuleType) -> ModuleType:
    """The module behind the command."""
    return import_module("room_sync.command")


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where the files of the test's folder can be had."""
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer((HOST, 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://{HOST}:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.process
@pytest.mark.fact("room-sync-run")
def test_any_app_is_started_with_the_route(tmp_path: Path) -> None:
    """`room-sync run app.py` starts your app as `streamlit run` does, and its server
    notifies pages.
    """
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "words.py").write_text('GREETING = "Hello"')
    left = tmp_path / "left"
    left.mkdir()
    port = free_port()
    server = f"http://{HOST}:{port}"
    command = [sys.executable, "-m", "room_sync.command", "run"]
    command += [str(tmp_path / "app.py"), "--server.headless=true"]
    command += [f"--server.address={HOST}", f"--server.port={port}"]
    with subprocess.Popen(
        command,
        env=os.environ | {"PYTHONPATH": str(PROGRAMS), "TMPDIR": str(left)},
        cwd=left,
        stdout=subprocess.DEVNULL,
    ) as process:
        try:
            wait_until(lambda: answers(server), event="an answer")
            with StreamlitSocket(server) as alex:
                assert alex.lines() == ["Hello: 1 here"]
            assert httpx.get(f"{server}/rooms/events").status_code == 403
        finally:
            process.terminate()
    assert list(left.iterdir()) == []


def answers(server: str) -> bool:
    """Whether it is there."""
    try:
        return httpx.get(f"{server}/_stcore/health").status_code == 200
    except httpx.TransportError:
        return False


def test_an_app_is_fetched_from_its_address(
    command: ModuleType, address: str, tmp_path: Path
) -> None:
    (tmp_path / "app.py").write_text(APP)
    folder = tmp_path / "fetched"
    folder.mkdir()
    path = command._found(f"{address}/app.py?raw=1", folder)
    assert path == folder / "app.py"
    assert path.read_text() == APP


def test_an_app_that_is_not_there_is_named(
    command: ModuleType, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for app, reason in (
        ("nowhere.py", "No such file or directory"),
        (f"{address}/nowhere.py", "File not found"),
        (f"http://{HOST}:{free_port()}/app.py", "Connection refused"),
    ):
        assert command.main(["run", app]) == 2
        said = capsys.readouterr().err
        assert said.splitlines()[-1].startswith(f"room-sync: {app}: ")
        assert reason in said
