"""Libraries among the programs: what needs them, and their wheels."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from livedocs.catalog import Catalog
from livedocs.errors import SnippetError
from livedocs.packages import Package
from tests.livedocs.conftest import Project

FOLDER = "snippets/streamlit/shelves"
PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "Shared.Shelves"
dynamic = ["version"]

[tool.hatch.version]
path = "__init__.py"

[tool.hatch.build.targets.wheel]
include = ["*.py"]

[tool.hatch.build.targets.wheel.sources]
"" = "shelves"
"""


@pytest.fixture
def package(project: Project) -> Package:
    """A package of two modules, and a program that imports it."""
    project.write(f"{FOLDER}/pyproject.toml", PYPROJECT)
    project.write(f"{FOLDER}/__init__.py", '__version__ = "0.2.0"\n')
    project.write(f"{FOLDER}/board.py", "from shelves import oak\n")
    project.write("snippets/streamlit/rooms/app.py", "from shelves.board import x\n")
    (package,) = project.catalog.packages
    return package


def test_a_program_has_all_modules_of_a_package_that_it_imports(
    project: Project, package: Package
) -> None:
    app = project.catalog.find("streamlit/rooms/app")
    assert app.packages == (package,)
    assert [it.place for it in (app, *app.companions)] == [
        "app.py",
        "shelves/__init__.py",
        "shelves/board.py",
    ]
    before = app.sha256
    project.write(f"{FOLDER}/board.py", "y = 3\n")
    assert project.catalog.find(app.id).sha256 != before


def test_a_module_of_a_package_is_not_run(project: Project, package: Package) -> None:
    board = project.catalog.find("streamlit/shelves/board")
    assert board.is_library
    assert board.run_command() == board.run_command("http://127.0.0.1:8000") == ""


def test_the_run_command_brings_the_package(project: Project, package: Package) -> None:
    app = project.catalog.find("streamlit/rooms/app")
    assert app.run_command() == (
        "uvx --with ./snippets/streamlit/shelves streamlit run "
        "snippets/streamlit/rooms/app.py"
    )
    site = "http://127.0.0.1:8000"
    wheel = f"{site}/packages/shared_shelves-0.2.0-py3-none-any.whl"
    assert app.run_command(f"{site}/") == (
        f"uvx --with {wheel} streamlit run {site}/snippets/streamlit/rooms/app.py"
    )


def test_a_launcher_is_what_the_command_of_its_package_does(
    project: Project, package: Package
) -> None:
    """So nothing is downloaded that may overwrite what a reader has changed."""
    folder, site = "snippets/streamlit/rooms", "http://127.0.0.1:8000"
    needs = '# dependencies = ["numpy==2.4.0", "streamlit==1.67.0"]'
    project.write(
        f"{folder}/launcher.py",
        f"# /// script\n{needs}\n# ///\nimport shelves\nst.App('app.py')\n",
    )
    launcher = project.catalog.find("streamlit/rooms/launcher")
    assert launcher.run_command(site).startswith("curl"), "it has no command"
    scripts = 'scripts = {shelve = "shelves:main"}\ndynamic'
    text = PYPROJECT.replace("dynamic", scripts)
    project.write(f"{FOLDER}/pyproject.toml", text)
    assert launcher.run_command(site) == (
        f"uvx --from {site}/{package.wheel} --with streamlit==1.67.0 "
        f"--with numpy==2.4.0 shelve run {site}/{folder}/app.py"
    )
    assert launcher.run_command().endswith(f" run {folder}/launcher.py")
    project.write(f"{folder}/board.py", "import shelves\n")
    project.write(f"{folder}/user.py", "import board\n")
    board = project.catalog.find("streamlit/rooms/board")
    assert board.run_command(site).startswith("curl"), "it launches nothing"
    assert (
        project.catalog.find("streamlit/rooms/app")
        .run_command(site)
        .startswith(f"uvx --with {site}")
    )


def test_the_site_has_the_wheel_with_the_modules(
    project: Project, package: Package
) -> None:
    project.say("")
    project.build()
    with zipfile.ZipFile(project.site / package.wheel) as wheel:
        modules = [name for name in wheel.namelist() if name.startswith("shelves/")]
        assert modules == ["shelves/__init__.py", "shelves/board.py"]
        assert wheel.read(modules[1]) == (package.folder / "board.py").read_bytes()


def test_the_site_has_a_zip_to_keep_beside_an_app(
    project: Project, package: Package
) -> None:
    project.say("")
    project.build()
    with zipfile.ZipFile(project.site / package.zip) as packed:
        assert sorted(packed.namelist()) == ["shelves/__init__.py", "shelves/board.py"]
        board = packed.read("shelves/board.py")
    assert board == (package.folder / "board.py").read_bytes()
    assert package.build_zip() == (project.site / package.zip).read_bytes()


def test_a_wheel_has_the_same_bytes_wherever_and_whenever_it_is_built(
    package: Package, tmp_path: Path
) -> None:
    elsewhere = Package(tmp_path / "elsewhere" / package.name)
    elsewhere.folder.mkdir(parents=True)
    for path in package.folder.iterdir():
        (elsewhere.folder / path.name).write_bytes(path.read_bytes())
    first = package.build()
    assert elsewhere.build() == first
    (package.folder / "board.py").write_text("z = 4\n")
    assert package.build() != first


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "__init__.py",
            "",
            "snippets/streamlit/shelves/__init__.py: A package says its version: "
            '__version__ = "0.1.0".',
        ),
        (
            "pyproject.toml",
            "[project]\n",
            "snippets/streamlit/shelves/pyproject.toml: A package names its "
            'project: [project], name = "room-sync".',
        ),
        (
            "pyproject.toml",
            "",
            "snippets/streamlit/shelves/pyproject.toml: A package has a "
            "pyproject.toml with a project's name: 'project'.",
        ),
    ],
)
def test_what_a_package_lacks_is_said(
    project: Project, package: Package, name: str, text: str, message: str
) -> None:
    project.write(f"{FOLDER}/{name}", text)
    with pytest.raises(SnippetError) as failure:
        _ = package.wheel
    assert failure.value.message == message


def test_the_rooms_are_in_their_wheel_as_they_are_tested() -> None:
    (package,) = Catalog.default().packages
    with zipfile.ZipFile(BytesIO(package.build())) as wheel:
        inside = {
            name: wheel.read(name)
            for name in wheel.namelist()
            if name.startswith("room_sync/")
        }
    tested = {
        f"room_sync/{path.name}": path.read_bytes()
        for path in package.folder.glob("*.py")
    }
    assert inside == tested | {"room_sync/py.typed": b""}


def test_the_zip_of_the_rooms_has_all_that_the_wheel_installs(tmp_path: Path) -> None:
    (package,) = Catalog.default().packages
    with zipfile.ZipFile(BytesIO(package.build_zip())) as packed:
        packed.extractall(tmp_path)
    found = {path.name for path in (tmp_path / "room_sync").iterdir()}
    modules = {path.name for path in package.folder.glob("*.py")}
    assert found == modules | {"py.typed", "LICENSE"}


def test_the_wheel_of_the_rooms_has_their_command() -> None:
    (package,) = Catalog.default().packages
    with zipfile.ZipFile(BytesIO(package.build())) as wheel:
        (name,) = (it for it in wheel.namelist() if it.endswith("entry_points.txt"))
        text = wheel.read(name).decode()
    assert text.splitlines() == [
        "[console_scripts]",
        "room-sync = room_sync.command:main",
    ]
