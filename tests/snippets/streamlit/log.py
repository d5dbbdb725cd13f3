"""What a Streamlit server writes, without what it says of a tab that just closes."""

from __future__ import annotations

import re

_CLOSED_WHILE_WRITTEN_TO = re.compile(
    r"Exception in ASGI application\n"
    r"Traceback \(most recent call last\):\n"
    r'  File "[^"]*starlette_websocket\.py", line \d+, in _websocket_endpoint\n'
    r"    data = await websocket\.receive_bytes\(\)\n"
    r"(?:(?!Exception in ASGI).)*?"
    r'WebSocketDisconnected: Cannot call "send" once a close message has been sent\.\n',
    re.DOTALL,
)
"""Streamlit 1.67 takes it for a tab that sends text, and closes what is closed.

When a tab goes while something is written to it, Starlette's `send` notes that and its
next `receive_bytes` raises a `RuntimeError`, which `_websocket_endpoint` knows as that
of a text only (streamlit/web/server/starlette/starlette_websocket.py).
"""


def errors(output: str) -> str:
    """What is left to read when that is left out, if there is a traceback in it."""
    rest = _CLOSED_WHILE_WRITTEN_TO.sub("", output)
    return rest if "Traceback" in rest else ""
