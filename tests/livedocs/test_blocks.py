"""The blocks as a reader sees them; what is wrong with one is in test_wrong_input."""

from __future__ import annotations

import re
from collections.abc import Iterable

import bs4
import pytest
from markdown import markdown

from livedocs.blocks import PageContext
from livedocs.blocks.code import highlight
from livedocs.catalog import Snippet, SnippetError
from livedocs.facts import Fact, Row, Test
from livedocs.films import Film, Films, Step
from livedocs.record import Receipt, Run

from .conftest import PROGRAM, TABLE, Project

EXTENSIONS = [
    "admonition",
    "livedocs",
    "tables",
    "toc",
    "pymdownx.superfences",
    "pymdownx.tabbed",
]
TEST = Test("test_reload", "tests/a.py", 3)
FACTS = {
    "reload": Fact("reload", "A reload keeps `names`.", "", (TEST,)),
    "all": Fact("all", "Nothing else is kept.", "what `dir` finds", (TEST, TEST)),
}
ROW = Row(
    "greet.py",
    "names",
    "everybody",
    {"reload": "kept", "restart": "lost"},
    (Test("test_row", "tests/a.py", 7),),
)


def convert(project: Project, text: str, **context: object) -> bs4.BeautifulSoup:
    def link(path: str, line: int) -> str:
        return f"/{path}#L{line}" if line else f"/{path}"

    page = PageContext(
        catalog=project.catalog,
        facts=FACTS,
        rows={("greet.py", "names"): ROW},
        strict=True,
        link=link,
        link_in_text=link,
    )
    for name, value in context.items():
        setattr(page, name, value)
    configs: dict[str, dict[str, object]] = {
        "livedocs": {"context": page},
        "pymdownx.tabbed": {"alternate_style": True},
    }
    html = markdown(text, extensions=EXTENSIONS, extension_configs=configs)
    return bs4.BeautifulSoup(html, "html.parser")


def shown(soup: bs4.BeautifulSoup, number: int = 0) -> str:
    return soup.select(".ss-snippet .highlight code")[number].text


def test_a_snippet_shows_the_program_without_header_and_markers(
    project: Project,
) -> None:
    soup = convert(project, "/// snippet | taipy/chat/greet.py\n///")
    assert shown(soup) == project.catalog.find("taipy/chat/greet").code
    assert soup.select_one(".ss-file").text.strip() == "taipy/chat/greet.py"  # type: ignore[union-attr]
    assert soup.select_one(".ss-source")["href"] == "/snippets/taipy/chat/greet.py"  # type: ignore[index]


def test_a_whole_program_comes_with_its_run_command(project: Project) -> None:
    text = "/// snippet | taipy/chat/greet.py\n///"
    soup = convert(project, text, site_url="http://127.0.0.1:8000")
    command = soup.select_one(".ss-run code")
    assert command is not None
    assert command.text == ("uv run http://127.0.0.1:8000/snippets/taipy/chat/greet.py")


def test_a_section_has_no_run_command(project: Project) -> None:
    text = "/// snippet | taipy/chat/greet.py\n    section: greet\n///"
    soup = convert(project, text)
    assert shown(soup).startswith("@cache\ndef greet")
    assert not soup.select(".ss-run, .ss-receipt")


def test_several_sections_stand_in_one_block_in_the_order_named(
    project: Project,
) -> None:
    text = "/// snippet | taipy/chat/greet.py\n    section: [Door.word, names]\n///"
    soup = convert(project, text)
    assert shown(soup).endswith('else "shut"\n\n\nnames = ["Alex"]\n')
    assert "Door.word, names" in soup.select_one(".ss-file").text  # type: ignore[union-attr]


def test_highlight_sets_off_the_lines_that_hold_the_text(project: Project) -> None:
    text = "/// snippet | taipy/chat/greet.py\n    highlight: [names, Hello]\n///"
    lines = [line.text for line in convert(project, text).select(".hll")]
    assert lines == ['names = ["Alex"]\n', '    return f"Hello {name} & <all>"\n']


def test_a_title_takes_the_place_of_the_file_name(project: Project) -> None:
    text = "/// snippet | taipy/chat/greet.py\n    title: Greeting\n///"
    assert convert(project, text).select_one(".ss-file").text.strip() == "Greeting"  # type: ignore[union-attr]


def test_the_receipt_shows_what_was_measured(project: Project) -> None:
    receipt = Receipt("taipy-gui 4.1.2", 9, 3, 13.8, "Chromium 156")
    text = "/// snippet | taipy/chat/greet.py\n///"
    soup = convert(project, text, receipt=lambda snippet: receipt)
    line = soup.select_one(".ss-receipt")
    assert line is not None
    for words in ("taipy-gui 4.1.2", "9 tests", "3 users", "13.8 s", "Chromium 156"):
        assert words in line.text


def test_without_a_measurement_there_is_no_receipt(project: Project) -> None:
    soup = convert(project, "/// snippet | taipy/chat/greet.py\n///")
    assert not soup.select(".ss-receipt")


@pytest.mark.parametrize(
    "around",
    [
        '=== "A"\n\n    {}',
        "!!! note\n\n    {}",
        "- item\n\n    {}",
        '=== "A"\n\n    !!! note\n\n        - item\n\n            {}',
    ],
    ids=["tab", "admonition", "list", "all of them"],
)
def test_a_snippet_works_inside(project: Project, around: str) -> None:
    indent = around[around.rindex("\n") + 1 :].replace("{}", "")
    block = "/// snippet | taipy/chat/greet.py\n    section: greet\n///"
    soup = convert(project, around.format(block.replace("\n", f"\n{indent}")))
    assert shown(soup) == project.catalog.find("taipy/chat/greet").section("greet")
    assert "///" not in soup.text


def test_a_block_inside_a_fence_is_text(project: Project) -> None:
    soup = convert(project, "```text\n/// snippet | nowhere.py\n///\n```")
    assert "/// snippet | nowhere.py" in soup.text


def test_a_diff_shows_the_changes_and_the_whole_new_file(project: Project) -> None:
    arrow = "taipy/chat/greet.py → taipy/chat/greet_loudly.py"
    soup = convert(project, f"/// diff | {arrow}\n///")
    changes, whole = soup.select(".tabbed-block code")
    assert [line.text for line in changes.select("del")] == [
        '"""Greet one or two."""',
        '    return f"Hello {name} & <all>"',
    ]
    assert [line.text for line in changes.select("ins")] == [
        '"""Greet many."""',
        '    return f"HELLO {name} & <all>"',
    ]
    assert changes.select(".ss-skip"), "what stays the same is left out"
    assert whole.text == project.catalog.find("taipy/chat/greet_loudly").code
    assert whole.has_attr("data-copy") and not changes.has_attr("data-copy")
    labels = [label.text for label in soup.select(".tabbed-labels label")]
    assert labels == ["Changes", "Whole file"]


def test_two_diffs_of_a_page_have_tabs_of_their_own(project: Project) -> None:
    arrow = "taipy/chat/greet.py -> taipy/chat/greet_loudly.py"
    soup = convert(project, f"/// diff | {arrow}\n///\n\n/// diff | {arrow}\n///")
    ids = [tab["id"] for tab in soup.select("input")]
    assert len(set(ids)) == 4


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


def test_a_demo_shows_both_windows_with_the_same_lines(project: Project) -> None:
    text = (
        "/// demo | taipy/chat/greet.py\n"
        "    users: [Alex, Doppler]\n"
        "    shared: names\n"
        "    lines:\n"
        "        - Alex: Hey <b>!\n"
        "        - Doppler: What's up?\n"
        "///"
    )
    soup = convert(project, text)
    windows = soup.select(".ss-frame")
    assert len(windows) == 2
    for window in windows:
        rows = [row.text for row in window.select(".ss-msg")]
        assert rows == ["Alex Hey <b>!", "Doppler What's up?"]
    wire = soup.select_one(".ss-wire code")
    assert wire is not None and wire.text == "names"


def film(scheme: str, story: str = "hello") -> Film:
    steps = (Step("Alex sends “<b>”.", 1.0), Step("Doppler sees it.", 2.5))
    return Film(
        snippet="taipy/chat/greet",
        story=story,
        sha256="",
        told="",
        dependencies=("taipy-gui==4.1.2",),
        users=("Alex", "Doppler"),
        width=1000,
        height=440,
        seconds=12.4,
        steps=steps,
        scheme=scheme,
    )


def films(*found: Film) -> Films:
    return Films({film.name: film for film in found})


SHOWN = "/// demo | taipy/chat/greet.py\n    users: [Alex, Doppler]\n"


def test_a_demo_may_be_a_film_told_in_words(project: Project) -> None:
    soup = convert(
        project,
        f"{SHOWN}///",
        films=films(film("light"), film("dark")),
        images="../images/",
    )
    assert not soup.select(".ss-frame")
    (video,) = soup.select("details:not([open]) > video")
    assert video["src"] == "../images/taipy-chat-greet-hello.mp4"
    assert video.has_attr("data-dark")
    words = [item.text for item in soup.select(".ss-film details li")]
    assert words == ["Alex sends “<b>”.", "Doppler sees it."]
    assert str(video["aria-label"]).endswith(
        "each in a browser of their own. Doppler sees it."
    )


def test_a_film_below_windows_waits_to_be_opened(project: Project) -> None:
    lines = "    shared: names\n    lines: [Alex: Hey!]\n"
    soup = convert(project, f"{SHOWN}{lines}///", films=films(film("light")))
    assert len(soup.select(".ss-frame")) == 2
    (video,) = soup.select("details:not([open]) > video")
    assert not video.has_attr("data-dark")


def test_a_demo_shows_the_story_that_it_names(project: Project) -> None:
    found = films(film("light"), film("light", "other"))
    soup = convert(project, f"{SHOWN}    story: other\n///", films=found)
    (video,) = soup.select("video")
    assert video["src"] == "taipy-chat-greet-other.mp4"


@pytest.mark.parametrize(
    ("found", "option", "said"),
    [
        ([], "", "There is no film of taipy/chat/greet.py."),
        (["hello", "other"], "", "has several films: hello, other."),
        (["hello"], "    story: hello2\n", "Did you mean 'hello'?"),
        (["hello"], "    story: [hello]\n", "takes text, not"),
    ],
)
def test_a_demo_without_its_film_is_refused(
    project: Project, found: list[str], option: str, said: str
) -> None:
    there = films(*(film("light", story) for story in found))
    with pytest.raises(SnippetError, match=re.escape(said)):
        convert(project, f"{SHOWN}{option}///", films=there)


def test_a_film_of_other_people_is_refused(project: Project) -> None:
    text = SHOWN.replace("Doppler", "Guest")
    with pytest.raises(SnippetError, match="shows Alex and Doppler, not Alex and G"):
        convert(project, f"{text}///", films=films(film("light")))


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


def test_highlighted_code_reads_exactly_like_the_program() -> None:
    for code in (PROGRAM, "x = 1", 'a = """b\n\nc"""\n', "\n\nif x:\n\tpass\n\n"):
        html = f"<pre>{highlight(code)}</pre>"
        assert bs4.BeautifulSoup(html, "html.parser").text == code
