"""`make`: what it lists, which Python it takes, when it sets up, what it then runs."""

import re
import socket
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from tests.setup.fakes import ROOT, Project

pytestmark = pytest.mark.process


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path)


def installs(asked: list[str]) -> int:
    return sum("pip install" in line for line in asked)


def error_lines(stderr: str) -> list[str]:
    """Without the one in which make names its own target."""
    return [line for line in stderr.splitlines() if not line.startswith("make: ***")]


def requires_python() -> SpecifierSet:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return SpecifierSet(project["requires-python"])


# What it lists


def test_make_alone_lists_every_target_with_a_line_each(project: Project) -> None:
    done = project.make()
    makefile = (ROOT / "Makefile").read_text()
    listed = re.findall(r"^make (\w+) +\S", done.stdout, re.MULTILINE)
    assert listed == re.findall(r"^(\w+):", makefile, re.MULTILINE)
    assert {"serve", "test", "site", "lint", "bench"} < set(listed)
    assert len(done.stdout.splitlines()) == len(listed)
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_listing_sets_nothing_up(project: Project) -> None:
    project.add_python("python3", 3, 12, 1)
    project.make()
    assert not (project.folder / ".venv").exists()


# Which Python it takes


@pytest.mark.parametrize("version", [(3, 11, 5), (3, 11, 14), (3, 12, 0), (3, 12, 13)])
def test_a_suitable_python_makes_the_venv(
    project: Project, version: tuple[int, ...]
) -> None:
    assert ".".join(map(str, version)) in requires_python()
    python = project.add_python("python3", *version)
    done = project.make("site")
    assert done.returncode == 0, done.stderr
    assert project.ready.read_text() == f"{python}\n"
    assert f"Setting up .venv with {python}" in done.stdout


@pytest.mark.parametrize(
    ("version", "target"),
    [
        ((2, 7, 18), "serve"),
        ((3, 10, 13), "test"),
        ((3, 11, 4), "site"),
        ((3, 13, 0), "lint"),
    ],
)
def test_a_python_too_old_or_too_new_is_one_line(
    project: Project, version: tuple[int, ...], target: str
) -> None:
    assert ".".join(map(str, version)) not in requires_python()
    project.add_python("python3", *version)
    done = project.make(target)
    assert done.returncode != 0
    (line,) = error_lines(done.stderr)
    assert line == (
        "Python 3.11.5 to 3.12 is needed (Taipy supports up to 3.12, "
        "pymdown-extensions starts at 3.11.5), but python3 is "
        f"{'.'.join(map(str, version))}, python3.12 is missing, "
        "python3.11 is missing, python is missing. "
        "Name one: make PYTHON=/path/to/python3.12"
    )
    assert not (project.folder / ".venv").exists()


def test_the_first_suitable_one_is_taken(project: Project) -> None:
    project.add_python("python3", 3, 13, 0)
    project.add_python("python", 3, 11, 9)
    python = project.add_python("python3.11", 3, 11, 9)
    project.make("site")
    assert project.ready.read_text() == f"{python}\n"


def test_a_shim_that_exists_and_fails_is_passed_over(project: Project) -> None:
    project.add_program("python3", "#!/bin/sh\nexit 127\n")
    python = project.add_python("python3.12", 3, 12, 1)
    project.make("site")
    assert project.ready.read_text() == f"{python}\n"


def test_the_python_that_is_named_comes_first(project: Project) -> None:
    project.add_python("python3", 3, 12, 1)
    named = project.add_python("python mine", 3, 11, 9)
    project.make("site", f"PYTHON={named}")
    assert project.ready.read_text() == f"{named}\n"


def test_a_wrong_python_is_an_error_even_beside_a_right_one(project: Project) -> None:
    project.add_python("python3", 3, 12, 1)
    old = project.add_python("python3.10", 3, 10, 13)
    done = project.make("site", f"PYTHON={old}")
    assert done.returncode != 0
    assert f"but {old} is 3.10.13. Name one" in done.stderr
    assert not project.ready.exists()


# When it sets up


def test_every_package_is_installed_by_its_hash(project: Project) -> None:
    project.add_python("python3", 3, 12, 1)
    project.make("site")
    locked, ours = (line for line in project.asked() if "pip install" in line)
    assert "--require-hashes -r requirements.txt" in locked
    assert "--no-deps --no-build-isolation -e ." in ours


def test_a_second_run_sets_nothing_up(project: Project) -> None:
    project.add_python("python3", 3, 12, 1)
    project.make("site")
    assert installs(project.asked()) == 2
    done = project.make("site")
    assert installs(project.asked()) == 0
    assert "Setting up" not in done.stdout


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_changed_dependencies_are_installed(project: Project, name: str) -> None:
    project.add_python("python3", 3, 12, 1)
    project.make("site")
    project.touch_later(name)
    project.asked()
    project.make("site")
    assert installs(project.asked()) == 2


@pytest.mark.parametrize("step", ["-r requirements.txt", "-e ."])
def test_an_interrupted_set_up_starts_over(project: Project, step: str) -> None:
    project.add_python("python3", 3, 12, 1)
    project.fail_at(step)
    assert project.make("site").returncode != 0
    assert not project.ready.exists()
    project.fail_at()
    project.asked()
    assert project.make("site").returncode == 0
    assert installs(project.asked()) == 2


def test_naming_another_python_makes_the_venv_anew(project: Project) -> None:
    project.add_python("python3", 3, 12, 1)
    project.make("site")
    left_over = project.folder / ".venv/left-over"
    left_over.touch()
    other = project.add_python("python3.11", 3, 11, 9)
    project.make("site", "PYTHON=python3.11")
    assert project.ready.read_text() == f"{other}\n"
    assert not left_over.exists()
    project.asked()
    project.make("site", "PYTHON=python3.11")
    project.make("site")
    assert installs(project.asked()) == 0


# What it then runs


def test_the_site_is_built_strictly_and_never_quietly(project: Project) -> None:
    project.add_python("python3", 3, 12, 1)
    project.make("site")
    build = project.asked()[-1]
    assert "-m mkdocs build --strict" in build
    assert "-q" not in build  # MkDocs would hide what failed and succeed


def test_serve_follows_edits_at_the_port_asked_for(project: Project) -> None:
    project.add_python("python3", 3, 12, 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    assert project.make("serve", f"PORT={free}").returncode == 0
    serve = project.asked()[-1]
    assert serve.endswith(f"-m mkdocs serve --livereload --dev-addr 127.0.0.1:{free}")


def test_a_busy_port_is_one_line_and_nothing_starts(project: Project) -> None:
    project.add_python("python3", 3, 12, 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        busy = server.getsockname()[1]
        done = project.make("serve", f"PORT={busy}")
    assert done.returncode != 0
    (line,) = error_lines(done.stderr)
    assert line.startswith(f"Port {busy} cannot be used: ")
    assert re.search(r"Choose another: make serve PORT=\d+$", line)
    assert not any("mkdocs" in line for line in project.asked())


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_one_line(project: Project, port: str) -> None:
    project.add_python("python3", 3, 12, 1)
    done = project.make("serve", f"PORT={port}")
    assert error_lines(done.stderr) == [
        f"PORT={port} is no port number. Choose one: make serve PORT=8000"
    ]
    assert not any("mkdocs" in line for line in project.asked())


@pytest.mark.parametrize(
    ("target", "module"),
    [
        ("test", "pytest"),
        ("films", "pytest"),
        ("record", "pytest"),
        ("mutate", "tests.mutate"),
        ("bench", "tests.bench"),
        ("lighthouse", "tests.site.lighthouse"),
    ],
)
def test_what_needs_a_chromium_gets_the_one_that_was_found(
    project: Project, target: str, module: str
) -> None:
    project.add_python("python3", 3, 12, 1)
    project.make(target, "ARGS=-k chat")
    asked = project.asked()[-1]
    assert asked.startswith(f"CHROMIUM=/path/to/chromium -m {module} ")
    assert asked.endswith(" -k chat")


def test_a_quick_run_leaves_browsers_out_and_looks_for_none(project: Project) -> None:
    project.add_python("python3", 3, 12, 1)
    project.fail_at("tests.users.chromium")
    assert project.make("quick").returncode == 0
    assert " -m not browser" in project.asked()[-1]


@pytest.mark.parametrize(
    ("target", "resolution"), [("oldest", "lowest-direct"), ("newest", "highest")]
)
def test_the_library_has_another_streamlit_in_a_folder_of_its_own(
    project: Project, target: str, resolution: str
) -> None:
    project.add_python("python3", 3, 12, 1)
    project.fail_at("tests.users.chromium")
    assert project.make(target, "ARGS=-k rooms").returncode == 0
    installed, tested = project.asked()[-2:]
    assert f"--resolution {resolution} -r snippets/streamlit/room_sync" in installed
    packages = project.folder / f".cache/{target}/site-packages"
    assert f"--target {packages} " in installed
    assert f"PYTHONPATH={packages} " in tested
    assert tested.endswith(" -m not browser tests/snippets/streamlit -k rooms")
    project.fail_at("uv pip install")
    assert project.make(target).returncode != 0
    assert "-m pytest" not in project.asked()[-1]


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        ("test", "--page taipy/note"),
        ("quick", "--page taipy/note"),
        ("facts", "-m livedocs facts taipy/note"),
    ],
)
def test_one_page_may_be_named(project: Project, target: str, asked: str) -> None:
    project.add_python("python3", 3, 12, 1)
    project.make(target, "PAGE=taipy/note")
    assert asked in project.asked()[-1]
    project.make(target)
    line = project.asked()[-1]
    assert "--page" not in line
    assert "taipy" not in line


def test_tests_run_side_by_side_unless_told_otherwise(project: Project) -> None:
    project.add_python("python3", 3, 12, 1)
    project.make("test", "ARGS=--numprocesses=1")
    *_, first, last = re.findall(r"--numprocesses=\w+", project.asked()[-1])
    assert (first, last) == ("--numprocesses=auto", "--numprocesses=1")


def test_no_chromium_no_tests(project: Project) -> None:
    project.add_python("python3", 3, 12, 1)
    project.fail_at("tests.users.chromium")
    assert project.make("test").returncode != 0
    assert not any("pytest" in line for line in project.asked())


def test_clean_leaves_only_what_was_written_by_hand(project: Project) -> None:
    before = set(project.folder.rglob("*"))
    project.add_python("python3", 3, 12, 1)
    project.make("site")
    (project.folder / "site").mkdir()
    assert project.make("clean").returncode == 0
    assert set(project.folder.rglob("*")) == before
