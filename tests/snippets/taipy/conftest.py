"""What makes Taipy quick enough to be driven without a server."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from inspect import FrameInfo

import pytest

from tests.users.taipy import Timers


@pytest.fixture(scope="module", autouse=True)
def _stack_without_source() -> Iterator[None]:
    """Leave the source out of `inspect.stack`.

    Taipy asks for the stack twice whenever a callback reads or writes its state, for
    the module of one frame, and `inspect` looks up the source of all of them: below
    pytest that is nearly all the time of a test.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inspect, "stack", stack)
        yield


def stack(context: int = 1) -> list[FrameInfo]:
    """The frames that `inspect.stack` gives, with no lines of their source."""
    frame = sys._getframe(1)
    frames = []
    while frame:
        code = frame.f_code
        frames.append(
            FrameInfo(frame, code.co_filename, frame.f_lineno, code.co_name, None, None)
        )
        frame = frame.f_back  # type: ignore[assignment]  # the last one has none
    return frames


@pytest.fixture
def timers(monkeypatch: pytest.MonkeyPatch) -> Timers:
    """Taipy's timers, in the hands of the test."""
    timers = Timers()
    monkeypatch.setattr("taipy.gui.gui.Timer", timers)
    return timers
