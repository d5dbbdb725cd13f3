"""Programs that run in a published page, two people side by side, without a server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser

from livedocs.catalog import Catalog
from livedocs.static_live import REASONS, program_of
from tests.contracts.chat import FastTypists, SharedHistory
from tests.site.server import Site
from tests.users.base import BrowserUser
from tests.users.here import HereDemo, open_here
from tests.users.streamlit import StreamlitUser

STREAMLIT = ("tutorials/streamlit/chat/", "streamlit/chat/chat")
FLET = ("tutorials/flet/chat/", "flet/chat/history")
ROOM = ("tutorials/streamlit/rooms/", "streamlit/rooms/first_room")
STEP = ("tutorials/flet/chat/", "flet/chat/step3_broadcast")

ALONE = {"flet/chat/step1_hello", "flet/chat/step2_messages"}
"""What one writes there is not for others."""


@cache
def offers(site: Path) -> dict[str, str]:
    """The page that offers to start a program, by the program's id."""
    found: dict[str, str] = {}
    for path in sorted(site.rglob("index.html")):
        page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for button in page.select("[data-here]"):
            figure = button.find_parent("figure")
            assert figure
            address = path.parent.relative_to(site).as_posix()
            found[str(figure["data-snippet"])] = f"{address}/".removeprefix("./")
    return found


def shown(site: Path) -> set[str]:
    """The programs of Streamlit and Flet that pages show as a whole, or play."""
    ids = set()
    for path in site.rglob("index.html"):
        page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for figure in page.select("figure[data-snippet]"):
            if figure.select(".ss-run, .ss-film"):
                ids.add(str(figure["data-snippet"]))
    return {it for it in ids if it.startswith(("flet/", "streamlit/"))}


def test_each_program_is_offered_once_or_the_page_gives_the_reason(
    built_site: Path,
) -> None:
    catalog = Catalog.default()
    offered = {program_of(catalog.find(it)).id for it in offers(built_site)}
    wanted = {program_of(catalog.find(it)).id for it in shown(built_site)}
    assert len(offers(built_site)) >= 20
    assert wanted - offered == wanted & REASONS.keys()
    pages = [path.read_text("utf-8") for path in built_site.rglob("index.html")]
    for name in REASONS:
        assert any(REASONS[name] in page for page in pages), name


def test_what_a_program_needs_is_published(built_site: Path) -> None:
    programs = json.loads((built_site / "run/programs.json").read_text("utf-8"))
    assert offers(built_site).keys() <= programs.keys()
    for program in programs.values():
        for path in (program["file"], *program["wheels"]):
            assert (built_site / path).is_file(), path


@pytest.fixture(scope="class")
def stage(
    request: pytest.FixtureRequest, browser: Browser, site: Site
) -> Iterator[HereDemo]:
    """A program that a reader has started in a page."""
    with open_here(browser, site, *request.param, reduced_motion="reduce") as demo:
        demo.start()
        yield demo


@pytest.fixture(scope="class")
def alex(stage: HereDemo) -> BrowserUser:
    return stage.join()


@pytest.fixture(scope="class")
def doppler(stage: HereDemo, alex: BrowserUser) -> BrowserUser:
    return stage.join()


@pytest.fixture(scope="class")
def third(stage: HereDemo, doppler: BrowserUser) -> BrowserUser:
    return stage.join()


@pytest.fixture
def join(stage: HereDemo, third: BrowserUser) -> Callable[[], BrowserUser]:
    return stage.join


def here(*demo: tuple[str, str]) -> pytest.MarkDecorator:
    """Let a class have a program that runs in its page."""
    return pytest.mark.parametrize(
        "stage", demo, ids=[it[1] for it in demo], indirect=True
    )


@here(STREAMLIT)
class TestStreamlitChat(SharedHistory, FastTypists):
    """The chat, on the Streamlit that runs in a browser."""


@here(FLET)
class TestFletChat(SharedHistory, FastTypists):
    """The finished chat, with the Flet that is installed."""


@here(ROOM)
class TestRoom:
    """The first room, on the Streamlit that runs in a browser."""

    LABEL = "Select a value"

    def test_moves_from_both_sides_reach_the_other_and_none_is_undone(
        self, alex: StreamlitUser, doppler: StreamlitUser
    ) -> None:
        for user in (alex, doppler):
            user.sees_present(2)
        for step in range(1, 11):
            mover = (alex, doppler)[step % 2]
            mover.finds(self.LABEL, str(step - 1))
            mover.turns(self.LABEL, "ArrowRight")
            for user in (alex, doppler):
                user.reads_line(f"{step} squared is {step * step}")

    def test_a_reload_keeps_the_room_and_a_late_joiner_finds_it(
        self, alex: StreamlitUser, doppler: StreamlitUser, third: StreamlitUser
    ) -> None:
        value = alex.the(self.LABEL).input_value()
        alex.reload()
        for user in (alex, third):
            user.finds(self.LABEL, value)
            user.sees_present(3)
        third.turns(self.LABEL, "ArrowRight")
        doppler.finds(self.LABEL, str(int(value) + 1))
