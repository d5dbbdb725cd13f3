"""What holds for every program that the site shows, whatever its framework."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from livedocs.catalog import Catalog, Snippet

CATALOG = Catalog.default()
REQUIREMENTS = Path(__file__).parents[2] / "requirements.txt"

LIBRARY = {snippet.id for snippet in CATALOG if snippet.package}
"""What readers install: longer, for it keeps every promise of rooms."""
LINES = {name: 400 if name in LIBRARY else 80 for name in CATALOG.ids}
"""How many lines that are not blank a program has at most."""
# What keeps presses and takes an echo for one takes 30 lines: these have work besides.
LINES |= {"taipy/events/board": 110, "taipy/events/job_failed": 95}

PROGRAMS = [pytest.param(snippet, id=snippet.id) for snippet in CATALOG]
IMPORTABLE = [
    pytest.param(snippet, id=snippet.id)
    for snippet in CATALOG
    if snippet.framework != "streamlit" or snippet.id in LIBRARY
]
"""All but Streamlit's pages, which are scripts by nature: they draw when they run."""

StartImporter = Callable[[str], "subprocess.Popen[str]"]

each_program = pytest.mark.parametrize("snippet", PROGRAMS)
each_script = pytest.mark.parametrize(
    "snippet", [pytest.param(it, id=it.id) for it in CATALOG if not it.package]
)


@each_script
def test_its_header_pins_what_the_tests_run_on(snippet: Snippet) -> None:
    pinned = set(re.findall(r"(?m)^([\w.\[\]-]+==[\w.]+)", REQUIREMENTS.read_text()))
    assert snippet.dependencies, "there is no PEP 723 header"
    assert set(snippet.dependencies) <= pinned


@each_script
def test_its_header_asks_for_a_python_that_the_site_supports(snippet: Snippet) -> None:
    assert '# requires-python = ">=3.11,<3.13"\n' in snippet.text


@each_program
def test_one_line_says_what_it_is(snippet: Snippet) -> None:
    doc = ast.get_docstring(ast.parse(snippet.text)) or ""
    assert snippet.package or doc == snippet.summary
    assert snippet.summary.endswith(".")


@each_program
def test_it_can_be_read_in_one_go(snippet: Snippet) -> None:
    lines = [line for line in snippet.code.splitlines() if line.strip()]
    assert len(lines) < LINES[snippet.id]


@each_program
def test_it_knows_nothing_of_tests_or_of_this_project(snippet: Snippet) -> None:
    imported = re.findall(r"(?m)^(?:from|import) (\w+)", snippet.code)
    assert not {"livedocs", "tests", "pytest"} & set(imported)
    assert not re.search(r"\bTEST", snippet.code)


IMPORTER = """
import gc, importlib, os, runpy, signal, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
gc.freeze()  # a copy that ends need not look through all of that
for line in sys.stdin:
    program, folder = line.rstrip("\\n").split("\\t")
    if child := os.fork():
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    signal.alarm(60)
    os.chdir(folder)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number in (1, 2):
        os.dup2(os.open(f"{folder}.{number}", os.O_WRONLY | os.O_CREAT), number)
    folder = os.path.dirname(program)
    is_module = os.path.exists(f"{folder}/__init__.py")
    sys.path.insert(0, os.path.dirname(folder) if is_module else folder)
    runpy.run_path(program)
    break
"""
"""Imports modules once, and then programs, each in a copy of the process as it is then.

It is told a program and a folder a line, and answers with the exit code; what the
program prints goes into files beside the folder.
"""


def imported_by(snippets: Iterable[Snippet]) -> set[str]:
    """The modules that these programs import, but for other programs."""
    programs = {it.package or it.path.stem for it in CATALOG}
    modules: set[str] = set()
    for snippet in snippets:
        for node in ast.walk(ast.parse(snippet.text)):
            match node:
                case ast.Import(names):
                    found = {name.name for name in names}
                case ast.ImportFrom(module=str(module), level=0):
                    found = {module}
                case _:
                    continue
            modules |= {it for it in found if it.partition(".")[0] not in programs}
    return modules


class TestImporting:
    """What programs do when they are imported and not started."""

    @pytest.mark.process
    @pytest.mark.parametrize("snippet", IMPORTABLE)
    def test_importing_it_has_no_effect(
        self, start_importer: StartImporter, snippet: Snippet, tmp_path: Path
    ) -> None:
        """It ends by itself at once, prints nothing and leaves no file."""
        importer = start_importer(snippet.framework)
        folder = tmp_path / "folder"
        folder.mkdir()
        assert importer.stdin
        assert importer.stdout
        importer.stdin.write(f"{snippet.path}\t{folder}\n")
        importer.stdin.flush()
        code = importer.stdout.readline()
        printed = [(tmp_path / f"folder.{number}").read_text() for number in (1, 2)]
        assert (code, *printed) == ("0\n", "", "")
        assert not list(folder.iterdir())


@pytest.fixture(scope="session")
def start_importer() -> Iterator[StartImporter]:
    """Start a process that imports what the programs of a framework do, once."""
    with ExitStack() as processes:

        @cache
        def start(framework: str) -> subprocess.Popen[str]:
            snippets = [it for it in CATALOG if it.framework == framework]
            process = subprocess.Popen(
                [sys.executable, "-B", "-c", IMPORTER, *sorted(imported_by(snippets))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            processes.callback(process.communicate)
            return process

        yield start
