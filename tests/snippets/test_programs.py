"""What holds for every program that the site shows, whatever its framework."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from livedocs.catalog import Catalog, Snippet

CATALOG = Catalog.default()
REQUIREMENTS = Path(__file__).parents[2] / "requirements.txt"

LIBRARY = {
    f"streamlit/rooms/room_{part}"
    for part in ("listener", "outbox", "push", "session", "store", "sync")
}
"""What readers copy beside their apps: longer, for it keeps every promise of rooms."""
LINES = {name: 350 if name in LIBRARY else 80 for name in CATALOG.ids}
"""How many lines that are not blank a program has at most."""

PROGRAMS = [pytest.param(snippet, id=snippet.id) for snippet in CATALOG]
IMPORTABLE = [
    pytest.param(snippet, id=snippet.id)
    for snippet in CATALOG
    if snippet.framework != "streamlit" or snippet.id in LIBRARY
]
"""All but Streamlit's pages, which are scripts by nature: they draw when they run."""

each_program = pytest.mark.parametrize("snippet", PROGRAMS)


@each_program
def test_its_header_pins_what_the_tests_run_on(snippet: Snippet) -> None:
    pinned = set(re.findall(r"(?m)^([\w.\[\]-]+==[\w.]+)", REQUIREMENTS.read_text()))
    assert snippet.dependencies, "there is no PEP 723 header"
    assert set(snippet.dependencies) <= pinned


@each_program
def test_its_header_asks_for_a_python_that_the_site_supports(snippet: Snippet) -> None:
    assert '# requires-python = ">=3.11,<3.13"\n' in snippet.text


@each_program
def test_one_line_says_what_it_is(snippet: Snippet) -> None:
    doc = ast.get_docstring(ast.parse(snippet.text)) or ""
    assert doc == snippet.summary
    assert doc.endswith(".")


@each_program
def test_it_can_be_read_in_one_go(snippet: Snippet) -> None:
    lines = [line for line in snippet.code.splitlines() if line.strip()]
    assert len(lines) < LINES[snippet.id]


@each_program
def test_it_knows_nothing_of_tests_or_of_this_project(snippet: Snippet) -> None:
    imported = re.findall(r"(?m)^(?:from|import) (\w+)", snippet.code)
    assert not {"livedocs", "tests", "pytest"} & set(imported)
    assert not re.search(r"\bTEST", snippet.code)


@pytest.mark.parametrize("snippet", IMPORTABLE)
def test_importing_it_has_no_effect(snippet: Snippet, tmp_path: Path) -> None:
    """It ends by itself at once, prints nothing and leaves no file."""
    run = subprocess.run(
        [
            sys.executable,
            "-B",
            "-c",
            f"import runpy; runpy.run_path({str(snippet.path)!r})",
        ],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(snippet.path.parent)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert not list(tmp_path.iterdir())
