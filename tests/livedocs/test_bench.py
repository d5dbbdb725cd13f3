"""What the bench has measured, on a page."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from markdown import Markdown

from livedocs import bench
from livedocs.bench import Bench, Figure
from livedocs.blocks import LiveDocsExtension, PageContext
from livedocs.errors import SnippetError
from tests.bench import figures

FIGURE = Figure("here", "loaded", 9.617, 9.6, 9.7, None, "MB", 3, 11)
BENCH = Bench(
    date="2026-12-01",
    minutes=14,
    machine="A processor, Linux",
    cores=2,
    memory=23.5,
    versions={"python": "3.11.7"},
    commit="0123456789" * 4,
    parts={"here": "what is measured", "rooms": "something else"},
    figures=(FIGURE, replace(FIGURE, part="rooms", name="a click")),
)


def shown(text: str, found: Bench | None = BENCH) -> BeautifulSoup:
    """What a page shows."""
    context = PageContext(source="docs/costs.md", bench=found)
    extension = LiveDocsExtension(context=context)
    return BeautifulSoup(Markdown(extensions=[extension]).convert(text), "html.parser")


def test_a_part_is_a_table_with_the_machine_below() -> None:
    page = shown("/// figures | here\n    caption: Two people\n///\n")
    cells = [it.get_text() for it in page.select("tbody tr > *")]
    assert cells == ["loaded", "9.62 MB", "9.60–\u20609.70"]
    assert [it.get_text() for it in page.select("caption")] == ["Two people"]
    (below,) = page.select(".ss-measured")
    assert below.get_text() == (
        "2026-12-01, A processor, Linux, 2 cores, 24 GiB, python 3.11.7, commit 0123456"
    )


def test_without_a_caption_it_says_what_the_bench_says() -> None:
    (caption,) = shown("/// figures | here\n///\n").select("caption")
    assert caption.get_text() == "what is measured"


def test_a_page_may_show_some_of_a_part() -> None:
    more = (FIGURE, replace(FIGURE, name="memory"), replace(FIGURE, name="started"))
    found = replace(BENCH, figures=more)
    names = {
        "": ["loaded", "memory", "started"],
        "    show: mem\n": ["memory"],
        "    show: [start, loaded]\n": ["loaded", "started"],
    }
    for option, expected in names.items():
        page = shown(f"/// figures | here\n{option}///\n", found)
        assert [it.get_text() for it in page.select("tbody th")] == expected


@pytest.mark.parametrize(
    ("text", "found", "wrong"),
    [
        (
            "/// figures | here\n    show: [loaded, lauded]\n///\n",
            BENCH,
            "No figure of 'here' begins with 'lauded'. Did you mean 'loaded'?",
        ),
        ("/// figures | hear\n///\n", BENCH, "no part 'hear'. Did you mean 'here'?"),
        (
            "/// figures | here\n///\n",
            None,
            "There is no docs/bench.json yet. Type: make",
        ),
    ],
)
def test_a_figure_that_was_not_measured_is_an_error_at_its_line(
    text: str, found: Bench | None, wrong: str
) -> None:
    with pytest.raises(SnippetError, match=r"docs/costs\.md:1: ") as error:
        shown(text, found)
    assert wrong in str(error.value)


@pytest.mark.process
def test_what_the_bench_writes_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    measured = figures.Figure("here", "loaded", (9.5, 9.7, 9.6), "MB", 11)
    record = figures.Record.here({"here": "it"}, [measured], 60, "156")
    record.write(tmp_path / bench.FILE)
    found = bench.read(tmp_path)
    assert found
    assert found.figures == (
        Figure("here", "loaded", 9.6, 9.5, 9.7, None, "MB", 3, 11),
    )
    assert found.versions["chromium"] == "156"
    assert bench.read(tmp_path / "elsewhere") is None


def test_the_record_of_the_project_has_all_parts_of_the_bench() -> None:
    from tests.bench.__main__ import PARTS

    found = json.loads(figures.RECORD.read_text("utf-8"))
    assert found["parts"].keys() == PARTS.keys()
