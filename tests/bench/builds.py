"""How long whole builds take, and how much memory, beside those of other ways."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from bs4 import BeautifulSoup

from tests.bench import timed
from tests.bench.figures import Figure
from tests.bench.invented import (
    OURS,
    PASTED,
    PROGRAMS_PER_PAGE,
    WAYS,
    Way,
    built_page,
    programs_of,
    write_site,
)

JUDGED_PAGES = (200, 1_000)
MOST = 1.10
"""How many times as long as with pasted code a build of that many pages may take."""

ABOUT = f"""\
whole builds of invented tutorials, {PROGRAMS_PER_PAGE} programs of 60 lines on each, \
in plain Material, so only the code's way differs; ratios are those of the rounds"""


@dataclass(frozen=True)
class Build:
    """One whole `mkdocs build` process."""

    seconds: float
    """From its start to its end, by the clock on the wall."""
    cpu: float
    """Seconds that it computed: a busy machine disturbs these less."""
    peak: float
    """The most bytes of memory that were resident."""


@dataclass(frozen=True)
class Comparison:
    """The builds of one size of site, in rounds: each way once in each."""

    pages: int
    rounds: Sequence[Mapping[Way, Build]]

    def figures(self, way: Way, figure: str) -> list[float]:
        """One figure of all builds in that way."""
        return [getattr(builds[way], figure) for builds in self.rounds]

    def ratios(self, way: Way, figure: str) -> list[float]:
        """Ours to that way's, round by round."""
        pairs = zip(self.figures(OURS, figure), self.figures(way, figure), strict=True)
        return [ours / its for ours, its in pairs]

    def all_figures(self) -> Iterator[Figure]:
        """Seconds, CPU and memory of each way, and how ours compares.

        Each ratio is that of a round: neighbours share the machine's mood.
        """
        units = {"seconds": "s", "cpu": "CPU s", "peak": "MiB"}
        for way, (figure, unit) in product(WAYS, units.items()):
            values = self.figures(way, figure)
            if figure == "peak":
                values = [value / 2**20 for value in values]
            yield self._figure(way.name, values, unit)
        for way, (figure, unit) in product(WAYS, units.items()):
            if way is not OURS:
                judged = way is PASTED and figure == "seconds"
                goal = MOST if judged and self.pages in JUDGED_PAGES else None
                name = f"{OURS.name} / {way.name}"
                yield self._figure(name, self.ratios(way, figure), f"× {unit}", goal)

    def _figure(
        self, name: str, values: Sequence[float], unit: str, goal: float | None = None
    ) -> Figure:
        return Figure(
            "builds", f"{self.pages} pages, {name}", tuple(values), unit, goal
        )


def compare(pages: int, rounds: int, tell: Callable[[str], None]) -> Comparison:
    """Build a site of so many pages in each way, in turns; `tell` of each round."""
    with tempfile.TemporaryDirectory() as folder:
        sites = {way: Path(folder) / way.name for way in WAYS}
        for way, site in sites.items():
            write_site(site, pages, way)
        done = []
        for number in range(1, rounds + 1):
            done.append({way: _build(site, pages) for way, site in sites.items()})
            tell(f"{pages} pages: round {number} of {rounds} is done")
    return Comparison(pages, done)


def _build(site: Path, pages: int) -> Build:
    """Build it from nothing, and see that its last page shows its programs."""
    with tempfile.TemporaryDirectory() as target:
        build = _time(["-m", "mkdocs", "build", "--site-dir", target], site)
        html = (Path(target) / built_page(pages - 1)).read_text("utf-8")
    shown = BeautifulSoup(html, "html.parser").select("pre")
    for program in programs_of(pages - 1):
        assert any(program.code.strip() == code.text.strip() for code in shown), site
    return build


def _time(python: list[str], folder: Path) -> Build:
    """Run Python in a fresh process; nothing of it is left, however this ends."""
    with subprocess.Popen(
        [sys.executable, "-S", timed.__file__, sys.executable, *python],
        cwd=folder,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    ) as process:
        try:
            figures, said = process.communicate()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode:
        raise RuntimeError(f"The build in {folder} failed:\n{said}")
    return Build(**json.loads(figures))
