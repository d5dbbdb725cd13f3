"""Fails with one line when the port of `make serve` cannot be used: `port.py 8000`."""

import socket
import sys


def refusal(port: int) -> OSError | None:
    """Why nothing can listen at this port of this machine, if so."""
    with socket.socket() as listener:
        # As the server does: a connection that is still closing is no obstacle.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            return error
    return None


def main(port: str) -> str | None:
    if not port.isdecimal() or not 0 < int(port) < 65536:
        return f"PORT={port} is no port number. Choose one: make serve PORT=8000"
    if error := refusal(int(port)):
        free = next((p for p in range(8000, 65536) if not refusal(p)), "…")
        return (
            f"Port {port} cannot be used: {error.strerror}. "
            f"Choose another: make serve PORT={free}"
        )
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
