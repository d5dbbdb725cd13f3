"""The Taipy chats, used by several people in real browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.contracts.chat import BrowserChat, OwnPast, SharedPast
from tests.users.base import BrowserUser
from tests.users.stage import Stage, open_stage

pytestmark = pytest.mark.browser

SHARED = ("taipy/chat/shared_builder", "taipy/chat/shared_markdown")
BROADCAST = ("taipy/chat/broadcast_builder", "taipy/chat/broadcast_markdown")


@pytest.fixture(scope="class")
def stage(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Stage]:
    """One of the programs of the class, for all tests of the class."""
    with open_stage(request.param, browser) as stage:
        yield stage


@pytest.fixture(scope="class")
def alex(stage: Stage) -> BrowserUser:
    return stage.join()


@pytest.fixture(scope="class")
def doppler(stage: Stage, alex: BrowserUser) -> BrowserUser:
    return stage.join()


@pytest.fixture(scope="class")
def third(stage: Stage, doppler: BrowserUser) -> BrowserUser:
    return stage.join()


@pytest.fixture
def join(stage: Stage, third: BrowserUser) -> Callable[[], BrowserUser]:
    return stage.join


@pytest.mark.parametrize("stage", SHARED, indirect=True)
class TestSharedVariable(SharedPast, BrowserChat):
    """``gui.add_shared_variable``: one transcript for everybody."""


@pytest.mark.parametrize("stage", BROADCAST, indirect=True)
class TestBroadcast(OwnPast, BrowserChat):
    """``gui.broadcast_callback``: a transcript for each user."""
