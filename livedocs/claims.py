"""What the tests claim to prove, read from their source.

A test names the sentence it proves, in the words of the page::

    @pytest.mark.claim("A reload keeps your name.")
    def test_a_reload_keeps_the_name(...): ...

The page ``tutorials/taipy/chat.md`` is proven by ``tests/snippets/taipy/test_chat*.py``
and by the modules of ``tests/contracts`` that these import.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

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
        return tuple(self._proofs(folder.glob(f"test_{topic}*.py")))

    def __iter__(self) -> Iterator[Proof]:
        """Every claim that any test names."""
        return self._proofs((self.root / "tests").glob("*/**/test_*.py"))

    def _proofs(self, files: Iterator[Path]) -> Iterator[Proof]:
        own = sorted(files)
        contracts = {c for path in own for c in _contracts(path.read_text("utf-8"))}
        shared = [self.root / "tests/contracts" / f"{name}.py" for name in contracts]
        for path in [*own, *sorted(path for path in shared if path.is_file())]:
            relative = path.relative_to(self.root).as_posix()
            for sentence, test, line in _marks(path.read_text("utf-8")):
                yield Proof(sentence, test, relative, line)


def fold(sentence: str) -> str:
    """The sentence with every run of white space made one blank."""
    return " ".join(sentence.split())


@lru_cache(maxsize=512)
def _marks(source: str) -> tuple[tuple[str, str, int], ...]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for mark in node.decorator_list:
                for sentence in _sentences(mark):
                    found.append((fold(sentence), node.name, node.lineno))
    return tuple(found)


def _sentences(mark: ast.expr) -> Iterator[str]:
    match mark:
        case ast.Call(func=ast.Attribute(attr="claim"), args=arguments):
            for argument in arguments:
                if isinstance(argument, ast.Constant):
                    yield str(argument.value)


@lru_cache(maxsize=512)
def _contracts(source: str) -> frozenset[str]:
    """The modules of `CONTRACTS` that a test module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
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
