"""Copies of the checkout, the tests that run there, and what a mutant's verdict is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.mutate import __main__ as command
from tests.mutate.copies import Copy, Stopped
from tests.mutate.mutants import Mutant, mutants_of
from tests.mutate.stages import (
    ALONE,
    BROWSER,
    HEADLESS,
    PROCESS,
    Doors,
    Judge,
    stages_for,
)
from tests.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]

LIBRARY = """\
def double(number):
    return number + number


def triple(number):
    return number * 3
"""

TESTS = """\
import subprocess
import sys

from livedocs.library import double


def test_in_this_process():
    assert double(4) == 8


def test_in_another_process():
    program = "from livedocs.library import triple; print(triple(2))"
    run = subprocess.run(
        [sys.executable, "-c", program], cwd="/", env={}, capture_output=True
    )
    assert run.stdout == b"6\\n"
"""

SETTINGS = """\
[tool.pytest.ini_options]
pythonpath = ["."]
markers = ["browser", "alone"]
timeout = 300
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A checkout with a module of `livedocs`, two tests of it, and what these need."""
    root = tmp_path / "source"
    for name, text in {
        "livedocs/library.py": LIBRARY,
        "tests/livedocs/test_library.py": TESTS,
        "tests/__init__.py": "",
        "pyproject.toml": SETTINGS,
        ".gitignore": ".cache/\n",
        ".cache/old.json": "{}",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name in ("__init__", "catalog", "errors", "files", "located", "packages"):
        name = f"livedocs/{name}.py"
        (root / name).write_text((ROOT / name).read_text("utf-8"))
    for name in ("mutate/__init__.py", "mutate/selection.py"):
        path = root / "tests" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text((ROOT / "tests" / name).read_text("utf-8"))
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    return root


@pytest.fixture
def copy(source: Path, tmp_path: Path) -> Iterator[Copy]:
    copy = Copy.create(tmp_path / "copies", 0, source)
    yield copy
    copy.stop()


def mutant(change: str) -> Mutant:
    """One of the library's."""
    found = mutants_of("livedocs/library.py", LIBRARY)
    return next(it for it in found if it.change == change)


ADDED = "-    return number + number\n+    return number - number"
TRIPLED = "-    return number * 3\n+    return number / 3"


@pytest.mark.parametrize(
    ("change", "test"),
    [(ADDED, "test_in_this_process"), (TRIPLED, "test_in_another_process")],
)
def test_a_mistake_is_noticed_wherever_the_program_runs(
    copy: Copy, change: str, test: str
) -> None:
    verdict = Judge().judge(mutant(change), copy, headless=True)
    assert verdict.by == f"tests/livedocs/test_library.py::{test}"
    assert verdict.stage == HEADLESS


def test_a_module_that_cannot_be_imported_is_noticed(copy: Copy) -> None:
    last = LIBRARY.splitlines()[-1]
    change = f"-{last}\n+{last}\n+raise SystemError"
    broken = Mutant("livedocs/library.py", change, 0, "invented", 6)
    verdict = Judge().judge(broken, copy, headless=True)
    assert verdict.by == "(collecting) tests/livedocs/test_library.py"


def test_a_test_that_fails_anyway_notices_nothing(source: Path, tmp_path: Path) -> None:
    path = source / "tests/livedocs/test_library.py"
    path.write_text(TESTS.replace("== 8", "== 9"))
    copy = Copy.create(tmp_path / "copies", 0, source)
    judge = Judge()
    assert not judge.judge(mutant(ADDED), copy, headless=True).by
    assert judge.broken == {"tests/livedocs/test_library.py::test_in_this_process"}


def test_the_copy_is_what_it_was_afterwards_and_the_checkout_always(
    copy: Copy, source: Path
) -> None:
    with copy.mutated(mutant(ADDED)):
        assert "number - number" in (copy.root / "livedocs/library.py").read_text()
        assert (source / "livedocs/library.py").read_text() == LIBRARY
        (copy.root / "left.txt").touch()
        (copy.root / "tests/__init__.py").unlink()
    assert (copy.root / "livedocs/library.py").read_text() == LIBRARY
    assert (copy.root / "tests/__init__.py").exists()
    assert not (copy.root / "left.txt").exists()
    assert not (copy.root / ".cache").exists()
    assert copy.python.exists()


def test_what_takes_too_long_is_ended(copy: Copy) -> None:
    start = time.monotonic()
    code, said = copy.run(["-u", "-c", "print(1); import time; time.sleep(60)"], 1)
    assert (code, said.splitlines()[0]) == (None, "1")
    assert time.monotonic() - start < 20


def test_what_a_test_has_started_ends_with_it(copy: Copy) -> None:
    program = (
        "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', "
        "'import time; time.sleep(60)'], start_new_session=True).pid)"
    )
    _, said = copy.run(["-c", program], 10)

    def is_gone() -> bool:
        try:
            os.kill(int(said), 0)
        except ProcessLookupError:
            return True
        return False

    wait_until(is_gone)  # a killed process is there a moment longer


def test_a_copy_that_is_stopped_ends_what_runs_and_starts_nothing(copy: Copy) -> None:
    threading.Timer(0.5, copy.stop).start()
    for _ in "ab":
        with pytest.raises(Stopped):
            copy.run(["-c", "import time; time.sleep(60)"], 60)


def test_a_signal_ends_it_whichever_thread_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Python runs the handler in the main thread, which nothing else wakes up."""
    mutant = Mutant("livedocs/library.py", "-a\n+b", 0, "number", 1)
    stopped, ended = threading.Event(), list[bool]()

    def main_thread_waits() -> bool:
        frame = sys._current_frames()[threading.main_thread().ident or 0]
        codes = {it.f_code for it, _ in traceback.walk_stack(frame)}
        return {futures.wait.__code__, threading.Condition.wait.__code__} <= codes

    class Ends(Judge):
        def judge(self, mutant: Mutant, copy: Copy, *, headless: bool = False) -> Any:
            wait_until(main_thread_waits)
            signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
            ended.append(stopped.wait(PATIENCE))
            raise Stopped

    def create(folder: Path, number: int) -> SimpleNamespace:
        return SimpleNamespace(stop=stopped.set)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "Copy", SimpleNamespace(create=create))
    usual = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            command._judge_all([mutant], Ends(), lambda _: None, headless=True)
    finally:
        signal.signal(signal.SIGUSR1, usual)
    assert ended == [True]


def test_a_run_that_is_interrupted_leaves_nothing_behind(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "tests.mutate", "--only=livedocs/links.py"],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
    ) as run:
        in_the_second_copy = "mutate-*/copy1/said"
        wait_until(lambda: any(tmp_path.glob(in_the_second_copy)), event="tests")
        run.terminate()
        run.communicate()
    assert run.returncode == 128 + 15
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("file", "first", "program"),
    [
        (
            "snippets/flet/chat/history.py",
            "tests/snippets/flet/test_chat",
            "flet/chat/history",
        ),
        (
            "snippets/streamlit/room_sync/stores.py",
            "tests/snippets/streamlit/test_",
            "streamlit/rooms/counter",
        ),
    ],
)
def test_a_program_has_the_tests_that_mention_it_or_its_topic(
    file: str, first: str, program: str
) -> None:
    stages = stages_for(file, ROOT)
    assert [stage.name for stage in stages] == [HEADLESS, PROCESS, BROWSER, ALONE]
    assert stages[0].paths[0].startswith(first)
    assert "tests/snippets/test_programs.py" in stages[0].paths
    assert program in stages[0].programs
    with_films = [stage.name for stage in stages if "--films" in stage.arguments()]
    assert with_films == [BROWSER]


def test_a_module_has_its_own_tests_first_and_those_of_the_site_last() -> None:
    stage, _ = stages_for("livedocs/launch.py", ROOT, headless=True)
    assert stage.paths[0] == "tests/livedocs/test_launch.py"
    assert stage.paths[-1].startswith("tests/site/test_")
    assert not stage.programs


def test_whoever_is_alone_waits_for_the_others_and_they_for_them() -> None:
    doors = Doors()
    happened = []

    def be_alone() -> None:
        with doors.enter(alone=True):
            happened.append("alone")

    with doors.enter(alone=False), doors.enter(alone=False):
        thread = threading.Thread(target=be_alone)
        thread.start()
        thread.join(0.1)
        happened.append("together")
    thread.join()
    with doors.enter(alone=False):
        happened.append("after")
    assert happened == ["together", "alone", "after"]
