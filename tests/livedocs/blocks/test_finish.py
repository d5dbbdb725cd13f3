"""The marks of facts, and what is proven."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from livedocs.catalog import Snippet
from livedocs.record import Run

from ..conftest import TABLE, Project
from .converting import convert


def test_a_fact_is_marked_and_listed_at_the_end(project: Project) -> None:
    soup = convert(project, "First, [a reload *keeps* `names`](fact:reload). Last.")
    (fact,) = soup.select("p .ss-fact")
    assert fact.text.startswith("a reload keeps names")
    assert fact.select("em") and fact.select("code")
    (mark,) = fact.select("a")
    assert mark["title"] == "A reload keeps names."
    (item,) = soup.select(f"ol.ss-proof li{mark['href']}")
    (statement,) = item.select("span")
    assert statement.text == "A reload keeps names." and statement.select("code")
    (test,) = item.select("a")
    assert (test.text, test["href"]) == ("test_reload", "/tests/a.py#L3")
    assert soup.select("h2#proof")


def test_a_fact_lists_all_its_tests_and_what_it_ranges_over(project: Project) -> None:
    soup = convert(project, "[Nothing else](fact:all).")
    (item,) = soup.select("#fact-all")
    assert len(item.select("a")) == 2
    assert "Over what dir finds." in item.text


def test_a_fact_may_be_linked_by_reference(project: Project) -> None:
    soup = convert(project, "[A reload][kept] keeps it.\n\n[kept]: fact:reload\n")
    assert len(soup.select(".ss-fact")) == 1


def test_proofs_are_numbered_as_they_stand_on_the_page(project: Project) -> None:
    fact = "[A reload](fact:reload) keeps it."
    soup = convert(project, f"{fact}\n\n{TABLE}\n\nOnce more: {fact}")
    spoken = [span.text for span in soup.select(".ss-fact a span")]
    assert [words.rpartition(" ")[2] for words in spoken] == ["1", "2", "1"]
    assert [a.text for a in soup.select(".ss-proof a")] == ["test_reload", "test_row"]


def test_a_fact_in_code_is_text(project: Project) -> None:
    text = "Write `[words](fact:nowhere)`.\n\n```md\n[words](fact:nowhere)\n```"
    assert not convert(project, text).select(".ss-fact")


@pytest.mark.parametrize(
    "around",
    [
        "{} `x`",
        "- {}",
        "!!! note\n\n    {}",
        "> {}",
        "| a |\n|---|\n| {} |",
        '=== "A"\n\n    {}',
        "**{}**",
    ],
)
def test_a_fact_works_inside(project: Project, around: str) -> None:
    soup = convert(project, around.format("[a reload](fact:reload)"))
    assert len(soup.select(".ss-fact")) == 1


PAGE = "/// snippet | taipy/chat/greet.py\n///\n\n[A reload](fact:reload) keeps it."


def test_the_proofs_say_when_they_ran_and_on_what(project: Project) -> None:
    asked = []

    def ran(programs: Iterable[Snippet], tests: Iterable[str]) -> Run:
        asked.append(([program.id for program in programs], set(tests)))
        return Run("29 November 2026", ("taipy-gui 4.1.2", "Python 3.12"), "0123456789")

    soup = convert(project, PAGE, ran=ran, commit_link=lambda commit: f"/c/{commit}")
    assert asked == [(["taipy/chat/greet"], {"tests/a.py"})]
    said = "They last ran on 29 November 2026, on taipy-gui 4.1.2, Python 3.12, at "
    assert f"{said}commit 0123456." in soup.text
    (commit,) = soup.select("h2 + p a")
    assert commit["href"] == "/c/0123456789"


def test_without_a_record_nobody_says_that_anything_ran(project: Project) -> None:
    assert "ran on" not in convert(project, PAGE).text


def test_what_is_not_tested_stands_below_the_proofs(project: Project) -> None:
    soup = convert(project, PAGE, not_tested=["More than `three` people.", "Windows."])
    items = [item.text for item in soup.select("h3#not-tested + ul li")]
    assert items == ["More than three people.", "Windows."]
    assert soup.select("h3#not-tested + ul code")


def test_long_code_in_a_table_may_go_on_in_another_line(project: Project) -> None:
    """After a name or a bracket; short names stay whole."""
    long = '`ft.Text("a < b", size=12)`'
    soup = convert(
        project,
        f"| `ft.Text(x)` | `long.name` |\n|---|---|\n| `ft.Text(x)` | {long} |\n",
    )
    short, code = soup.select("td code")
    assert not short.select("wbr")
    assert code.text == long.strip("`")
    assert code.decode_contents() == 'ft.<wbr/>Text("a &lt; b", size=<wbr/>12)'
