"""How long whole builds take, and how much memory, beside those of other ways."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bs4 import BeautifulSoup

from tests.bench import timed
from tests.bench.invented import (
    OURS,
    PASTED,
    WAYS,
    Way,
    built_page,
    programs_of,
    write_site,
)

JUDGED_PAGES = 200
MOST = 1.10
"""How many times as long as with pasted code a build of that many pages may take."""

HEAD = """\
| pages | code by           | seconds                | CPU s  | MiB \
| ours / it: seconds | CPU  | MiB  |
|------:|-------------------|-----------------------:|-------:|----:\
|-------------------:|-----:|-----:|"""


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
        """Ours to that way's, round by round: neighbours share the machine's mood."""
        pairs = zip(self.figures(OURS, figure), self.figures(way, figure), strict=True)
        return [ours / its for ours, its in pairs]

    @property
    def is_too_slow(self) -> bool:
        """Whether our blocks cost more than they may."""
        ratio = median(self.ratios(PASTED, "seconds"))
        return self.pages == JUDGED_PAGES and ratio > MOST

    def rows(self) -> list[str]:
        """The lines below `HEAD`, one for each way."""
        return [self._row(way) for way in WAYS]

    def _row(self, way: Way) -> str:
        ratios = ["", "", ""]
        if way is not OURS:
            ratios = [
                spread(self.ratios(way, "seconds")),
                f"{median(self.ratios(way, 'cpu')):.2f}",
                f"{median(self.ratios(way, 'peak')):.2f}",
            ]
        return (
            f"| {self.pages:5} | {way.name:17} "
            f"| {spread(self.figures(way, 'seconds')):>22} "
            f"| {median(self.figures(way, 'cpu')):6.2f} "
            f"| {median(self.figures(way, 'peak')) / 2**20:3.0f} "
            f"| {ratios[0]:>18} | {ratios[1]:>4} | {ratios[2]:>4} |"
        )


def spread(values: Sequence[float]) -> str:
    """The median, with the least and the most."""
    return f"{median(values):.2f} ({min(values):.2f}–{max(values):.2f})"


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
