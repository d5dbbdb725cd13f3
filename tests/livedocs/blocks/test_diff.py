"""What changes from one program to another."""

from __future__ import annotations

from ..conftest import Project
from .converting import convert


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


def test_a_line_ends_where_python_sees_an_end(project: Project) -> None:
    """A form feed is white space to Python, and other signs are part of a text."""
    old = 'x = "a\u2028b"\n\x0c\ny = "\x85"\nz = 1\n'
    project.write("snippets/taipy/chat/a.py", old)
    project.write("snippets/taipy/chat/b.py", old.replace("1", "2"))
    soup = convert(project, "/// diff | taipy/chat/a.py → taipy/chat/b.py\n///")
    changes, whole = soup.select(".tabbed-block code")
    assert [line.text for line in changes.select("del, ins")] == ["z = 1", "z = 2"]
    assert whole.text == old.replace("1", "2")
    text = "/// snippet | taipy/chat/a.py\n    highlight: z\n///"
    assert [line.text for line in convert(project, text).select(".hll")] == ["z = 1\n"]
