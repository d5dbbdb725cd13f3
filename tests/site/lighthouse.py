"""Score the built site with Lighthouse; anything below 100 is an error.

`python -m tests.site.lighthouse` needs Node.js: `npx` fetches the pinned Lighthouse.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.site.conftest import PAGES, ROOT, TUTORIALS, build
from tests.site.server import serve
from tests.users.chromium import CHROMIUM_ARGS, find_chromium

LIGHTHOUSE = "lighthouse@12.8.2"  # the newest that runs on Node.js 18 and 20
RUNS = 3  # a busy machine moves single ones (Lighthouse: "Score Variability")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def score(address: str) -> dict[str, int]:
    """The four scores of the page at `address`, out of 100: the medians of `RUNS`."""
    runs = [_run(address) for _ in range(RUNS)]
    return {name: round(median(run[name] for run in runs)) for name in CATEGORIES}


def _run(address: str) -> dict[str, float]:
    with subprocess.Popen(
        [
            *("npx", "--yes", LIGHTHOUSE, address),
            *("--output=json", "--output-path=stdout", "--quiet"),
            f"--only-categories={','.join(CATEGORIES)}",
            f"--chrome-flags=--headless=new {' '.join(CHROMIUM_ARGS)}",
        ],
        env={**os.environ, "CHROME_PATH": str(find_chromium())},
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    ) as process:
        try:
            report, _ = process.communicate()
        except BaseException:
            os.killpg(process.pid, signal.SIGINT)  # at which it closes its Chromium
            raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, "lighthouse")
    categories = json.loads(report)["categories"]
    return {name: categories[name]["score"] * 100 for name in CATEGORIES}


def main() -> int:
    """Print the scores of each kind of page; 1 when one of them is below 100."""
    # As at Ctrl-C, what was started is ended.
    signal.signal(signal.SIGTERM, lambda signum, frame: sys.exit(128 + signum))
    lowest = 100
    with (
        tempfile.TemporaryDirectory() as directory,
        serve(build(ROOT / "mkdocs.yml", Path(directory))) as site,
    ):
        for kind in ("home", "catalogue", *TUTORIALS):
            scores = score(site.address + PAGES[kind])
            print(f"{kind:14}", *(f"{k} {v}" for k, v in scores.items()), flush=True)
            lowest = min(lowest, *scores.values())
    return 0 if lowest == 100 else 1


if __name__ == "__main__":
    sys.exit(main())
