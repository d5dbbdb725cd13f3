"""What the tests claim to prove, read from their source.

A test names the sentence it proves, in the words of the page::

    @pytest.mark.claim("A reload keeps your name.")
    def test_a_reload_keeps_the_name(...): ...

The page ``tutorials/taipy/chat.md`` is proven by ``tests/snippets/taipy/test_chat*.py``
and by the modules of ``tests/contracts`` that these import. A ``-`` in a page's name is
a ``_`` in those of its tests, as modules are called.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from livedocs.catalog import SnippetError

CONTRACTS = "tests.contracts"


@dataclass(frozen=True)
class Proof:
    """One test, and the sentence that it names."""

    sentence: str
    """The words of the claim, white space folded."""
    test: str
    """The function's name."""
    path: str
    """The test's file, relative to the project's root, with forward slashes."""
    line: int
    """Where the function starts, counted from 1."""


@dataclass(frozen=True)
class Suite:
    """The tests below one folder, as far as they name claims."""

    root: Path
    """The project's root, the folder that holds ``tests/``."""

    def of_page(self, framework: str, topic: str) -> tuple[Proof, ...]:
        """What proves the page ``tutorials/<framework>/<topic>.md``."""
        folder = self.root / "tests" / "snippets" / framework
        name = topic.replace("-", "_")
        return tuple(self._proofs(folder.glob(f"test_{name}*.py")))

    def __iter__(self) -> Iterator[Proof]:
        """Every claim that any test names."""
        return self._proofs((self.root / "tests").glob("*/**/test_*.py"))

    def _proofs(self, files: Iterator[Path]) -> Iterator[Proof]:
        own = sorted(files)
        contracts = {name for path in own for name in self._read(path).contracts}
        shared = [self.root / "tests/contracts" / f"{name}.py" for name in contracts]
        for path in [*own, *sorted(path for path in shared if path.is_file())]:
            yield from self._read(path).proofs

    def _read(self, path: Path) -> _Module:
        name = path.relative_to(self.root).as_posix()
        try:
            return _read(path.read_text("utf-8"), name)
        except SyntaxError as error:
            raise SnippetError(
                f"{name}:{error.lineno}: This is not Python: {error.msg}."
            ) from None
        except UnicodeDecodeError:
            raise SnippetError(f"{name}:1: This is not UTF-8.") from None


def fold(sentence: str) -> str:
    """The sentence with every run of white space made one blank."""
    return " ".join(sentence.split())


@dataclass(frozen=True)
class _Module:
    """What is remembered of a module of tests."""

    proofs: tuple[Proof, ...]
    contracts: frozenset[str]
    """The modules of `CONTRACTS` that it imports."""


@lru_cache(maxsize=512)
def _read(source: str, path: str) -> _Module:
    tree = ast.parse(source)
    return _Module(tuple(_marks(tree, path)), _contracts(tree))


def _marks(tree: ast.Module, path: str) -> Iterator[Proof]:
    """The claims of a module's tests.

    Raises:
        SnippetError: a mark is not where it counts, or does not name its words.
    """
    counted: set[ast.expr] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for mark in node.decorator_list:
                if _is_claim(mark) and node.name.startswith("test_"):
                    counted.add(mark)
                    for sentence in _sentences(mark, path):
                        yield Proof(fold(sentence), node.name, path, node.lineno)
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and _is_claim(node) and node not in counted:
            raise SnippetError(
                f"{path}:{node.lineno}: A claim is marked on a test function, not on a "
                "class or a module."
            )


def _is_claim(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="claim")):
            return True
    return False


def _sentences(mark: ast.expr, path: str) -> Iterator[str]:
    assert isinstance(mark, ast.Call)  # noqa: S101 -- _is_claim has looked
    for argument in mark.args:
        if not isinstance(argument, ast.Constant) or not isinstance(
            argument.value, str
        ):
            raise SnippetError(
                f"{path}:{argument.lineno}: A claim is named by plain words, written "
                "where the mark is."
            )
        yield argument.value


def _contracts(tree: ast.Module) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=module, names=aliases) if module == CONTRACTS:
                names.update(alias.name for alias in aliases)
            case ast.ImportFrom(module=str(module)):
                names.update(_below_contracts(module))
            case ast.Import(names=aliases):
                for alias in aliases:
                    names.update(_below_contracts(alias.name))
    return frozenset(names)


def _below_contracts(module: str) -> Iterator[str]:
    package, _, name = module.rpartition(".")
    if package == CONTRACTS:
        yield name
