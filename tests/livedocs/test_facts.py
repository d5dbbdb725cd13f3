"""What is read from the tests: facts, states, and which tests really run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from livedocs.errors import SnippetError
from livedocs.facts import Facts, Test, fold

from .conftest import Project

ROOT = Path(__file__).parents[2]
PATH = "tests/snippets/taipy/test_chat.py"

MODULE = '''\
import pytest
from tests.contracts.chat import Chat


@pytest.mark.browser
@pytest.mark.fact("two-lines")
def test_one():
    """One, over
    two lines.

    And a word for those who read the code.
    """


class TestMore(Chat):
    @pytest.mark.fact("stated", "Stated in the mark.")
    @pytest.mark.fact("two-lines")
    async def test_two(self): ...


@pytest.mark.fact("among", "All of them.", over="what `dir` finds")
def test_three(): ...


def test_nothing(): ...
'''

CONTRACT = '''\
import pytest


class Base:
    @pytest.mark.fact("inherited")
    def test_base(self):
        """It is inherited."""


class Chat(Base):
    ...
'''


def write(project: Project, text: str, path: str = PATH) -> Facts:
    project.write(path, text)
    if "tests.contracts" in text:
        project.write("tests/contracts/chat.py", CONTRACT)
    return Facts(project.root)


def mark(body: str, marks: str = '@pytest.mark.fact("kept", "It is kept.")') -> str:
    """A module in which `body` follows the mark."""
    return f"import pytest\n\n{marks}\n{body}\n"


def test_a_fact_has_its_statement_and_all_its_tests(project: Project) -> None:
    facts = write(project, MODULE).by_id
    one, two = Test("test_one", PATH, 7), Test("test_two", PATH, 18)
    assert facts["two-lines"].statement == "One, over two lines."
    assert facts["two-lines"].tests == (one, two)
    assert facts["stated"].statement == "Stated in the mark."
    assert facts["stated"].tests == (two,)
    assert facts["among"].over == "what `dir` finds"


def test_helpers_and_modules_by_pytests_other_name_have_tests_as_well(
    project: Project,
) -> None:
    helper = CONTRACT.replace('"inherited"', '"two-lines"')
    helper = helper.replace('"""It is inherited."""', "...")
    project.write("tests/snippets/taipy/shared.py", "\ufeff" + helper)
    text = "from tests.snippets.taipy.shared import Chat\nclass TestIt(Chat): ...\n"
    project.write("tests/snippets/taipy/more_test.py", text)
    tests = write(project, MODULE).by_id["two-lines"].tests
    assert {test.name for test in tests} == {"test_one", "test_two", "test_base"}


def test_a_contract_proves_the_pages_whose_tests_inherit_it(project: Project) -> None:
    facts = write(project, MODULE)
    page = facts.of_page("tutorials/taipy/chat")
    assert page.own == {"two-lines", "stated", "among"}
    assert page.shared == {"inherited"}
    assert not facts.of_page("tutorials/flet/chat").shared


@pytest.mark.parametrize(
    "importing",
    [
        "from tests.contracts import chat\nclass TestIt(chat.Chat): ...",
        "from tests.contracts.chat import Chat as It\nclass TestIt(It): ...",
        "from tests.contracts.chat import Chat\nclass It(Chat): ...\n"
        "class TestIt(It): ...",
    ],
)
def test_a_contract_may_be_inherited_by(project: Project, importing: str) -> None:
    assert write(project, importing).of_page("tutorials/taipy/chat").shared == {
        "inherited"
    }


def test_a_module_belongs_to_the_page_with_the_longest_name(project: Project) -> None:
    project.write("docs/tutorials/taipy/chat-rooms.md", "")
    facts = write(project, MODULE, "tests/snippets/taipy/test_chat_rooms_alone.py")
    assert facts.of_page("tutorials/taipy/chat-rooms").own
    assert not facts.of_page("tutorials/taipy/chat").own


def test_a_concept_has_the_tests_of_all_frameworks(project: Project) -> None:
    project.write("docs/concepts/state.md", "")
    for framework, proven in (("taipy", "one"), ("flet", "two")):
        facts = write(
            project,
            mark("def test_it(): ...", f'@pytest.mark.fact("{proven}", "It is.")'),
            f"tests/snippets/{framework}/test_state_headless.py",
        )
    assert facts.of_page("concepts/state").own == {"one", "two"}
    assert facts.family("concepts/state") == ("concepts/state",)


def test_a_module_rather_belongs_to_a_tutorial_of_the_same_name(
    project: Project,
) -> None:
    project.write("docs/concepts/chat.md", "")
    facts = write(project, MODULE)
    assert facts.page_of(PATH) == "tutorials/taipy/chat"
    other = PATH.replace("taipy", "flet")
    assert facts.page_of(other) == "concepts/chat"


def test_pages_about_one_subject_are_a_family(project: Project) -> None:
    for topic in ("chat-reference", "chat-how-to", "chatter", "how-chat-works"):
        project.write(f"docs/tutorials/taipy/{topic}.md", "")
    facts = write(project, MODULE)
    folder = "tutorials/taipy"
    family = tuple(f"{folder}/chat{end}" for end in ("", "-how-to", "-reference"))
    assert all(facts.family(page) == family for page in family)
    for alone in (f"{folder}/chatter", f"{folder}/how-chat-works"):
        assert facts.family(alone) == (alone,)


def test_a_family_has_the_rows_of_all_its_tests(project: Project) -> None:
    for module, fate in (
        ("test_chat", 'reload="kept"'),
        ("test_chat_more", 'restart="lost"'),
    ):
        project.write(
            f"tests/snippets/taipy/{module}.py",
            "import pytest\n"
            f'@pytest.mark.state("a.py", "x", "one tab", {fate})\n'
            "def test_it(): ...\n",
        )
    project.write("docs/tutorials/taipy/chat-more.md", "")
    facts = write(project, MODULE, "tests/snippets/taipy/test_chat_third.py")
    assert list(facts.of_page("tutorials/taipy/chat-more").rows) == [("a.py", "x")]
    for topic in ("chat", "chat-more"):
        row = facts.rows_of_family(f"tutorials/taipy/{topic}")["a.py", "x"]
        assert dict(row.fates) == {"reload": "kept", "restart": "lost"}


def test_several_tests_tell_one_row(project: Project) -> None:
    text = (
        "import pytest\n"
        '@pytest.mark.state("a.py", "x", "one tab", restart="lost")\n'
        "def test_restart(): ...\n"
        '@pytest.mark.state("a.py", "x", "one tab", reload="kept")\n'
        "def test_reload(): ...\n"
    )
    (row,) = write(project, text).of_page("tutorials/taipy/chat").rows.values()
    assert dict(row.fates) == {"reload": "kept", "restart": "lost"}
    assert [test.name for test in row.tests] == ["test_restart", "test_reload"]
    assert row.statement == (
        "`x` in `a.py` belongs to one tab: kept on reload, lost on restart."
    )


STATE = '@pytest.mark.state("a.py", "x", {})'
TEST = "def test_it(): ..."
WRONG = {
    "a class": (mark("class TestX: ..."), 3, "marked on a test function"),
    "a module": (
        mark("", 'pytestmark = pytest.mark.fact("kept", "It is kept.")'),
        3,
        "marked on a test function",
    ),
    "a helper": (mark("def helper(): ..."), 3, "marked on a test function"),
    "a test inside of a function": (
        "import pytest\ndef helper():\n"
        '    @pytest.mark.fact("kept", "It is kept.")\n    def test_it(): ...\n',
        3,
        "marked on a test function",
    ),
    "another name": (
        f"import pytest\nfact = pytest.mark.fact\n@fact('kept', 'Kept.')\n{TEST}\n",
        2,
        "marked as @pytest.mark.fact(…), by no other name",
    ),
    "computed words": (mark(TEST, '@pytest.mark.fact(f"{1}")'), 3, "plain words"),
    "an id in capitals": (
        mark(TEST, '@pytest.mark.fact("It", "Kept.")'),
        3,
        "'It' is no id of a fact",
    ),
    "no id": (mark(TEST, "@pytest.mark.fact()"), 3, "A fact has an id"),
    "an unknown option": (
        mark(TEST, '@pytest.mark.fact("kept", "Kept.", of="x")'),
        3,
        "A fact has an id",
    ),
    "no statement": (
        mark(TEST, '@pytest.mark.fact("kept")'),
        4,
        "The fact 'kept' has no statement",
    ),
    "two statements": (
        mark('def test_it():\n    """It is lost."""', '@pytest.mark.fact("kept")')
        + mark("def test_too(): ..."),
        8,
        'The fact \'kept\' says "It is kept." here and "It is lost." in',
    ),
    "two facts, one docstring": (
        mark(
            'def test_it():\n    """It."""',
            '@pytest.mark.fact("a")\n@pytest.mark.fact("b")',
        ),
        4,
        "two facts and one docstring. State the second one in its mark: fact('b'",
    ),
    "a statement about all": (
        mark(TEST, '@pytest.mark.fact("kept", "Nothing is lost.")'),
        3,
        "says 'Nothing'. Say what that ranges over",
    ),
    "an unknown scope": (
        mark(TEST, STATE.format('"everyone", reload="kept"')),
        3,
        "says 'everyone'",
    ),
    "an unknown event": (
        mark(TEST, STATE.format('"one tab", reloads="kept"')),
        3,
        "Did you mean 'reload'?",
    ),
    "an unknown fate": (
        mark(TEST, STATE.format('"one tab", reload="keep"')),
        3,
        "Did you mean 'kept'?",
    ),
    "a state without events": (
        mark(TEST, STATE.format('"one tab"')),
        3,
        "A state names program, name, scope",
    ),
    "states that contradict": (
        mark(TEST, STATE.format('"one tab", reload="kept"'))
        + mark("def test_too(): ...", STATE.format('"one tab", reload="lost"')),
        8,
        "`x` in a.py is lost on reload, test_it says kept",
    ),
    "scopes that contradict": (
        mark(TEST, STATE.format('"one tab", reload="kept"'))
        + mark("def test_too(): ...", STATE.format('"one room", reload="kept"')),
        8,
        "`x` in a.py belongs to one room, test_it says one tab",
    ),
    "a test that another of its name hides": (
        mark(TEST) + "def test_it(): ...\n",
        4,
        "never collected",
    ),
    "a test of a class that nothing inherits": (
        "import pytest\nclass Lonely:\n"
        '    @pytest.mark.fact("kept", "Kept.")\n    def test_it(self): ...\n',
        4,
        "never collected",
    ),
    "a test of a class with __init__": (
        "import pytest\nclass TestIt:\n    def __init__(self): ...\n"
        '    @pytest.mark.fact("kept", "Kept.")\n    def test_it(self): ...\n',
        5,
        "never collected",
    ),
    "a test of a class that is no test": (
        "import pytest\nclass TestIt:\n    __test__ = False\n"
        '    @pytest.mark.fact("kept", "Kept.")\n    def test_it(self): ...\n',
        5,
        "never collected",
    ),
    "a test that is skipped": (
        mark(f'@pytest.mark.skip(reason="x")\n{TEST}'),
        5,
        "may not be left out or expected to fail; see 'pytest.mark.skip'",
    ),
    "a test that skips itself": (
        mark("def test_it():\n    if 1:\n        pytest.skip('x')"),
        4,
        "see 'pytest.skip'",
    ),
    "a test that is expected to fail": (
        mark(f"@pytest.mark.xfail\n{TEST}"),
        5,
        "see 'pytest.mark.xfail'",
    ),
    "a test with a parameter that is skipped": (
        mark(
            "@pytest.mark.parametrize('x', [pytest.param(1, marks=pytest.mark.skip)])\n"
            "def test_it(x): ..."
        ),
        5,
        "see 'pytest.mark.skip'",
    ),
    "a test of a class that is skipped": (
        "import pytest\n@pytest.mark.skipif(True, reason='x')\nclass TestIt:\n"
        '    @pytest.mark.fact("kept", "Kept.")\n    def test_it(self): ...\n',
        5,
        "see 'pytest.mark.skipif'",
    ),
    "a test of a module that is skipped": (
        mark(f"{TEST}\n\npytestmark = pytest.mark.skip"),
        4,
        "see 'pytest.mark.skip'",
    ),
    "a test of a module that needs another": (
        mark(f"{TEST}\n\nx = pytest.importorskip('x')"),
        4,
        "see 'pytest.importorskip'",
    ),
    "a test whose fixture skips": (
        mark(
            "def test_it(outer): ...\n\n"
            "@pytest.fixture\ndef outer(inner): ...\n\n"
            "@pytest.fixture\ndef inner():\n    pytest.skip('x')"
        ),
        4,
        "see 'pytest.skip'",
    ),
    "a test beside a fixture for all that skips": (
        mark(
            f"{TEST}\n\n@pytest.fixture(autouse=True)\ndef inner():\n"
            "    pytest.skip('x')"
        ),
        4,
        "see 'pytest.skip'",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_proves_nothing_is_refused(project: Project, case: str) -> None:
    text, line, message = WRONG[case]
    facts = write(project, text)
    with pytest.raises(SnippetError) as error:
        _ = facts.by_id
        facts.of_page("tutorials/taipy/chat")
    assert error.value.message.startswith(f"{PATH}:{line}: ")
    assert message in error.value.message


def test_a_contract_that_nobody_inherits_is_refused(project: Project) -> None:
    facts = write(project, "import tests.contracts.chat")
    with pytest.raises(SnippetError, match=r"contracts/chat.py:6: test_base .* never"):
        _ = facts.by_id


def test_an_override_takes_a_contracts_test_away(project: Project) -> None:
    text = (
        "from tests.contracts.chat import Chat\n"
        "class TestIt(Chat):\n    def test_base(self): ...\n"
    )
    with pytest.raises(SnippetError, match=r"test_base .* never"):
        _ = write(project, text).by_id


def test_a_fixture_that_skips_and_is_not_used_does_no_harm(project: Project) -> None:
    text = mark(f"{TEST}\n\n@pytest.fixture\ndef other():\n    pytest.skip('x')")
    assert "kept" in write(project, f"{text}\n{MODULE}").by_id


def test_a_row_of_a_test_without_a_page_is_found(project: Project) -> None:
    text = mark(TEST, STATE.format('"one tab", reload="kept"'))
    facts = write(project, f"{text}{MODULE}", "tests/livedocs/test_other.py")
    ((statement, test),) = facts.homeless
    assert statement.startswith("`x` in `a.py`")
    assert test.path == "tests/livedocs/test_other.py"


def test_a_project_without_tests_proves_nothing(project: Project) -> None:
    assert not Facts(project.root).by_id


def test_white_space_does_not_matter() -> None:
    assert fold(" One\n  sentence. ") == "One sentence."


@pytest.mark.process
def test_pytest_collects_every_test_that_proves_a_fact() -> None:
    """What is read from the source is what pytest does."""
    listing = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/snippets"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    collected = set(re.findall(r"(?m)::(test_\w+)(?:\[|$)", listing.stdout))
    proving = {test.name for fact in Facts(ROOT).by_id.values() for test in fact.tests}
    assert proving
    assert proving <= collected


def test_no_module_of_proofs_leaves_a_test_out() -> None:
    """Not in helpers either, which are not followed test by test."""
    left_out = re.compile(r"\.(skip|skipif|xfail|importorskip)\b")
    for folder in ("tests/snippets", "tests/contracts", "tests/users"):
        for path in (ROOT / folder).rglob("*.py"):
            assert not left_out.search(path.read_text("utf-8")), path
