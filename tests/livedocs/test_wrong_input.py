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

from .conftest import HEAD, PROOF, Project

PAGE = "docs/tutorials/taipy/chat.md"

Builder = Callable[[Project], None]


def serve_once(project: Project) -> None:
    """What ``mkdocs serve`` does until it would answer; it must not come so far."""
    serve(str(project.root / "mkdocs.yml"), dev_addr="127.0.0.1:1")


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
    "a claim without a test": (
        "Text.\n==A reload loses `names`.==",
        10,
        'No test of this page names the claim "A reload loses `names`."',
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
        'claim "`names` in `greet.py`: everybody; kept on reload."',
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
    "a claim that is not closed": ("Text.\n==A claim.\n", 10, "here is only one"),
    "a claim that is closed in another paragraph": (
        "==A claim.\n\nIt goes on.==",
        9,
        "here is only one",
    ),
    "a claim in a heading": (
        "## ==A reload keeps `names`.==",
        9,
        "not a heading",
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
    text, line, message = BLOCKS[case]
    project.say(text)
    said = complaint(build, project, caplog)
    assert said.count(f"{PAGE}:{line}: ") == 1
    assert message in said


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
    "no front matter": ("", 1, "title, description, framework, category, keywords"),
    "a missing field": (
        HEAD.replace("title: A chat for two\n", ""),
        1,
        "'title' is missing",
    ),
    "an unknown field": (
        HEAD.replace("category", "categorie"),
        5,
        "Unknown field 'categorie'. Did you mean 'category'?",
    ),
    "an unknown category": (
        HEAD.replace("category: chat", "category: chats"),
        5,
        "'chats' is not known. Allowed: chat, rooms, events, push, deploy, upgrade.",
    ),
    "an unknown framework": (
        HEAD.replace("taipy", "taipi"),
        4,
        "Did you mean 'taipy'?",
    ),
    "an empty keyword": (HEAD.replace("[chat,", '[" ",'), 6, "keywords.0"),
    "no keywords": (HEAD.replace("[chat, two users]", "[]"), 6, "keywords"),
    "keywords that are no list": (HEAD.replace("[chat, two users]", "x"), 6, "list"),
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
        HEAD.replace("category:", "title: Again\ncategory:"),
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
    "a test that is not Python": (
        "tests/snippets/taipy/test_chat.py",
        b"x = 1\ndef (:\n",
        "tests/snippets/taipy/test_chat.py:2: This is not Python",
    ),
    "a claim marked on a class": (
        "tests/snippets/taipy/test_chat.py",
        b'import pytest\n@pytest.mark.claim("x")\nclass TestX: ...\n',
        "tests/snippets/taipy/test_chat.py:2: A claim is marked on a test function",
    ),
    "a claim marked on a module": (
        "tests/snippets/taipy/test_chat.py",
        b'import pytest\npytestmark = pytest.mark.claim("x")\n',
        "tests/snippets/taipy/test_chat.py:2: A claim is marked on a test function",
    ),
    "a claim marked on a helper": (
        "tests/snippets/taipy/test_chat.py",
        b'import pytest\n@pytest.mark.claim("x")\ndef helper(): ...\n',
        "tests/snippets/taipy/test_chat.py:2: A claim is marked on a test function",
    ),
    "a claim whose words are computed": (
        "tests/snippets/taipy/test_chat.py",
        b'import pytest\n@pytest.mark.claim(f"{1}")\ndef test_x(): ...\n',
        "tests/snippets/taipy/test_chat.py:2: A claim is named by plain words",
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


@pytest.mark.parametrize("case", FILES)
def test_a_wrong_file_is_refused(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    path, content, message = FILES[case]
    project.write(path, "").write_bytes(content)
    assert message in complaint(build, project, caplog)


def test_a_test_that_names_an_unsaid_claim_is_refused(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    project.write("tests/snippets/taipy/test_chat.py", PROOF)
    project.say("==A reload keeps `names`.==")
    said = complaint(build, project, caplog)
    assert "tests/snippets/taipy/test_chat.py:8: test_names_are_kept names" in said
    assert '"`names` in `greet.py`: everybody; kept on reload' in said


def test_a_claim_in_other_words_is_refused(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    project.write("tests/snippets/taipy/test_chat.py", PROOF)
    project.say("==Reloading keeps `names`.==")
    said = complaint(build, project, caplog)
    assert f"{PAGE}:9: " in said
    assert "Did you mean 'A reload keeps `names`.'?" in said


def test_the_test_of_another_page_proves_nothing_here(
    build: Builder, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    project.write("tests/snippets/taipy/test_rooms.py", PROOF)
    project.say("==A reload keeps `names`.==")
    assert "No test of this page names" in complaint(build, project, caplog)


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


def test_a_right_page_passes(project: Project) -> None:
    project.write("tests/snippets/taipy/test_chat.py", PROOF)
    table = "| Name | Belongs to | Reload | Restart |\n|---|---|---|---|\n"
    row = "| `names` | everybody | kept | lost |"
    state = f"/// state | taipy/chat/greet.py\n\n{table}{row}\n\n///"
    project.say(f"==A reload keeps `names`.==\n\n{state}\n\n{SNIPPET}///")
    project.build()
    assert "test_names_are_kept" in project.html()
