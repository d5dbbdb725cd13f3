"""Which tests can notice a mistake in a file, and how they are run: cheapest first."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from livedocs.catalog import Catalog
from tests.mutate.copies import Copy
from tests.mutate.mutants import Mutant

HEADLESS, PROCESS, BROWSER, ALONE = "headless", "process", "browser", "alone"

_CHOSEN = {
    HEADLESS: "not browser and not process and not alone",
    PROCESS: "process and not browser and not alone",
    BROWSER: "browser and not alone",
    ALONE: "alone",
}
_LIMITS = {HEADLESS: 900.0, PROCESS: 900.0, BROWSER: 1800.0, ALONE: 900.0}
"""Seconds that a stage may take: some times what the slowest one takes."""
_EACH = 120
"""Seconds that a test may take: one that hangs has noticed something."""

_PASSED, _NONE_CHOSEN = 0, 5  # pytest.ExitCode

# What stands in for a test's id when pytest itself stops.
_TIME = "(the time was up)"
_START = "(pytest does not start)"
_COLLECTING = "(collecting)"


@dataclass(frozen=True)
class Stage:
    """Some of the tests, in one process of pytest."""

    name: str
    """`HEADLESS`, `PROCESS`, `BROWSER` or `ALONE`."""
    paths: tuple[str, ...]
    """The files with the tests, those first that are likeliest to notice something."""
    programs: frozenset[str] = frozenset()
    """The ids of the programs that have the mistake; none: it is in `livedocs`."""

    def arguments(self, left_out: frozenset[str] = frozenset()) -> list[str]:
        """What Python is called with."""
        plugins = ("-p", "no:cacheprovider", "-p", "tests.mutate.selection")
        # A story is played with the mistake, and without it to see that it agrees.
        has_stories = any("/stories/" in path for path in self.paths)
        films = ["--films"] if has_stories and self.name == BROWSER else []
        return [
            *("-m", "pytest", "-q", "-x", "--no-header", "--tb=no", "--durations=0"),
            *("--durations-min=60", f"--override-ini=timeout={_EACH}", *plugins),
            *("-m", _CHOSEN[self.name]),
            *(f"--deselect={test}" for test in sorted(left_out)),
            *films,
            *self.paths,
        ]


@dataclass(frozen=True)
class Verdict:
    """What became of one mutant."""

    mutant: Mutant
    by: str = ""
    """The test that noticed it; nothing: it survived."""
    stage: str = ""
    """Where it was noticed."""
    seconds: float = 0.0
    """How long that took."""


def stages_for(file: str, root: Path, *, headless: bool = False) -> list[Stage]:
    """The stages for a mistake in a file of a checkout, in their order."""
    if file.startswith("livedocs/"):
        paths, programs = _about_livedocs(file, root), frozenset[str]()
    else:
        paths, programs = _about_program(file, root)
    names = [HEADLESS, PROCESS] if headless else list(_CHOSEN)
    return [Stage(name, tuple(paths), programs) for name in names]


def _about_program(file: str, root: Path) -> tuple[list[str], frozenset[str]]:
    """The tests that mention it, then those of its topic, then those of all."""
    catalog = Catalog(root / "snippets")
    program = file.removeprefix("snippets/").removesuffix(".py")
    framework, topic, name = program.split("/")
    users = {
        snippet.id
        for snippet in catalog
        if any(companion.id == program for companion in snippet.companions)
    }
    folder = f"tests/snippets/{framework}"
    topical = [*root.glob(f"{folder}/test_{topic}*.py")]
    words = "|".join(map(re.escape, sorted({program, *users})))
    imports = rf"\b(?:import|from) {re.escape(name)}\b|[\"']{re.escape(name)}[\"']"
    about = re.compile(rf"(?:{words})\b|{imports}")
    mentions = _mentioning(about, root.glob(f"{folder}/test_*.py"))
    direct = re.compile(rf"{re.escape(program)}\b|{imports}")
    first = _mentioning(direct, mentions)
    paths = [
        *first,
        *mentions,
        *sorted(topical),
        root / "tests/snippets/test_programs.py",
    ]
    stories = root / "tests/stories/test_films.py"
    if stories.exists():
        paths.append(stories)
    names = dict.fromkeys(path.relative_to(root).as_posix() for path in paths)
    # Whether the story still happens is the question, not which films there are.
    story = "::test_a_story_happens_as_its_film_shows_it"
    return [
        name + story if name.endswith("test_films.py") else name for name in names
    ], frozenset({program, *users})


def _about_livedocs(file: str, root: Path) -> list[str]:
    """The tests of that module, then of the others, then of the built site."""
    parts = Path(file).with_suffix("").parts
    module = ".".join(part for part in parts if part != "__init__")
    about = re.compile(rf"\b{re.escape(module)}\b|from livedocs import .*{parts[-1]}")
    own = [
        *root.glob(f"tests/livedocs/**/test_{parts[-1].strip('_')}*.py"),
        *_mentioning(about, root.glob("tests/livedocs/**/test_*.py")),
    ]
    rest = sorted(
        {
            *root.glob("tests/livedocs/**/test_*.py"),
            *_mentioning(about, root.glob("tests/test_*.py")),
        }
    )
    paths = [*own, *rest, *sorted(root.glob("tests/site/test_*.py"))]
    return list(dict.fromkeys(path.relative_to(root).as_posix() for path in paths))


def _mentioning(
    words: re.Pattern[str], paths: Iterator[Path] | list[Path]
) -> list[Path]:
    return sorted(path for path in paths if words.search(path.read_text("utf-8")))


class Doors:
    """Stages run side by side, but for those that promise times."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._waiting = 0

    @contextmanager
    def enter(self, *, alone: bool) -> Iterator[None]:
        """Wait until it is this one's turn."""
        most = 0 if alone else float("inf")
        with self._changed:
            self._waiting += alone
            self._changed.wait_for(
                lambda: 0 <= self._inside <= most and (alone or not self._waiting)
            )
            self._waiting -= alone
            self._inside += -1 if alone else 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._inside -= -1 if alone else 1
                self._changed.notify_all()


@dataclass
class Judge:
    """Finds out whether a mutant is noticed, and by what.

    A test counts only if it passes without the mistake.
    """

    doors: Doors = field(default_factory=Doors)
    broken: set[str] = field(default_factory=set)
    """Tests that fail without any mistake; they are left out from then on."""
    _sound: set[str] = field(default_factory=set)
    """Tests and stages that have been seen to pass without any mistake."""

    def judge(self, mutant: Mutant, copy: Copy, *, headless: bool = False) -> Verdict:
        """Run the stages, until one notices it."""
        start = time.monotonic()
        for stage in stages_for(mutant.file, copy.root, headless=headless):
            while True:
                left_out = frozenset(self.broken)
                with copy.mutated(mutant):
                    said = self._run(stage, copy, left_out)
                if not said or said in left_out:
                    break  # to the next stage
                if self._is_sound(said, stage, copy):
                    seconds = time.monotonic() - start
                    return Verdict(mutant, said, stage.name, seconds)
        return Verdict(mutant, seconds=time.monotonic() - start)

    def _run(self, stage: Stage, copy: Copy, left_out: frozenset[str]) -> str:
        """The first test that fails; nothing: none does."""
        code, _, failed = self._pytest(stage, copy, left_out)
        if failed:
            return failed[0]
        if code in (_PASSED, _NONE_CHOSEN):
            return ""
        # A mistake at import stops pytest before it has any tests.
        return _TIME if code is None else _START

    def _pytest(
        self,
        stage: Stage,
        copy: Copy,
        left_out: frozenset[str],
        more: Sequence[str] = (),
    ) -> tuple[int | None, str, list[str]]:
        noticed = copy.temporary / "noticed"
        with self.doors.enter(alone=stage.name == ALONE):
            code, said = copy.run(
                [*stage.arguments(left_out), *more],
                _LIMITS[stage.name],
                MUTATED=" ".join(sorted(stage.programs)),
                NOTICED=str(noticed),
            )
        failed = noticed.read_text("utf-8").splitlines() if noticed.exists() else []
        return code, said, failed

    def _is_sound(self, said: str, stage: Stage, copy: Copy) -> bool:
        """Whether what has failed passes without the mistake."""
        if said == _START or said.startswith(_COLLECTING):
            name, again, more = f"collecting {stage}", stage, ["--collect-only"]
        elif said == _TIME:
            name, again, more = f"all of {stage}", stage, []
        else:
            name, again, more = said, Stage(stage.name, (said,), stage.programs), []
        if name in self._sound:
            return True
        code, output, _ = self._pytest(again, copy, frozenset(self.broken), more)
        copy.restore()
        if code == _PASSED:
            self._sound.add(name)
            return True
        if again is stage:
            raise RuntimeError(
                "Without any mistake, these tests fail or do not end:\n"
                f"{again}\n{output[-3000:]}"
            )
        self.broken.add(said)
        return False
