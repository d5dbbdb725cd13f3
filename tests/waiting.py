"""Wait for what nothing tells of."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 60
"""Seconds until a test gives up, where the page promises nothing: as many tests run at
once as there are cores, each with a server and several browsers."""


def wait_until(
    condition: Callable[[], bool], seconds: float = PATIENCE, event: str = "it"
) -> None:
    """Look again and again until `condition` holds.

    Raises:
        AssertionError: it does not hold after so many seconds; names the event.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{event} did not happen"
        time.sleep(0.02)  # between two looks, so as not to take the processor
