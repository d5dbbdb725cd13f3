"""The recipe for a new tutorial, followed to the letter in a copy of the project."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.setup.fakes import ROOT

RECIPE = (ROOT / "docs/contributing.md").read_text()
PAGE = "docs/tutorials/taipy/note.md"
TEST = "tests/snippets/taipy/test_note.py"
STORY = "tests/stories/note.py"
PROGRAM = "snippets/taipy/note/shared.py"


def fences(language: str, title: str = "") -> list[str]:
    """What stands in the recipe's code blocks, in its order."""
    info = re.escape(f'{language} title="{title}"' if title else language)
    return re.findall(rf"^```{info}\n(.*?)^```$", RECIPE, re.DOTALL | re.MULTILINE)


def page() -> str:
    """The page that the recipe builds up; what shows a chat is another page's.

    Its demo is left out: there is no film yet.
    """
    (head,) = fences("yaml", PAGE)
    parts = (text for text in fences("md") if "taipy/chat/" not in text)
    return "\n".join([head, *(part for part in parts if "/// demo" not in part)])


@dataclass(frozen=True)
class Copy:
    """A checkout in which a contributor works."""

    root: Path

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.root,
            capture_output=True,
            text=True,
        )

    def build(self) -> subprocess.CompletedProcess[str]:
        return self.run("mkdocs", "build", "--strict")


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """The project with the recipe's page, program and test."""
    copy = Copy(tmp_path)
    for folder in ("docs", "livedocs", "snippets", "tests"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    for name in ("README.md", "mkdocs.yml", "pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    config = (ROOT / "mkdocs.yml").read_text()
    (nav,) = fences("yaml", "mkdocs.yml")
    before = nav.replace("          - tutorials/taipy/note.md\n", "")
    assert before in config
    copy.write("mkdocs.yml", config.replace(before, nav))
    copy.write(PAGE, page())
    for path in (PROGRAM, TEST):
        (text,) = fences("text", path)
        copy.write(path, text)
    return copy


def test_the_recipe_makes_a_page(copy: Copy) -> None:
    done = copy.build()
    assert done.returncode == 0, done.stderr
    html = (copy.root / "site/tutorials/taipy/note/index.html").read_text()
    assert "Tested by test_the_note_is_everybodys_until_the_program_ends" in html


def test_the_difference_and_the_demo_that_it_shows_can_be_built(copy: Copy) -> None:
    others = [text for text in fences("md") if "taipy/chat/" in text]
    assert len(others) == 2
    copy.write(PAGE, "\n".join([page(), *others]))
    done = copy.build()
    assert done.returncode == 0, done.stderr


@pytest.mark.browser
def test_the_test_of_the_recipe_passes(copy: Copy) -> None:
    done = copy.run("pytest", TEST)
    assert done.returncode == 0, done.stdout


@pytest.mark.browser
def test_the_story_of_the_recipe_makes_a_film_that_its_page_shows(copy: Copy) -> None:
    (story,) = fences("text", STORY)
    copy.write(STORY, story)
    done = copy.run("pytest", "--record", "tests/stories", "-k", "note-shared")
    assert done.returncode == 0, done.stdout
    (demo,) = (text for text in fences("md") if "/// demo | taipy/note/" in text)
    copy.write(PAGE, f"{page()}\n{demo}")
    done = copy.build()
    assert done.returncode == 0, done.stderr
    assert (copy.root / "site/images/taipy-note-shared-one_note.mp4").is_file()


def test_what_holds_for_all_pages_and_programs_holds_with_the_new_one(
    copy: Copy,
) -> None:
    files = ("site/test_home.py", "site/test_demos.py", "snippets/test_programs.py")
    done = copy.run("pytest", "-m", "not browser", *(f"tests/{f}" for f in files))
    assert done.returncode == 0, done.stdout


MISTAKES = {
    "program": ("snippet | taipy/note/shared.py", "snippet | taipy/note/shard.py"),
    "option": ("highlight:", "sections:"),
    "table": ("| `note`", "| `nota`"),
    "claim": ("every other user sees", "all others see"),
}
MESSAGES = [
    line for text in fences("text") for line in text.splitlines() if PAGE in line
]


@pytest.mark.parametrize(
    ("mistake", "message"),
    list(zip(MISTAKES.values(), MESSAGES, strict=True)),
    ids=MISTAKES,
)
def test_a_mistake_is_answered_as_the_recipe_says(
    copy: Copy, mistake: tuple[str, str], message: str
) -> None:
    wrong = page().replace(*mistake)
    assert wrong != page()
    copy.write(PAGE, wrong)
    done = copy.build()
    assert done.returncode != 0
    assert message in done.stdout + done.stderr


def test_its_commands_exist(copy: Copy) -> None:
    commands = [line for text in fences("console") for line in text.splitlines()]
    makes = [line.split()[2] for line in commands if line.startswith("$ make ")]
    assert {"serve", "test", "record", "lint", "site"} == set(makes)
    assert set(makes) <= set(
        re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    )
    run = "python -m livedocs run taipy/note/shared --users 2"
    assert f"$ .venv/bin/{run}" in commands
    assert run in copy.run("livedocs", "list").stdout
