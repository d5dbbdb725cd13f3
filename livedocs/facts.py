"""What the tests prove, read from their source.

A fact has an id and a statement, and both live on the test that proves it::

    @pytest.mark.fact("late-joiner")
    def test_a_late_joiner_sees_the_history(alex, join):
        '''Someone who joins later sees everything that was said before.'''

The statement is the first paragraph of the docstring. Further tests of the same fact
carry the mark and no docstring, or the same one; further facts of the same test are
stated in their marks: ``fact("reload", "A reload keeps your name.")``. A statement
about *all*, *every*, *never* or *nothing* says what it ranges over and where that comes
from: ``fact("widgets", over="what inspect finds in streamlit.elements.widgets")``.

A row of a table of who shares what is data on the test that has seen it::

    @pytest.mark.state("shared.py", "note", "everybody", reload="kept")

The page ``tutorials/taipy/chat.md`` has ``tests/snippets/taipy/test_chat*.py`` and the
tests that these inherit, from ``tests/contracts`` for instance. A concept is about all
frameworks: ``concepts/rooms.md`` has ``test_rooms*.py`` of each. A ``-`` in a page's
name is a ``_`` in those of its tests, as modules are called. Any page may refer to any
fact; those of its own tests, it has to. A long subject may take several pages, a
family: ``chat-how-to.md`` belongs to ``chat.md``, and either may refer to what the
tests of the other prove.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path

from livedocs.catalog import nearest
from livedocs.errors import SnippetError
from livedocs.files import visible

SCOPES = {
    "one tab": "tab",
    "one user": "user",
    "one room": "room",
    "everybody": "all",
    "every process": "process",
}
"""The words for who shares a name, and the ending of their CSS class."""

CONCEPTS = "concepts"
"""The folder, below ``docs``, of pages that are about all frameworks."""

EVENTS = ("reload", "reconnect", "restart")
"""What may happen to a name."""

FATES = ("kept", "lost")
"""What becomes of it then."""

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_UNIVERSAL = re.compile(r"\b(all|every|never|nothing)\b", re.IGNORECASE)
_LEFT_OUT = frozenset({"skip", "skipif", "xfail", "importorskip"})


@dataclass(frozen=True)
class Test:
    """One test function."""

    __test__ = False  # for pytest, where tests import it

    name: str
    path: str
    """Its file, relative to the project's root, with forward slashes."""
    line: int
    """Where the function starts, counted from 1."""


@dataclass(frozen=True)
class Fact:
    """Something that tests prove."""

    id: str
    statement: str
    """One sentence, white space folded."""
    over: str
    """What a statement about *all* ranges over; empty for any other."""
    tests: tuple[Test, ...]
    """Its tests, the one that states it first."""


@dataclass(frozen=True)
class Row:
    """To whom a name of a program belongs, and what becomes of it."""

    program: str
    """The file's own name, ``shared.py``."""
    name: str
    scope: str
    """One of `SCOPES`."""
    fates: Mapping[str, str]
    """One of `FATES`, by event."""
    tests: tuple[Test, ...]

    @property
    def id(self) -> str:
        """What its place in a page is called."""
        return re.sub(r"\W+", "-", f"state {self.program} {self.name}")

    @property
    def statement(self) -> str:
        """The row as a sentence, for receipts and tooltips."""
        ends = ", ".join(f"{fate} on {event}" for event, fate in self.fates.items())
        return f"`{self.name}` in `{self.program}` belongs to {self.scope}: {ends}."


@dataclass(frozen=True)
class PageFacts:
    """What the tests of one page prove."""

    own: frozenset[str] = frozenset()
    """Ids of the facts that only these tests carry: the page has to use them."""
    shared: frozenset[str] = frozenset()
    """Those inherited from a contract: some page has to use them."""
    rows: Mapping[tuple[str, str], Row] = field(default_factory=dict)
    """By program and name."""


def fold(text: str) -> str:
    """The text with every run of white space made one space."""
    return " ".join(text.split())


@dataclass(frozen=True)
class Facts:
    """The facts of all tests of a project."""

    root: Path
    """The project's root, the folder that holds ``tests/``."""

    @cached_property
    def by_id(self) -> Mapping[str, Fact]:
        """Every fact, sorted by id.

        Raises:
            SnippetError: a mark is not where it counts, a fact has no statement or
                two, a test is never collected or may be left out.
        """
        marked: dict[str, list[tuple[_Mark, _Function]]] = {}
        for function in self._marked:
            for mark in function.facts:
                marked.setdefault(mark.id, []).append((mark, function))
        return {id_: _fact(id_, marked[id_]) for id_ in sorted(marked)}

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The files of all tests that carry a mark, sorted."""
        return tuple(sorted({function.test.path for function in self._marked}))

    def of_page(self, page: str) -> PageFacts:
        """What the tests of a page prove.

        Args:
            page: its path below ``docs``, without its ending: ``tutorials/taipy/chat``.

        Raises:
            SnippetError: as for `by_id`, or two tests contradict each other.
        """
        own: set[str] = set()
        shared: set[str] = set()
        rows: dict[tuple[str, str], Row] = {}
        for function in self._marked:
            places = self._collected[function.test]
            if page not in {self._pages[place] for place in places}:
                continue
            is_own = self._pages[function.test.path] == page
            (own if is_own else shared).update(mark.id for mark in function.facts)
            for row in function.rows:
                key = (row.program, row.name)
                rows[key] = _joined(rows[key], row) if key in rows else row
        return PageFacts(frozenset(own), frozenset(shared), rows)

    def family(self, page: str) -> tuple[str, ...]:
        """The pages that share one subject, the first of them gives it its name.

        ``chat``, ``chat-how-to`` and ``chat-reference`` of a folder are one family.
        """
        folder, _, topic = page.rpartition("/")
        topics = sorted({topic, *self._topics.get(folder, ())})
        first = next(name for name in topics if _is_in_family(topic, name))
        return tuple(f"{folder}/{it}" for it in topics if _is_in_family(it, first))

    def rows_of_family(self, page: str) -> Mapping[tuple[str, str], Row]:
        """The rows that a page's tables may show, by program and name.

        Raises:
            SnippetError: as for `of_page`.
        """
        rows: dict[tuple[str, str], Row] = {}
        for name in self.family(page):
            for key, row in self.of_page(name).rows.items():
                rows[key] = _joined(rows[key], row) if key in rows else row
        return rows

    @cached_property
    def homeless(self) -> tuple[tuple[str, Test], ...]:
        """The rows of tables whose tests belong to no page: description and test."""
        return tuple(
            (row.statement, function.test)
            for function in self._marked
            for row in function.rows
            if not any(self._pages[place] for place in self._collected[function.test])
        )

    def page_of(self, path: str) -> str | None:
        """The page whose test module this is, as `of_page` takes it.

        Of several whose names fit it is the one with the longest.
        """
        parts = path.split("/")
        if parts[:2] != ["tests", "snippets"] or len(parts) != 4:
            return None
        module = parts[3].removesuffix(".py")
        fitting = {
            f"{folder}/{topic}": len(topic)
            for folder in (f"tutorials/{parts[2]}", CONCEPTS)
            for topic in self._topics.get(folder, ())
            if module.startswith(f"test_{topic.replace('-', '_')}")
        }
        return max(fitting, key=fitting.__getitem__, default=None)

    @cached_property
    def _pages(self) -> Mapping[str, str | None]:
        """Of each module of tests, its page."""
        return {path: self.page_of(path) for path in self._modules}

    @cached_property
    def _topics(self) -> Mapping[str, Sequence[str]]:
        """The names of the pages that tests belong to, by their folder."""
        docs = self.root / "docs"
        topics: dict[str, list[str]] = {}
        for path in chain(docs.glob("tutorials/*/*.md"), docs.glob(f"{CONCEPTS}/*.md")):
            folder = path.parent.relative_to(docs).as_posix()
            topics.setdefault(folder, []).append(path.stem)
        return topics

    @cached_property
    def _modules(self) -> Mapping[str, _Module]:
        return {
            path.relative_to(self.root).as_posix(): self._read(path)
            for path in visible(self.root / "tests", "**/*.py")
        }

    def _read(self, path: Path) -> _Module:
        name = path.relative_to(self.root).as_posix()
        try:
            return _read(path.read_text("utf-8-sig"), name)
        except UnicodeDecodeError:
            raise SnippetError(f"{name}:1: This is not UTF-8.") from None
        except (SyntaxError, ValueError) as error:  # the latter of a null byte
            line = getattr(error, "lineno", None) or 1
            message = getattr(error, "msg", error)
            raise SnippetError(
                f"{name}:{line}: This is not Python: {message}."
            ) from None
        except OSError as error:  # it is gone by now, say
            raise SnippetError(
                f"{name}: It cannot be read: {error.strerror}."
            ) from None

    @cached_property
    def _marked(self) -> tuple[_Function, ...]:
        """Every test that carries a mark; pytest runs them all."""
        marked = [f for m in self._modules.values() for f in m.marked]
        for function in marked:
            where = f"{function.test.path}:{function.test.line}"
            if function.test not in self._collected:
                raise SnippetError(
                    f"{where}: {function.test.name} carries a mark and is never "
                    "collected. Put it into a class that a class 'Test…' of a module "
                    "'test_….py' inherits, give it a name of its own, and give the "
                    "class no '__init__'."
                )
            if left_out := self._left_out(function):
                raise SnippetError(
                    f"{where}: {function.test.name} proves something, so it may not "
                    f"be left out or expected to fail; see {left_out!r}."
                )
        return tuple(marked)

    @cached_property
    def _collected(self) -> Mapping[Test, tuple[str, ...]]:
        """Each test that pytest collects, with the modules in which it does."""
        found: dict[Test, list[str]] = {}
        for path, module in self._modules.items():
            if not _is_collected(path):
                continue
            tests = [f for f in module.functions.values() if f.is_test]
            for local, (source, name) in module.imports.items():
                other = self._modules.get(source)
                if other and local.startswith("test") and name in other.functions:
                    tests.append(other.functions[name])
            for name in module.classes:
                if name.startswith("Test"):
                    tests.extend(self._methods(path, name))
            for function in tests:
                found.setdefault(function.test, []).append(path)
        return {test: tuple(paths) for test, paths in found.items()}

    def _methods(self, path: str, name: str) -> Iterator[_Function]:
        """The tests of a class, its own and those that it inherits."""
        methods: dict[str, _Function] = {}
        for kind in self._line(path, name):
            if not kind.is_collectable:
                return
            for method, function in kind.methods.items():
                methods.setdefault(method, function)
        yield from (function for function in methods.values() if function.is_test)

    def _line(self, path: str, name: str) -> Iterator[_Class]:
        """A class and those that it inherits, as far as they are in the tests."""
        module = self._modules.get(path)
        if module is None:
            return
        if "." in name:  # of a module that is imported as a whole
            owner, _, name = name.rpartition(".")
            if owner in module.imports:
                package, inner = module.imports[owner]
                yield from self._line(f"{package.removesuffix('.py')}/{inner}.py", name)
            return
        if name not in module.classes:
            if name in module.imports:
                yield from self._line(*module.imports[name])
            return
        kind = module.classes[name]
        yield kind
        for base in kind.bases:
            yield from self._line(path, base)

    def _left_out(self, function: _Function) -> str:
        """What may keep pytest from running a test or counting its failure."""
        for path in {function.test.path, *self._collected[function.test]}:
            module = self._modules[path]
            if module.left_out:
                return module.left_out
            for name in module.classes:
                line = list(self._line(path, name))
                if any(function in kind.methods.values() for kind in line):
                    for kind in line:
                        if kind.left_out:
                            return kind.left_out
            fixtures = self._fixtures(path)
            waiting = [function, *(f for f in fixtures.values() if f.auto)]
            seen: set[str] = set()
            while waiting:
                one = waiting.pop()
                if one.left_out:
                    return one.left_out
                new = one.arguments - seen
                seen |= new
                waiting.extend(fixtures[name] for name in new if name in fixtures)
        return ""

    def _fixtures(self, path: str) -> Mapping[str, _Function]:
        """The fixtures that a module has, its own and those of its conftests."""
        folders = [folder.as_posix() for folder in reversed(Path(path).parents)]
        near = [f"{folder}/conftest.py" for folder in folders] + [path]
        found = [self._modules[name] for name in near if name in self._modules]
        return dict(chain.from_iterable(m.fixtures.items() for m in found))


def _is_in_family(topic: str, first: str) -> bool:
    return topic == first or topic.startswith(f"{first}-")


def _is_collected(path: str) -> bool:
    """Whether pytest looks for tests there: its `python_files`."""
    name = path.rpartition("/")[2]
    return name.startswith("test_") or name.endswith("_test.py")


def _fact(id_: str, marked: Sequence[tuple[_Mark, _Function]]) -> Fact:
    """One fact, of all marks that name it."""
    stated = [(mark, function) for mark, function in marked if mark.statement]
    if not stated:
        _, function = marked[0]
        raise SnippetError(
            f"{function.test.path}:{function.test.line}: The fact {id_!r} has no "
            "statement. State it in the first paragraph of this test's docstring."
        )
    (first, stating), *others = stated
    for mark, function in others:
        if mark.statement != first.statement:
            raise SnippetError(
                f'{function.test.path}:{mark.line}: The fact {id_!r} says "'
                f'{mark.statement}" here and "{first.statement}" in '
                f"{stating.test.path}:{first.line}. Say the same, leave the docstring "
                "out here, or give this fact an id of its own."
            )
    over = next((mark.over for mark, _ in marked if mark.over), "")
    if (universal := _UNIVERSAL.search(first.statement)) and not over:
        raise SnippetError(
            f"{stating.test.path}:{first.line}: The fact {id_!r} says "
            f"{universal[0]!r}. Say what that ranges over and where the test takes it "
            f"from, fact({id_!r}, over='…'), or say less."
        )
    tests = [function.test for _, function in stated]
    tests += [function.test for mark, function in marked if not mark.statement]
    return Fact(id_, first.statement, over, tuple(dict.fromkeys(tests)))


def _joined(row: Row, other: Row) -> Row:
    """What two tests say of one name."""
    test = other.tests[0]
    where = (
        f"{test.path}:{test.line}: {test.name} says that `{row.name}` in {row.program}"
    )
    if row.scope != other.scope:
        raise SnippetError(
            f"{where} belongs to {other.scope}, {row.tests[0].name} says {row.scope}."
        )
    for event, fate in other.fates.items():
        if row.fates.get(event, fate) != fate:
            raise SnippetError(
                f"{where} is {fate} on {event}, {row.tests[0].name} says "
                f"{row.fates[event]}."
            )
    fates = {**row.fates, **other.fates}
    return Row(
        row.program,
        row.name,
        row.scope,
        {event: fates[event] for event in EVENTS if event in fates},
        (*row.tests, *other.tests),
    )


@dataclass(frozen=True)
class _Mark:
    """One mark `fact`."""

    id: str
    statement: str
    over: str
    line: int


@dataclass(frozen=True)
class _Function:
    """A test or a fixture."""

    test: Test
    facts: tuple[_Mark, ...]
    rows: tuple[Row, ...]
    left_out: str
    """What in it skips it or expects it to fail; empty: nothing does."""
    arguments: frozenset[str]
    """The fixtures that it asks for."""
    auto: bool
    """A fixture that each test has."""

    @property
    def is_test(self) -> bool:
        return self.test.name.startswith("test")


@dataclass(frozen=True)
class _Class:
    """A class of tests."""

    bases: tuple[str, ...]
    methods: Mapping[str, _Function]
    left_out: str
    is_collectable: bool


@dataclass(frozen=True)
class _Module:
    """What is remembered of a module of tests."""

    imports: Mapping[str, tuple[str, str]]
    """From where names come: the file and the name there."""
    functions: Mapping[str, _Function]
    classes: Mapping[str, _Class]
    fixtures: Mapping[str, _Function]
    marked: tuple[_Function, ...]
    left_out: str


@lru_cache(maxsize=1024)
def _read(source: str, path: str) -> _Module:
    tree = ast.parse(source)
    marked: list[_Function] = []
    functions: dict[str, _Function] = {}
    classes: dict[str, _Class] = {}
    fixtures: dict[str, _Function] = {}
    counted: set[ast.expr] = set()

    def visit(node: ast.FunctionDef | ast.AsyncFunctionDef) -> _Function:
        function = _function(node, path)
        if function.facts or function.rows:
            if function.is_test:
                counted.update(mark for mark in node.decorator_list if _kind(mark))
            marked.append(function)
        if any(_says(mark, {"fixture"}) for mark in node.decorator_list):
            fixtures[node.name] = function
        return function

    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            functions[node.name] = visit(node)
        elif isinstance(node, ast.ClassDef):
            methods = {
                member.name: visit(member)
                for member in node.body
                if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef)
            }
            classes[node.name] = _class(node, methods)
    called = {mark.func for mark in counted if isinstance(mark, ast.Call)}
    for mark in (n for n in ast.walk(tree) if isinstance(n, ast.expr)):
        if (kind := _kind(mark)) and mark not in counted:
            raise SnippetError(
                f"{path}:{mark.lineno}: A {kind} is marked on a test function, not on "
                "a class, a module or a helper."
            )
        if (kind := _named(mark)) and mark not in called:
            raise SnippetError(
                f"{path}:{mark.lineno}: A {kind} is marked as @pytest.mark.{kind}(…), "
                "by no other name."
            )
    loose = [n for n in tree.body if not isinstance(n, ast.FunctionDef | ast.ClassDef)]
    left_out = _left_out_in(loose)
    return _Module(
        dict(_imports(tree)), functions, classes, fixtures, tuple(marked), left_out
    )


def _class(node: ast.ClassDef, methods: Mapping[str, _Function]) -> _Class:
    bases = (b.value if isinstance(b, ast.Subscript) else b for b in node.bases)
    own = [n for n in node.body if not isinstance(n, ast.FunctionDef)]
    return _Class(
        tuple(map(ast.unparse, bases)),
        methods,
        _left_out_in([*node.decorator_list, *own]),
        "__init__" not in methods and "__test__" not in _assigned(own),
    )


def _assigned(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Assign):
            yield from (t.id for t in node.targets if isinstance(t, ast.Name))


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, path: str) -> _Function:
    test = Test(node.name, path, node.lineno)
    facts: list[_Mark] = []
    rows: list[Row] = []
    summary = fold((ast.get_docstring(node) or "").split("\n\n")[0])
    for mark in node.decorator_list:
        if _kind(mark) == "fact":
            facts.append(_read_fact(mark, path))
        elif _kind(mark) == "state":
            rows.append(_read_row(mark, test))
    silent = [mark for mark in facts if not mark.statement]
    if summary and len(silent) > 1:
        raise SnippetError(
            f"{path}:{silent[1].line}: {node.name} has two facts and one docstring. "
            f"State the second one in its mark: fact({silent[1].id!r}, '…')."
        )
    if summary and silent:
        place = facts.index(silent[0])
        facts[place] = _Mark(silent[0].id, summary, silent[0].over, node.lineno)
    arguments = node.args
    names = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return _Function(
        test,
        tuple(facts),
        tuple(rows),
        _left_out_in([node]),
        frozenset(name.arg for name in names),
        any("autouse" in ast.unparse(mark) for mark in node.decorator_list),
    )


def _kind(node: ast.expr) -> str:
    """Whether this is a mark of ours: ``fact``, ``state`` or nothing."""
    return _named(node.func) if isinstance(node, ast.Call) else ""


def _named(node: ast.expr) -> str:
    """Whether this is the name of such a mark."""
    match node:
        case ast.Attribute(value=owner, attr="fact" | "state" as kind):
            if _says(owner, {"mark"}):
                return kind
    return ""


def _says(node: ast.AST, words: set[str] | frozenset[str]) -> bool:
    """Whether a name, an attribute or a call of it ends with one of these words."""
    match node:
        case ast.Call(func=func):
            return _says(func, words)
        case ast.Attribute(attr=word) | ast.Name(id=word):
            return word in words
    return False


def _left_out_in(nodes: Iterable[ast.AST]) -> str:
    """What in this code skips a test or expects it to fail."""
    for node in chain.from_iterable(map(ast.walk, nodes)):
        if isinstance(node, ast.Attribute) and node.attr in _LEFT_OUT:
            owner = ast.unparse(node.value)
            if owner in ("pytest", "unittest") or owner.endswith("mark"):
                return ast.unparse(node)
    return ""


def _words(node: ast.expr, path: str, kind: str) -> str:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        raise SnippetError(
            f"{path}:{node.lineno}: A {kind} is given in plain words, written where "
            "the mark is."
        )
    return fold(node.value)


def _read_fact(mark: ast.expr, path: str) -> _Mark:
    assert isinstance(mark, ast.Call)  # noqa: S101 -- _kind has looked
    where = f"{path}:{mark.lineno}"
    words = [_words(argument, path, "fact") for argument in mark.args]
    options = {k.arg: _words(k.value, path, "fact") for k in mark.keywords}
    if len(words) not in (1, 2) or not set(options) <= {"over"}:
        raise SnippetError(
            f"{where}: A fact has an id, and where its test's docstring states another "
            "one, a statement: fact('late-joiner', '…', over='…')."
        )
    if not _ID.fullmatch(words[0]):
        raise SnippetError(
            f"{where}: {words[0]!r} is no id of a fact. Write small letters, digits "
            "and hyphens, such as 'late-joiner'."
        )
    statement = words[1] if len(words) == 2 else ""
    return _Mark(words[0], statement, options.get("over", ""), mark.lineno)


def _read_row(mark: ast.expr, test: Test) -> Row:
    assert isinstance(mark, ast.Call)  # noqa: S101 -- _kind has looked
    where = f"{test.path}:{mark.lineno}"
    words = [_words(argument, test.path, "state") for argument in mark.args]
    fates = {str(k.arg): _words(k.value, test.path, "state") for k in mark.keywords}
    if len(words) != 3 or not fates:
        raise SnippetError(
            f"{where}: A state names program, name, scope, and what becomes of it: "
            "state('shared.py', 'note', 'everybody', reload='kept')."
        )
    program, name, scope = words
    for word, known in ((scope, SCOPES), *((event, EVENTS) for event in fates)):
        if word not in known:
            raise SnippetError(
                f"{where}: The state says {word!r}. {nearest(word, known)}"
            )
    for fate in fates.values():
        if fate not in FATES:
            raise SnippetError(
                f"{where}: The state says {fate!r}. {nearest(fate, FATES)}"
            )
    ordered = {event: fates[event] for event in EVENTS if event in fates}
    return Row(program, name, scope, ordered, (test,))


def _imports(tree: ast.Module) -> Iterator[tuple[str, tuple[str, str]]]:
    """Where names come from that are imported from other modules of the tests."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module), names=names, level=0):
                file = f"{module.replace('.', '/')}.py"
                yield from ((a.asname or a.name, (file, a.name)) for a in names)
