"""Ports for the programs that tests start, which nobody else takes meanwhile.

Some seconds pass until a program listens on a port that was free. Whoever asks the
system for any port gets one from 32768 up; each process of a run has its own below.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import cycle

from livedocs.launch import is_free

_FIRST, _EACH, _PROCESSES = 20_000, 2_000, 6


def own_ports(worker: str) -> range:
    """The ports of a process of `make test`, by its name: ``gw0``, ``gw1``, …"""
    first = _FIRST + int(worker.removeprefix("gw")) % _PROCESSES * _EACH
    return range(first, first + _EACH)


def free_ports(ports: range) -> Iterator[int]:
    """One after the other that nothing listens on, from anywhere in the range."""
    start = os.getpid() % len(ports)
    return filter(is_free, cycle((*ports[start:], *ports[:start])))


OWN = own_ports(os.environ.get("PYTEST_XDIST_WORKER", "gw0"))
"""Those of this process."""

_ports = free_ports(OWN)


def free_port() -> int:
    """The next port of this process's own."""
    return next(_ports)
