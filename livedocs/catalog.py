"""The only place that knows what a snippet is: a complete program in one file.

A snippet's id is its path below ``snippets/`` without the ending, for example
``taipy/chat/shared_builder``.
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import os.path
import re
import sys
import sysconfig
import textwrap
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.machinery import PathFinder
from pathlib import Path

from livedocs.errors import SnippetError
from livedocs.files import is_file, is_hidden, visible
from livedocs.located import LocatedError
from livedocs.packages import Package

# The pattern of PEP 723, "Inline script metadata", with the blank lines that follow.
_HEADER = re.compile(
    r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\n(?P<content>(?:^#(?:| .*)$\n)+?)^# ///$\n*"
)
_FILE = re.compile(r"[\w-]+\.py")
_PATH = re.compile(r"(?:[A-Za-z0-9_-]+/){2}[A-Za-z0-9_-]+\.py")
_REGION = re.compile(r"^\s*# (?P<edge>region|endregion)\b[ :]*(?P<name>[\w.-]*)\s*$")


@dataclass(frozen=True)
class Framework:
    """What pages say about a framework, in the site's one vocabulary."""

    id: str
    """The folder below ``snippets/`` and ``docs/tutorials/``."""
    title: str
    """Its name as its makers write it."""
    sentence: str
    """What it is for, in a few words."""
    scope: str
    """Whom a value belongs to as long as nothing is done about it."""
    share: str
    """The call, or the decorator, that its pages recommend for sharing a value."""


FRAMEWORKS = (
    Framework(
        "taipy",
        "Taipy",
        "Data pages in Python or Markdown.",
        "one user",
        "gui.add_shared_variable",
    ),
    Framework(
        "flet",
        "Flet",
        "Flutter apps in Python, for the web and the desktop.",
        "one tab",
        "page.pubsub.send_all",
    ),
    Framework(
        "streamlit",
        "Streamlit",
        "Scripts that rerun on every interaction.",
        "one tab",
        "@room",
    ),
)
"""The frameworks that tutorials are about."""


def nearest(name: str, names: Iterable[str]) -> str:
    """Say which of `names` was probably meant, as the end of an error message."""
    choices = sorted(names)
    close = difflib.get_close_matches(name, choices, n=1, cutoff=0.5)
    if close:
        return f"Did you mean {close[0]!r}?"
    if not choices:
        return "There is none to choose from."
    listed = ", ".join(choices)
    return f"There are: {listed}." if len(listed) < 300 else "None of them is near."


@dataclass(frozen=True)
class Snippet:
    """One program that the site shows, the tests run and a reader can start."""

    id: str
    """Path below the root without ``.py``, with forward slashes."""
    path: Path
    """The file."""
    text: str
    """The whole file, whose lines end in ``\\n`` here, however they do on disk."""

    @property
    def framework(self) -> str:
        """The first part of the id: ``taipy``, ``flet`` or ``streamlit``."""
        return self.id.partition("/")[0]

    @property
    def file(self) -> str:
        """The id as a path below the root: ``taipy/chat/shared_builder.py``."""
        return f"{self.id}.py"

    @property
    def name(self) -> str:
        """The file's own name: ``shared_builder.py``."""
        return self.path.name

    @property
    def package(self) -> str:
        """The name of the package that it is a module of, or an empty string."""
        return _package_of(self.path)

    @property
    def packages(self) -> tuple[Package, ...]:
        """The libraries that it needs, sorted by name."""
        folders = {it.path.parent for it in self.companions if it.package}
        return tuple(Package(folder) for folder in sorted(folders))

    @property
    def place(self) -> str:
        """Where it lies beside a program that needs it: a module in its package."""
        return f"{self.package}/{self.name}" if self.package else self.name

    @cached_property
    def sha256(self) -> str:
        """Hexadecimal digest of it and its companions, to tell when one has changed."""
        texts = [self.text, *(companion.text for companion in self.companions)]
        return hashlib.sha256("".join(texts).encode()).hexdigest()

    @cached_property
    def code(self) -> str:
        """The program as pages show it: without PEP 723 header and markers."""
        body = _HEADER.sub("", self.text, count=1)
        return _without_markers(body.split("\n")).strip("\n") + "\n"

    @property
    def tree(self) -> ast.Module:
        """The program as Python reads it, parsed again each time.

        Raises:
            SnippetError: it is not Python.
        """
        with self._errors():
            return ast.parse(self.text)

    @property
    def _outline(self) -> _Outline:
        with self._errors():
            return _outline(self.text)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (SyntaxError, ValueError) as error:  # the latter of a null byte
            line = getattr(error, "lineno", None) or 1
            raise LocatedError(
                f"snippets/{self.file}:{line}: This is not Python: "
                f"{getattr(error, 'msg', error)}."
            ) from None

    @property
    def summary(self) -> str:
        """The first line of the docstring, or an empty string."""
        return self._outline.summary

    @cached_property
    def dependencies(self) -> tuple[str, ...]:
        """The requirements that the PEP 723 header pins, in its order.

        Raises:
            SnippetError: the header is not TOML.
        """
        for match in _HEADER.finditer(self.text):
            if match["type"] == "script":
                lines = match["content"].splitlines()
                toml = "\n".join(line.removeprefix("#")[1:] for line in lines)
                try:
                    return tuple(tomllib.loads(toml).get("dependencies", ()))
                except tomllib.TOMLDecodeError as error:
                    first = self.text.count("\n", 0, match.start()) + 1
                    raise LocatedError(
                        f"snippets/{self.file}:{first}: The head of this program is "
                        f"not TOML: {error}."
                    ) from None
        return ()

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """All names that `section` takes, in the order of the file."""
        return tuple(self._outline.spans)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All names that the program binds, in functions too, in alphabetical order."""
        bound = {
            node.id
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        return tuple(sorted(bound | set(self.sections)))

    def section(self, name: str) -> str:
        """Cut one part out: a function, class, ``Class.method`` or marked region.

        Decorators belong to it; it is dedented. A name that is assigned or bound by
        ``with … as name`` at module level is a section, too.

        Raises:
            SnippetError: no such part; the nearest name is offered.
        """
        spans = self._outline.spans
        if name not in spans:
            raise SnippetError(
                f"{self.file} has no section {name!r}. {nearest(name, spans)}"
            )
        first, last = spans[name]
        lines = self.text.split("\n")[first - 1 : last]
        return textwrap.dedent(_without_markers(lines)).strip("\n") + "\n"

    @cached_property
    def companions(self) -> tuple[Snippet, ...]:
        """The files that have to lie beside it where it runs, sorted by id.

        Those are the modules of its framework's folder that it imports, the files
        that it names, as a launcher names its page, and what they need in turn.

        Raises:
            SnippetError: it imports a module that two other topics have.
        """
        found: dict[Path, Snippet] = {}
        waiting: list[Snippet] = [self]
        while waiting:
            snippet = waiting.pop()
            for needed in (*snippet._imported(), *snippet._named_files()):
                if needed.path not in found and needed.path != self.path:
                    found[needed.path] = needed
                    waiting.append(needed)
        return tuple(sorted(found.values(), key=lambda snippet: snippet.id))

    @cached_property
    def is_library(self) -> bool:
        """Whether another program imports it: it is there to be used, not run."""
        if self.package:
            return True
        if "__main__" in self.text:  # spares the look at all others
            return False
        others = map(self._neighbour, visible(self.path.parents[1], "*/*.py"))
        return any(self.id == it.id for other in others for it in other._imported())

    def _imported(self) -> Iterator[Snippet]:
        """The modules of the framework's folder that it imports itself."""
        for name in self._outline.imports:
            yield from self._module(name)

    def _module(self, name: str) -> Iterator[Snippet]:
        """The module of that name: beside it, in a package, or in another topic."""
        if is_file(beside := self.path.with_name(f"{name}.py")):
            yield self._neighbour(beside)
            return
        topics = self.path.parent.parent
        if is_file(topics / name / "__init__.py"):
            yield from map(self._neighbour, visible(topics / name, "*.py"))
            return
        if _is_installed(name):
            return
        elsewhere = [*map(self._neighbour, visible(topics, f"*/{name}.py"))]
        if len(elsewhere) > 1:
            raise SnippetError(
                f"{self.file} imports {name!r}, which may be any of "
                f"{', '.join(it.file for it in elsewhere)}. Rename all but one."
            )
        yield from elsewhere

    def _named_files(self) -> Iterator[Snippet]:
        """The programs beside it whose file names stand in it as texts."""
        for name in self._outline.files:
            if is_file(path := self.path.with_name(name)):
                yield self._neighbour(path)

    def _neighbour(self, path: Path) -> Snippet:
        file = path.relative_to(self.path.parents[2]).as_posix()
        return Snippet(file.removesuffix(".py"), path, _read(path, f"snippets/{file}"))

    def run_command(self, site_url: str = "") -> str:
        """The command that runs this program as a reader would, in one line or two.

        uv runs a program from its address, with the wheels of the packages that it
        needs. A launcher of one page does what the command of its package does, which
        is given the page. What needs other files beside it is downloaded with them; no
        file of the reader's is overwritten. A library is downloaded alone; in a clone
        there is nothing to do with it, and no command.

        Args:
            site_url: address of the site, with or without a slash at its end; the
                program is then run from there. Without it, from a clone.
        """
        if self.package:
            return ""
        files = [it for it in self.companions if not it.package]
        if not site_url:
            paths = {it.path.parent for it in files} - {self.path.parent}
            topics = (f"snippets/{self.framework}/{path.name}" for path in paths)
            search = f"PYTHONPATH={':'.join(sorted(topics))} " if paths else ""
            start = f"{search}{self._start(f'snippets/{self.file}')}"
            return "" if self.is_library else start
        site = site_url.rstrip("/")
        root = f"{site}/snippets"
        if not files and not self.is_library:
            return self._start(f"{root}/{self.file}", site)
        launched = [*self._named_files()]
        if len(launched) == 1 and files == launched and self._command:
            return self._start(f"{root}/{launched[0].file}", site, self._command)
        download = _download(root, [self, *files])
        start = self._start(self.name, site)
        return download if self.is_library else f"{download} &&\n{start}"

    @property
    def _command(self) -> str:
        """The command of the only package that it needs, or an empty string."""
        return self.packages[0].command if len(self.packages) == 1 else ""

    def _start(self, place: str, site: str = "", command: str = "") -> str:
        if self.framework != "streamlit":
            return f"uv run {place}"
        # Only Streamlit starts its pages, and only from its command line.
        needs = dict.fromkeys(self.dependencies)
        needs |= dict.fromkeys(
            need for it in self.companions for need in it.dependencies
        )
        streamlit = [need for need in needs if need.startswith("streamlit==")]
        others = [need for need in needs if need not in streamlit]
        folder = f"./snippets/{self.framework}"
        packages = [
            f"{site}/{it.wheel}" if site else f"{folder}/{it.name}"
            for it in self.packages
        ]
        if command:
            listed = "".join(f"--with {need} " for need in [*streamlit, *others])
            return f"uvx --from {packages[0]} {listed}{command} run {place}"
        others += packages
        with_others = "".join(f"--with {need} " for need in others)
        tool = "".join(streamlit).replace("==", "@") or "streamlit"
        return f"uvx {with_others}{tool} run {place}"


def _download(root: str, files: Iterable[Snippet]) -> str:
    """One command that fetches the files that are not in the current folder yet."""
    ids = sorted(file.id for file in files)
    folder = os.path.commonpath([Path(id_).parent.as_posix() for id_ in ids])
    names = [id_.removeprefix(f"{folder}/") for id_ in ids]
    listed = names[0] if len(names) == 1 else f"{{{','.join(names)}}}"
    return f'curl -fLO --no-clobber "{root}/{folder}/{listed}.py"'


@dataclass(frozen=True)
class Catalog:
    """All snippets below one folder."""

    root: Path
    """The folder ``snippets/``."""

    @classmethod
    def default(cls) -> Catalog:
        """The catalogue of the checkout that this package is installed from."""
        return cls(Path(__file__).resolve().parent.parent / "snippets")

    def __iter__(self) -> Iterator[Snippet]:
        """Every snippet, sorted by id."""
        return map(self.find, self.ids)

    @property
    def packages(self) -> tuple[Package, ...]:
        """The libraries among the programs, sorted by folder."""
        found = visible(self.root, "*/*/__init__.py")
        return tuple(Package(path.parent) for path in found)

    def package(self, name: str) -> Package:
        """The library in that folder below the root, ``streamlit/room_sync``.

        Raises:
            SnippetError: there is none; the nearest name is offered.
        """
        known = {
            it.folder.relative_to(self.root).as_posix(): it for it in self.packages
        }
        if name not in known:
            raise SnippetError(f"There is no package {name!r}. {nearest(name, known)}")
        return known[name]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all snippets, sorted."""
        found = visible(self.root, "*/*/*.py")
        files = (path.relative_to(self.root) for path in found)
        return tuple(sorted(file.with_suffix("").as_posix() for file in files))

    def find(self, name: str) -> Snippet:
        """The snippet with that id or file name below the root.

        Raises:
            SnippetError: there is no such file (the nearest name is offered), or the
                path leaves the root by ``..``, as an absolute path or by a link.
        """
        parts = Path(name).parts
        if Path(name).is_absolute() or ".." in parts:
            raise SnippetError(
                f"{name!r} leaves snippets/. Name a file below it, such as "
                "'taipy/chat/shared_builder.py'."
            )
        snippet_id = Path(name).as_posix().removesuffix(".py")
        path = self.root / f"{snippet_id}.py"
        if len(parts) != 3 or is_hidden(Path(name)) or not is_file(path):
            files = [f"{known}.py" for known in self.ids]
            raise SnippetError(f"There is no snippet {name!r}. {nearest(name, files)}")
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise SnippetError(
                f"'{snippet_id}.py' is a link that leaves snippets/. Put a copy there."
            )
        return Snippet(snippet_id, path, _read(path, f"snippets/{snippet_id}.py"))

    def check(self) -> None:
        """Read every program below the root.

        Raises:
            SnippetError: one is not where programs belong, leads nowhere, has a name
                that cannot be typed as it is, or is not Python.
        """
        for path in sorted(self.root.rglob("*.py")):
            file = path.relative_to(self.root)
            if is_hidden(file) or path.is_dir():
                continue
            name = file.as_posix()
            if len(file.parts) != 3:
                raise SnippetError(
                    f"snippets/{name}: A program is "
                    "snippets/<framework>/<topic>/<name>.py."
                )
            if not _PATH.fullmatch(name):
                raise SnippetError(
                    f"snippets/{name}: A program is called in letters, digits, '_' and "
                    "'-', so that it can be typed. Rename it, or take it away."
                )
            if not is_file(path):
                raise SnippetError(f"snippets/{name}: This link leads nowhere.")
            snippet = self.find(name)
            _ = snippet.sections, snippet.dependencies


def _package_of(path: Path) -> str:
    return path.parent.name if is_file(path.with_name("__init__.py")) else ""


def _read(path: Path, name: str) -> str:
    """The text of a program, as Python reads it: whatever ends its lines."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        raise LocatedError(f"{name}:1: This is not UTF-8. Save it as UTF-8.") from None
    except OSError as error:  # it is gone by now, say
        raise LocatedError(f"{name}: It cannot be read: {error.strerror}.") from None
    if text.startswith("\ufeff"):
        raise LocatedError(f"{name}:1: It starts with a byte order mark. Leave it out.")
    return text


def _without_markers(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if not _REGION.match(line))


@dataclass(frozen=True)
class _Outline:
    """What is remembered of a program; its whole tree would take far more memory."""

    summary: str
    spans: Mapping[str, tuple[int, int]]
    """First and last line, counted from 1, of everything that `section` takes."""
    imports: tuple[str, ...]
    """The names of the modules that it imports, without those below a package."""
    files: tuple[str, ...]
    """The texts in it that may be names of files beside it."""


@lru_cache(maxsize=4096)
def _outline(text: str) -> _Outline:
    tree = ast.parse(text)
    summary = (ast.get_docstring(tree) or "").partition("\n")[0]
    imports: list[str] = []
    files: list[str] = []
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                imports.extend(alias.name.partition(".")[0] for alias in names)
            case ast.ImportFrom(module=str(name), level=0):
                imports.append(name.partition(".")[0])
            case ast.Constant(value=str(name)) if _FILE.fullmatch(name):
                files.append(name)
    spans = _named(tree) | _regions(text)
    return _Outline(summary, spans, _unique(imports), _unique(files))


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


@lru_cache
def _is_installed(name: str) -> bool:
    """Whether Python or a package in the environment brings a module of that name.

    What `sys.path` has beyond that does not count: it may be a program's folder.
    """
    if name in sys.stdlib_module_names:
        return True
    packages = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    spec = PathFinder.find_spec(name, packages)
    return spec is not None and spec.origin is not None


def _named(tree: ast.Module) -> dict[str, tuple[int, int]]:
    """First and last line, counted from 1, of everything that has a name."""
    spans: dict[str, tuple[int, int]] = {}
    for node in tree.body:
        for name in _names(node):
            spans.setdefault(name, _lines(node))
        if isinstance(node, ast.ClassDef):
            for member in node.body:
                for name in _names(member):
                    spans.setdefault(f"{node.name}.{name}", _lines(member))
    return spans


def _names(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Assign():
            yield from (t.id for t in node.targets if isinstance(t, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.With() | ast.AsyncWith():
            bound = (item.optional_vars for item in node.items)
            yield from (name.id for name in bound if isinstance(name, ast.Name))


def _lines(node: ast.stmt) -> tuple[int, int]:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(d.lineno for d in decorators)])
    return first, node.end_lineno or node.lineno


def _regions(text: str) -> dict[str, tuple[int, int]]:
    regions: dict[str, tuple[int, int]] = {}
    opened: list[tuple[str, int]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not (match := _REGION.match(line)):
            continue
        if match["edge"] == "region":
            opened.append((match["name"], number))
        elif opened:
            name, first = opened.pop()
            regions[name] = (first, number)
    return regions
