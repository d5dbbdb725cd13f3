"""People at a program that runs in a published page: each in a pane of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    FrameLocator,
    Locator,
    Page,
    expect,
)

from livedocs.catalog import Catalog, Snippet
from tests.site.server import Site
from tests.users.base import BrowserUser
from tests.users.flet import _HEAR, FletUser
from tests.users.streamlit import StreamlitUser
from tests.waiting import PATIENCE

SCREEN = {"width": 1300, "height": 860}
"""Large enough for all panes, in a row and tall: hardly anybody has to scroll."""

_ON_SCREEN = """
    .ss-here { background: #fff; inset: 0; position: fixed; z-index: 9 }
    .ss-live { grid-template-columns: repeat(4, 300px) !important }
    .ss-live iframe { height: 700px !important }
"""


class Pane:
    """A pane of a page, asked like a page of its own."""

    def __init__(self, page: Page, pane: Locator) -> None:
        self.element = pane
        self.keyboard = page.keyboard
        self.mouse = PaneMouse(page, pane)
        handle = pane.element_handle()
        frame = handle.content_frame()
        assert frame
        self.frame = frame

    def __getattr__(self, name: str) -> Any:
        return getattr(self.frame, name)

    @property
    def viewport_size(self) -> dict[str, float]:
        """How large the pane is."""
        return self.element.bounding_box()  # type: ignore[return-value]


class PaneMouse:
    """The mouse, from the upper left corner of a pane."""

    def __init__(self, page: Page, pane: Locator) -> None:
        self._mouse, self._pane = page.mouse, pane

    def move(self, x: float, y: float) -> None:
        """Move it there."""
        box = self._pane.bounding_box()
        assert box
        self._mouse.move(box["x"] + x, box["y"] + y)

    def wheel(self, x: float, y: float) -> None:
        """Turn its wheel."""
        self._mouse.wheel(x, y)


class _PaneUser(BrowserUser):
    """One person in a pane."""

    def __init__(self, demo: HereDemo, number: int) -> None:
        self.demo, self.number = demo, number
        self.errors = demo.errors
        pane = demo.panes.nth(number)
        self.page = Pane(demo.page, pane)  # type: ignore[assignment]

    def open(self) -> None:
        self.wait_until_ready()

    def reload(self) -> None:
        button = self.demo.people.nth(self.number).get_by_role("button", name="Reload")
        with self.page.expect_navigation():
            button.click()
        self.wait_until_ready()

    def leave(self) -> None:
        """Stay: who is in a page leaves with the page."""


class StreamlitPaneUser(_PaneUser, StreamlitUser):
    """A person at a Streamlit program in a pane."""


class FletPaneUser(_PaneUser, FletUser):
    """A person at a Flet program in a pane."""

    def __init__(self, demo: HereDemo, number: int) -> None:
        super().__init__(demo, number)
        self._cut_lines = {}


DRIVERS: dict[str, type[_PaneUser]] = {
    "flet": FletPaneUser,
    "streamlit": StreamlitPaneUser,
}
"""Who is in a pane, by framework."""


class HereDemo:
    """A program that a reader has started in a page."""

    def __init__(self, page: Page, snippet: Snippet) -> None:
        self.page, self.snippet = page, snippet
        self.errors: list[str] = []
        self.asked: list[str] = []
        """The addresses that the page has asked for."""
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.figure = page.locator(f"figure[data-snippet='{snippet.id}']").first
        self.people = self.figure.locator(".ss-live > section")
        self.panes = self.people.locator("iframe")
        self.users: list[BrowserUser] = []

    @property
    def status(self) -> Locator:
        """What the page tells of how it goes."""
        return self.figure.locator(".ss-here [role=status]")

    def click(self, name: str) -> None:
        """Click the button that begins so."""
        self.figure.get_by_role("button", name=name).click()

    def pane(self, number: int) -> FrameLocator:
        """What is in somebody's pane."""
        return self.panes.nth(number).content_frame

    def opens_editor(self) -> None:
        """Click *Edit the program*, and wait until it can be."""
        self.click("Edit the program")
        expect(self._code).to_be_focused()

    def writes(self, text: str) -> None:
        """Write a program instead of the one in the editor."""
        self._code.focus()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(text)

    def code(self) -> str:
        """What is in the editor."""
        return "\n".join(self._code.locator(".cm-line").all_inner_texts())

    @property
    def _code(self) -> Locator:
        return self.figure.get_by_role("textbox", name="Program ")

    def start(self) -> None:
        """Click *Run it here*, and wait until both can use the program."""
        self.click("Run it here")
        self.is_running()

    def spread_out(self) -> None:
        """Show the panes as on a large screen, with nothing else."""
        self.page.add_style_tag(content=_ON_SCREEN)

    def is_running(self) -> None:
        """Wait until all panes show the program."""
        expect(self.status).to_contain_text("runs in this page")

    def join(self, name: str = "") -> BrowserUser:
        """Let one more person in: the first two are there, others are added."""
        number = len(self.users)
        if number >= self.panes.count():
            self.figure.get_by_role("button", name="Add a person").click()
            expect(self.panes).to_have_count(number + 1)
        user = DRIVERS[self.snippet.framework](self, number)
        self.users.append(user)
        user.open()
        programs = (self.snippet, *self.snippet.companions)
        if any("Your name" in program.code for program in programs):
            user.join(name or ["Alex", "Doppler", "Nora", "Kim"][number])
        return user

    def report(self) -> Iterator[tuple[str, str]]:
        """What explains a test that has failed here: titles and texts."""
        yield f"{self.snippet.id}: here", self.figure.inner_text()
        for number, user in enumerate(self.users, start=1):
            yield f"{self.snippet.id}: pane {number}", user.report()


def reader(browser: Browser, **options: Any) -> BrowserContext:
    """A browser, with Playwright's options for its context."""
    context = browser.new_context(**{"viewport": SCREEN, **options})
    context.set_default_timeout(PATIENCE * 1000)
    context.add_init_script(_HEAR)
    return context


@contextmanager
def open_here(
    browser: Browser, site: Site, path: str, snippet_id: str, **options: Any
) -> Iterator[HereDemo]:
    """Open a page of the site where it shows a program that can be started in it.

    Raises:
        AssertionError: it has asked for something that is not the site's.
    """
    with (
        closing(reader(browser, **options)) as context,
        open_tab(context, site, path, snippet_id) as demo,
    ):
        yield demo


@contextmanager
def open_tab(
    context: BrowserContext, site: Site, path: str, snippet_id: str
) -> Iterator[HereDemo]:
    """The same, in a browser that is there."""
    with closing(context.new_page()) as page:
        demo = HereDemo(page, Catalog.default().find(snippet_id))
        page.on("request", lambda request: demo.asked.append(request.url))
        page.goto(site.address + path)
        yield demo
    ours = (site.address, "blob:", "data:", "about:")
    assert not [url for url in demo.asked if not url.startswith(ours)]
