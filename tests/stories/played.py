"""What a story is played with; as long as none of it changes, its film still agrees.

Chromium is left out: nothing pins it.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from importlib import metadata
from importlib.util import resolve_name
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from livedocs.catalog import Snippet
from livedocs.films import FOLDER, Film
from tests.stories.scene import Scene, Story
from tests.users import chromium
from tests.users.stage import DRIVERS, Stage

ROOT = Path(__file__).parents[2]

# What they find, the program's text and the film, has digests of its own.
_FINDERS = {"livedocs.catalog", "livedocs.films"}

_DRIVEN_BY = ("playwright", "pillow", "imageio-ffmpeg")
_PIN = re.compile(r"(?m)^(?P<name>[\w.-]+)(?:\[[^]]*\])?==(?P<version>[^\s;\\]+)")


def loaded(story: Story, root: Path = ROOT) -> tuple[str, str]:
    """What a process of tests has in its memory: digests of driver and story."""
    modules = dict(_modules(story, root))
    # A stage may load them into its program.
    others = sorted((root / "tests/stories").glob("*/*.py"))
    texts = [modules[name] for name in sorted(modules)]
    driver = _digest(*texts, *(path.read_bytes() for path in others))
    return f"driver {driver}", f"story {story.told}"


def shown(snippet: Snippet, film: Film, root: Path = ROOT) -> tuple[str, str, str]:
    """What is read when it is played: digests of film, program and versions."""
    files = [root / FOLDER / name for name in (film.video, film.poster)]
    said = (film.steps, film.seconds, film.width, film.height)
    pins = versions(snippet, (root / "requirements.txt").read_text("utf-8"))
    return (
        f"film {_digest(*(it.read_bytes() for it in files), repr(said).encode())}",
        f"program {snippet.sha256[:16]}",
        f"versions {_digest(*(pin.encode() for pin in pins))}",
    )


def changes(before: Iterable[str], now: Iterable[str]) -> list[str]:
    """What differs: ``driver``, ``film``, ``program``, ``story`` or ``versions``."""
    return sorted({part.partition(" ")[0] for part in set(now) - set(before)})


def driver_modules(story: Story, root: Path = ROOT) -> set[str]:
    """The modules of ours that play it: its own, its stage's, and what they import."""
    return {name for name, _ in _modules(story, root)}


def versions(snippet: Snippet, requirements: str) -> list[str]:
    """The pins of what the program and its users' browser need, directly or not."""
    needed = _needed((*snippet.dependencies, *_DRIVEN_BY))
    return sorted(
        f"{pin['name']}=={pin['version']}"
        for pin in _PIN.finditer(requirements)
        if canonicalize_name(pin["name"]) in needed
    )


def _modules(story: Story, root: Path) -> Iterator[tuple[str, bytes]]:
    framework = story.snippet.partition("/")[0]
    driver = story.stage.driver or DRIVERS[framework]
    usual = {it.__module__ for it in DRIVERS.values()}
    places = (story.play, story.stage, driver, Scene)
    waiting = [*(it.__module__ for it in places), chromium.__name__]
    known: set[str] = set()
    while waiting:
        name = waiting.pop()
        path = root / f"{name.replace('.', '/')}.py"
        if name in known | _FINDERS or not path.is_file():
            continue
        known.add(name)
        text = path.read_bytes()
        yield name, text
        # The stage knows the drivers of all frameworks.
        left_out = usual if name == Stage.__module__ else set()
        waiting += _imports(name, text) - left_out


@cache
def _imports(module: str, text: bytes) -> frozenset[str]:
    """What a module imports of ours, anywhere in it; some of it may be no module."""
    names: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names += (it.name for it in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module.rpartition(".")[0]
            whole = resolve_name("." * node.level + (node.module or ""), package)
            names += (whole, *(f"{whole}.{it.name}" for it in node.names))
    return frozenset(it for it in names if it.startswith(("tests.", "livedocs.")))


@cache
def _needed(requirements: tuple[str, ...]) -> frozenset[str]:
    """The names of these packages and of all that they need on any machine."""
    found: set[tuple[str, frozenset[str]]] = set()
    waiting = [*map(Requirement, requirements)]
    while waiting:
        wanted = waiting.pop()
        package = canonicalize_name(wanted.name), frozenset(wanted.extras)
        if package in found:
            continue
        found.add(package)
        with suppress(metadata.PackageNotFoundError):  # it is for other machines
            for needed in map(Requirement, metadata.requires(wanted.name) or ()):
                extra = re.search(r'extra == "(.+?)"', str(needed.marker))
                if not extra or extra[1] in wanted.extras:
                    waiting.append(needed)
    return frozenset(name for name, _ in found)


def _digest(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:16]
