"""Whatever is wrong on a page fails the build, with page, line and the right name.

Each case runs through the two ways a page is built, ``mkdocs build`` (`make site`) and
``mkdocs serve`` (`make serve`).
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from mkdocs.commands.serve import serve
from mkdocs.exceptions import Abort, MkDocsException

from .conftest import HEAD, LIBRARY, PROOF, SHELVES, WORDS, Project
from .conftest import TABLE as STATE

PAGE = "docs/tutorials/taipy/chat.md"

Builder = Callable[[Project], None]


def serve_once(project: Project) -> None:
    """What ``mkdocs serve`` does until it answers: this address is no machine's."""
    serve(str(project.root / "mkdocs.yml"), dev_addr="192.0.2.1:8000")


@pytest.fixture(params=[Project.build, serve_once], ids=["build", "serve"])
def build(request: pytest.FixtureRequest) -> Builder:
    builder: Builder = request.param
    return builder


def complaint(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture
) -> str:
    """Everything that is said when the build fails."""
    with caplog.at_level(logging.WARNING), pytest.raises(MkDocsException) as failure:
        build(project)
    assert isinstance(failure.value, Abort), "MkDocs shows a traceback for others"
    return "\n".join([*caplog.messages, failure.value.message])


def is_refused(
    build: Builder,
    project: Project,
    caplog: pytest.LogCaptureFixture,
    text: str,
    line: int,
    message: str,
) -> None:
    """See that a page with this text fails, once, at this line, and says this."""
    project.say(text)
    said = complaint(build, project, caplog)
    assert said.count(f"{PAGE}:{line}: ") == 1
    assert message in said


DEMO = (
    "/// demo | taipy/chat/greet.py\n"
    "    users: [Alex, Doppler]\n"
    "    shared: names\n"
    "    lines: [Alex: Hey!]\n///"
)
SNIPPET = "/// snippet | taipy/chat/greet.py\n"
TABLE = (
    "/// state | taipy/chat/greet.py\n\n"
    "| Name | Belongs to | Reload |\n|---|---|---|\n{}\n\n///"
)
TESTED = "tests/snippets/taipy/test_chat.py"
BLOCKS = {
    "unknown file": (
        "/// snippet | taipy/chat/great.py\n///",
        9,
        "no snippet 'taipy/chat/great.py'. Did you mean 'taipy/chat/greet.py'?",
    ),
    "no file": ("Text.\n\n/// snippet\n///", 11, "names no file"),
    "unknown section": (
        f"Text.\n\n{SNIPPET}    section: gret\n///",
        11,
        "no section 'gret'. Did you mean 'greet'?",
    ),
    "one unknown section of two": (
        f"{SNIPPET}    section: [greet, Dor]\n///",
        9,
        "no section 'Dor'. Did you mean 'Door'?",
    ),
    "highlight that matches nothing": (
        f"{SNIPPET}    highlight: Helo\n///",
        9,
        "nothing shown of taipy/chat/greet.py holds 'Helo'",
    ),
    "highlight outside of the section": (
        f"{SNIPPET}    section: Door\n    highlight: Hello\n///",
        9,
        "nothing shown of taipy/chat/greet.py holds 'Hello'",
    ),
    "unknown option": (
        f"{SNIPPET}    sections: greet\n///",
        9,
        "no option 'sections'. Did you mean 'section'?",
    ),
    "ill-typed option": (f"{SNIPPET}    section: 3\n///", 9, "not 3"),
    "ill-typed list": (f"{SNIPPET}    highlight: [a, 3]\n///", 9, "not ['a', 3]"),
    "empty option": (f"{SNIPPET}    title:\n///", 9, "not None"),
    "an option without a colon": (
        f"{SNIPPET}    section greet\n///",
        10,
        "These are not options",
    ),
    "an option that is not indented": (
        f"{SNIPPET}section: greet\n///",
        9,
        "indented by four spaces",
    ),
    "a block that is not closed": (f"{SNIPPET}\nText.", 9, "never closed"),
    "a path with ..": ("/// snippet | ../greet.py\n///", 9, "leaves snippets/"),
    "an absolute path": ("/// snippet | /etc/hosts\n///", 9, "leaves snippets/"),
    "diff of equal files": (
        "/// diff | taipy/chat/greet.py → taipy/chat/greet.py\n///",
        9,
        "show the same code",
    ),
    "diff of one file": ("/// diff | taipy/chat/greet.py\n///", 9, "names two files"),
    "diff with an unknown file": (
        "/// diff | taipy/chat/greet.py → taipy/chat/gret_loudly.py\n///",
        9,
        "Did you mean 'taipy/chat/greet_loudly.py'?",
    ),
    "diff with an option": (
        "/// diff | taipy/chat/greet.py → taipy/chat/greet_loudly.py\n"
        "    section: greet\n///",
        9,
        "no option 'section'",
    ),
    "a second block, inside a tab": (
        f'{SNIPPET}///\n\n=== "Tab"\n\n    {SNIPPET}        section: gret\n    ///',
        14,
        "Did you mean 'greet'?",
    ),
    "a Python fence": ("Text.\n\n```python\nx = 1\n```", 11, "written by hand"),
    "a Python fence inside a tab": (
        '=== "Tab"\n\n    ~~~ { .py title="x" }\n    x = 1\n    ~~~',
        11,
        "written by hand",
    ),
    "a Python session": ("```pycon\n>>> 1\n```", 9, "written by hand"),
    "a fact that no test proves": (
        "Text.\n[A reload](fact:reloads) loses it.",
        10,
        "No test proves the fact 'reloads'. Mark one with @pytest.mark.fact('reloads')",
    ),
    "a fact without words": ("Text.\n[](fact:reload)", 10, "'reload' has no words"),
    "a fact in a heading": (
        "## [A reload](fact:reload)",
        9,
        "not into a heading",
    ),
    "the second link to a fact, where both are wrong": (
        "`[x](fact:no)`\n\n```md\n[x](fact:no)\n```\n\n- [x](fact:no)",
        15,
        "No test proves the fact 'no'",
    ),
    "a state table with an unknown name": (
        TABLE.format("| `name` | everybody | kept |"),
        13,
        "Did you mean 'names'?",
    ),
    "a state table with an unknown scope": (
        TABLE.format("| `names` | everyone | kept |"),
        13,
        "everybody",
    ),
    "a state table with an unknown fate": (
        TABLE.format("| `names` | everybody | keep |"),
        13,
        "Did you mean 'kept'?",
    ),
    "a demo without lines": (
        DEMO.replace("    lines: [Alex: Hey!]\n", ""),
        9,
        "needs the option 'lines'",
    ),
    "a demo with an unknown user": (
        DEMO.replace("Alex: Hey", "Alec: Hey"),
        9,
        "'Alec' is no user here. Did you mean 'Alex'?",
    ),
    "a demo with three users": (
        DEMO.replace("Doppler", "Doppler, Third"),
        9,
        "two users, not 3",
    ),
    "a demo that shares an unknown name": (
        DEMO.replace("names", "nams"),
        9,
        "Did you mean 'names'?",
    ),
    "a demo with ill-typed lines": (
        DEMO.replace("[Alex: Hey!]", "Hey!"),
        9,
        "a list of lines",
    ),
    "a state table whose rows have no test": (
        TABLE.format("| `names` | everybody | kept |"),
        13,
        "@pytest.mark.state('greet.py', 'names', 'everybody', reload='kept')",
    ),
    "a state table with columns in another order": (
        TABLE.format("| `names` | everybody | kept |").replace("Reload", "Reloads"),
        9,
        "Name | Belongs to | Reload | Reconnect | Restart",
    ),
    "a block that there is not": (
        SNIPPET.replace("snippet", "snipet") + "///",
        9,
        "There is no block 'snipet'. Did you mean 'snippet'?",
    ),
    "a fence without a language": ("```\nx = 1\n```", 9, "names no language"),
    "a raw picture": ('Text.\n<img src="no.png">', 10, "<img> is not checked"),
    "a raw link": ('<p><a href="no">x</a></p>', 9, "<a> is not checked"),
    "a reference that is not there": ("See [this][there].", 9, "[this][there]"),
    "a state table without a table": (
        "/// state | taipy/chat/greet.py\n\nText.\n\n///",
        9,
        "one Markdown table",
    ),
}


@pytest.mark.parametrize("case", BLOCKS)
def test_a_wrong_block_is_refused(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    is_refused(build, project, caplog, *BLOCKS[case])


REFERENCE = """\
/// reference | streamlit/shelves
    names: [Board, Oak, Wood]
///

/// reference | streamlit/shelves
    names: [WoodError, cut, saw]
///
"""

REFERENCES = {
    "an exported name that the page leaves out": (
        REFERENCE.replace(", saw", ""),
        13,
        f"{SHELVES}/__init__.py exports 'saw', and this reference leaves it out. "
        "Write '/// reference | streamlit/shelves' with the option 'names: [saw]'",
    ),
    "a page that only lists the names": (
        "/// reference | streamlit/shelves\n///",
        9,
        "exports 'Board', and this reference leaves it out",
    ),
    "a name that is not exported": (
        REFERENCE.replace("saw", "_saw"),
        13,
        f"{SHELVES}/__init__.py exports no '_saw'. Did you mean 'saw'?",
    ),
    "a name that is exported no more": (
        REFERENCE.replace("saw", "saw, Size"),
        13,
        f"{SHELVES}/__init__.py exports no 'Size'.",
    ),
    "a name that is there twice": (
        REFERENCE.replace("saw", "saw, Oak"),
        13,
        "'Oak' is described on this page already",
    ),
    "a library that there is not": (
        REFERENCE.replace("/shelves", "/shelfs"),
        9,
        "There is no package 'streamlit/shelfs'. Did you mean 'streamlit/shelves'?",
    ),
    "text in the block": (
        "/// reference | streamlit/shelves\n\nText.\n\n///",
        9,
        "takes options, each indented by four spaces",
    ),
}


@pytest.mark.parametrize("case", REFERENCES)
def test_a_wrong_reference_is_refused(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    project.add_library()
    is_refused(build, project, caplog, *REFERENCES[case])


DOCSTRINGS = {
    "a function without one": (
        "saw.py",
        ('"""Saw', '_ = """Saw'),
        "saw.py:1: 'saw' has no docstring",
    ),
    "a method without one": (
        "board.py",
        ('"""Turn it.', '_ = """Turn it.'),
        "board.py:67: 'Board.turn' has no docstring",
    ),
    "an attribute without one": (
        "board.py",
        ('"""The longest side, in metres."""', ""),
        "board.py:63: 'Board.length' has no docstring",
    ),
    "an argument that it leaves out": (
        "saw.py",
        ('        kind: "pull" or "push".\n', ""),
        "saw.py:1: 'saw' does not describe its argument 'kind'",
    ),
    "an argument of the class that it leaves out": (
        "board.py",
        ("        wood: what it is made of.\n", ""),
        "board.py:43: 'Board' does not describe its argument 'wood'",
    ),
    "an argument that there is not": (
        "saw.py",
        ("        kind:", "        sort: which.\n        kind:"),
        "saw.py:1: 'saw' has no argument 'sort'. Take it out.",
    ),
    "a name without an example": (
        "saw.py",
        ("Example:", "Look:"),
        "saw.py:1: 'saw' has no example of its use",
    ),
    "an example of something else": (
        "__init__.py",
        ("import cut\n\n    cut(2)", "import saw\n\n    saw(2)"),
        "__init__.py:6: 'cut' has no example of its use",
    ),
    "an exported name that there is not": (
        "__init__.py",
        ('"saw"]', '"saw", "plane"]'),
        "__init__.py:1: __all__ names 'plane', and the package does not have it",
    ),
    "no exported names": (
        "__init__.py",
        ("__all__ =", "names ="),
        "__init__.py:1: It has no __all__",
    ),
    "a module that is not Python": (
        "saw.py",
        ("def saw(", "def saw((("),
        "saw.py:1: This is not Python",
    ),
}


@pytest.mark.parametrize("case", DOCSTRINGS)
def test_what_docstrings_lack_is_said(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    name, (old, new), message = DOCSTRINGS[case]
    assert LIBRARY[name].count(old) == 1
    project.add_library()
    project.write(f"{SHELVES}/{name}", LIBRARY[name].replace(old, new))
    project.say(REFERENCE)
    said = complaint(build, project, caplog)
    assert f"{SHELVES}/{message}" in said
    assert f"{PAGE}:" not in said, "nothing is wrong there"


def test_a_link_out_of_the_folder_is_refused(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    outside = project.write("secret.py", "secret = 1\n")
    (project.root / "snippets/taipy/chat/link.py").symlink_to(outside)
    project.say("/// snippet | taipy/chat/link.py\n///")
    said = complaint(build, project, caplog)
    assert f"{PAGE}:9: 'taipy/chat/link.py' is a link that leaves snippets/" in said


def test_a_link_out_of_the_folder_is_not_published_either(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    outside = project.write("secret.py", "secret = 1\n")
    (project.root / "snippets/taipy/chat/link.py").symlink_to(outside)
    said = complaint(build, project, caplog)
    assert "'taipy/chat/link.py' is a link that leaves snippets/" in said


HEADS = {
    "no front matter": (
        "",
        1,
        "title, description, framework, subjects, level, keywords",
    ),
    "a missing field": (
        HEAD.replace("title: A chat for two\n", ""),
        1,
        "'title' is missing",
    ),
    "an unknown field": (
        HEAD.replace("subjects", "subject"),
        5,
        "Unknown field 'subject'. Did you mean 'subjects'?",
    ),
    "an unknown subject": (
        HEAD.replace("subjects: [chat]", "subjects: [chats]"),
        5,
        "'chats' is not known. Allowed: state, chat, forms and tables, presence,",
    ),
    "an unknown framework": (
        HEAD.replace("taipy", "taipi"),
        4,
        "Did you mean 'taipy'?",
    ),
    "an empty keyword": (HEAD.replace("[chat,", '[" ",'), 7, "keywords.0"),
    "no keywords": (HEAD.replace("[chat, two users]", "[]"), 7, "keywords"),
    "keywords that are no list": (HEAD.replace("[chat, two users]", "x"), 7, "list"),
    "a description that is too short": (
        HEAD.replace(" that is only here to be taken apart by the tests", ""),
        3,
        "at least 30 characters",
    ),
    "an empty title": (HEAD.replace("A chat for two", ""), 2, "title"),
    "another framework than the folder's": (
        HEAD.replace("taipy", "flet"),
        4,
        "'flet' is not the folder that the page is in, 'taipy'",
    ),
    "a field that is there twice": (
        HEAD.replace("subjects:", "title: Again\nsubjects:"),
        5,
        "'title' is there twice",
    ),
    "a date that there is not": (
        HEAD.replace("A chat for two", "2024-13-45"),
        2,
        "not YAML",
    ),
    "broken YAML": (HEAD.replace("users]", "users"), 7, "not YAML"),
}


@pytest.mark.parametrize(
    ("first", "message"),
    [
        ("taipy/cat", "There is no tutorial 'taipy/cat'. Did you mean 'taipy/chat'?"),
        ("taipy/zoo", "'taipy/zoo' comes later. Move it before this page in 'nav'"),
    ],
)
def test_a_tutorial_comes_after_those_on_which_it_builds(
    build: Builder,
    project: Project,
    caplog: pytest.LogCaptureFixture,
    first: str,
    message: str,
) -> None:
    notes = "docs/tutorials/taipy/notes.md"
    project.write("docs/tutorials/taipy/zoo.md", HEAD)
    project.write(notes, HEAD.replace("keywords", f"read_first: [{first}]\nkeywords"))
    assert f"{notes}:1: read_first: {message}" in complaint(build, project, caplog)


@pytest.mark.parametrize("case", HEADS)
def test_wrong_front_matter_is_refused(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    head, line, message = HEADS[case]
    project.say("Text.", head)
    said = complaint(build, project, caplog)
    assert f"{PAGE}:{line}: " in said
    assert message in said


LINKS = {
    "a page": ("[x](../../indx.md)", "'../../index.md'"),
    "a page with an anchor": ("[x](../../indx.md#home)", "'../../index.md'"),
    "an anchor here": ("## Two names\n\n[x](#two-name)", "'#two-names'"),
    "an anchor elsewhere": ("[x](../../index.md#hom)", "'#home'"),
    "an image": ("![x](../../images/tow.png)", "images/two.png'"),
    "a page without an ending": ("[x](../../index)", "'../../index.md'"),
    "an absolute path": ("[x](/index.md)", "index.md"),
}


@pytest.mark.parametrize("case", LINKS)
def test_a_broken_link_is_refused(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    text, nearest = LINKS[case]
    project.write("docs/images/two.png", "")
    project.say(f"Text.\n\n{text}")
    said = complaint(build, project, caplog)
    line = 9 + f"Text.\n\n{text}"[: f"Text.\n\n{text}".rindex("](")].count("\n")
    assert f"{PAGE}:{line}: " in said
    assert nearest in said


FILES = {
    "a program that is not Python": (
        "snippets/taipy/chat/other.py",
        b"def (:\n",
        "snippets/taipy/chat/other.py:1: This is not Python",
    ),
    "a program that is not UTF-8": (
        "snippets/taipy/chat/other.py",
        b'x = "\xe4"\n',
        "snippets/taipy/chat/other.py:1: This is not UTF-8",
    ),
    "a program with a byte order mark": (
        "snippets/taipy/chat/other.py",
        b"\xef\xbb\xbfx = 1\n",
        "snippets/taipy/chat/other.py:1: It starts with a byte order mark",
    ),
    "a program in the wrong place": (
        "snippets/taipy/other.py",
        b"x = 1\n",
        "snippets/taipy/other.py: A program is snippets/<framework>/<topic>",
    ),
    "a program with a null byte": (
        "snippets/taipy/chat/other.py",
        b"x = 1\n\x00\n",
        "snippets/taipy/chat/other.py:1: This is not Python",
    ),
    "a program whose head is not TOML": (
        "snippets/taipy/chat/other.py",
        b"#!x\n# /// script\r\n# dependencies = [\r\n# ///\r\nx = 1\n",
        "snippets/taipy/chat/other.py:2: The head of this program is not TOML",
    ),
    "a program whose name cannot be typed": (
        "snippets/taipy/chat/greet (copy).py",
        b"x = 1\n",
        "snippets/taipy/chat/greet (copy).py: A program is called in letters, digits",
    ),
    "a test that is not Python": (
        "tests/snippets/taipy/test_chat.py",
        b"x = 1\ndef (:\n",
        "tests/snippets/taipy/test_chat.py:2: This is not Python",
    ),
    "a page that is not UTF-8": (
        "docs/tutorials/taipy/other.md",
        b"\xe4",
        "docs/tutorials/taipy/other.md:1: This is not UTF-8",
    ),
    "a page in the wrong place": (
        "docs/tutorials/other.md",
        b"Text.",
        "docs/tutorials/other.md:1: A tutorial is docs/tutorials/<framework>/<topic>",
    ),
}


def test_a_link_that_leads_nowhere_is_refused(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    (project.root / "snippets/taipy/chat/old.py").symlink_to("moved.py")
    said = complaint(build, project, caplog)
    assert "snippets/taipy/chat/old.py: This link leads nowhere." in said


@pytest.mark.parametrize("case", FILES)
def test_a_wrong_file_is_refused(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    path, content, message = FILES[case]
    project.write(path, "").write_bytes(content)
    said = complaint(build, project, caplog)
    assert message in said
    assert f"{PAGE}:" not in said, "nothing is wrong there"


SAID = f"[A reload](fact:reload) keeps it.\n\n{STATE}"


def test_a_right_page_passes(project: Project) -> None:
    project.write(TESTED, PROOF)
    project.say(f"{SAID}\n\n{SNIPPET}///")
    project.build()
    assert "test_names_are_kept" in project.html()


def test_a_fact_that_its_page_does_not_use_is_refused(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    project.write(TESTED, PROOF)
    project.say(STATE)
    said = complaint(build, project, caplog)
    assert (
        f"{TESTED}:6: test_names_are_kept proves the fact 'reload', and {PAGE}" in said
    )


def test_a_row_that_its_page_does_not_show_is_refused(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    project.write(TESTED, PROOF)
    project.say("[A reload](fact:reload) keeps it.")
    said = complaint(build, project, caplog)
    assert f"{TESTED}:6: test_names_are_kept tells the state of 'names'" in said


def test_a_concept_that_leaves_out_what_its_tests_prove_is_refused(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    tested = "tests/snippets/flet/test_who_shares_what.py"
    row = "@pytest.mark.state" + PROOF.partition("@pytest.mark.state")[2]
    project.write(tested, PROOF.replace(row.partition("def ")[0], ""))
    project.write("docs/concepts/who-shares-what.md", WORDS)
    said = complaint(build, project, caplog)
    assert "proves the fact 'reload', and docs/concepts/who-shares-what.md does" in said


def test_another_page_of_the_family_may_refer_to_it(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    project.write(TESTED, PROOF)
    project.say("It is kept.")
    head = (project.root / PAGE).read_text("utf-8").partition("\n\n")[0]
    more = PAGE.replace(".md", "-how-to.md")
    project.write(more, f"{head}\n\n{SAID}\n")
    project.build()
    project.write(more, f"{head}\n\n{STATE}\n")
    said = complaint(build, project, caplog)
    assert f"proves the fact 'reload', and neither {PAGE} nor {more} refers" in said


def test_a_fact_by_another_name_is_refused(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    project.write(TESTED, PROOF)
    project.say("[A reload](fact:relaod) keeps it.")
    said = complaint(build, project, caplog)
    assert f"{PAGE}:9: No test proves the fact 'relaod'." in said
    assert "Did you mean 'reload'?" in said


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("one tab | kept | lost", "says 'one tab' of 'names'"),
        ("everybody | lost | lost", "says 'lost' of 'names'"),
        ("everybody | kept | kept", "and test_names_are_kept (tests/snippets/taipy/"),
    ],
)
def test_a_row_that_a_test_contradicts_is_refused(
    build: Builder,
    project: Project,
    caplog: pytest.LogCaptureFixture,
    row: str,
    message: str,
) -> None:
    project.write(TESTED, PROOF)
    project.say(SAID.replace("everybody | kept | lost", row))
    said = complaint(build, project, caplog)
    assert f"{PAGE}:15: The table " in said
    assert message in said


def test_a_row_with_an_event_that_no_test_has_seen_is_refused(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    project.write(TESTED, PROOF.replace(', restart="lost"', ""))
    project.say(SAID)
    said = complaint(build, project, caplog)
    assert "what becomes of 'names' in greet.py on restart" in said


def test_the_row_of_another_page_proves_nothing_here(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    project.write("tests/snippets/taipy/test_rooms.py", PROOF)
    project.say(SAID)
    said = complaint(build, project, caplog)
    assert "No test of this page tells the state of 'names'" in said


def test_the_fact_of_another_page_may_be_used(project: Project) -> None:
    project.write("docs/tutorials/taipy/rooms.md", f"{HEAD}\n{SAID}")
    project.write("tests/snippets/taipy/test_rooms.py", PROOF)
    project.say("[A reload](fact:reload) keeps it.")
    project.build()
    assert "test_names_are_kept" in project.html()


@pytest.mark.process
@pytest.mark.parametrize("quiet", [[], ["--quiet"]], ids=["", "quiet"])
def test_the_command_ends_with_an_error_and_no_traceback(
    project: Project, quiet: list[str]
) -> None:
    project.say("/// snippet | taipy/chat/great.py\n///")
    run = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", *quiet],
        cwd=project.root,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 1
    assert f"{PAGE}:9: There is no snippet" in run.stderr
    assert "Traceback" not in run.stdout + run.stderr
