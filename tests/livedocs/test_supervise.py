"""What the supervisor of a program returns, and when it ends the program."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from livedocs import supervise

pytestmark = pytest.mark.process

Start = Callable[..., "subprocess.Popen[bytes]"]

ASK_FOR_THE_END = """
import signal, sys, time

def end(signum, frame):
    time.sleep(0.2)  # to tidy up takes a while
    print("tidied up", flush=True)
    sys.exit(3)

signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a program of a few lines below a supervisor."""
    with ExitStack() as processes:

        def start(program: str, *supervisor: str) -> subprocess.Popen[bytes]:
            above = supervisor or ("-I", supervise.__file__)
            process = processes.enter_context(
                subprocess.Popen(
                    [sys.executable, *above, sys.executable, "-c", program],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    start_new_session=True,
                )
            )
            processes.callback(process.kill)
            return process

        yield start


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("", 0),
        ("raise SystemExit(7)", 7),
        (
            "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
            128 + signal.SIGKILL,
        ),
    ],
)
def test_it_ends_as_the_program_does_while_the_starter_goes_on(
    start: Start, program: str, code: int
) -> None:
    assert start(program).wait(20) == code


def test_the_program_has_time_to_tidy_up(start: Start) -> None:
    process = start(ASK_FOR_THE_END)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    rest, _ = process.communicate(timeout=20)  # closes its input
    assert rest == b"tidied up\n"
    assert process.returncode == 3


IMPATIENT = """
import sys
from livedocs import supervise

supervise.PATIENCE = 0.2
raise SystemExit(supervise.main(sys.argv[1:]))
"""


def test_a_program_that_goes_on_is_killed_after_a_while(start: Start) -> None:
    stubborn = ASK_FOR_THE_END.replace("sys.exit(3)", "pass").replace("(60)", "(9)")
    process = start(stubborn, "-c", IMPATIENT)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.communicate(timeout=5)
    assert process.returncode == -signal.SIGKILL, "the whole group"


def test_what_is_written_to_it_is_no_end(start: Start) -> None:
    process = start(ASK_FOR_THE_END.replace("(60)", "(0.5)"))
    assert process.stdin is not None
    process.stdin.write(b"go on\n")
    process.stdin.flush()
    assert process.wait(20) == 0
