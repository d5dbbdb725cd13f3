"""Programs that run in a published page, two people side by side, without a server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import Tag
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from livedocs.catalog import Catalog
from livedocs.static_live import REASONS, program_of
from tests.contracts.chat import BrowserChat, FastTypists, SharedHistory
from tests.site.conftest import parsed
from tests.site.server import Site
from tests.users.base import BrowserUser
from tests.users.here import FletPaneUser, HereDemo, open_here, open_tab, reader
from tests.users.streamlit import StreamlitUser
from tests.waiting import wait_until

STREAMLIT = ("tutorials/streamlit/chat/", "streamlit/chat/chat")
FLET = ("tutorials/flet/chat/", "flet/chat/history")
ROOM = ("tutorials/streamlit/rooms/", "streamlit/rooms/first_room")
STEP = ("tutorials/flet/chat/", "flet/chat/step3_broadcast")


@cache
def figures(site: Path) -> list[tuple[str, Tag]]:
    """The figures of programs that pages show as a whole, or play, by address."""
    return [
        (path.parent.relative_to(site).as_posix().removeprefix("."), figure)
        for path in sorted(site.rglob("index.html"))
        for figure in parsed(path).select("figure[data-snippet]")
        if figure.select(".ss-run, .ss-film")
    ]


@cache
def offers(site: Path) -> dict[str, str]:
    """The page that offers to start a program, by the program's id."""
    return {
        str(figure["data-snippet"]): f"{page}/" if page else ""
        for page, figure in figures(site)
        if figure.select("[data-here]")
    }


def test_a_page_offers_each_program_once_or_gives_the_reason(built_site: Path) -> None:
    answers: dict[tuple[str, str], list[str]] = {}
    for page, figure in figures(built_site):
        program = program_of(Catalog.default().find(str(figure["data-snippet"])))
        framework = program.framework
        reason = REASONS.get(program.id) or REASONS.get(framework, "")
        found = answers.setdefault((page, program.id), [])
        found += ["offer"] * len(figure.select("[data-here]"))
        found += ["reason"] * (bool(reason) and f": {reason}." in figure.get_text())
    programs = {id_ for _, id_ in answers}
    assert REASONS.keys() <= programs | {id_.partition("/")[0] for id_ in programs}
    for (page, program_id), found in answers.items():
        framework = program_id.partition("/")[0]
        wanted = "reason" if {program_id, framework} & REASONS.keys() else "offer"
        assert found == [wanted], (page, program_id)
    offered = {id_ for (_, id_), found in answers.items() if found == ["offer"]}
    flet = {id_ for id_ in offered if id_.startswith("flet/")}
    assert flet == {*FLET_CHATS, FLET[1], *ALONE}


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
        demo.spread_out()
        yield demo


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
class TestFletChat(SharedHistory, BrowserChat):
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
        first = int(alex.the(self.LABEL).input_value()) + 1
        for step in range(first, first + 6):
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


class TestEditor:
    """A program that its reader changes."""

    @pytest.fixture(scope="class")
    @classmethod
    def demo(cls, browser: Browser, site: Site) -> Iterator[HereDemo]:
        with open_here(browser, site, *ROOM) as demo:
            demo.start()
            demo.opens_editor()
            yield demo

    def test_both_start_again_with_the_changed_program(self, demo: HereDemo) -> None:
        demo.writes(PROGRAM)
        demo.click("Run again")
        demo.is_running()
        for number in range(2):
            changed = demo.pane(number).get_by_text("Changed by its reader")
            expect(changed).to_be_visible()

    def test_a_program_that_fails_shows_its_traceback_by_line(
        self, demo: HereDemo
    ) -> None:
        demo.writes(PROGRAM + "\n1 / 0\n")
        demo.click("Run again")
        demo.is_running()
        pane = demo.pane(0)
        expect(pane.get_by_text("ZeroDivisionError: division by zero")).to_be_visible()
        expect(pane.get_by_text("line 5")).to_be_visible()

    def test_nothing_of_the_site_is_in_reach_of_a_program(self, demo: HereDemo) -> None:
        demo.writes(PROBE)
        demo.click("Run again")
        demo.is_running()
        expect(demo.pane(0).get_by_text("within reach: nothing")).to_be_visible()
        body = demo.pane(0).locator("body")
        assert "cannot fetch" in body.inner_text()
        assert body.evaluate(REACHED) == ["undefined", "Memory", "", "connect-src"]

    def test_tab_indents_and_escape_lets_go(self, demo: HereDemo) -> None:
        demo.writes("")
        keys = demo.page.keyboard
        keys.press("Tab")
        keys.insert_text("x")
        assert demo.code() == "    x"
        keys.press("Escape")
        keys.press("Tab")
        expect(demo.figure.get_by_role("button", name="Run again")).to_be_focused()

    @pytest.mark.parametrize("scheme", ["default", "slate"])
    def test_axe_finds_no_violation(self, demo: HereDemo, scheme: str) -> None:
        set_scheme = "name => document.body.dataset.mdColorScheme = name"
        demo.page.evaluate(set_scheme, scheme)
        found = Axe().run(demo.page, context=".ss-here", options={"iframes": False})
        assert found.violations_count == 0, found.generate_report()

    def test_reset_brings_the_program_back(self, demo: HereDemo) -> None:
        demo.writes("")
        demo.click("Reset")
        assert "Select a value" in demo.code()


def test_a_flet_program_that_fails_shows_its_traceback_by_line(
    browser: Browser, site: Site
) -> None:
    with open_here(browser, site, *STEP) as demo:
        error = demo.figure.locator(".ss-live__error")
        demo.start()
        demo.opens_editor()
        demo.writes(FLET_PROGRAM)
        demo.click("Run again")
        expect(error).to_contain_text("ZeroDivisionError: division by zero")
        expect(error).to_contain_text('step3_broadcast.py", line 4, in main')
        demo.is_running()
        expect(error).to_be_visible()
        demo.writes("def main(page)\n")
        demo.click("Run again")
        expect(error).to_contain_text("SyntaxError: expected ':'")
        expect(error).to_contain_text('step3_broadcast.py", line 1')
        demo.writes("print('hello')")
        demo.click("Run again")
        expect(error).to_contain_text("step3_broadcast.py does not call ft.run()")


def test_a_flet_handler_that_sleeps_holds_up_everybody_as_on_a_server(
    browser: Browser, site: Site
) -> None:
    with open_here(browser, site, *STEP, reduced_motion="reduce") as demo:
        demo.start()
        demo.opens_editor()
        demo.writes(SLEEPING)
        demo.click("Run again")
        demo.is_running()
        demo.spread_out()
        alex, doppler = FletPaneUser(demo, 0), FletPaneUser(demo, 1)
        alex.click_button("Sleep")
        doppler.click_button("Greet")
        wait_until(lambda: len(alex.lines()) == 2, event="both lines")
        assert alex.lines() == ["slept", "greeted"]


SLEEPING = """import time
import flet as ft

def main(page):
    def sleep(event):
        time.sleep(2)
        page.pubsub.send_all("slept")

    def greet(event):
        page.pubsub.send_all("greeted")

    page.pubsub.subscribe(lambda text: page.add(ft.Text(text)))
    page.add(ft.Button("Sleep", on_click=sleep), ft.Button("Greet", on_click=greet))

ft.run(main)"""

FLET_PROGRAM = """import flet as ft

def main(page):
    1 / 0

ft.run(main)"""

PROGRAM = """import streamlit as st

st.write("Changed by its reader")
st.text_input("A field")"""

PROBE = """import js
import streamlit as st
from pyodide.http import pyfetch

names = ["indexedDB", "caches", "localStorage", "XMLHttpRequest", "WebSocket", "Worker",
         "BroadcastChannel", "SharedWorker"]
st.write("within reach:", ", ".join(n for n in names if hasattr(js, n)) or "nothing")
try:
    await pyfetch("http://127.0.0.1:9/")
except Exception as error:
    st.write(str(error))"""

REACHED = """async () => {
    const refused = new Promise(done => document.addEventListener(
        "securitypolicyviolation", event => done(event.effectiveDirective)));
    fetch("http://127.0.0.1:9/").catch(() => {});
    const { name } = localStorage.constructor;
    return [typeof indexedDB, name, document.cookie, await refused];
}"""
"""What a script of a pane can reach: storage, cookies, another server."""

STORED = """async () => [
    Object.keys(localStorage), Object.keys(sessionStorage), document.cookie,
    (await indexedDB.databases()).map(it => it.name),
]"""
"""What the site keeps in the browser: the colours, which Material keeps."""


Break = Callable[[Page], object]


def missing(path: str) -> Break:
    """A file of the runtime that is not there."""
    return lambda page: page.route(
        f"**/run/{path}", lambda route: route.fulfill(status=404)
    )


def begins(path: str, script: str) -> Break:
    """A script of the runtime that does something else first."""

    def begin(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(
            response=answer,
            body=f'import "data:text/javascript,{script}";{answer.text()}',
        )

    return lambda page: page.route(f"**/run/{path}", begin)


NO_MEMORY = """
WebAssembly.Memory = function () { throw new RangeError('could not allocate memory') }
""".strip()

NO_MODULES = """() => {
    self.Worker = function () { throw new TypeError("no workers of this type") };
}"""


def old(page: Page) -> None:
    """A browser whose workers are no modules."""
    page.evaluate(NO_MODULES)


BROKEN = {
    "an old browser": (STEP, old, "no workers of this type"),
    "no runtime": (STEP, missing("flet/runtime.json"), "runtime.json is missing (404)"),
    "a chunk": (STEP, missing("flet/library.zip"), "library.zip is missing (404)"),
    "a pane’s chunk": (ROOM, missing("streamlit/stlite/stlite.js"), "stlite.js"),
    "Python": (STEP, missing("flet/python.js"), "Python cannot start"),
    "memory": (STEP, begins("flet/python.js", NO_MEMORY), "could not allocate memory"),
}
"""What may be wrong, and what the page says then."""


@pytest.mark.parametrize(("demo", "breaks", "reason"), BROKEN.values(), ids=BROKEN)
def test_what_cannot_run_ends_in_a_sentence_and_the_film(
    browser: Browser, site: Site, demo: tuple[str, str], breaks: Break, reason: str
) -> None:
    with open_here(browser, site, *demo) as here:
        breaks(here.page)
        here.click("Run it here")
        expect(here.status).to_contain_text("It can’t run here.")
        expect(here.figure.locator(".ss-live__error")).to_contain_text(reason)
        expect(here.panes).to_have_count(0)
        expect(here.figure.get_by_role("button", name="Run it here")).to_be_visible()


def test_a_missing_editor_is_told_and_the_program_runs_on(
    browser: Browser, site: Site
) -> None:
    with open_here(browser, site, *STEP) as here:
        here.page.route("**/run/editor.js", lambda route: route.fulfill(status=404))
        here.start()
        here.click("Edit the program")
        expect(here.figure.locator(".ss-live__error")).to_contain_text("editor.js")
        expect(here.panes).to_have_count(2)


def test_a_start_that_hangs_ends_in_a_sentence(browser: Browser, site: Site) -> None:
    with open_here(browser, site, *STEP) as here:
        here.page.clock.install()
        here.page.route("**/run/flet/library.zip", lambda route: None)
        here.click("Run it here")
        expect(here.status).to_contain_text("Loading:")

        def has_ended() -> bool:
            here.page.clock.run_for(61_000)
            return "It can’t run here. The film" in here.status.inner_text()

        wait_until(has_ended, event="the end of the start")
        expect(here.figure.locator(".ss-live__error")).to_contain_text("for 60 s")


def test_it_is_not_offered_where_a_browser_has_no_webassembly(
    browser: Browser, site: Site
) -> None:
    context = browser.new_context()
    context.add_init_script("delete self.WebAssembly")
    page = context.new_page()
    page.goto(site.address + STEP[0])
    expect(page.get_by_text("it has no WebAssembly").first).to_be_visible()
    expect(page.get_by_role("button", name="Run it here")).to_have_count(0)
    context.close()


def test_nothing_of_it_is_loaded_before_somebody_wants_it(
    browser: Browser, site: Site
) -> None:
    with open_here(browser, site, *STREAMLIT) as here:
        here.page.wait_for_load_state("networkidle")
        assert not [url for url in here.asked if "/run/" in url or "here.js" in url]


ONE_PYTHON = """([folder, programs]) => {
    const python = new Worker(`${folder}python.js`, { type: "module" });
    window.run = name => new Promise(done => {
        const pane = document.createElement("iframe");
        addEventListener("message", ({ data: { pane: report }, source }) => {
            if (source !== pane.contentWindow) return;
            if (report.state === "loading") {
                const { port1, port2 } = new MessageChannel();
                python.postMessage({ person: name }, [port1]);
                source.postMessage({ program: programs[name] }, "*", [port2]);
            } else if (report.state) done(report);
        });
        pane.src = `${folder}pane.html`;
        document.body.replaceChildren(pane);
    });
}"""
"""Lets a page run one program after another in the same Python, each in a pane."""

RED = "[data-testid=stException], [data-testid=stAlert]"
"""What Streamlit shows where something is wrong."""


def test_a_streamlit_program_is_offered_if_it_can_run_there_and_not_if_it_cannot(
    browser: Browser, site: Site, built_site: Path
) -> None:
    published = json.loads((built_site / "run/programs.json").read_text("utf-8"))
    can = sorted(it for it in offers(built_site) if it.startswith("streamlit/"))
    cannot = sorted(it for it in REASONS if it.startswith("streamlit/"))
    assert len(can) >= 12
    assert len(cannot) >= 4
    programs = {}
    for id_ in [*can, *cannot]:
        about = published[id_]
        programs[id_] = {
            "name": Path(about["file"]).name,
            "text": (built_site / about["file"]).read_text("utf-8"),
            "wheels": [site.address + wheel for wheel in about["wheels"]],
        }
    with closing(browser.new_page()) as page:
        page.goto(site.address)
        page.evaluate(ONE_PYTHON, [f"{site.address}run/streamlit/", programs])
        for id_ in programs:
            assert page.evaluate("id => run(id)", id_) == {"state": "running"}, id_
            errors = page.frame_locator("iframe").locator(RED)
            if id_ in can:
                assert errors.all_inner_texts() == [], id_
            else:
                expect(errors.first).to_be_visible()


FLET_CHATS = (
    "flet/chat/declarative",
    "flet/chat/fast_typing",
    "flet/chat/pitfall_fast_typing",
    "flet/chat/step3_broadcast",
    "flet/chat/step4_join_dialog",
    "flet/chat/step5_reusable_control",
    "flet/chat/step6_layout",
    "flet/upgrade/old_calls_fixed",
    "flet/web/chat",
)
"""Those in which what one writes is there for the other, but for the finished one."""

ALONE = {
    "flet/chat/step1_hello": "Hello, world!",
    "flet/state/per_page": "You: 0. Everybody: 0.",
}
"""The programs in which there is nothing to write, and what they show at first."""


@pytest.fixture(scope="module")
def laptop(browser: Browser) -> Iterator[BrowserContext]:
    """A reader's browser, which keeps what it has loaded from program to program."""
    context = reader(browser, reduced_motion="reduce")
    yield context
    context.close()


@pytest.mark.parametrize("program", FLET_CHATS)
def test_two_people_talk_in_each_flet_chat_and_a_third_comes_late(
    laptop: BrowserContext, site: Site, built_site: Path, program: str
) -> None:
    with open_tab(laptop, site, offers(built_site)[program], program) as demo:
        demo.start()
        demo.spread_out()
        alex, doppler = demo.join(), demo.join()
        talks(alex, "Is anybody there?", to=[alex, doppler])
        late = demo.join()
        talks(late, "I am.", to=[alex, doppler, late])


def talks(user: BrowserUser, text: str, to: Sequence[BrowserUser]) -> None:
    """Send a message, and see that these people see it, whatever stands around it."""
    user.send(text)
    for other in to:
        expect(other.page.get_by_text(text).first).to_be_attached()


@pytest.mark.parametrize("program", ALONE)
def test_a_program_in_which_there_is_nothing_to_write_runs_as_well(
    laptop: BrowserContext, site: Site, built_site: Path, program: str
) -> None:
    with open_tab(laptop, site, offers(built_site)[program], program) as demo:
        demo.start()
        for number in range(2):
            expect(demo.pane(number).get_by_text(ALONE[program])).to_be_attached()


def test_another_window_shares_the_same_python_until_it_is_stopped(
    browser: Browser, site: Site
) -> None:
    with open_here(browser, site, *ROOM) as demo:
        demo.start()
        with demo.page.expect_popup() as opening:
            demo.click("Open a window")
        window = opening.value
        expect(window.get_by_text("3 here")).to_be_visible()
        window.get_by_role("slider").press("ArrowRight")
        expect(demo.pane(0).get_by_text("squared is")).to_contain_text("1")
        demo.click("Stop")
        wait_until(window.is_closed, event="the end of the window")
        expect(demo.panes).to_have_count(0)
        expect(demo.figure.get_by_role("button", name="Run it here")).to_be_focused()
        assert demo.page.evaluate(STORED) == [["/.__palette"], [], "", []]
