"""The ports that programs get in tests."""

import socket

from tests.ports import free_ports, own_ports


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
