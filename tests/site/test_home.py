"""The first page shows a transcript, the frameworks and the proofs as they are."""

import re
from pathlib import Path

import yaml

from livedocs.catalog import FRAMEWORKS, Catalog
from tests.site.conftest import ROOT, parsed
from tests.site.invented.hook import LIVEDOCS


def test_both_windows_hold_the_whole_transcript(built_site: Path) -> None:
    head = (ROOT / "docs/index.md").read_text("utf-8").split("---\n")[1]
    demo = yaml.safe_load(head)["demo"]
    said = [f"{line['who']} {line['text']}" for line in demo["lines"]]
    home = parsed(built_site / "index.html")
    windows = home.select(".ss-demo .ss-frame")
    assert len(windows) == len({line["who"] for line in demo["lines"]})
    for window in windows:
        assert [row.text for row in window.select(".ss-msg")] == said


def test_program_of_the_transcript_is_on_the_site(built_site: Path) -> None:
    (link,) = parsed(built_site / "index.html").select(".ss-demo figcaption a")
    program = Path(str(link["href"]))
    assert (built_site / program).read_bytes() == (ROOT / program).read_bytes()


def test_each_door_leads_to_pages_that_are_there(built_site: Path) -> None:
    doors = parsed(built_site / "index.html").select(".ss-door")
    assert len(doors) == 3
    assert all(door.select("a") for door in doors)
    for link in (link for door in doors for link in door.select("a")):
        assert (built_site / str(link["href"]) / "index.html").is_file()


def test_those_who_have_an_app_find_each_page_for_it(built_site: Path) -> None:
    door = parsed(built_site / "index.html").select(".ss-door")[0]
    assert {str(link["href"]) for link in door.select("a")} == {
        f"tutorials/{path.parent.name}/my-app/"
        for path in (ROOT / "docs/tutorials").glob("*/my-app.md")
    }


def test_a_card_names_a_call_that_the_first_tutorial_shows() -> None:
    nav = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:\n")[2]
    for framework in FRAMEWORKS:
        first = re.search(rf"tutorials/{framework.id}/\S+\.md", nav)
        assert first
        page = (ROOT / "docs" / first[0]).read_text("utf-8")
        blocks = re.findall(r"/// (?:snippet|diff) \|(.+)", page)
        programs = {it for block in blocks for it in re.findall(r"\S+\.py", block)}
        name = re.escape(framework.share.lstrip("@").rpartition(".")[2])
        call = re.compile(rf"@(?:\w+\.)?{name}\b|\b{name}\(")
        assert any(
            call.search(Catalog.default().find(program).code)
            for program in programs
            if "/pitfall_" not in program
        ), f"{first[0]} does not show {framework.share}"


def test_several_tutorials_are_found_by_framework(invented_folder: Path) -> None:
    links = parsed(invented_folder / "index.html").select(".ss-pick dd a")
    assert [str(link["href"]) for link in links] == [
        f"tutorials/?framework={framework.id}" for framework in LIVEDOCS.frameworks
    ]


def test_slip_counts_what_is_proven(invented_folder: Path) -> None:
    (slip,) = parsed(invented_folder / "index.html").select(".ss-slip")
    rows = [row.get_text(" ", strip=True) for row in slip.select("li")]
    assert rows[0] == "name0 is kept."
    assert rows[-1] == "and 2 more"
    (total,) = slip.select(".ss-slip__sum")
    assert total.get_text(" ", strip=True) == "7 facts 4 tests"
