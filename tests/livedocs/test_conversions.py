"""While pages are served: which are converted again, and that none is stale.

Each build here is compared, file by file, with one that knows nothing of any other.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from livedocs.blocks import block
from livedocs.facts import Facts
from livedocs.films import MANIFEST, Film, Films, Step
from livedocs.plugin import LiveDocsPlugin
from livedocs.record import Measured, Record, digest

from .conftest import HEAD, LIBRARY, PROGRAM, PROOF, SHELVES, TABLE, WORDS, Project

ROOT = Path(__file__).parents[2]
GREET = "taipy/chat/greet.py"
CHAT = "tutorials/taipy/chat.md"
ROOMS = "tutorials/taipy/rooms.md"
TEST = "tests/snippets/taipy/test_chat.py"

HERE = f"""\
[A reload](fact:reload) keeps it. See [how](rooms.md#rooms) and [the start](#proof).

{TABLE}

/// snippet | taipy/chat/greet.py
///

/// diff | taipy/chat/greet.py → taipy/chat/greet_loudly.py
///

/// demo | taipy/chat/imports.py
    users: [Alex, Doppler]
///

[The license](../../license.txt)
"""

IMPORTS = '"""Import."""\n\nimport helper\n\nhelper.help()\n'
HELPER = '"""Help."""\n\n\ndef help() -> None: ...\n'

THEME = """\
{% for item in nav.pages %}{{ item.title }} {{ item.url }}; {% endfor %}
{{ page.content }} {{ page.next_page.title }}
{% for tutorial in livedocs.tutorials if page.is_homepage %}{{ tutorial.title }} \
{{ tutorial.facts }}{% endfor %}
{% if page.is_homepage %}{{ livedocs.fact("reload").tests[0].line }}{% endif %}
"""

FILM = Film(
    snippet="taipy/chat/imports",
    story="test_two",
    sha256="",
    told="",
    dependencies=(),
    users=("Alex", "Doppler"),
    width=640,
    height=360,
    seconds=4,
    steps=(Step("Alex writes.", 1.0),),
)


@dataclass
class Served:
    """A project whose pages are served."""

    project: Project
    converted: list[str] = field(default_factory=list)
    """The pages that Markdown has converted since one has asked."""

    def load(self, folder: str) -> MkDocsConfig:
        target = str(self.project.root / folder)
        return load_config(str(self.project.root / "mkdocs.yml"), site_dir=target)

    @property
    def plugin(self) -> LiveDocsPlugin:
        plugin = self.load("site").plugins["livedocs"]
        assert isinstance(plugin, LiveDocsPlugin)
        return plugin

    def build(self) -> list[str]:
        """Build what is served; the pages that were converted for it."""
        self.converted.clear()
        config = self.load("site")
        build(config, serve_url="http://127.0.0.1:8000/")
        return sorted(self.converted)

    def fresh(self) -> dict[str, bytes]:
        """The files of a build that knows no other."""
        kept = dict(vars(self.plugin))
        self.plugin.on_startup(command="serve", dirty=False)
        build(self.load("fresh"), serve_url="http://127.0.0.1:8000/")
        vars(self.plugin).update(kept)
        return files(self.project.root / "fresh")

    def assert_fresh(self) -> None:
        assert files(self.project.site) == self.fresh()


def files(folder: Path) -> dict[str, bytes]:
    """What is in all files below the folder, by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def served(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Two tutorials and a home page, built once."""
    project.write("theme/main.html", THEME)
    project.write("docs/license.txt", "MIT")
    project.write("docs/index.md", "# Home\n\n[Chat](tutorials/taipy/chat.md)\n")
    project.write(f"docs/{ROOMS}", f"{HEAD}\n## Rooms\n\nText.\n")
    project.write(TEST, PROOF)
    project.write("snippets/taipy/chat/imports.py", IMPORTS)
    project.write("snippets/taipy/chat/helper.py", HELPER)
    (project.root / MANIFEST).parent.mkdir(parents=True)
    Films({FILM.name: FILM}).write(project.root)
    project.say(HERE)
    served = Served(project)
    render = Page.render

    def counting(self: Page, config: MkDocsConfig, files: Files) -> None:
        served.converted.append(self.file.src_uri)
        render(self, config, files)

    monkeypatch.setattr(Page, "render", counting)
    served.plugin.on_startup(command="serve", dirty=False)
    assert served.build() == ["index.md", CHAT, ROOMS]
    yield served
    served.plugin.on_startup(command="build", dirty=False)


def replace(path: str, old: str, new: str) -> Callable[[Project], None]:
    """Edit a file of the project."""

    def edit(project: Project) -> None:
        file = project.root / path
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    return edit


def measure(project: Project) -> None:
    greet = project.catalog.find("taipy/chat/greet")
    measured = {greet.id: Measured(greet.sha256, tests=9, users=3, seconds=13.8)}
    Record("Chromium 156", measured).write(project.root)


def record(project: Project) -> None:
    Record(
        date="2026-11-09",
        python="3.12.1",
        programs={snippet.id: snippet.sha256 for snippet in project.catalog},
        tests={path: digest(project.root / path) for path in Facts(project.root).files},
    ).write(project.root)


def play_longer(project: Project) -> None:
    Films(
        {FILM.name: Film(**asdict(FILM) | {"seconds": 7, "steps": FILM.steps})}
    ).write(project.root)


def import_it(project: Project) -> None:
    """Make the program a library: one with no command to run it."""
    project.write("snippets/taipy/rooms/new.py", '"""New."""\n\nimport greet\n')


CHANGES = {
    "the text": replace(f"docs/{CHAT}", "keeps it", "keeps it all"),
    "its head": replace(f"docs/{CHAT}", "keywords:", "not_tested: [Rain.]\nkeywords:"),
    "a program": replace("snippets/taipy/chat/greet.py", "Hello", "Good day"),
    "a program beside it": replace(
        "snippets/taipy/chat/greet_loudly.py", "HELLO", "HO"
    ),
    "who imports it": import_it,
    "a statement": replace(TEST, "keeps `names`", "keeps the `names`"),
    "a test's name": replace(TEST, "test_names_are_kept", "test_all_is_kept"),
    "a test's line": replace(TEST, "import pytest", "import sys\n\nimport pytest"),
    "what it is over": replace(TEST, '"reload")', '"reload", over="two names")'),
    "words of its tables": lambda project: project.write(
        "docs/concepts/who-shares-what.md", WORDS
    ),
    "a film": play_longer,
    "a receipt": measure,
    "a record": record,
    "an extension": replace("mkdocs.yml", "  - toc\n", "  - toc: {permalink: true}\n"),
    "the repository": replace(
        "mkdocs.yml", "strict:", "repo_url: https://example.org/x/y\nstrict:"
    ),
    "addresses": replace("mkdocs.yml", "strict:", "use_directory_urls: false\nstrict:"),
}


def test_what_is_as_it_was_is_not_converted(served: Served) -> None:
    fresh = served.fresh()
    assert files(served.project.site) == fresh
    assert served.build() == []
    assert files(served.project.site) == fresh


def test_what_others_leave_beside_files_is_no_part_of_the_project(
    served: Served,
) -> None:
    served.project.add_library()
    served.project.write("snippets/streamlit/x/app.py", "import shelves\n")
    served.build()
    before = files(served.project.site)
    served.project.leave_files_of_others()
    assert served.build() == []
    assert files(served.project.site) == before == served.fresh()


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_what_a_page_is_made_from_converts_it(
    served: Served, change: Callable[[Project], None]
) -> None:
    change(served.project)
    before = files(served.project.site)
    assert CHAT in served.build()
    assert before != (fresh := served.fresh())
    assert files(served.project.site) == fresh
    assert served.build() == []
    assert files(served.project.site) == fresh


@pytest.mark.parametrize(
    "change",
    [
        replace(f"docs/{ROOMS}", "Text.", "Other text."),
        replace(f"docs/{ROOMS}", "title: A chat for two", "title: Rooms"),
        lambda project: project.write("docs/tutorials/taipy/new.md", f"{HEAD}\nText."),
        lambda project: project.write("snippets/taipy/rooms/new.py", '"""New."""\n'),
        lambda project: project.write("docs/new.txt", "New."),
        replace("theme/main.html", "page.content", "page.content | upper"),
    ],
    ids=["another", "its title", "a new one", "a program", "a file", "the theme"],
)
def test_what_a_page_is_not_made_from_does_not(
    served: Served, change: Callable[[Project], None]
) -> None:
    change(served.project)
    assert CHAT not in served.build()
    served.assert_fresh()


REFERENCE = """\
/// reference | streamlit/shelves
    names: [Board, Oak, Wood, WoodError, cut, saw]
///
"""


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("saw.py", "It takes a while.", "It takes a second."),
        ("board.py", "lie on top", "lie below"),
        ("__init__.py", "was called before", "was called in 0.1.0"),
        ("saw.py", 'kind: str = "pull"', 'kind: str = "push"'),
        ("saw.py", "def saw", "\n\ndef saw"),
    ],
    ids=["a function", "a method", "a value", "a default", "a line"],
)
def test_what_a_library_says_of_itself_converts_its_reference(
    served: Served, module: str, old: str, new: str
) -> None:
    """Each of its modules does, though the page names none of them."""
    CHANGES["the repository"](served.project)  # whose lines it links to
    served.project.add_library()
    served.project.write(f"docs/{ROOMS}", f"{HEAD}\n## Rooms\n\n{REFERENCE}")
    assert ROOMS in served.build()
    before = served.project.html("tutorials/taipy/rooms")
    assert old in LIBRARY[module]
    replace(f"{SHELVES}/{module}", old, new)(served.project)
    assert served.build() == [ROOMS]
    assert served.project.html("tutorials/taipy/rooms") != before
    served.assert_fresh()
    assert served.build() == []


def test_a_name_that_a_library_exports_anew_is_missed_each_time(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    served.project.add_library()
    served.project.write(f"docs/{ROOMS}", f"{HEAD}\n## Rooms\n\n{REFERENCE}")
    served.build()
    replace(f"{SHELVES}/__init__.py", '"saw"]', '"saw", "saws"]\nsaws = saw')(
        served.project
    )
    replace(
        f"{SHELVES}/__init__.py",
        "\nsaws = saw",
        '''
saws = saw
"""As `saw`.

Example:
    from shelves import saws
"""''',
    )(served.project)
    for _ in range(2):
        caplog.clear()
        with pytest.raises(Abort):
            served.build()
        assert "exports 'saws', and this reference leaves it out" in caplog.text
    replace(f"docs/{ROOMS}", "cut, saw", "cut, saw, saws")(served.project)
    assert ROOMS in served.build()
    served.assert_fresh()


def test_what_a_program_imports_converts_its_page(served: Served) -> None:
    """What was measured of the program was measured of both."""
    helper = served.project.root / "snippets/taipy/chat/helper.py"
    measured = served.project.catalog.find("taipy/chat/imports")
    served.project.say("/// snippet | taipy/chat/imports.py\n///\n" + HERE)
    found = {measured.id: Measured(measured.sha256, tests=9, users=3, seconds=13.8)}
    Record("Chromium 156", found).write(served.project.root)
    served.build()
    assert "9 tests" in served.project.html()
    helper.write_text(HELPER + "\n")
    assert served.build() == [CHAT]
    assert "9 tests" not in served.project.html()
    served.assert_fresh()


def test_a_template_of_a_block_converts_its_pages(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    theme = served.project.root / "theme-of-blocks"
    shutil.copytree(block.THEME, theme)
    monkeypatch.setattr("livedocs.blocks.block.THEME", theme)
    monkeypatch.setattr("livedocs.conversions.THEME", theme)
    served.build()
    for template in ("blocks/snippet.html", "partials/run.html"):
        replace(f"{theme.name}/{template}", "<div", "<div data-edited")(served.project)
        before = served.project.html().count("data-edited")
        assert CHAT in served.build()
        assert served.project.html().count("data-edited") > before
        served.assert_fresh()


def test_a_page_that_warns_does_so_each_time(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    served.project.say(f"{HERE}\n[Gone](gone.md)\n")
    line = served.project.page.read_text("utf-8").count("\n") - 1
    for _ in range(3):
        caplog.clear()
        with pytest.raises(Abort, match="1 warning"):
            served.build()
        assert f"docs/{CHAT}:{line}: " in caplog.text and "'gone.md'" in caplog.text
        assert served.converted == [CHAT]
    served.project.say(HERE)
    served.build()
    served.assert_fresh()


def test_an_anchor_that_is_gone_is_missed_each_time(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    """The page that links to it is not converted; what it links to is remembered."""
    change = replace(f"docs/{ROOMS}", "## Rooms", "## Chambers")
    change(served.project)
    for converted in ([ROOMS], [], []):
        caplog.clear()
        with pytest.raises(Abort, match="1 warning"):
            served.build()
        assert "'rooms.md#rooms'" in caplog.text
        assert served.converted == converted
    replace(f"docs/{ROOMS}", "## Chambers", "## Rooms")(served.project)
    assert served.build() == [ROOMS]
    served.assert_fresh()


def test_a_page_that_is_gone_is_missed_each_time(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    (served.project.root / "docs" / ROOMS).unlink()
    for _ in range(2):
        caplog.clear()
        with pytest.raises(Abort, match="1 warning"):
            served.build()
        assert "'rooms.md#rooms'" in caplog.text
        assert CHAT in served.converted
    assert not (served.project.site / "tutorials/taipy/rooms/index.html").exists()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda it: (it.root / "snippets/taipy/chat/greet.py").unlink(), "no snippet"),
        (replace(TEST, '"everybody"', '"one tab"'), "The table says 'everybody'"),
        (replace(TEST, 'restart="lost"', 'restart="kept"'), "The table says 'lost'"),
        (replace(TEST, '"reload")', '"loading")'), "No test proves the fact 'reload'"),
        (replace(TEST, "def test_", '@pytest.mark.fact("b", "B.")\ndef test_'), "'b'"),
        (lambda it: it.write(f"snippets/{GREET}", "1 +\n"), "This is not Python"),
    ],
)
def test_what_is_wrong_is_said_each_time(
    served: Served,
    caplog: pytest.LogCaptureFixture,
    change: Callable[[Project], None],
    complaint: str,
) -> None:
    change(served.project)
    for _ in range(2):
        caplog.clear()
        with pytest.raises(Abort):
            served.build()
        assert complaint in caplog.text
    served.project.write(TEST, PROOF)
    served.project.write(f"snippets/{GREET}", PROGRAM)
    served.build()
    served.assert_fresh()


def test_with_theme_and_search_nothing_is_stale(project: Project) -> None:
    """Each page has its own rules, its neighbours' titles and its place in search."""
    settings = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:")[0]
    theme = settings.replace("livedocs/theme", str(ROOT / "livedocs/theme"))
    project.write("mkdocs.yml", theme)
    project.write("docs/index.md", "# Home\n\nSome `text`.\n")
    project.write(f"docs/{ROOMS}", f"{HEAD}\n## Rooms\n\n```text\nfence\n```\n")
    served = Served(project)
    served.plugin.on_startup(command="serve", dirty=False)
    try:
        served.build()
        for changes in (
            [
                replace(f"docs/{ROOMS}", "## Rooms", "## *Chambers*"),
                replace("docs/index.md", "Some", "**New**"),
            ],
            [replace(f"docs/{ROOMS}", "title: A chat for two", "title: Rooms")],
            [replace(f"snippets/{GREET}", "Hello", "Good day")],
        ):
            for change in changes:
                change(project)
            served.build()
            served.assert_fresh()
    finally:
        served.plugin.on_shutdown()


def test_a_single_build_keeps_nothing(project: Project) -> None:
    project.build()
    plugin = Served(project).plugin
    assert plugin.conversions is None
