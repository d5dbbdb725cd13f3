"""A program on a page, or parts of it; what is wrong is in test_wrong_input."""

from __future__ import annotations

import pytest

from livedocs.record import Receipt

from ..conftest import Project
from .converting import convert, shown


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
