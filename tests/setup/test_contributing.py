"""The recipe for a new tutorial, followed to the letter in a copy of the project."""

import logging
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from livedocs.blocks import BLOCKS
from livedocs.films import MANIFEST
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

    def write_recipe(self) -> None:
        """Add the recipe's page, program and test."""
        self.write(PAGE, page())
        for path in (PROGRAM, TEST):
            (text,) = fences("text", path)
            self.write(path, text)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.root,
            capture_output=True,
            text=True,
        )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The project with the recipe's page, program, test and story."""
    copy = Copy(tmp_path_factory.mktemp("copy"))
    for folder in ("docs", "livedocs", "snippets", "tests"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, copy.root / folder, ignore=ignored)
    for name in ("README.md", "mkdocs.yml", "pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, copy.root / name)
    config = (ROOT / "mkdocs.yml").read_text()
    (nav,) = fences("yaml", "mkdocs.yml")
    before = nav.replace("          - tutorials/taipy/note.md\n", "")
    assert before in config
    copy.write("mkdocs.yml", config.replace(before, nav))
    copy.write_recipe()
    (story,) = fences("text", STORY)
    copy.write(STORY, story)
    return copy


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """As much of the project as the recipe's page needs, and no other page."""
    small = Copy(tmp_path_factory.mktemp("small"))
    (small.root / "livedocs").symlink_to(ROOT / "livedocs")
    before, found, _ = (ROOT / "mkdocs.yml").read_text().partition("\nnav:\n")
    assert found
    pages = f"  - index.md\n  - {PAGE.removeprefix('docs/')}\n"
    small.write("mkdocs.yml", f"{before}{found}{pages}")
    small.write("docs/index.md", "# Home\n")
    chat = "snippets/taipy/chat"
    shutil.copytree(ROOT / chat, small.root / chat)
    small.write_recipe()
    return small


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What MkDocs says, which adds a counter for each build."""
    with caplog.at_level(logging.WARNING):
        yield caplog
    logging.getLogger("mkdocs").handlers.clear()


def test_the_recipe_makes_a_page(small: Copy, said: pytest.LogCaptureFixture) -> None:
    """With the difference and the demo that it shows of another page's programs."""
    others = [text for text in fences("md") if "taipy/chat/" in text]
    assert len(others) == 2
    small.write(PAGE, "\n".join([page(), *others]))
    build_site(small)
    html = (small.root / "site/tutorials/taipy/note/index.html").read_text()
    assert "What one user writes in the note, the other one sees." in html
    assert "test_the_note_is_shared_until_the_program_ends" in html
    assert "What becomes of the note when two people type at the same moment." in html


def test_it_describes_every_block() -> None:
    blocks = set(re.findall(r"^/// (\w+) \|", RECIPE, re.MULTILINE))
    assert blocks == set(BLOCKS)


@pytest.mark.process
def test_its_words_are_shown_beside_what_is_proven(small: Copy) -> None:
    small.write(PAGE, page())
    done = small.run("livedocs", "facts", "taipy/note")
    assert done.returncode == 0, done.stderr
    for words in (
        "what one user writes, the other one sees",
        "What one user writes in the note, the other one sees.",
        "`note` in `shared.py` belongs to everybody: kept on reload, lost on restart.",
    ):
        assert words in done.stdout


@pytest.mark.browser
def test_its_test_passes_and_its_story_makes_a_film_that_its_page_shows(
    copy: Copy, small: Copy, said: pytest.LogCaptureFixture
) -> None:
    done = copy.run(
        *("pytest", "--page", "taipy/note", "--record", TEST, "tests/stories"),
        *("-k", "not dark"),  # where nothing but colours differs
    )
    assert done.returncode == 0, done.stdout
    assert f"{TEST} ." in done.stdout
    (demo,) = (text for text in fences("md") if "/// demo | taipy/note/" in text)
    small.write(PAGE, f"{page()}\n{demo}")
    (small.root / "docs/images").mkdir()
    for film in (copy.root / "docs/images").glob("taipy-note-*"):
        shutil.copy(film, small.root / "docs/images")
    shutil.copy(copy.root / MANIFEST, small.root / MANIFEST)
    build_site(small)
    assert (small.root / "site/images/taipy-note-shared-one_note.mp4").is_file()


@pytest.mark.process
def test_what_holds_for_all_pages_and_programs_holds_with_the_new_one(
    copy: Copy,
) -> None:
    files = ("site/test_home.py", "site/test_demos.py", "snippets/test_programs.py")
    done = copy.run(
        *("pytest", "-m", "not browser", "-k", "test_home or test_demos or note"),
        *(f"tests/{f}" for f in files),
    )
    assert done.returncode == 0, done.stdout
    assert "tests/snippets/test_programs.py ." in done.stdout


MISTAKES = {
    "program": ("snippet | taipy/note/shared.py", "snippet | taipy/note/shard.py"),
    "option": ("highlight:", "sections:"),
    "table": ("| `note`", "| `nota`"),
    "fact": ("fact:shared-note", "fact:share-note"),
    "contradiction": ("| kept   | lost    |", "| lost   | lost    |"),
    "unused": ("](fact:shared-note)", "](#)"),
}
MESSAGES = [
    line
    for text in fences("text")
    for line in text.splitlines()
    if re.match(r"(docs|tests)/\S+:\d+: ", line)
]


@pytest.mark.parametrize(
    ("mistake", "message"),
    list(zip(MISTAKES.values(), MESSAGES, strict=True)),
    ids=MISTAKES,
)
def test_a_mistake_is_answered_as_the_recipe_says(
    small: Copy,
    mistake: tuple[str, str],
    message: str,
    said: pytest.LogCaptureFixture,
) -> None:
    wrong = page().replace(*mistake)
    assert wrong != page()
    small.write(PAGE, wrong)
    with pytest.raises(Abort):
        build_site(small)
    assert message in "\n".join(said.messages).splitlines()


@pytest.mark.process
def test_its_commands_exist(copy: Copy) -> None:
    commands = [line for text in fences("console") for line in text.splitlines()]
    makes = [line.split()[2] for line in commands if line.startswith("$ make ")]
    named = {"serve", "test", "quick", "facts", "record", "lint", "runtime", "site"}
    assert named == set(makes)
    inline = set(re.findall(r"`make (\w+)", RECIPE))
    assert named | inline <= set(
        re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    )
    run = "python -m livedocs run taipy/note/shared --users 2"
    assert f"$ .venv/bin/{run}" in commands
    assert run in copy.run("livedocs", "list").stdout


def build_site(copy: Copy) -> None:
    """What ``mkdocs build`` does, without the second it takes to start."""
    build(load_config(str(copy.root / "mkdocs.yml"), site_dir=str(copy.root / "site")))
