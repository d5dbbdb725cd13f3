"""End what runs in the background as what runs in a terminal."""

from __future__ import annotations

import signal
from types import FrameType


def interrupt_once(signum: int, frame: FrameType | None) -> None:
    """End on a signal as on Ctrl-C; a second one must not cut the end short.

    A shell keeps Ctrl-C from what it starts in the background: that ends on SIGTERM.
    """
    signal.signal(signum, signal.SIG_IGN)
    raise KeyboardInterrupt
