"""Programs start as a reader starts them, and nothing is left of them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from livedocs.catalog import Catalog, Snippet
from livedocs.launch import App, LaunchError, free_port, launch
from tests.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.process

PROGRAMS = {
    "taipy/x/hello": (
        'from taipy.gui import Gui\ngui = Gui("Hello")\n'
        'if __name__ == "__main__":\n    gui.run()\n'
    ),
    "flet/x/hello": (
        'import flet as ft\ndef main(page):\n    page.add(ft.Text("Hello"))\n'
        'if __name__ == "__main__":\n    ft.run(main)\n'
    ),
    "streamlit/x/hello": 'import streamlit as st\nst.write("Hello")\n',
}

# It starts a program that would outlive the test: `launch` has to end that as well.
SERVE = """\
import http.server, subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
port = int(sys.argv[sys.argv.index("--port") + 1])
http.server.HTTPServer(("127.0.0.1", port), http.server.SimpleHTTPRequestHandler)\
.serve_forever()
"""


def snippet(tmp_path: Path, name: str, text: str) -> Snippet:
    path = tmp_path / "snippets" / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return Catalog(tmp_path / "snippets").find(name)


def members(group: int) -> list[str]:
    """The command lines of the processes in that group."""
    listing = subprocess.run(
        ["ps", "-eo", "pgid=,stat=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(maxsplit=2) for line in listing.splitlines()]
    return [row[2] for row in rows if int(row[0]) == group and "Z" not in row[1]]


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_framework_answers_every_user_at_an_address_of_their_own(
    tmp_path: Path, name: str
) -> None:
    with launch(snippet(tmp_path, name, PROGRAMS[name]), users=3) as app:
        assert len(set(app.addresses)) == 3
        for address in app.addresses:
            with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
                assert answer.status == 200
        group = app.process.pid
        assert members(group)
    assert not members(group)


# A page, its launcher and a module that lies in another topic's folder.
LAUNCHED = {
    "streamlit/rooms/greeting": 'WORDS = "Hello"\n',
    "streamlit/x/page": "import streamlit as st\nfrom greeting import WORDS\n",
    "streamlit/x/start": """\
import streamlit as st
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from greeting import WORDS

def greet(request):
    return PlainTextResponse(WORDS)

app = st.App("page.py", routes=[Route("/greeting", greet)])
""",
}


def test_a_launcher_finds_its_page_and_what_both_import(tmp_path: Path) -> None:
    for name, text in LAUNCHED.items():
        start = snippet(tmp_path, name, text)
    with launch(start) as app:
        address = f"{app.addresses[0]}greeting"
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            assert answer.read() == b"Hello"
        folder = app.log.parent
        names = {"greeting.py", "page.py", "start.py"}
        assert {path.name for path in folder.glob("*.py")} == names


def test_a_program_finds_what_it_has_saved_in_a_folder_that_is_kept(
    tmp_path: Path,
) -> None:
    saving = "open('starts', 'a').write('I')\n"
    program, folder = snippet(tmp_path, "taipy/x/saves", saving + SERVE), tmp_path / "a"
    folder.mkdir()
    for starts in ("I", "II"):
        with launch(program, folder=folder):
            assert (folder / "starts").read_text() == starts


def test_what_a_program_started_is_stopped_with_it(tmp_path: Path) -> None:
    with launch(snippet(tmp_path, "taipy/x/serve", SERVE)) as app:
        assert len(members(app.process.pid)) == 3, "supervisor, program, its child"
    assert not members(app.process.pid)


def test_a_program_that_ignores_sigterm_is_stopped(tmp_path: Path) -> None:
    deaf = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    with launch(snippet(tmp_path, "taipy/x/deaf", deaf + SERVE)) as app:
        pass
    assert not members(app.process.pid)


def test_nothing_is_left_when_the_block_raises(tmp_path: Path) -> None:
    apps: list[App] = []
    with (
        pytest.raises(ZeroDivisionError),
        launch(snippet(tmp_path, "taipy/x/serve", SERVE)) as app,
    ):
        apps.append(app)
        raise ZeroDivisionError
    assert not members(apps[0].process.pid)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_nothing_is_left_when_the_starter_is_ended(
    tmp_path: Path, end: signal.Signals
) -> None:
    snippet(tmp_path, "taipy/x/serve", SERVE)
    starter = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            "import sys, pathlib, threading\n"
            "from livedocs.catalog import Catalog\n"
            "from livedocs.launch import launch\n"
            "with launch(Catalog(pathlib.Path(sys.argv[1])).find('taipy/x/serve')) as"
            " app:\n"
            "    print(app.process.pid, flush=True)\n"
            "    threading.Event().wait()\n",
            str(tmp_path / "snippets"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert starter.stdout is not None
    group = int(starter.stdout.readline())
    assert members(group)
    starter.send_signal(end)
    starter.wait(20)
    wait_until(lambda: not members(group))
    starter.stdout.close()


def test_a_program_that_dies_shows_its_own_last_lines(tmp_path: Path) -> None:
    dying = snippet(tmp_path, "taipy/x/dies", 'raise RuntimeError("no such flavour")')
    with pytest.raises(LaunchError) as failure, launch(dying):
        pass
    assert "taipy/x/dies.py ended with exit code 1" in failure.value.message
    assert "    RuntimeError: no such flavour" in failure.value.message


def test_a_program_that_stays_silent_is_stopped(tmp_path: Path) -> None:
    # Longer than any test may take: `launch` has to end it.
    silent = "import time, sys\nprint('waiting')\ntime.sleep(600)"
    with (
        pytest.raises(LaunchError, match=r"did not answer .* within 5 s") as failure,
        launch(snippet(tmp_path, "taipy/x/silent", silent), timeout=5),
    ):
        pass
    assert "    waiting" in failure.value.message


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(LaunchError, match=f"port {port} is taken"),
            launch(snippet(tmp_path, "taipy/x/serve", SERVE), port=port),
        ):
            pass


def test_an_unknown_framework_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(LaunchError, match=r"Did you mean 'taipy'"),
        launch(snippet(tmp_path, "tapy/x/hello", "")),
    ):
        pass


@pytest.mark.parametrize(
    ("program", "end", "on_ctrl_c"),
    [
        ("taipy/chat/shared_builder", signal.SIGINT, signal.SIG_DFL),
        # As a shell starts it with `&`.
        ("streamlit/rooms/first_room", signal.SIGTERM, signal.SIG_IGN),
    ],
    ids=["ctrl-c", "background"],
)
def test_the_command_prints_an_address_per_user_and_stops(
    program: str, end: signal.Signals, on_ctrl_c: signal.Handlers, tmp_path: Path
) -> None:
    port = free_port()
    command = [sys.executable, "-m", "livedocs", "run", program]
    run = subprocess.Popen(
        [*command, "--users", "2", "--port", str(port)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, on_ctrl_c),
    )
    assert run.stdout is not None
    first, second = run.stdout.readline(), run.stdout.readline()
    assert first == f"User 1: http://127.0.0.1:{port}/\n"
    assert second.startswith("User 2: http://127.0.0.1:")
    with urllib.request.urlopen(second.split()[-1], timeout=PATIENCE) as answer:
        assert answer.status == 200
    os.kill(run.pid, end)
    if end == signal.SIGTERM:
        os.kill(run.pid, end)  # a second one does not cut the end short
    assert run.stdout.read().endswith("Stopped.\n")
    assert run.wait(20) == 0
    assert list(tmp_path.iterdir()) == []
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_the_command_lists_every_snippet() -> None:
    listing = subprocess.run(
        [sys.executable, "-m", "livedocs", "list"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for snippet in Catalog.default():
        assert f"{snippet.id}  ({snippet.framework})\n    {snippet.summary}" in listing
        assert f"python -m livedocs run {snippet.id} --users 2" in listing


def test_the_command_names_the_nearest_snippet() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "livedocs", "run", "taipy/chat/shared_bilder"],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1
    assert "Did you mean 'taipy/chat/shared_builder.py'?" in run.stderr
    assert "Traceback" not in run.stderr
