"""What a library offers to its readers, from its docstrings, as griffe reads them.

Public is what ``__all__`` of its ``__init__.py`` names and, of the classes among that,
what they define without an underscore. All of that has a docstring in Google's style
that describes each argument; what ``__all__`` names has an example, too. So a reference
lacks nothing.
Source of the style: https://google.github.io/styleguide/pyguide.html, "Comments and
Docstrings".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livedocs.files import visible
from livedocs.located import LocatedError
from livedocs.packages import Package, shown

if TYPE_CHECKING:
    import griffe

Found = Any
"""A griffe.Object, or a griffe.Alias of one: what it has depends on its kind."""

_WIDTH = 60
"""How many characters a signature may have on one line."""


@dataclass(frozen=True)
class Described:
    """An argument, an attribute or an error, and what the docstring says of it."""

    name: str
    """Of an attribute with its type."""
    text: str


@dataclass(frozen=True)
class Entry:
    """A public name."""

    name: str
    """As pages call it: ``room``, ``Shared.update``."""
    signature: str
    """How it is called, or what it is, as Python."""
    text: str
    """What it is for, in paragraphs."""
    file: str
    """Where it is defined: the name of a file in the package."""
    line: int
    """Counted from 1 in that file."""
    arguments: tuple[Described, ...] = ()
    returns: str = ""
    raises: tuple[Described, ...] = ()
    example: str = ""
    """Python code."""
    attributes: tuple[Described, ...] = ()
    protocol: str = ""
    """The public protocol that describes the methods of this class."""
    methods: tuple[Entry, ...] = ()

    @property
    def summary(self) -> str:
        """The first sentence."""
        sentence, stop, _ = " ".join(self.text.split()).partition(". ")
        return sentence + stop.strip()


def read(package: Package) -> Mapping[str, Entry]:
    """The entry of each public name, in the order of ``__all__``.

    Raises:
        SnippetError: a docstring is missing or lacks something; each with its place.
    """
    return _read(package, package.digest)


@lru_cache(maxsize=4)
def _read(package: Package, digest: str) -> Mapping[str, Entry]:
    """Read it once for each state of its files, which the digest stands for."""
    reader = _Reader(package, _visited(package))
    entries = {name: reader.entry(name) for name in reader.public}
    if reader.problems:
        raise LocatedError("\n".join(reader.problems))
    return entries


def _visited(package: Package) -> griffe.Module:
    """The package, of which nothing is imported or run.

    ``griffe.load`` would look for a package of that name elsewhere, and ask git.
    """
    import griffe  # only who publishes needs it

    modules, lines = griffe.ModulesCollection(), griffe.LinesCollection()

    def visited(name: str, path: Path, parent: Found = None) -> griffe.Module:
        return griffe.visit(
            name,
            path,
            path.read_text("utf-8"),
            parent=parent,
            modules_collection=modules,
            lines_collection=lines,
        )

    init = package.folder / "__init__.py"
    whole = visited(package.name, init)
    modules.set_member(package.name, whole)
    for path in visible(package.folder, "*.py"):
        if path != init:
            whole.set_member(path.stem, visited(path.stem, path, whole))
    griffe.DataclassesExtension().on_package(pkg=whole)
    return whole


class _Reader:
    """Reads one package, and collects what its docstrings lack."""

    def __init__(self, package: Package, module: Found) -> None:
        self.package, self.module = package, module
        self.public = [str(name) for name in module.exports or ()]
        self.problems: list[str] = []
        if not self.public:
            path = shown(package.folder / "__init__.py")
            raise LocatedError(
                f"{path}:1: It has no __all__, which says what is public."
            )
        self.objects = {name: self._find(name) for name in self.public}
        self.protocols = [
            found
            for found in self.objects.values()
            if found.is_class and "Protocol" in map(str, found.bases)
        ]

    def _find(self, name: str) -> Found:
        """What a program gets that imports this name.

        A module of the package may have the name, too: the import of the function in it
        comes later, and wins.
        """
        path = self.module.imports.get(name, f"{self.module.path}.{name}")
        try:
            found = self.module.modules_collection[path]
            return found.final_target if found.is_alias else found
        except (KeyError, ImportError):
            init = shown(self.package.folder / "__init__.py")
            raise LocatedError(
                f"{init}:1: __all__ names {name!r}, and the package does not have it."
            ) from None

    def entry(self, name: str) -> Entry:
        """The entry of a name of ``__all__``."""
        found = self.objects[name]
        entry = self._entry(name, found)
        if not re.search(rf"\b{name}\b", entry.example):
            self._miss(found, f"{name!r} has no example of its use", "Example:")
        return entry

    def _entry(self, name: str, found: Found) -> Entry:
        sections = list(self._sections(found))
        if not sections:
            self._miss(found, f"{name!r} has no docstring", '"""…"""')
        texts = [it.value for it in sections if it.kind == "text"]
        arguments = _described(sections, "parameters")
        entry = Entry(
            name=name,
            signature=self._signature(name, found, arguments),
            text="\n\n".join(texts),
            file=found.filepath.name,
            line=found.lineno or 1,
            arguments=arguments,
            returns=" ".join(it.text for it in _described(sections, "returns")),
            raises=_described(sections, "raises"),
            example="\n\n".join(
                it.value.description
                for it in sections
                if it.kind == "admonition" and it.value.kind == "example"
            ),
            **self._members(name, found, arguments),
        )
        self._check_arguments(entry, found)
        return entry

    def _members(
        self, name: str, found: Found, arguments: Iterable[Described]
    ) -> dict[str, Any]:
        """What a class has itself, unless protocol or arguments describe it."""
        if not found.is_class:
            return {}
        own = {
            key: member
            for key, member in found.members.items()
            if not key.startswith("_") and not member.is_alias
        }
        protocol = next(
            (
                it
                for it in self.protocols
                if it is not found and own.keys() >= it.members.keys()
            ),
            None,
        )
        described = {it.name for it in arguments}
        if protocol:
            described |= protocol.members.keys()
        attributes, methods = [], []
        for key, member in own.items():
            if key in described and not member.docstring:
                continue
            place = f"{name}.{key}"
            if member.is_function:
                methods.append(self._entry(place, member))
            elif text := " ".join(it.value for it in self._sections(member)):
                attributes.append(Described(self._typed(key, member), text))
            else:
                self._miss(member, f"{place!r} has no docstring", '"""…"""')
        return {
            "attributes": tuple(attributes),
            "methods": tuple(methods),
            "protocol": protocol.name if protocol else "",
        }

    def _sections(self, found: Found) -> Iterator[griffe.DocstringSection]:
        if found.docstring:
            yield from found.docstring.parse(
                "google", warnings=False, returns_named_value=False
            )

    def _check_arguments(self, entry: Entry, found: Found) -> None:
        if not found.docstring or (found.is_class and not entry.arguments):
            return  # readers are given one, or there is nothing to give
        named = {it.name.lstrip("*") for it in entry.arguments}
        taken = [it.name for it in _parameters(found)]
        for name in taken:
            # Without 'Args:', as in a docstring of one line, the text may say it.
            is_said = not named and re.search(rf"\b{name}\b", entry.text)
            if name not in named and not is_said:
                problem = f"{entry.name!r} does not describe its argument {name!r}"
                self._miss(found, problem, f"{name}: … below 'Args:'")
        for name in sorted(named - {*taken}):
            self._note(found, f"{entry.name!r} has no argument {name!r}. Take it out.")

    def _miss(self, found: Found, what: str, missing: str) -> None:
        self._note(found, f"{what}. Write {missing} in its docstring.")

    def _note(self, found: Found, problem: str) -> None:
        path = shown(found.filepath)
        self.problems.append(f"{path}:{found.lineno or 1}: {problem}")

    def _signature(
        self, name: str, found: Found, arguments: Iterable[Described]
    ) -> str:
        if found.is_attribute:
            return f"{name} = {self._code(found.value)}"
        name = name.rpartition(".")[2]
        parts = [*self._arguments(found)]
        is_made = arguments or ("__init__" in found.members and not parts)
        if found.is_class and not is_made:  # readers are given one
            return f"class {name}{self._bases(found)}"
        returned = getattr(found, "returns", None)
        end = f" -> {self._code(returned)}" if returned and found.is_function else ""
        line = f"{name}({', '.join(parts)}){end}"
        if len(line) <= _WIDTH or not parts:
            return line
        return "\n".join([f"{name}(", *(f"    {part}," for part in parts), f"){end}"])

    def _bases(self, found: Found) -> str:
        """Its base classes, without those that are private."""
        public = [
            str(base)
            for base in found.bases
            if str(base) in self.public
            or not base.canonical_path.startswith(f"{self.package.name}.")
        ]
        return f"({', '.join(public)})" if public else ""

    def _arguments(self, found: Found) -> Iterator[str]:
        is_marked = False
        for parameter in _parameters(found):
            kind = parameter.kind.value if parameter.kind else ""
            is_marked |= kind == "variadic positional"
            if kind == "keyword-only" and not is_marked:
                is_marked = True
                yield "*"
            stars = {"variadic positional": "*", "variadic keyword": "**"}.get(kind, "")
            typed = self._code(parameter.annotation)
            default = self._code(parameter.default)
            default = f" = {default}" if default and not stars else ""
            yield f"{stars}{parameter.name}{typed and f': {typed}'}{default}"

    def _typed(self, name: str, attribute: Found) -> str:
        typed = self._code(attribute.annotation)
        return f"{name}: {typed}" if typed else name

    def _code(self, code: griffe.Expr | str | None) -> str:
        """Code in public names: what others of the package stand for is spelled out."""
        if code is None or isinstance(code, str):
            # griffe writes texts as repr does; here they are written as ruff does.
            return "" if code is None else re.sub(r"'([^'\"]*)'", r'"\1"', code)
        parts = code.iterate(flat=True)
        return "".join(
            self._code(part) if isinstance(part, str) else self._spelled(part)
            for part in parts
        )

    def _spelled(self, name: griffe.Expr) -> str:
        if str(name) not in self.public:
            try:
                found = self.module.modules_collection[name.canonical_path]
                found = found.final_target if found.is_alias else found
            except (KeyError, ImportError):
                return str(name)
            if found.is_attribute and found.value is not None:
                return self._code(found.value)
        return str(name)


def _parameters(found: Found) -> Iterator[griffe.Parameter]:
    """The arguments that a caller gives."""
    given = getattr(found, "parameters", ())
    is_bound = found.is_class or (found.parent and found.parent.is_class)
    yield from (it for it in given if not (is_bound and it.name in ("self", "cls")))


def _described(
    sections: Iterable[griffe.DocstringSection], kind: str
) -> tuple[Described, ...]:
    return tuple(
        Described(
            str(getattr(it, "name", "") or it.annotation or ""),
            it.description.strip(),
        )
        for section in sections
        if section.kind == kind
        for it in section.value
    )
