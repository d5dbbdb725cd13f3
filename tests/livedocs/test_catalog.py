"""What the catalogue knows of a program."""

from __future__ import annotations

from pathlib import Path

import pytest

from livedocs.catalog import FRAMEWORKS, Snippet
from livedocs.errors import SnippetError
from livedocs.front_matter import Framework
from livedocs.launch import SERVERS

from .conftest import PROGRAM, Project


@pytest.fixture
def snippet(project: Project) -> Snippet:
    return project.catalog.find("taipy/chat/greet")


def test_a_snippet_is_found_by_id_and_by_file_name(project: Project) -> None:
    by_id = project.catalog.find("taipy/chat/greet")
    assert by_id == project.catalog.find("taipy/chat/greet.py")
    assert by_id.text == PROGRAM
    assert (by_id.framework, by_id.name) == ("taipy", "greet.py")


def test_all_snippets_are_listed_in_order(project: Project) -> None:
    assert [snippet.id for snippet in project.catalog] == [
        "taipy/chat/greet",
        "taipy/chat/greet_loudly",
    ]


def test_the_code_has_neither_header_nor_markers(snippet: Snippet) -> None:
    assert snippet.code.startswith('"""Greet one or two."""\n\nfrom functools')
    assert "script" not in snippet.code
    assert "region" not in snippet.code


def test_summary_and_dependencies_come_from_the_file(snippet: Snippet) -> None:
    assert snippet.summary == "Greet one or two."
    assert snippet.dependencies == ("taipy-gui==4.1.2",)


@pytest.mark.parametrize("end", [b"\r\n", b"\r"], ids=["CRLF", "CR"])
def test_a_program_is_the_same_however_its_lines_end(
    project: Project, snippet: Snippet, end: bytes
) -> None:
    assert snippet.summary  # what was read is remembered
    snippet.path.write_bytes(PROGRAM.encode().replace(b"\n", end))
    same = project.catalog.find(snippet.id)
    assert (same.code, same.sha256) == (snippet.code, snippet.sha256)
    assert same.dependencies == ("taipy-gui==4.1.2",)
    assert same.section("greet") == snippet.section("greet")


def test_a_program_without_a_header_has_no_dependencies(project: Project) -> None:
    project.write("snippets/taipy/chat/bare.py", "x = 1\n")
    bare = project.catalog.find("taipy/chat/bare")
    assert (bare.dependencies, bare.summary, bare.code) == ((), "", "x = 1\n")


def test_a_function_is_cut_out_with_its_decorators(snippet: Snippet) -> None:
    assert snippet.section("greet").startswith("@cache\ndef greet(")


def test_a_method_is_cut_out_dedented(snippet: Snippet) -> None:
    assert snippet.section("Door.word") == (
        "@property\n"
        "def word(self) -> str:\n"
        '    return "open" if self.open else "shut"\n'
    )


def test_a_class_is_cut_out_whole(snippet: Snippet) -> None:
    assert snippet.section("Door").startswith('class Door:\n    """A door."""\n')


def test_an_assigned_and_a_bound_name_are_sections(snippet: Snippet) -> None:
    assert snippet.section("names") == 'names = ["Alex"]\n'
    assert snippet.section("page") == "with open(__file__) as page:\n    pass\n"


def test_a_marked_region_is_cut_out_without_its_markers(project: Project) -> None:
    text = "a = 1\n# region two words\nb = 2\n\nc = 3\n# endregion\n"
    project.write("snippets/taipy/chat/marked.py", text.replace("two words", "both"))
    marked = project.catalog.find("taipy/chat/marked")
    assert marked.section("both") == "b = 2\n\nc = 3\n"


def test_an_unknown_section_offers_the_nearest(snippet: Snippet) -> None:
    with pytest.raises(SnippetError, match=r"no section 'gret'\. Did you mean 'greet'"):
        snippet.section("gret")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("taipy/chat/great.py", "Did you mean 'taipy/chat/greet.py'"),
        ("taipy/chat", "There is no snippet 'taipy/chat'"),
        ("../greet.py", "leaves snippets/"),
        ("taipy/../taipy/chat/greet.py", "leaves snippets/"),
        ("/etc/passwd", "leaves snippets/"),
        ("taipy/chat/.hidden.py", "There is no snippet"),
        ("taipy/.chat/greet.py", "There is no snippet"),
        (f"taipy/chat/{'x' * 300}.py", "There is no snippet"),
    ],
)
def test_a_wrong_path_is_refused(project: Project, name: str, message: str) -> None:
    for hidden in ("chat/.hidden.py", ".chat/greet.py"):
        project.write(f"snippets/taipy/{hidden}", "x = 1\n")
    with pytest.raises(SnippetError, match=message):
        project.catalog.find(name)


@pytest.mark.parametrize("linked", ["taipy/chat/link.py", "taipy/link"])
def test_a_link_that_leaves_the_folder_is_refused(
    project: Project, tmp_path: Path, linked: str
) -> None:
    project.write("elsewhere/link.py", "secret = 1\n")
    target = tmp_path / ("elsewhere/link.py" if linked.endswith(".py") else "elsewhere")
    (project.root / "snippets" / linked).symlink_to(target)
    name = linked if linked.endswith(".py") else f"{linked}/link.py"
    with pytest.raises(SnippetError, match="a link that leaves snippets/"):
        project.catalog.find(name)


def test_the_run_command_names_the_site_or_the_clone(snippet: Snippet) -> None:
    path = "snippets/taipy/chat/greet.py"
    assert snippet.run_command() == f"uv run {path}"
    assert snippet.run_command("http://127.0.0.1:8000/") == (
        f"uv run http://127.0.0.1:8000/{path}"
    )


IMPORTED = """# /// script
# dependencies = ["streamlit==1.67.0", "pandas==3.0.0"]
# ///
import json
import board.pieces
"""


@pytest.fixture
def app(project: Project) -> Snippet:
    """A page that needs a module of another topic, which needs one beside it."""
    root = "snippets/streamlit"
    project.write(f"{root}/rooms/sync.py", IMPORTED)
    project.write(f"{root}/rooms/board.py", "x = 1\n")
    project.write(f"{root}/rooms/unused.py", "from . import sync\n")
    project.write(
        f"{root}/game/app.py",
        '# /// script\n# dependencies = ["streamlit==1.67.0"]\n# ///\n'
        "import streamlit\n\ndef draw():\n    from sync import Room\n",
    )
    return project.catalog.find("streamlit/game/app")


def test_companions_are_what_it_imports_and_what_that_imports(app: Snippet) -> None:
    companions = [companion.id for companion in app.companions]
    assert companions == ["streamlit/rooms/board", "streamlit/rooms/sync"]


def test_a_companion_is_one_where_python_finds_it_as_well(
    project: Project, app: Snippet, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("snippets/streamlit/rooms/found_on_path.py", "")
    project.write("snippets/streamlit/game/app.py", "import found_on_path\n")
    monkeypatch.syspath_prepend(project.root / "snippets/streamlit/rooms")
    (companion,) = project.catalog.find(app.id).companions
    assert companion.id == "streamlit/rooms/found_on_path"


def test_a_module_beside_it_goes_before_one_of_another_topic(
    project: Project, app: Snippet
) -> None:
    project.write("snippets/streamlit/game/sync.py", "y = 2\n")
    (companion,) = app.companions
    assert companion.id == "streamlit/game/sync"


def test_modules_of_one_name_in_two_other_topics_are_refused(
    project: Project, app: Snippet
) -> None:
    project.write("snippets/streamlit/chat/sync.py", "")
    with pytest.raises(SnippetError) as failure:
        _ = app.companions
    assert failure.value.message == (
        "streamlit/game/app.py imports 'sync', which may be any of "
        "streamlit/chat/sync.py, streamlit/rooms/sync.py. Rename all but one."
    )


def test_a_launcher_has_the_page_that_it_names_and_what_that_imports(
    project: Project, app: Snippet
) -> None:
    text = 'import streamlit as st\n\napp = st.App("app.py")\n'
    project.write("snippets/streamlit/game/push.py", text)
    push = project.catalog.find("streamlit/game/push")
    assert push.companions == tuple(sorted((app, *app.companions), key=lambda s: s.id))


def test_modules_may_import_each_other(project: Project) -> None:
    project.write("snippets/flet/x/one.py", "import two\n")
    project.write("snippets/flet/x/two.py", "import one\n")
    one, two = map(project.catalog.find, ("flet/x/one", "flet/x/two"))
    assert one.companions == (two,)
    assert two.companions == (one,)


def test_the_hash_tells_when_a_companion_has_changed(
    project: Project, app: Snippet
) -> None:
    before = app.sha256
    project.write("snippets/streamlit/rooms/board.py", "x = 2\n")
    after = project.catalog.find(app.id).sha256
    assert before != after
    project.write("snippets/streamlit/rooms/unused.py", "z = 3\n")
    assert project.catalog.find(app.id).sha256 == after


def test_the_run_command_of_a_streamlit_page_starts_it_with_streamlit(
    project: Project,
) -> None:
    project.write("snippets/streamlit/x/bare.py", "import streamlit\n")
    bare = project.catalog.find("streamlit/x/bare")
    path = "snippets/streamlit/x/bare.py"
    assert bare.run_command() == f"uvx streamlit run {path}"
    assert bare.run_command("http://127.0.0.1:8000") == (
        f"uvx streamlit run http://127.0.0.1:8000/{path}"
    )


def test_the_run_command_brings_the_companions_along(app: Snippet) -> None:
    start = "uvx --with pandas==3.0.0 streamlit@1.67.0 run"
    assert app.run_command() == (
        f"PYTHONPATH=snippets/streamlit/rooms {start} snippets/streamlit/game/app.py"
    )
    assert app.run_command("http://127.0.0.1:8000/") == (
        'curl -fLO --no-clobber "http://127.0.0.1:8000/snippets/streamlit/'
        '{game/app,rooms/board,rooms/sync}.py" &&\n'
        f"{start} app.py"
    )


def test_the_run_command_brings_what_the_program_and_its_companions_need(
    project: Project, app: Snippet
) -> None:
    needs = '# dependencies = ["numpy==2.4.0", "streamlit==1.67.0"]'
    project.write(
        "snippets/streamlit/game/app.py",
        f"# /// script\n{needs}\n# ///\nimport sync\n",
    )
    command = project.catalog.find(app.id).run_command()
    assert command.endswith(
        " uvx --with numpy==2.4.0 --with pandas==3.0.0 streamlit@1.67.0 run "
        "snippets/streamlit/game/app.py"
    )


def test_a_library_is_downloaded_not_run(project: Project, app: Snippet) -> None:
    board = project.catalog.find("streamlit/rooms/board")
    assert board.is_library
    assert project.catalog.find("streamlit/rooms/sync").is_library, "of another topic"
    assert not app.is_library
    assert board.run_command() == ""
    assert board.run_command("http://127.0.0.1:8000/") == (
        'curl -fLO --no-clobber "http://127.0.0.1:8000/snippets/streamlit/rooms/board.py"'
    )


def test_what_starts_by_itself_is_no_library(project: Project) -> None:
    project.write("snippets/flet/x/one.py", "import two\n")
    project.write("snippets/flet/x/two.py", "if __name__ == '__main__':\n    pass\n")
    two = project.catalog.find("flet/x/two")
    assert not two.is_library
    assert two.run_command() == "uv run snippets/flet/x/two.py"


def test_every_framework_has_a_page_vocabulary_and_a_server() -> None:
    known = {framework.id for framework in FRAMEWORKS}
    assert known == set(SERVERS) == {framework.value for framework in Framework}
