"""Mutants: programs with one small mistake each, which some test ought to notice."""

from __future__ import annotations

import ast
import hashlib
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, takewhile, zip_longest
from pathlib import Path

import libcst as cst
from libcst import matchers
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

COSMETIC = Path(__file__).with_name("cosmetic.toml")
"""The mutants that nobody could notice, each with the reason."""

FOLDERS: Mapping[str, int] = {"snippets": 5, "livedocs": 3}
"""What is mutated, and which share of a sample each has."""


@dataclass(frozen=True, order=True)
class Mutant:
    """One change of one file."""

    file: str
    """From the root of the checkout, with slashes."""
    change: str
    """The lines that differ, as in a diff: those with ``-``, then those with ``+``."""
    occurrence: int
    """Which of the places in the file that this change fits, from 0 on."""
    operator: str
    """The kind of mistake, as mutmut calls it."""
    line: int
    """Where the change begins, from 1 on."""

    @property
    def key(self) -> tuple[str, str, int]:
        """What stays the same while other parts of the file are edited."""
        return self.file, self.change, self.occurrence

    def applied(self, text: str) -> str:
        """The file's text with the mistake in it."""
        old, new = (
            [line[1:] for line in self.change.splitlines() if line[0] == sign]
            for sign in "-+"
        )
        lines = text.splitlines()
        first = self.line - 1
        if lines[first : first + len(old)] != old:
            raise ValueError(f"{self.file} is not what this mutant was made from")
        lines[first : first + len(old)] = new
        return "\n".join(lines) + "\n"

    def is_real(self, text: str) -> bool:
        """Whether the file still parses, and says something else than before."""
        try:
            mutated = ast.dump(ast.parse(self.applied(text)))
        except SyntaxError:
            return False
        return mutated != ast.dump(ast.parse(text))

    def __str__(self) -> str:
        return f"--- {self.file}:{self.line} ({self.operator})\n{self.change}"


def mutants_of(file: str, text: str) -> list[Mutant]:
    """Every mutant of a file, from its top to its end."""
    wrapper = MetadataWrapper(cst.parse_module(text))
    visitor = _Visitor(text, wrapper)
    wrapper.visit(visitor)
    places: Counter[str] = Counter()
    mutants = []
    seen = set()
    for line, change, operator in sorted(visitor.found, key=lambda found: found[0]):
        if (line, change) not in seen:
            seen.add((line, change))
            mutants.append(Mutant(file, change, places[change], operator, line))
            places[change] += 1
    return mutants


_END = matchers.Call(
    func=matchers.Attribute(attr=matchers.Name("kill") | matchers.Name("killpg"))
)


class _Visitor(cst.CSTVisitor):
    """Collects line, change and operator of each mutant."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, text: str, wrapper: MetadataWrapper) -> None:
        super().__init__()
        self.lines = text.splitlines()
        self.module = wrapper.module
        self.found: list[tuple[int, str, str]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Annotation) or _is_docstring(node):
            return False
        for operator, mutated in _mistakes(node):
            line, change = self._change(node, mutated)
            if change:
                self.found.append((line, change, operator))
        # Who is ended stays the same: one more than 0 is the machine's first process.
        return not matchers.matches(node, _END)

    def _change(self, node: cst.CSTNode, mutated: cst.CSTNode) -> tuple[int, str]:
        """The first line that differs when a node is replaced, and all that do."""
        place = self.get_metadata(PositionProvider, node)
        assert isinstance(place, CodeRange)
        start, end = place.start, place.end
        lines = self.lines[start.line - 1 : end.line]
        before, after = lines[0][: start.column], lines[-1][end.column :]
        old, new = map(self.module.code_for_node, (node, mutated))
        # A node knows neither how far its block is indented nor where its place ends.
        indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
        stripped = old.strip(), new.strip()
        indented = [it.replace("\n", f"\n{indent}") for it in stripped]
        for one, other in ((old, new), stripped, indented):
            if f"{before}{one}{after}".splitlines() == lines:
                return _differing(lines, f"{before}{other}{after}", start.line)
        replaced = self.module.deep_replace(node, mutated)  # right, but slow
        assert isinstance(replaced, cst.Module)
        return _differing(self.lines, replaced.code, 1)


def _mistakes(node: cst.CSTNode) -> Iterator[tuple[str, cst.CSTNode]]:
    """What may stand there instead of a node, by operator."""
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            name = operator.__name__.removeprefix("operator_")
            for mutated in operator(node):
                yield name, mutated
                if name == "string":
                    break  # the others only change its case
    # mutmut forgets no statement, which is the likeliest mistake in programs like ours.
    if isinstance(node, cst.Expr):
        yield "statement", node.with_changes(value=cst.Ellipsis())


def _is_docstring(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Expr) and isinstance(
        node.value, cst.SimpleString | cst.ConcatenatedString
    )


def _differing(old: Sequence[str], text: str, line: int) -> tuple[int, str]:
    """The lines of which the text differs, without what is equal around them."""
    new = text.splitlines()
    start = _equal(old, new)
    end = _equal(old[start:][::-1], new[start:][::-1])
    differing = [
        f"{sign}{it}"
        for sign, lines in (("-", old), ("+", new))
        for it in lines[start : len(lines) - end]
    ]
    return line + start, "\n".join(differing)


def _equal(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines at the beginning are equal."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _ in pairs)


@dataclass(frozen=True)
class Cosmetic:
    """The mutants that make no difference to anybody."""

    reasons: Mapping[tuple[str, str, int], str]
    """By the mutant's key."""
    lines: Mapping[str, str] = field(default_factory=dict)
    """Reasons by a line that means the same whatever is changed in it, in any file."""

    @classmethod
    def read(cls, path: Path = COSMETIC) -> Cosmetic:
        """Read the list.

        Raises:
            ValueError: an entry has no reason.
        """
        reasons, lines = {}, {}
        for entry in tomllib.loads(path.read_text("utf-8")).get("mutant", []):
            what = entry.get("line") or entry["change"].strip("\n")
            reason = entry.get("reason", "").strip()
            if not reason:
                raise ValueError(f"{path.name}: there is no reason for\n{what}")
            if "line" in entry:
                lines[what] = reason
            else:
                reasons[entry["file"], what, entry.get("occurrence", 0)] = reason
        return cls(reasons, lines)

    def __contains__(self, mutant: Mutant) -> bool:
        old = [it[1:].strip() for it in mutant.change.splitlines() if it[0] == "-"]
        return mutant.key in self.reasons or self.lines.keys() >= {*old}

    def outdated(self, sources: Sources) -> list[str]:
        """The entries that fit no mutant any more."""
        mutants = chain.from_iterable(sources.mutants.values())
        there = {mutant.key for mutant in mutants}
        gone = [
            f"{key[0]}\n{key[1]}"
            for key in self.reasons
            if key not in there and Path(key[0]).is_relative_to(sources.only)
        ]
        written = "\n".join(sources.texts.values())
        return gone + [
            line for line in self.lines if not sources.only and line not in written
        ]


@dataclass(frozen=True)
class Sources:
    """The programs that are mutated, as they are in one checkout."""

    root: Path
    only: str = ""
    """Nothing but what is at or below this path, from the root."""

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """Each file's text, by its path."""
        files = (
            path.relative_to(self.root)
            for folder in FOLDERS
            for path in sorted((self.root / folder).rglob("*.py"))
        )
        return {
            file.as_posix(): (self.root / file).read_text("utf-8")
            for file in files
            if file.is_relative_to(self.only)
        }

    @cached_property
    def mutants(self) -> Mapping[str, Sequence[Mutant]]:
        """Each file's mutants, by its path."""
        found = {file: mutants_of(file, text) for file, text in self.texts.items()}
        return {file: mutants for file, mutants in found.items() if mutants}

    def sample(self, count: int, seed: int, cosmetic: Cosmetic) -> list[Mutant]:
        """So many mutants, the same ones for the same seed.

        An edit elsewhere in a file keeps most of them: each is drawn by a number that
        only its own lines decide.
        """
        chosen = []
        whole = sum(
            share
            for folder, share in FOLDERS.items()
            if any(file.startswith(f"{folder}/") for file in self.mutants)
        )
        for folder, share in FOLDERS.items():
            sizes = {
                file: len(mutants)
                for file, mutants in self.mutants.items()
                if file.startswith(f"{folder}/")
            }
            for file, quota in shares(sizes, count * share // max(whole, 1)).items():
                chosen += self._drawn(file, quota, seed, cosmetic)
        # A run that is stopped halfway has seen a bit of everything.
        return sorted(chosen, key=lambda mutant: _rank(mutant, seed))

    def _drawn(
        self, file: str, quota: int, seed: int, cosmetic: Cosmetic
    ) -> list[Mutant]:
        """The kinds of mistakes take turns: most mutants only leave an argument out."""
        kinds: dict[str, list[Mutant]] = defaultdict(list)
        for mutant in sorted(self.mutants[file], key=lambda it: _rank(it, seed)):
            if mutant not in cosmetic:
                kinds[mutant.operator].append(mutant)
        turns = sorted(kinds.values(), key=lambda kind: _rank(kind[0], seed))
        drawn: list[Mutant] = []
        for turn in zip_longest(*turns):
            for mutant in turn:
                if len(drawn) == quota:
                    return drawn
                if mutant and mutant.is_real(self.texts[file]):
                    drawn.append(mutant)
        return drawn


def _rank(mutant: Mutant, seed: int) -> str:
    return hashlib.sha256(repr((seed, mutant.key)).encode()).hexdigest()


def shares(sizes: Mapping[str, int], count: int) -> dict[str, int]:
    """How many of so many each gets: at least one, then by size (D'Hondt's way)."""
    quotas = dict.fromkeys(sorted(sizes), 0)
    for _ in range(min(count, sum(sizes.values()))):
        empty = [name for name in quotas if not quotas[name]]
        open_ones = [name for name in quotas if quotas[name] < sizes[name]]
        name = max(
            empty or open_ones, key=lambda name: sizes[name] / (quotas[name] + 1)
        )
        quotas[name] += 1
    return quotas
