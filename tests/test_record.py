"""One process runs the tests, or several: what they share out, what a run keeps."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest

from livedocs.catalog import Catalog
from livedocs.record import Record
from tests.record import commit_of

ROOT = Path(__file__).parents[1]

TESTS = """
import pytest

@pytest.mark.parametrize("program", ["flet/chat/step1_hello"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_with_a_browser(program, number, browser):
    assert browser.version

@pytest.mark.parametrize("program", ["taipy/chat/shared_builder"])
def test_without(program):
    assert {holds}

class TestTogether:
    seen = []

    @pytest.mark.parametrize("number", range(6))
    def test_in_one_process(self, number):
        assert len(self.seen) == number
        self.seen.append(number)
"""


def pytest_in(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a project of its own."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", *args],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


def run(folder: Path, *args: str, holds: bool = True) -> Record:
    """Run those tests."""
    (folder / "pytest.ini").write_text("[pytest]\ntestpaths = .\nmarkers = browser\n")
    (folder / "test_programs.py").write_text(TESTS.format(holds=holds))
    done = pytest_in(folder, *args)
    assert done.returncode == (0 if holds else 1), done.stdout + done.stderr
    return Record.read(folder)


@pytest.mark.browser
@pytest.mark.parametrize("processes", ["-n0", "-n2"])
def test_a_whole_run_counts_each_test_of_a_program(
    tmp_path: Path, processes: str
) -> None:
    record = run(tmp_path, processes)
    assert record.browser.startswith("Chromium ")
    counts = {name: one.tests for name, one in record.snippets.items()}
    assert counts == {"flet/chat/step1_hello": 3, "taipy/chat/shared_builder": 1}
    for name, measured in record.snippets.items():
        assert measured.sha256 == Catalog.default().find(name).sha256
    assert record.date == datetime.now(UTC).date().isoformat()
    assert record.commit == "", "this folder is no repository"
    assert record.python == platform.python_version()
    assert record.versions["streamlit"] == version("streamlit")
    assert set(record.programs) == set(Catalog.default().ids)


@pytest.mark.browser
@pytest.mark.parametrize("part", [["-n2", "-k", "browser"], ["test_programs.py"]])
def test_a_run_of_some_of_the_tests_leaves_none(
    tmp_path: Path, part: list[str]
) -> None:
    assert run(tmp_path, *part) == Record()


@pytest.mark.browser
def test_a_run_that_fails_leaves_none(tmp_path: Path) -> None:
    assert run(tmp_path, holds=False) == Record()


LEFT_OUT = """
import pytest

@pytest.fixture
def nothing():
    pytest.skip("there is nothing")

@pytest.mark.fact("skipped")
def test_skipped(nothing): ...

@pytest.mark.state("a.py", "x", "one tab", reload="kept")
def test_skips():
    pytest.skip("it does not matter")

@pytest.mark.fact("expected")
@pytest.mark.xfail
def test_expected(): assert 0

@pytest.mark.fact("empty")
@pytest.mark.parametrize("number", [])
def test_empty(number): ...

@pytest.mark.skip
def test_proves_nothing(): ...
"""


@pytest.mark.process
def test_what_proves_a_fact_may_not_be_left_out(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    fact\n    state\n")
    (tmp_path / "test_left_out.py").write_text(LEFT_OUT)
    done = pytest_in(tmp_path, "-rA")
    left_out = ("skipped", "skips", "expected", "empty")
    assert "1 skipped" in done.stdout
    for name in left_out:
        assert re.search(
            rf"(FAILED|ERROR) test_left_out.py::test_{name}\b", done.stdout
        )
    assert done.stdout.count("It proves a fact, so it has to run and pass") >= 4


@pytest.mark.process
@pytest.mark.parametrize("changed", [False, True])
def test_a_commit_is_recorded_if_it_is_what_was_tested(
    tmp_path: Path, changed: bool
) -> None:
    for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "First"]):
        names = ["-c", "user.name=Alex", "-c", "user.email=alex@example.org"]
        subprocess.run(["git", *names, *command], cwd=tmp_path, check=True)
    if changed:
        (tmp_path / "new.py").touch()
    assert bool(commit_of(tmp_path)) is not changed


ALONE = """
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent

@pytest.mark.parametrize("number", range(12))
def test_beside_others(number):
    here = HERE / f"{number}.here"
    here.touch()
    time.sleep(0.05)  # so long it is there for others to see
    here.unlink()

@pytest.mark.alone
@pytest.mark.parametrize("number", range(4))
def test_alone(number):
    for _ in range(10):
        assert not list(HERE.glob("*.here"))
        time.sleep(0.01)  # others would come meanwhile
"""


@pytest.mark.process
def test_nothing_runs_beside_a_test_that_is_alone(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nmarkers =\n    alone\n    browser\n"
    )
    (tmp_path / "test_alone.py").write_text(ALONE)
    done = pytest_in(tmp_path, "-n2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "16 passed" in done.stdout
