"""See what the tests notice of small mistakes in programs: `make mutate`."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack
from pathlib import Path

from tests.mutate.copies import ROOT, Copy
from tests.mutate.mutants import COSMETIC, FOLDERS, Cosmetic, Mutant, Sources
from tests.mutate.record import GOAL, Record
from tests.mutate.stages import HEADLESS, Judge, Verdict

RESULT = ROOT / ".cache/mutants.json"
SIDE_BY_SIDE = 2

EPILOG = f"""\
A mutant is a program with one small mistake: a statement, an argument or a keyword left
out, a number, a text or an operator changed (mutmut's kinds, and statements). Each is
made in a copy of the checkout, where the tests that can notice it run, cheapest first.
Those that nobody could notice are listed in {COSMETIC.relative_to(ROOT)}.
"""


def main() -> int:
    """Print what was noticed; 1 when that is too little, or less than before."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda signum, frame: sys.exit(128 + signum))
    # In the background of a shell it is ignored, and would be by all that start here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    cosmetic = Cosmetic.read()
    sources = Sources(ROOT, options.only)
    if not sources.mutants:
        print(f"There is nothing to mutate at {options.only!r}.", file=sys.stderr)
        return 2
    if outdated := cosmetic.outdated(sources):
        print(f"Take out of {COSMETIC.name}, they fit nothing any more:")
        print(*outdated, sep="\n\n")
        return 2
    before = Record.read(options.compare) if options.compare else None
    if before:
        mutants = _same(before, sources, cosmetic)
        print(f"{len(before.verdicts) - len(mutants)} mutants of then are gone.")
    else:
        mutants = sources.sample(options.count, options.seed, cosmetic)
    judge = Judge()
    stages = HEADLESS if options.headless else "all"
    verdicts: list[Verdict] = []
    if options.resume and options.json.exists():
        verdicts = Record.read(options.json).verdicts_on(mutants, stages)
    judged = {verdict.mutant.key for verdict in verdicts}

    def tell(verdict: Verdict) -> None:
        verdicts.append(verdict)
        print(
            f"{len(verdicts)}/{len(mutants)} {verdict.seconds:4.0f} s "
            f"{verdict.mutant.file}:{verdict.mutant.line} "
            f"{verdict.by or 'SURVIVED'}",
            flush=True,
        )
        Record(options.seed, stages, verdicts).write(options.json)

    try:
        left = [mutant for mutant in mutants if mutant.key not in judged]
        _judge_all(left, judge, tell, headless=options.headless)
    finally:
        record = Record(
            options.seed, stages, sorted(verdicts, key=lambda it: it.mutant)
        )
        _print(record, judge)
    lost = record.lost_since(before) if before else []
    for verdict in lost:
        print(f"\nWas noticed before:\n{verdict.mutant}")
    record.write(options.json)
    return int(bool(lost) or record.share < GOAL)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make mutate", description=__doc__, epilog=EPILOG
    )
    parser.add_argument("--seed", type=int, default=1, help="which sample (1)")
    parser.add_argument(
        "--count",
        type=int,
        default=160,
        help="so many mutants (160), 5 of 8 in snippets",
    )
    parser.add_argument(
        "--only",
        default="",
        metavar="PATH",
        help=f"a file or folder in {' or '.join(FOLDERS)}",
    )
    parser.add_argument(
        "--headless", action="store_true", help="only with the tests without a browser"
    )
    parser.add_argument(
        "--compare",
        type=Path,
        metavar="FILE",
        help="the mutants of a record; fails if one was noticed then and is not now",
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on where the run that wrote the record has stopped",
    )
    parser.add_argument(
        "--json", type=Path, default=RESULT, help="where the record is written"
    )
    return parser.parse_args()


def _same(before: Record, sources: Sources, cosmetic: Cosmetic) -> list[Mutant]:
    """The mutants of a record, as far as their lines are there yet."""
    keys = {verdict.mutant.key for verdict in before.verdicts}
    found = (mutant for mutants in sources.mutants.values() for mutant in mutants)
    return [it for it in found if it.key in keys and it not in cosmetic]


def _judge_all(
    mutants: Sequence[Mutant],
    judge: Judge,
    tell: Callable[[Verdict], None],
    *,
    headless: bool,
) -> None:
    """Judge them side by side; nothing is left, however this ends."""
    waiting = iter(mutants)
    one_at_a_time = threading.Lock()

    def work(copy: Copy) -> None:
        while True:
            with one_at_a_time:
                mutant = next(waiting, None)
            if mutant is None:
                return
            verdict = judge.judge(mutant, copy, headless=headless)
            with one_at_a_time:
                tell(verdict)

    with tempfile.TemporaryDirectory(prefix="mutate-") as folder, ExitStack() as ends:
        copies = [Copy.create(Path(folder), number) for number in range(SIDE_BY_SIDE)]
        pool = ends.enter_context(ThreadPoolExecutor(SIDE_BY_SIDE))
        for copy in copies:
            ends.callback(copy.stop)
        working = [pool.submit(work, copy) for copy in copies]
        going_on = set(working)
        while going_on:
            # A signal may reach another thread: this one hears of it once it wakes up.
            done, going_on = wait(working, timeout=0.5, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()


def _print(record: Record, judge: Judge) -> None:
    for verdict in record.survivors:
        print(f"\n{verdict.mutant}")
    print(f"\n{record.table()}\n\n{100 * record.share:.0f} % noticed.")
    if judge.broken:
        print("\nLeft out, for they fail without any mistake, too:")
        print(*sorted(judge.broken), sep="\n")


if __name__ == "__main__":
    sys.exit(main())
