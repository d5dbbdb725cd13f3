"""Measure how long builds and edits take: `make bench`."""

import argparse
import signal
import sys

from tests.bench.builds import HEAD, JUDGED_PAGES, MOST, compare, spread
from tests.bench.edits import edit
from tests.bench.invented import PROGRAMS_PER_PAGE

INTRODUCTION = f"""\
Whole builds of invented tutorials, {PROGRAMS_PER_PAGE} programs of 60 lines on each.
The theme is plain Material in all three ways, so that only the code's way differs.
Each figure is the median of {{runs}} builds (least–most), taken in turns; each ratio
that of the rounds' ratios. At {JUDGED_PAGES} pages ours may take {MOST:.2f} of pasted.
"""


def main() -> int:
    """Print the figures; 1 when our blocks cost more than they may."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--pages",
        type=int,
        nargs="*",
        default=[20, 200, 1_000],
        help="sizes of the sites to build (20 200 1000); none: only edits",
    )
    parser.add_argument("--runs", type=int, default=5, help="of each (5)")
    options = parser.parse_args()
    # As at Ctrl-C, everything that was started or written is cleaned up.
    signal.signal(signal.SIGTERM, lambda signum, frame: sys.exit(128 + signum))

    too_slow = False
    if options.pages:
        print(INTRODUCTION.format(runs=options.runs))
        print(HEAD, flush=True)
    for pages in options.pages:
        comparison = compare(pages, options.runs, _tell)
        print(*comparison.rows(), sep="\n", flush=True)
        too_slow |= comparison.is_too_slow
    print("\nFrom saving a program to its new line in a browser, under make serve:")
    print(f"{spread(edit(options.runs))} seconds")
    if too_slow:
        print("\nToo slow: our blocks take longer than they may.", file=sys.stderr)
    return int(too_slow)


def _tell(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
