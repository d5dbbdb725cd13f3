"""Measure builds, edits, live programs, typing, Streamlit's rooms: `make bench`."""

import argparse
import signal
import sys
from itertools import product

from tests.bench.builds import HEAD, JUDGED_PAGES, MOST, compare, spread
from tests.bench.edits import edit
from tests.bench.events import EVENTS, measure_events
from tests.bench.events import WATCHED as LISTED
from tests.bench.invented import PROGRAMS_PER_PAGE
from tests.bench.keys import (
    FAST,
    LINES,
    ROOM,
    ROUND_TRIPS,
    WATCHED,
    type_at_once,
    watch_lines,
)
from tests.bench.live import measure_frames
from tests.bench.rooms import measure

INTRODUCTION = f"""\
Whole builds of invented tutorials, {PROGRAMS_PER_PAGE} programs of 60 lines on each.
The theme is plain Material in all three ways, so that only the code's way differs.
Each figure is the median of {{runs}} builds (least–most), taken in turns; each ratio
that of the rounds' ratios. At {JUDGED_PAGES} pages ours may take {MOST:.2f} of pasted.
"""

TYPING = """
Messages of 5 to 10 characters and Enter, typed key by key without any pause, and
what the program sent of them. Wrong is a message that has no equal sent one, in order
(difflib.SequenceMatcher): it was lost, glued to another or changed.
"""


def main() -> int:
    """Print the figures; 1 when our blocks cost more than they may."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--pages",
        type=int,
        nargs="*",
        default=[20, 200, 1_000],
        help="sizes of the sites to build (20 200 1000); none: no builds",
    )
    parser.add_argument("--runs", type=int, default=5, help="of each (5)")
    parser.add_argument(
        "--typing",
        type=int,
        default=100,
        metavar="N",
        help="messages to type without a pause (100); 0: no typing",
    )
    parser.add_argument(
        "--rooms",
        type=int,
        default=60,
        metavar="N",
        help="changes of a Streamlit room to follow (60); 0: no rooms",
    )
    parser.add_argument(
        "--sessions",
        type=int,
        default=50,
        metavar="N",
        help="Streamlit sessions at once (50)",
    )
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
    print("\nFrom Run it live to the first usable frame, then on another page:")
    for name, goal, first, again in measure_frames():
        print(f"{first:.2f} s (goal {goal:.0f}), {again:.2f} s, {name}", flush=True)
    if options.typing:
        _measure_typing(options.typing)
    if options.rooms:
        print("\nStreamlit rooms")
        if not measure(options.rooms, options.sessions):
            print("\nA goal of the rooms is not reached.", file=sys.stderr)
    print(f"\nFrom Enter in one browser to the new line in another, {LISTED}:")
    for mode, seconds in measure_events():
        print(f"{spread(seconds)} seconds, {EVENTS} events, {mode}", flush=True)
    if too_slow:
        print("\nToo slow: our blocks take longer than they may.", file=sys.stderr)
    return int(too_slow)


def _measure_typing(count: int) -> None:
    print(TYPING)
    for snippet, round_trip in product(FAST, ROUND_TRIPS):
        print(type_at_once(snippet, round_trip, count).row(), flush=True)
    print(
        f"\nFrom Enter in one browser to the whole line in sight in another, {WATCHED}:"
    )
    seconds = watch_lines()
    print(f"{spread(seconds)} seconds, {LINES} messages")
    print(f"{spread(seconds[:ROOM])} seconds, the first {ROOM}: there is room for them")
    print(
        f"{spread(seconds[ROOM:])} seconds, the others: the list scrolls to each",
        flush=True,
    )


def _tell(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
