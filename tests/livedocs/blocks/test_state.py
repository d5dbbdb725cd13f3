"""Who shares what, in a table."""

from __future__ import annotations

from ..conftest import TABLE, Project
from .converting import convert


def test_a_state_table_says_who_shares_what(project: Project) -> None:
    soup = convert(project, TABLE)
    cells = soup.select("table.ss-state tbody tr > *")
    assert [cell.get("class") for cell in cells[2:]] == [["ss-kept"], ["ss-lost"]]
    assert cells[0].name == "th" and cells[0]["scope"] == "row"
    assert soup.select_one(".ss-scope--all").text == "everybody"  # type: ignore[union-attr]
    mark = cells[1].select_one(".ss-fact a")
    assert mark is not None
    assert mark["title"] == (
        "names in greet.py belongs to everybody: kept on reload, lost on restart."
    )
    (item,) = soup.select(str(mark["href"]))
    assert item.select("a")[0]["href"] == "/tests/a.py#L7"


def test_a_state_table_may_leave_events_out(project: Project) -> None:
    text = TABLE.replace(" Restart |", "").replace("---|---|\n", "---|\n")
    soup = convert(project, text.replace(" lost |", ""))
    assert len(soup.select("table.ss-state thead th")) == 3


def test_a_state_tables_heads_lead_to_what_they_mean(project: Project) -> None:
    soup = convert(project, TABLE, words="../words.md")
    heads = soup.select("table.ss-state thead th")
    assert [head.text for head in heads] == ["Name", "Belongs to", "Reload", "Restart"]
    assert [link["href"] for link in soup.select("thead a")] == [
        "../words.md#owner",
        "../words.md#reload",
        "../words.md#restart",
    ]


def test_without_a_page_that_explains_them_heads_are_words(project: Project) -> None:
    assert not convert(project, TABLE).select("thead a")
