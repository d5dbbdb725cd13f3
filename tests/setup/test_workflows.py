"""The workflows do nothing that `make` does not, and write no address down."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from livedocs import record
from tests.setup.fakes import ROOT

FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))


def jobs(name: str) -> dict[str, Any]:
    workflow = yaml.safe_load((ROOT / f".github/workflows/{name}.yml").read_text())
    found: dict[str, Any] = workflow["jobs"]
    return found


def steps(name: str) -> Iterator[dict[str, Any]]:
    for job in jobs(name).values():
        yield from job.get("steps", [])


NAMES = [file.stem for file in FILES]


def test_there_are_three() -> None:
    assert NAMES == ["publish", "test", "weekly"]


@pytest.mark.parametrize("name", NAMES)
def test_every_command_is_a_target_of_make(name: str) -> None:
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    commands = {
        step["run"].replace("${{ matrix.target }}", target)
        for job in jobs(name).values()
        for step in job.get("steps", [])
        for target in job.get("strategy", {}).get("matrix", {}).get("target", [""])
        if "run" in step
    }
    assert commands
    assert commands <= {f"make {target}" for target in targets}


@pytest.mark.parametrize("name", NAMES)
def test_every_action_is_github_s_own_at_a_major_version(name: str) -> None:
    actions = [step["uses"] for step in steps(name) if "uses" in step]
    assert actions
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in actions)


@pytest.mark.parametrize("name", NAMES)
def test_no_address_is_written_down(name: str) -> None:
    assert "://" not in (ROOT / f".github/workflows/{name}.yml").read_text()


def test_both_pythons_lint_build_and_test() -> None:
    job = jobs("test")["test"]
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12"]
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert commands == ["make lint", "make runtime", "make site", "make test"]


def test_the_oldest_streamlit_is_tested_with_every_change() -> None:
    assert "make oldest" in [step.get("run") for step in steps("test")]


def test_every_week_all_stories_are_played_and_mistakes_made() -> None:
    matrix = jobs("weekly")["weekly"]["strategy"]["matrix"]
    assert {"films", "mutate", "bench", "newest"} == set(matrix["target"])


def test_nothing_is_published_before_the_tests() -> None:
    publish = jobs("publish")
    assert publish["test"]["uses"] == "./.github/workflows/test.yml"
    assert publish["build"]["needs"] == "test"
    assert publish["deploy"]["needs"] == "build"


def test_the_published_site_is_told_all_that_the_site_asks_for() -> None:
    (build,) = (step for step in steps("publish") if step.get("run") == "make site")
    asked = re.findall(r"!ENV \[(\w+),", (ROOT / "mkdocs.yml").read_text())
    assert set(build["env"]) == set(asked)


def test_the_published_figures_are_those_of_the_tests_before() -> None:
    (sent,) = (
        step["with"] for step in steps("test") if "upload" in step.get("uses", "")
    )
    (got,) = (
        step["with"] for step in steps("publish") if "download-" in step.get("uses", "")
    )
    matrix = jobs("test")["test"]["strategy"]["matrix"]["python"]
    names = [sent["name"].replace("${{ matrix.python }}", python) for python in matrix]
    assert got["name"] in names
    assert sent["path"] == f"{got['path']}/{record.FILE.name}" == str(record.FILE)
