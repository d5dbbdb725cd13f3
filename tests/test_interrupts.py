"""Tests can interrupt what they start, even where they run in the background."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.process

_HOW_A_PROGRAM_STARTS = """
import subprocess, sys
import tests.conftest
program = "import signal; print(signal.getsignal(signal.SIGINT).__class__.__name__)"
subprocess.run([sys.executable, "-c", program], check=True)
"""


@pytest.mark.parametrize("inherited", [signal.SIG_DFL, signal.SIG_IGN])
def test_a_program_that_tests_start_can_be_interrupted(
    inherited: signal.Handlers,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _HOW_A_PROGRAM_STARTS],
        preexec_fn=lambda: signal.signal(signal.SIGINT, inherited),
        capture_output=True,
        text=True,
        check=True,
    )
    # Python's own handler raises KeyboardInterrupt; Handlers would be SIG_IGN.
    assert done.stdout == "builtin_function_or_method\n"
