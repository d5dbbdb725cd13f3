"""Programs that run in the page under `make serve`, used by two people in frames."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, Route, expect

from livedocs.catalog import Catalog, Snippet
from livedocs.live import PREFIX, USERS
from tests.site.live import Checkout, Live, serve
from tests.users.base import LOOPBACK
from tests.users.chromium import CHROMIUM_ARGS, find_chromium
from tests.users.flet import write
from tests.users.line import Line
from tests.users.streamlit import AT_REST
from tests.waiting import PATIENCE, wait_until


@dataclass(frozen=True)
class Demo:
    """A program, and what its people do and see in their frames."""

    snippet: str
    shared: str
    who: str
    """The element by which the page tells its people apart, or counts them."""
    act: Callable[[FrameLocator, str], None]
    seen: Callable[[FrameLocator, str], Locator]
    acts: tuple[str, str]
    """What Alex does, then Doppler, as it is seen."""
    wake: Callable[[FrameLocator], None] = lambda frame: None
    is_away: Callable[[FrameLocator], None] = lambda frame: None
    """Wait until the page has noticed that it is cut off, where it shows that."""
    is_back: Callable[[FrameLocator], None] = lambda frame: None
    """Wait until the page is connected again."""

    def plays(self, people: list[FrameLocator]) -> None:
        """Let both act, each in their frame, and see what the other does."""
        for person, text in zip(people, self.acts, strict=True):
            self.act(person, text)
            for other in people:
                expect(self.seen(other, text)).to_be_visible()

    def names(self, frames: list[FrameLocator]) -> list[str]:
        """Who is who, once all can act."""
        for frame in frames:
            self.wake(frame)
        return [frame.locator(self.who).inner_text() for frame in frames]


def send(frame: FrameLocator, text: str) -> None:
    frame.owner.scroll_into_view_if_needed()  # Flet keeps the page from doing so
    field = frame.get_by_role("textbox")
    write(field, text)
    field.press("Enter")


def move(frame: FrameLocator, text: str) -> None:
    frame.get_by_role("slider").press("ArrowRight")


def hear(frame: FrameLocator) -> None:
    frame.locator("flt-semantics-placeholder").evaluate("e => e.click()")


def settle(frame: FrameLocator) -> None:
    """Wait until both are here, and all code that draws the page has been loaded."""
    expect(frame.get_by_text("2 here")).to_be_visible()
    expect(frame.get_by_test_id("stSkeleton")).to_have_count(0)


def comes_back(frame: FrameLocator) -> None:
    """Send a message of one's own, which the server answers."""
    text = f"{frame.locator(TAIPY.who).inner_text()} is back."
    send(frame, text)
    expect(TAIPY.seen(frame, text)).to_be_visible()


def works(frame: FrameLocator) -> Locator:
    """What Flet shows while it has no connection."""
    return frame.get_by_text("Working...", exact=True)


TAIPY = Demo(
    "taipy/chat/shared_builder",
    "chat",
    "strong:not(:empty)",
    send,
    lambda frame, text: frame.locator(".transcript pre", has_text=text),
    ("Hello there.", "Hello back."),
    is_back=comes_back,
)
FLET = Demo(
    "flet/chat/step3_broadcast",
    "send_all",
    "flt-semantics > span:has-text('You are Guest')",
    send,
    lambda frame, text: frame.get_by_text(text),
    ("Hello there.", "Hello back."),
    hear,
)
# The steps are deaf after any cut of the connection, as their page says.
REDRAWN = replace(
    FLET,
    snippet="flet/chat/history",
    shared="page.pubsub",
    is_away=lambda frame: expect(works(frame)).to_be_attached(),
    is_back=lambda frame: expect(works(frame)).not_to_be_attached(),
)
STREAMLIT = Demo(
    "streamlit/rooms/first_room",
    "sync",
    "text='2 here'",
    move,
    lambda frame, text: frame.get_by_text(text),
    ("1 squared is 1", "2 squared is 4"),
    settle,
    is_back=lambda frame: expect(frame.locator(AT_REST)).to_be_attached(),
)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout.create(tmp_path)


@pytest.fixture
def show(checkout: Checkout, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Serve a page with the program's demo, and open it."""
    with ExitStack() as stack:

        def show(snippet: Snippet, shared: str) -> Page:
            path = checkout.write_demo(snippet, shared)
            live = stack.enter_context(serve(checkout))
            context = stack.enter_context(browser.new_context())
            context.route("**/*", only_here)
            context.set_default_timeout(PATIENCE * 1000)
            page = context.new_page()
            page.goto(live.site + path)
            return page

        yield show


def only_here(route: Route) -> None:
    """Refuse what would leave the machine."""
    if urlsplit(route.request.url).hostname in LOOPBACK:
        route.continue_()
    else:
        route.abort()


def frames(page: Page, count: int) -> list[FrameLocator]:
    """What the people see, in order."""
    shown = page.locator(".ss-live iframe")
    expect(shown).to_have_count(count)
    return [shown.nth(n).content_frame for n in range(count)]


def origins(page: Page) -> list[str]:
    """Where the frames come from; the second gets its address after the first."""
    expect(page.locator(".ss-live iframe:not([src])")).to_have_count(0)
    sources = [it.get_attribute("src") for it in page.locator(".ss-live iframe").all()]
    return [urlsplit(source or "").netloc for source in sources]


def do(page: Page, what: str) -> None:
    page.get_by_role("button", name=what, exact=True).click()


def load_again(page: Page, people: list[FrameLocator]) -> None:
    """Click *Reload*, and wait until all frames have new documents."""
    for person in people:
        person.locator("html").evaluate("html => { html.dataset.old = true }")
    do(page, "Reload")
    for person in people:
        expect(person.locator("html[data-old]")).to_have_count(0)


@pytest.mark.parametrize("demo", [TAIPY, FLET, STREAMLIT], ids=lambda it: it.snippet)
def test_two_people_act_in_frames_and_stay_two(
    show: Callable[..., Page], demo: Demo, checkout: Checkout
) -> None:
    page = show(Catalog.default().find(demo.snippet), demo.shared)
    do(page, "Run it live")
    people = frames(page, 2)
    names = demo.names(people)
    demo.plays(people)
    before = origins(page)
    assert len(set(before)) == 2

    page.reload()
    people = frames(page, 2)
    assert demo.names(people) == names
    assert origins(page) == before
    load_again(page, people)
    assert demo.names(people) == names
    do(page, "Add a user")
    assert len(set(origins(page))) == 3

    assert running(checkout)
    do(page, "Stop")
    frames(page, 0)
    expect(page.locator(".ss-demo__stage")).to_be_visible()
    wait_until(lambda: not running(checkout))


def test_the_others_wait_until_the_first_users_page_has_come(
    show: Callable[..., Page],
) -> None:
    page = show(Catalog.default().find(STREAMLIT.snippet), STREAMLIT.shared)
    asked: list[tuple[str, str]] = []
    page.on(
        "request",
        lambda it: asked.append((it.resource_type, urlsplit(it.url).netloc)),
    )
    do(page, "Run it live")
    STREAMLIT.names(frames(page, 2))
    first, second = origins(page)
    assert asked.index(("script", first)) < asked.index(("document", second))


@pytest.mark.parametrize("demo", [TAIPY, REDRAWN, STREAMLIT], ids=lambda it: it.snippet)
def test_frames_are_connected_again_after_sleep(
    show: Callable[..., Page], demo: Demo
) -> None:
    page = show(Catalog.default().find(demo.snippet), demo.shared)
    line = Line()
    page.route_web_socket("**/*", line.connect)
    do(page, "Run it live")
    people = frames(page, 2)
    demo.names(people)
    line.cut()
    for person in people:
        demo.is_away(person)
    page.context.set_offline(True)
    expect(page.get_by_text("Asking again")).to_be_visible()
    line.mend()
    page.context.set_offline(False)
    expect(page.get_by_text("Asking again")).to_be_hidden()
    for person in people:
        demo.is_back(person)
    demo.plays(people)


@pytest.mark.parametrize("demo", [TAIPY, FLET, STREAMLIT], ids=lambda it: it.snippet)
def test_frames_work_where_the_storage_of_third_parties_is_blocked(
    checkout: Checkout, tmp_path: Path, browser: Browser, demo: Demo
) -> None:
    path = checkout.write_demo(Catalog.default().find(demo.snippet), demo.shared)
    profile = tmp_path / "profile"
    (profile / "Default").mkdir(parents=True)
    (profile / "Default/Preferences").write_text(json.dumps(BLOCKED))
    chromium = browser.browser_type
    with ExitStack() as stack:
        live = stack.enter_context(serve(checkout))
        context = stack.enter_context(
            chromium.launch_persistent_context(
                profile, executable_path=find_chromium(), args=list(CHROMIUM_ARGS)
            )
        )
        context.route("**/*", only_here)
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        page.goto(live.site)
        assert not can_store(page, live.site.replace("127.0.0.1", "localhost"))
        page.goto(live.site + path)
        do(page, "Run it live")
        people = frames(page, 2)
        names = demo.names(people)
        demo.plays(people)
        load_again(page, people)
        assert demo.names(people) == names


BLOCKED = {"profile": {"cookie_controls_mode": 1}}
"""Chromium's settings after "Block third-party cookies"."""


def can_store(page: Page, address: str) -> bool:
    """Whether another site may keep anything when it is framed in this page."""
    page.evaluate(
        "address => document.body.append("
        "    Object.assign(document.createElement('iframe'), {src: address}))",
        address,
    )
    page.wait_for_function("frames.length === 1")
    frame = page.frames[-1]
    frame.wait_for_url(address)
    return bool(
        frame.evaluate("() => { try { return !!localStorage } catch { return false } }")
    )


def test_frames_say_when_their_server_has_ended(
    show: Callable[..., Page], checkout: Checkout
) -> None:
    page = show(Catalog.default().find(STREAMLIT.snippet), STREAMLIT.shared)
    do(page, "Run it live")
    frames(page, 2)
    page.context.set_offline(True)
    error = page.locator(".ss-live__error")
    expect(error).to_have_text("The server of this page has ended.")
    frames(page, 0)


def test_a_film_makes_room_for_the_program(show: Callable[..., Page]) -> None:
    page = show(Catalog.default().find(STREAMLIT.snippet), "")
    film = page.locator(".ss-film")
    expect(film).to_be_visible()
    do(page, "Run it live")
    assert len(STREAMLIT.names(frames(page, 2))) == 2
    expect(film).to_be_hidden()
    do(page, "Stop")
    expect(film).to_be_visible()


def running(checkout: Checkout) -> list[str]:
    """The processes of programs that the checkout's pages have started."""
    listing = subprocess.run(
        ["ps", "-ewwo", "args="], capture_output=True, text=True, check=True
    ).stdout
    return [args for args in listing.splitlines() if str(checkout.temporary) in args]


def test_no_more_users_come_than_there_are_addresses(show: Callable[..., Page]) -> None:
    page = show(Catalog.default().find(FLET.snippet), FLET.shared)
    do(page, "Run it live")
    frames(page, 2)
    for _ in range(USERS - 2):
        do(page, "Add a user")
    frames(page, USERS)
    expect(page.get_by_role("button", name="Add a user")).to_be_hidden()
    labels = page.locator(".ss-live b").all_inner_texts()
    assert labels == ["Alex", "Doppler", *(f"User {n}" for n in range(3, USERS + 1))]


def test_an_edited_program_is_shown_as_it_is_now(
    show: Callable[..., Page], checkout: Checkout
) -> None:
    snippet = Catalog.default().find(TAIPY.snippet)
    page = show(snippet, TAIPY.shared)
    do(page, "Run it live")
    expect(TAIPY.seen(frames(page, 2)[0], "What's up?")).to_be_visible()
    before = origins(page)
    assert "What's up?" in snippet.text
    edited = snippet.text.replace("What's up?", "What is new?")
    checkout.write_demo(Snippet(snippet.id, snippet.path, edited), TAIPY.shared)
    expect(TAIPY.seen(frames(page, 2)[0], "What is new?")).to_be_visible()
    assert not set(before) & set(origins(page))


def test_a_program_that_fails_shows_its_error_in_the_page(
    show: Callable[..., Page], tmp_path: Path
) -> None:
    program = 'chat = "none"\nraise SystemExit("There is no such table.")\n'
    page = show(Snippet("taipy/shown/broken", tmp_path / "broken.py", program), "chat")
    do(page, "Run it live")
    error = page.locator(".ss-live__error")
    expect(error).to_contain_text("There is no such table.")
    expect(error).to_contain_text("taipy/shown/broken.py ended with exit code 1")
    expect(page.get_by_role("button", name="Run it live")).to_be_visible()


def ask(live: Live, action: str, snippet: str) -> dict[str, object]:
    """What a page of the site is told."""
    parts = urlsplit(live.site)
    asked = Request(
        f"{live.site}{PREFIX.removeprefix('/')}{action}",
        json.dumps({"snippet": snippet}).encode(),
        {"Origin": f"{parts.scheme}://{parts.netloc}"},
    )
    with urlopen(asked, timeout=PATIENCE) as answer:
        told: dict[str, object] = json.load(answer)
        return told


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_program_outlives_the_server(
    checkout: Checkout, end: signal.Signals
) -> None:
    snippet = Catalog.default().find(FLET.snippet)
    checkout.write_demo(snippet, FLET.shared)
    with serve(checkout) as live:
        ask(live, "start", snippet.id)
        wait_until(lambda: ask(live, "state", snippet.id)["state"] == "running")
        assert running(checkout)
        os.killpg(live.process.pid, end)
        live.process.communicate()
        wait_until(lambda: not running(checkout))


def test_the_published_site_offers_no_live_run_but_the_command(
    built_site: Path,
) -> None:
    page = (built_site / "tutorials/taipy/chat/index.html").read_text("utf-8")
    demo = page.partition('<figure class="ss-demo"')[2].partition("</figure>")[0]
    assert "Run it live" not in demo
    assert "uv run http" in demo
    assert "live.js" not in page
    assert "live.css" not in page
