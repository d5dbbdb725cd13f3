"""`.ci/run`: what it installs on a bare machine before `make test`."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.setup.fakes import Project

pytestmark = pytest.mark.process

PROGRAM = "#!/bin/sh\n"


# It puts what it is asked to install on the PATH: Debian 12's Python is too old.
APT_GET = """
[ $1 = install ] || exit 0
while [ $# -gt 0 ]; do
    case "$1" in
    make | git | npm | python3 | chromium) cp "{bin}/debian/$1" "{bin}" ;;
    esac
    shift
done
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A machine with bash and little else, where we are root.

    Each program that matters writes down its name and what it was asked for.
    """
    project = Project.create(tmp_path)
    (project.bin / "make").unlink()
    (project.bin / "debian").mkdir()
    project.add_program("debian/make", logging("make", project))
    project.add_program("debian/git", PROGRAM)
    project.add_program("debian/npm", PROGRAM)
    project.add_program("debian/chromium", PROGRAM)
    project.add_python("debian/python3", 3, 11, 2)
    project.add_program(
        "apt-get", logging("apt-get", project) + APT_GET.format(bin=project.bin)
    )
    project.add_program("id", "#!/bin/sh\necho 0\n")
    return project


def logging(name: str, project: Project) -> str:
    return f'#!/bin/sh\necho "{name} $*" >> "{project.bin}/log"\n'


def complete(project: Project) -> Path:
    """Nothing is missing any more; the path of the suitable Python."""
    project.add_program("make", logging("make", project))
    project.add_program("git", PROGRAM)
    project.add_program("npm", PROGRAM)
    project.add_program("chromium", PROGRAM)
    return project.add_python("python3", 3, 12, 1)


def test_where_nothing_is_missing_it_only_runs_the_tests(project: Project) -> None:
    python = complete(project)
    done = project.run(".ci/run")
    assert done.returncode == 0, done.stderr
    assert project.asked() == [f"make test PYTHON={python}"]


def test_it_runs_from_any_folder(project: Project, tmp_path: Path) -> None:
    python = complete(project)
    elsewhere = replace(project, folder=tmp_path)
    elsewhere.run(str(project.folder / ".ci/run"))
    assert project.asked() == [f"make test PYTHON={python}"]


def test_it_fails_when_the_tests_do(project: Project) -> None:
    complete(project)
    project.add_program("make", "#!/bin/sh\nexit 2\n")
    assert project.run(".ci/run").returncode == 2


def test_a_bare_debian_gets_its_packages_and_a_suitable_python(
    project: Project, tmp_path: Path
) -> None:
    suitable = tmp_path / "uv's python3.12"
    uv = project.folder / ".cache/uv/bin/uv"
    uv.parent.mkdir(parents=True)
    uv.write_text(
        logging("uv", project) + f'[ $2 = find ] && echo "{suitable}" || exit 0\n'
    )
    uv.chmod(0o755)
    done = project.run(".ci/run")
    assert done.returncode == 0, done.stderr
    update, install, pip, uv_install, uv_find, make = project.asked()
    assert update.startswith("apt-get update")
    assert install.endswith(
        " make git npm python3 python3-venv chromium chromium-headless-shell"
    )
    assert "--require-hashes -r .cache/uv/requirements.txt" in pip
    assert uv_install == "uv python install 3.12"
    assert uv_find.startswith("uv python find")
    assert make == f"make test PYTHON={suitable}"

    project.run(".ci/run")
    assert not any(line.startswith("apt-get") for line in project.asked())


def test_uv_itself_is_the_one_of_the_lock_file(project: Project) -> None:
    project.run(".ci/run")
    lines = (project.folder / ".cache/uv/requirements.txt").read_text().splitlines()
    assert lines[0].startswith("uv==")
    assert len(lines) > 1
    assert all(line.startswith("    --hash=sha256:") for line in lines[1:])


def test_a_chromium_that_is_named_is_not_installed_beside(project: Project) -> None:
    complete(project)
    (project.bin / "chromium").unlink()
    project.run(".ci/run", CHROMIUM="/path/to/chromium")
    assert [line.split()[0] for line in project.asked()] == ["make"]


def test_without_root_it_says_what_to_type(project: Project) -> None:
    complete(project)
    project.add_program("id", "#!/bin/sh\necho 1000\n")
    (project.bin / "chromium").unlink()
    done = project.run(".ci/run")
    assert done.returncode == 1
    assert done.stderr == (
        "Missing here: chromium chromium-headless-shell. "
        "Type: sudo apt-get install chromium chromium-headless-shell\n"
    )
    assert project.asked() == []
