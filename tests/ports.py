"""Ports for the programs that tests start, which nobody else takes meanwhile.

Some seconds pass until a program listens on a port that was free. A test that asks the
system for any port gets one from 32768 up; each process that runs tests has a block of
its own below, also beside another `make test`.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from functools import cache
from itertools import cycle

from livedocs.launch import HOST

FIRST, BLOCK, BLOCKS = 20_000, 400, 30


class Claim:
    """A block of ports that belongs to who listens on the first of them."""

    def __init__(self) -> None:
        """Claim the first block that is nobody's.

        Raises:
            OSError: so many processes run tests that none is left.
        """
        for first in range(FIRST, FIRST + BLOCK * BLOCKS, BLOCK):
            self._listener = socket.socket()
            try:
                self._listener.bind((HOST, first))
                self._listener.listen()
            except OSError:
                self._listener.close()
            else:
                self.ports = range(first + 1, first + BLOCK)
                return
        raise OSError(f"all {BLOCKS} blocks of ports from {FIRST} up are claimed")

    def close(self) -> None:
        """Leave the block to others."""
        self._listener.close()


@cache
def own() -> Claim:
    """The block of this process, until it ends."""
    return Claim()


def free_ports(ports: range) -> Iterator[int]:
    """One after the other that can be bound, again and again."""
    return filter(_is_free, cycle(ports))


def _is_free(port: int) -> bool:
    """Whether nobody listens there, or has until a minute ago (TIME_WAIT)."""
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


@cache
def _ports() -> Iterator[int]:
    return free_ports(own().ports)


def free_port() -> int:
    """The next port of this process's own."""
    return next(_ports())
