"""One process runs the tests, or several: what they share out, what a run keeps."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from livedocs.catalog import Catalog
from livedocs.record import Record

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


@pytest.mark.browser
@pytest.mark.parametrize("part", [["-n2", "-k", "browser"], ["test_programs.py"]])
def test_a_run_of_some_of_the_tests_leaves_none(
    tmp_path: Path, part: list[str]
) -> None:
    assert run(tmp_path, *part) == Record("", {})


@pytest.mark.browser
def test_a_run_that_fails_leaves_none(tmp_path: Path) -> None:
    assert run(tmp_path, holds=False) == Record("", {})


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


def test_nothing_runs_beside_a_test_that_is_alone(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nmarkers =\n    alone\n    browser\n"
    )
    (tmp_path / "test_alone.py").write_text(ALONE)
    done = pytest_in(tmp_path, "-n2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "16 passed" in done.stdout
