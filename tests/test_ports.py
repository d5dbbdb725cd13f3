"""The ports that programs get in tests."""

import socket

from livedocs import launch
from tests.ports import OWN, free_ports, own_ports


def test_each_process_has_its_own() -> None:
    ports = [port for n in range(4) for port in own_ports(f"gw{n}")]
    assert len(set(ports)) == len(ports)
    assert max(ports) < 32768


def test_what_is_taken_is_left_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port: int = taken.getsockname()[1]
        found = free_ports(range(port, port + 5))
        assert port not in {next(found) for _ in range(10)}


def test_programs_get_one_of_them() -> None:
    assert launch.free_port() in OWN
