"""The ports that programs get in tests."""

import socket
from contextlib import closing
from itertools import chain

import pytest

from livedocs import launch
from tests import ports
from tests.ports import Claim, free_ports, own


def test_each_process_has_its_own() -> None:
    """Also those of another run: the system gives away none of them."""
    with closing(Claim()) as one, closing(Claim()) as other:
        blocks = own().ports, one.ports, other.ports
        together = [*chain(*blocks)]
        assert len(set(together)) == len(together)
        assert max(together) < 32768


def test_a_block_that_is_left_is_claimed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Claim()) as unused:  # programs have left their ports in own() only now
        monkeypatch.setattr(ports, "FIRST", unused.ports[0])
        monkeypatch.setattr(ports, "BLOCK", 10)
        monkeypatch.setattr(ports, "BLOCKS", 2)
        see_that_it_is_claimed_again()


def see_that_it_is_claimed_again() -> None:
    with closing(Claim()) as first, closing(Claim()) as second:
        assert first.ports != second.ports
        with pytest.raises(OSError, match="all 2 blocks of ports from"):
            Claim()
        first.close()
        with closing(Claim()) as again:
            assert again.ports == first.ports


def test_what_is_taken_is_left_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port: int = taken.getsockname()[1]
        found = free_ports(range(port, port + 5))
        assert port not in {next(found) for _ in range(10)}


def test_programs_get_one_of_them() -> None:
    assert launch.free_port() in own().ports
