"""What became of a sample: kept as JSON, so that two versions can be compared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.mutate.mutants import Mutant
from tests.mutate.stages import HEADLESS, PROCESS, Verdict

GOAL = 0.9
"""So many of the mutants at least have to be noticed."""


@dataclass(frozen=True)
class Record:
    """The verdicts of one run."""

    seed: int
    stages: str
    """`HEADLESS`, or "all"."""
    verdicts: Sequence[Verdict]

    @classmethod
    def read(cls, path: Path) -> Record:
        """Read what `write` has written."""
        data = json.loads(path.read_text("utf-8"))
        verdicts = [
            Verdict(Mutant(**entry.pop("mutant")), **entry)
            for entry in data["verdicts"]
        ]
        return cls(data["seed"], data["stages"], verdicts)

    def write(self, path: Path) -> None:
        """Write it; a reader finds meanwhile the one before."""
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = path.with_suffix(".new")
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        whole.write_text(f"{text}\n", "utf-8")
        whole.replace(path)

    @property
    def survivors(self) -> list[Verdict]:
        """Those that no test has noticed."""
        return [verdict for verdict in self.verdicts if not verdict.by]

    @property
    def share(self) -> float:
        """How many of all were noticed, from 0 to 1."""
        return 1 - len(self.survivors) / max(len(self.verdicts), 1)

    def lost_since(self, before: Record) -> list[Verdict]:
        """The survivors that were noticed before."""
        noticed = {it.mutant.key for it in before.verdicts if it.by}
        return [it for it in self.survivors if it.mutant.key in noticed]

    def verdicts_on(self, mutants: Sequence[Mutant], stages: str) -> list[Verdict]:
        """What it says about these mutants, if the same tests have judged them."""
        keys = {mutant.key for mutant in mutants if stages == self.stages}
        return [verdict for verdict in self.verdicts if verdict.mutant.key in keys]

    def table(self) -> str:
        """A line for each file: its mutants, and where they were noticed."""
        files = sorted({verdict.mutant.file for verdict in self.verdicts})
        wide = max(map(len, [*files, "all"]))
        lines = [
            f"| {'file':{wide}} | mutants | headless | process | browser | survived |",
            f"|:{'-' * wide}-|--------:|---------:|--------:|--------:|---------:|",
        ]
        for file in [*files, "all"]:
            verdicts = [it for it in self.verdicts if file in (it.mutant.file, "all")]
            noticed = [it for it in verdicts if it.by]
            headless = sum(it.stage == HEADLESS for it in noticed)
            process = sum(it.stage == PROCESS for it in noticed)
            browser = len(noticed) - headless - process
            lines.append(
                f"| {file:{wide}} | {len(verdicts):7} | {headless:8} "
                f"| {process:7} | {browser:7} | {len(verdicts) - len(noticed):8} |"
            )
        return "\n".join(lines)
