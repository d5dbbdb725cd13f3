"""Measure builds, edits, live programs, typing, rooms and events: `make bench`."""

import argparse
import signal
import sys
import time
from collections.abc import Iterator

from tests.bench import builds, edits, events, here, keys, live, rooms, sizes
from tests.bench.figures import RECORD, ROOT, Figure, Record
from tests.users.chromium import open_browser

ROUNDS = {20: 5, 200: 3, 1_000: 3}
"""How often a site of so many pages is built each way; others as often as the last."""

PARTS = {
    "builds": builds.ABOUT,
    "edits": edits.ABOUT,
    "frames": live.ABOUT,
    "here": here.ABOUT,
    "typing": keys.ABOUT,
    "rooms": rooms.ABOUT,
    "sizes": sizes.ABOUT,
    "events": events.ABOUT,
}

EPILOG = f"""\
The whole takes less than 20 minutes on two cores with nothing beside it, and then its
record is written to {RECORD.relative_to(ROOT)}. Some of it alone is only printed.
"""


def main() -> int:
    """Print one table, and write the record; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, epilog=EPILOG
    )
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; none: all"
    )
    parser.add_argument(
        "--pages", type=int, nargs="+", default=list(ROUNDS), help="sizes of the sites"
    )
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no {' or '.join(sorted(unknown))}")
    # As at Ctrl-C, everything that was started or written is cleaned up.
    signal.signal(signal.SIGTERM, lambda signum, frame: sys.exit(128 + signum))

    start = time.monotonic()
    figures = []
    parts = options.parts or list(PARTS)
    for part in parts:
        for figure in _measure(part, options.pages):
            _tell(" | ".join(filter(None, figure.row())))
            figures.append(figure)
        _tell(f"{part} is done after {time.monotonic() - start:.0f} s")
    with open_browser() as browser:
        chromium = browser.version
    about = {part: text for part, text in PARTS.items() if part in parts}
    record = Record.here(about, figures, time.monotonic() - start, chromium)
    print(record.table(), flush=True)
    if not options.parts and options.pages == list(ROUNDS):
        record.write()
    missed = [figure for figure in figures if figure.is_missed]
    if missed:
        print(f"\n{len(missed)} goals are missed.", file=sys.stderr)
    return int(bool(missed))


def _measure(part: str, counts: list[int]) -> Iterator[Figure]:
    match part:
        case "builds":
            for pages in counts:
                rounds = ROUNDS.get(pages, min(ROUNDS.values()))
                yield from builds.compare(pages, rounds, _tell).all_figures()
        case "edits":
            yield edits.edit(times=5)
        case "frames":
            yield from live.measure_frames()
        case "here":
            yield from here.measure_here()
        case "typing":
            yield from keys.measure_typing(count=60)
        case "rooms":
            yield from rooms.measure_rooms(changes=60, sessions=50)
        case "sizes":
            yield from sizes.measure_sizes()
        case "events":
            yield from events.measure_events()


def _tell(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
