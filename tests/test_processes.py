"""What starts a process says so."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.processes import StartsProcessError

_PROGRAM = (sys.executable, "-c", "")


def test_a_process_is_started_by_no_test_that_does_not_say_so() -> None:
    with pytest.raises(
        StartsProcessError, match=r"Mark it with @pytest\.mark\.process"
    ):
        subprocess.run(_PROGRAM)


@pytest.mark.process
def test_whoever_says_so_may_start_one() -> None:
    subprocess.run(_PROGRAM, check=True)
