"""Run a command for as long as the starter lives: ``python supervise.py COMMAND…``.

The starter holds the other end of this process's standard input. It ends when the
starter closes it, is stopped or is killed; then the command and everything it started
are stopped, too. Whatever happens to the starter, no process is left behind.

It imports nothing but the standard library, so that it starts immediately.
"""

import os
import signal
import subprocess
import sys
import threading

PATIENCE = 5.0
"""Seconds that a program has between SIGTERM and SIGKILL."""


def main(command: list[str]) -> int:
    """Run `command` in this process's group; return its exit code."""
    # It goes to the whole group. A handler, unlike SIG_IGN, is not inherited.
    signal.signal(signal.SIGTERM, lambda signum, frame: None)
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    threading.Thread(target=_stop_at_end_of_input, args=(child,), daemon=True).start()
    code = child.wait()
    os.killpg(0, signal.SIGTERM)  # what the command itself left behind
    return code if code >= 0 else 128 - code


def _stop_at_end_of_input(child: "subprocess.Popen[bytes]") -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.killpg(0, signal.SIGTERM)
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
