"""Programs that run in the page under `make serve`, used by two people in frames."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    FrameLocator,
    Locator,
    Page,
    Route,
    expect,
)

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
    act: Callable[[FrameLocator, str], str]
    """Do something, which may be to say this; return what all see of it."""
    seen: Callable[[FrameLocator, str], Locator]
    wake: Callable[[FrameLocator], None] = lambda frame: None
    is_away: Callable[[FrameLocator], None] = lambda frame: None
    """Wait until the page has noticed that it is cut off, where it shows that."""
    is_back: Callable[[FrameLocator], None] = lambda frame: None
    """Wait until the page is connected again."""

    def plays(self, people: list[FrameLocator], *said: str) -> None:
        """Let all act, each in their frame, and see what the others do."""
        for person, text in zip(people, said, strict=True):
            seen = self.act(person, text)
            for other in people:
                expect(self.seen(other, seen)).to_be_visible()

    def names(self, frames: list[FrameLocator]) -> list[str]:
        """Who is who, once all can act."""
        for frame in frames:
            self.wake(frame)
        return [frame.locator(self.who).inner_text() for frame in frames]


def send(frame: FrameLocator, text: str) -> str:
    frame.owner.scroll_into_view_if_needed()  # Flet keeps the page from doing so
    field = frame.get_by_role("textbox")
    write(field, text)
    field.press("Enter")
    return text


def move(frame: FrameLocator, text: str) -> str:
    before = frame.get_by_text(re.compile(r"^\d+ squared is \d+$")).inner_text()
    number = int(before.split()[0]) + 1
    frame.get_by_role("slider").press("ArrowRight")
    return f"{number} squared is {number**2}"


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
    is_back=comes_back,
)
# The first steps of the other chat are deaf after any cut, as their page says.
FLET = Demo(
    "flet/web/chat",
    "page.pubsub",
    "flt-semantics > span:has-text('You are Guest')",
    send,
    lambda frame, text: frame.get_by_text(text),
    hear,
    is_away=lambda frame: expect(works(frame)).to_be_attached(),
    is_back=lambda frame: expect(works(frame)).not_to_be_attached(),
)
STREAMLIT = Demo(
    "streamlit/rooms/first_room",
    "sync",
    "text='2 here'",
    move,
    lambda frame, text: frame.get_by_text(text),
    settle,
    is_back=lambda frame: expect(frame.locator(AT_REST)).to_be_attached(),
)


DEMOS = (TAIPY, FLET, STREAMLIT)


def invented(name: str, text: str) -> Snippet:
    """A program that starts at once, for what does not depend on a framework."""
    return Snippet(f"taipy/shown/{name}", Path(f"{name}.py"), text)


# It starts a process that would outlive it, and has been given its file's name.
PLAIN = invented(
    "plain",
    '''"""Invented."""

import http.server, subprocess, sys

chat = b"What's up?"
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", __file__])


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(chat)


port = int(sys.argv[sys.argv.index("--port") + 1])
http.server.ThreadingHTTPServer(("127.0.0.1", port), Page).serve_forever()
''',
)
EDITED = invented("edited", PLAIN.text)
FILMED = invented("filmed", PLAIN.text)
BROKEN = invented(
    "broken",
    '"""Invented."""\n\nchat = ""\nraise SystemExit("There is no such table.")\n',
)


@dataclass(frozen=True)
class Served:
    """A site whose pages offer to run programs, and where each one's page is."""

    checkout: Checkout
    live: Live
    paths: dict[str, str]

    def open(self, context: BrowserContext, snippet: str) -> Page:
        """Open the page of a program."""
        context.route("**/*", only_here)
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        page.goto(self.live.site + self.paths[snippet])
        return page


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One `make serve` for all demos."""
    checkout = Checkout.create(tmp_path_factory.mktemp("demos"))
    find = Catalog.default().find
    shown = {demo.snippet: (find(demo.snippet), demo.shared) for demo in DEMOS}
    shown |= {it.id: (it, "chat") for it in (PLAIN, EDITED, BROKEN)}
    shown[FILMED.id] = (FILMED, "")
    paths = {name: checkout.write_demo(*program) for name, program in shown.items()}
    with serve(checkout) as live:
        yield Served(checkout, live, paths)
    wait_until(lambda: not running(checkout))


@pytest.fixture
def show(served: Served, browser: Browser) -> Iterator[Callable[[Snippet], Page]]:
    """Open a program's page in a browser of its own; stop the program afterwards."""
    with ExitStack() as stack:

        def show(snippet: Snippet) -> Page:
            stack.callback(ask, served.live, "stop", snippet.id)
            context = stack.enter_context(browser.new_context())
            return served.open(context, snippet.id)

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


class TestPeople:
    @pytest.fixture(scope="class", params=DEMOS, ids=lambda it: it.snippet)
    @classmethod
    def demo(cls, served: Served, request: pytest.FixtureRequest) -> Iterator[Demo]:
        """Each framework's program; who comes later finds it running."""
        demo: Demo = request.param
        ask(served.live, "start", demo.snippet)
        yield demo
        ask(served.live, "stop", demo.snippet)

    def test_two_act_in_frames_and_stay_two_after_a_reload_and_after_sleep(
        self, served: Served, browser: Browser, demo: Demo
    ) -> None:
        with browser.new_context() as context:
            line = Line()
            context.route_web_socket("**/*", line.connect)
            asked: list[tuple[str, str]] = []
            context.on(
                "request",
                lambda it: asked.append((it.resource_type, urlsplit(it.url).netloc)),
            )
            page = served.open(context, demo.snippet)
            people = frames(page, 2)
            names = demo.names(people)
            demo.plays(people, "Hello there.", "Hello back.")
            first, second = before = origins(page)
            assert first != second
            # The others wait until the first one's page has come.
            assert asked.index(("script", first)) < asked.index(("document", second))

            page.reload()
            people = frames(page, 2)
            assert demo.names(people) == names
            assert origins(page) == before

            line.cut()
            for person in people:
                demo.is_away(person)
            context.set_offline(True)
            expect(page.get_by_text("Asking again")).to_be_visible()
            line.mend()
            context.set_offline(False)
            expect(page.get_by_text("Asking again")).to_be_hidden()
            for person in people:
                demo.is_back(person)
            demo.plays(people, "I was away.", "So was I.")

    def test_they_stay_two_where_the_storage_of_third_parties_is_blocked(
        self, served: Served, blocking: BrowserContext, demo: Demo
    ) -> None:
        page = served.open(blocking, demo.snippet)
        people = frames(page, 2)
        names = demo.names(people)
        demo.plays(people, "Nobody knows us.", "Who are we?")
        load_again(page, people)
        assert demo.names(people) == names
        page.close()

    @pytest.fixture(scope="class")
    @classmethod
    def blocking(
        cls, served: Served, browser: Browser, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[BrowserContext]:
        """A browser whose user has blocked the cookies of third parties."""
        profile = tmp_path_factory.mktemp("profile")
        (profile / "Default").mkdir(parents=True)
        (profile / "Default/Preferences").write_text(json.dumps(BLOCKED))
        with browser.browser_type.launch_persistent_context(
            profile, executable_path=find_chromium(), args=list(CHROMIUM_ARGS)
        ) as context:
            page, site = context.new_page(), served.live.site
            page.goto(site)
            assert not can_store(page, site.replace("127.0.0.1", "localhost"))
            page.close()
            yield context


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
    show: Callable[[Snippet], Page],
) -> None:
    page = show(PLAIN)
    do(page, "Run it live")
    frames(page, 2)
    page.context.set_offline(True)
    error = page.locator(".ss-live__error")
    expect(error).to_have_text("The server of this page has ended.")
    frames(page, 0)


def test_a_film_makes_room_for_the_program(show: Callable[[Snippet], Page]) -> None:
    page = show(FILMED)
    film = page.locator(".ss-poster")
    expect(film).to_be_visible()
    do(page, "Run it live")
    for frame in frames(page, 2):
        expect(frame.get_by_text("What's up?")).to_be_visible()
    expect(film).to_be_hidden()
    do(page, "Stop")
    expect(film).to_be_visible()


def running(checkout: Checkout, name: str = "") -> list[str]:
    """The processes of programs that the checkout's pages have started."""
    listing = subprocess.run(
        ["ps", "-ewwo", "args="], capture_output=True, text=True, check=True
    ).stdout
    lines = [args for args in listing.splitlines() if str(checkout.temporary) in args]
    return [args for args in lines if name in args]


def test_no_more_users_come_than_there_are_addresses_and_all_go_at_the_stop(
    show: Callable[[Snippet], Page], served: Served
) -> None:
    page = show(PLAIN)
    do(page, "Run it live")
    frames(page, 2)
    for _ in range(USERS - 2):
        do(page, "Add a user")
    frames(page, USERS)
    expect(page.get_by_role("button", name="Add a user")).to_be_hidden()
    labels = page.locator(".ss-live b").all_inner_texts()
    assert labels == ["Alex", "Doppler", *(f"User {n}" for n in range(3, USERS + 1))]
    assert len(set(origins(page))) == USERS

    assert running(served.checkout, PLAIN.name)
    do(page, "Stop")
    frames(page, 0)
    expect(page.locator(".ss-demo__stage")).to_be_visible()
    wait_until(lambda: not running(served.checkout, PLAIN.name))


def test_an_edited_program_is_shown_as_it_is_now(
    show: Callable[[Snippet], Page], served: Served
) -> None:
    page = show(EDITED)
    do(page, "Run it live")
    expect(frames(page, 2)[0].get_by_text("What's up?")).to_be_visible()
    before = origins(page)
    served.checkout.edit(EDITED, EDITED.text.replace("What's up?", "What is new?"))
    expect(frames(page, 2)[0].get_by_text("What is new?")).to_be_visible()
    served.live.until("Reloading browsers")
    assert not set(before) & set(origins(page))


def test_a_program_that_fails_shows_its_error_in_the_page(
    show: Callable[[Snippet], Page],
) -> None:
    page = show(BROKEN)
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


class TestEnd:
    @pytest.fixture(scope="class")
    @classmethod
    def checkout(cls, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
        checkout = Checkout.create(tmp_path_factory.mktemp("end"))
        checkout.write_demo(PLAIN, "chat")
        return checkout

    @pytest.fixture(params=[False])
    def live(
        self, checkout: Checkout, request: pytest.FixtureRequest
    ) -> Iterator[Live]:
        """A server that has started a program; whether it is in the background."""
        with serve(checkout, in_background=request.param) as live:
            ask(live, "start", PLAIN.id)
            wait_until(lambda: ask(live, "state", PLAIN.id)["state"] == "running")
            assert running(checkout)
            yield live

    @pytest.mark.process
    def test_ctrl_c_leaves_neither_programs_nor_files(
        self, checkout: Checkout, live: Live
    ) -> None:
        os.killpg(live.process.pid, signal.SIGINT)  # as a terminal does
        self.ends_clean(checkout, live)

    @pytest.mark.process
    @pytest.mark.parametrize("live", [True], indirect=True, ids=["background"])
    def test_sigterm_leaves_neither_programs_nor_files(
        self, checkout: Checkout, live: Live
    ) -> None:
        live.process.terminate()  # make alone: it has to pass it on
        self.ends_clean(checkout, live)

    def ends_clean(self, checkout: Checkout, live: Live) -> None:
        said, _ = live.process.communicate()
        assert "Traceback" not in said
        with pytest.raises(ProcessLookupError):
            os.killpg(live.process.pid, 0)
        wait_until(lambda: not running(checkout))
        assert list(checkout.temporary.iterdir()) == []

    @pytest.mark.process
    def test_no_program_outlives_a_server_that_is_killed(
        self, checkout: Checkout, live: Live
    ) -> None:
        os.killpg(live.process.pid, signal.SIGKILL)
        live.process.communicate()
        wait_until(lambda: not running(checkout))
        for left in checkout.temporary.iterdir():  # nobody could clean up
            shutil.rmtree(left)


def test_the_published_site_offers_no_live_run_but_the_command(
    built_site: Path,
) -> None:
    page = (built_site / "tutorials/taipy/chat/index.html").read_text("utf-8")
    demo = page.partition('<figure class="ss-demo"')[2].partition("</figure>")[0]
    assert "Run it live" not in demo
    assert "uv run http" in demo
    assert "live.js" not in page
    assert "live.css" not in page
