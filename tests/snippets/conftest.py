"""A program for all tests of a class, and the people who come to it.

A class says which: ``@pytest.mark.parametrize("stage", [...], indirect=True)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.users.base import BrowserUser
from tests.users.stage import Stage, open_stage


@pytest.fixture(scope="class")
def stage(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Stage]:
    """One of the programs of the class, for all tests of the class."""
    with open_stage(request.param, browser) as stage:
        yield stage


@pytest.fixture
def join(stage: Stage, third: BrowserUser) -> Iterator[Callable[[], BrowserUser]]:
    """More people, who go home after the test."""
    guests = len(stage.users)
    yield stage.join
    for user in stage.users[guests:]:
        user.leave()
