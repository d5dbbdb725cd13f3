"""The Flet chats, used by several people in real browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.contracts.chat import BrowserChat, BrowserOwnPast, OwnPast, SharedPast
from tests.users.base import BrowserUser
from tests.users.stage import Stage, open_stage

pytestmark = pytest.mark.browser

STEPS = (
    "flet/chat/step3_broadcast",
    "flet/chat/step4_join_dialog",
    "flet/chat/step5_reusable_control",
)
FINISHED = ("flet/chat/step6_layout", "flet/chat/declarative")


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


@pytest.mark.parametrize("stage", STEPS, indirect=True)
class TestSteps(OwnPast, BrowserChat):
    """On the way: messages reach all, each page keeps what came since it opened."""


@pytest.mark.parametrize("stage", FINISHED, indirect=True)
class TestFinished(BrowserOwnPast):
    """The finished app, in both styles."""


@pytest.mark.parametrize("stage", ["flet/chat/history"], indirect=True)
class TestHistory(SharedPast, BrowserChat):
    """One past for everybody."""
