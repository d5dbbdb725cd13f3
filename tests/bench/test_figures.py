"""The bench's table, goals and record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench.figures import Figure, Record

COMMIT = "c0ffee" + 34 * "0" + "+"
PARTS = {"edits": "how soon they are seen"}


def record(*figures: Figure) -> Record:
    return Record(
        "2026-11-29",
        12.5,
        "a processor",
        2,
        8.0,
        {"python": "3.12.1"},
        COMMIT,
        PARTS,
        figures,
    )


def test_a_figure_tells_the_median_and_how_far_its_values_lie_apart() -> None:
    figure = Figure("edits", "until it is in sight", (0.5, 0.9, 2.0), "s", 1.0)
    cells = ("edits", "until it is in sight", "0.90", "0.50–2", "", "s", "3", "≤ 1")
    assert figure.row() == cells
    assert not figure.is_missed


def test_a_goal_is_missed_by_the_median_not_by_one_value() -> None:
    figure = Figure("edits", "until it is in sight", (0.5, 1.01, 2.0), "s", 1.0)
    assert figure.is_missed
    assert figure.row()[-1] == "≤ 1 MISSED"
    assert not Figure("edits", "whatever", (9.0,), "s").is_missed


def test_many_values_have_a_95th_percentile() -> None:
    assert Figure("typing", "delay", tuple(range(1, 101)), "ms").p95 == 95.95
    assert Figure("typing", "delay", (1.0, 2.0, 3.0), "ms").p95 is None


def test_the_table_has_a_line_for_each_figure_and_names_the_machine() -> None:
    figures = [
        Figure("edits", "seen", (0.5, 0.9, 2.0), "s", 1.0),
        Figure("idle", "", (3,), "%"),
    ]
    assert record(*figures).table() == (
        "| part  | what | median | least–most | p95 | unit | n | goal |\n"
        "|-------|------|--------|------------|-----|------|---|------|\n"
        "| edits | seen |   0.90 |     0.50–2 |     | s    | 3 | ≤ 1  |\n"
        "| idle  |      |      3 |            |     | %    | 1 |      |\n"
        "\n"
        "edits: how soon they are seen.\n"
        "\n"
        "a processor, 2 cores, 8 GiB; python 3.12.1; 2026-11-29, c0ffee0+; 12.5 minutes"
    )


def test_the_record_has_all_that_a_page_tells_beside_a_number(tmp_path: Path) -> None:
    figure = Figure("edits", "seen", (0.51239, 0.9, 2.0), "s", 1.0)
    record(figure).write(tmp_path / "bench.json")
    data = json.loads((tmp_path / "bench.json").read_text("utf-8"))
    assert data.pop("figures") == [
        {
            "part": "edits",
            "name": "seen",
            "median": 0.9,
            "least": 0.5124,
            "most": 2.0,
            "p95": None,
            "unit": "s",
            "n": 3,
            "goal": 1.0,
        }
    ]
    assert data == {
        "date": "2026-11-29",
        "minutes": 12.5,
        "machine": "a processor",
        "cores": 2,
        "memory": 8.0,
        "versions": {"python": "3.12.1"},
        "commit": COMMIT,
        "parts": PARTS,
    }


@pytest.mark.process
def test_a_record_says_what_it_was_measured_on() -> None:
    here = Record.here({}, [], 90, "156.0.1")
    assert here.minutes == 1.5
    assert here.cores >= 1
    assert here.memory > 0
    assert len(here.commit.rstrip("+")) in (0, 40)  # a copy may have none
    assert {"python", "chromium", "flet", "streamlit"} < here.versions.keys()
