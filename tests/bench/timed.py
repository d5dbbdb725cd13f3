"""Run a command and print what it took: ``python timed.py COMMAND…``.

A process of its own, and a small one: a child's peak of memory counts from the size of
the process that started it (getrusage(2), ru_maxrss), which must not be what is read.
"""

import json
import os
import sys
import time


def main(command: list[str]) -> int:
    """Print seconds, CPU seconds and peak bytes as JSON; return the exit code.

    What the command prints goes to standard error.
    """
    start = time.perf_counter()
    process = os.posix_spawn(
        command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, 2, 1)]
    )
    _, status, usage = os.wait4(process, 0)
    figures = {
        "seconds": time.perf_counter() - start,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
    }
    print(json.dumps(figures))
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
