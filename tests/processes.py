"""A pytest plugin: a test that starts a process is marked `process`, or fails.

What has neither that mark nor a browser is over within a minute: `make quick`.
"""

from __future__ import annotations

import sys
from collections.abc import Generator

import pytest

_STARTS = frozenset(
    {"os.fork", "os.forkpty", "os.posix_spawn", "os.system", "subprocess.Popen"}
)
"""Python's audit events: https://docs.python.org/3/library/audit_events.html"""

_running: list[pytest.Item] = []


class StartsProcessError(Exception):
    """A test has started a process, and does not say so."""


def pytest_configure(config: pytest.Config) -> None:
    """Look at all that is started from now on."""
    sys.addaudithook(_look)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Know which test runs, with its fixtures."""
    _running.append(item)
    try:
        return (yield)
    finally:
        _running.pop()


def _look(event: str, arguments: tuple[object, ...]) -> None:
    if event in _STARTS and _running:
        test = _running[-1]
        if not any(map(test.get_closest_marker, ("browser", "process"))):
            raise StartsProcessError(
                f"{test.nodeid} starts a process, which takes time. Mark it with "
                "@pytest.mark.process, and `make quick` leaves it out."
            )
