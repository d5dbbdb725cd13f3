"""A pytest plugin: `--films`, and what a run says of the films that it looked at."""

from __future__ import annotations

import pytest

REPLAYED = "replayed"
"""A test's property: its story was played, for something has changed; what."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--films``: play all stories, and note in the manifest which films agree."""
    parser.addoption(
        "--films", action="store_true", help="play all stories, note which films agree"
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how those that agree are spared the next run."""
    again = [
        f"{value}"
        for report in terminalreporter.getreports("passed")
        for key, value in report.user_properties
        if key == REPLAYED
    ]
    if again:
        terminalreporter.section("films that still agree")
        for line in sorted(again):
            terminalreporter.write_line(line)
        terminalreporter.write_line(
            "To note it, so that the next run need not play them, type: make films"
        )
