"""A person at a Streamlit page: widgets by their labels, lines by their words."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Locator, expect
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from tests.users.base import SOON, BrowserUser, Message
from tests.users.cable import Cable
from tests.waiting import PATIENCE, wait_until

AT_REST = (
    "[data-testid=stApp]"
    "[data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
)
"""The page while the server draws nothing on it."""


_SHOWN = ":not([data-retained]:not(:focus-within) *)"
"""Not what Streamlit keeps, hidden, of a widget that another has replaced."""

_LINES = """() => [...document.querySelectorAll("[data-testid=stText]")].map(
    line => line.textContent
)"""
_IN_ORDER = f"""lines => {{
    let next = 0;
    for (const line of ({_LINES})()) if (line === lines[next]) next += 1;
    return next === lines.length;
}}"""
_OUT_OF_REACH = """lines => {
    const all = [...document.querySelectorAll("[data-testid=stText]")];
    return lines.filter(text => {
        const line = all.find(line => line.textContent === text);
        line?.scrollIntoView({block: "center"});
        const {top, bottom, right} = line?.getBoundingClientRect() ?? {};
        return !(0 <= top && bottom <= innerHeight && right <= innerWidth);
    });
}"""


_WAY = """(input, value) => {
    const thumb = input.closest("[data-rac]");
    const { left, width } = thumb.parentElement.getBoundingClientRect();
    const { x, y, width: size, height } = thumb.getBoundingClientRect();
    const part = (value - input.min) / (input.max - input.min);
    return [x + size / 2, y + height / 2, left + part * width];
}"""
"""Where the thumb of a slider is, and how far to the right a value of it is."""
_MOVES = 12
"""So many small moves of the mouse take a slider to where it shall be."""

_ROW = 35
"""The height of a row in a table, in pixels; that of its head is the same."""

_CLICK_AT = """(button, moments) => {
    for (const moment of moments) setTimeout(() => button.click(), moment - Date.now());
}"""
_UNTIL = "moment => new Promise(done => setTimeout(done, moment - Date.now()))"
_TEXTS = "[data-testid=stText], [data-testid=stMarkdown] p"

_WATCH = """label => {
    const seen = [];
    const look = () => {
        const shown = document.querySelector(`[aria-label="${label}"]`)?.value;
        if (shown !== undefined && shown !== seen.at(-1)) seen.push(shown);
        requestAnimationFrame(look);
    };
    (window.seen ??= {})[label] = seen;
    look();
}"""


def parse(line: str) -> Message:
    """The message that a line of a chat shows."""
    sender, _, text = line.partition(": ")
    return Message(sender, text)


class StreamlitUser(BrowserUser):
    """A person at a Streamlit page, in a room or in a chat."""

    def __init__(
        self, browser: Browser, address: str, below: str = "", **options: Any
    ) -> None:
        self._plugged_in = ExitStack()
        self.cable = self._plugged_in.enter_context(Cable.to(address, below))
        super().__init__(browser, self.cable.address, **options)

    # What everybody does.

    def wait_until_ready(self) -> None:
        drawn = self.page.locator(AT_REST).locator("[data-testid=stElementContainer]")
        expect(drawn.first).to_be_attached()
        # A page that is cut off while it loads code for this shows an error ever after.
        expect(self.page.get_by_test_id("stSkeleton")).to_have_count(0)
        self.sees_no_exception()

    def report(self) -> str:
        app, states = self.page.get_by_test_id("stApp"), []
        with suppress(PlaywrightError):  # the page is gone, or does not answer
            for kind in ("connection", "script"):
                name = f"data-test-{kind}-state"
                states.append(app.get_attribute(name, timeout=SOON))
        return f"{states}\n{super().report()}"

    def is_at_rest(self) -> None:
        """Wait until the server draws nothing on the page."""
        expect(self.page.locator(AT_REST)).to_be_attached()

    def sees_no_exception(self) -> None:
        """See that the page shows no traceback."""
        assert self.page.get_by_test_id("stException").all_inner_texts() == []

    def follows_link_of(self, other: StreamlitUser) -> None:
        """Open what stands in another one's address bar."""
        self.page.goto(f"{self.address}?{urlsplit(other.page.url).query}")
        self.wait_until_ready()

    def leave(self) -> None:
        with self._plugged_in:
            super().leave()

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """Be without a connection for a while, and connected again afterwards."""
        with self.loses_connection():
            self.cable.hang_up()
        yield
        with self.page.expect_websocket():
            self.cable.plug_in()
        self.is_at_rest()

    def counts_balloons(self) -> Callable[[], int]:
        """How many balloons the server sends to this page from now on.

        A page that is rendered again before it has loaded them does not show them.
        """
        balloons: list[Element] = []

        def note(frame: str | bytes) -> None:
            assert isinstance(frame, bytes)
            element = ForwardMsg.FromString(frame).delta.new_element
            if element.WhichOneof("type") == "balloons":
                balloons.append(element)

        def sent() -> int:
            self.page.evaluate("0")  # messages are seen while the page is asked
            return len(balloons)

        self._sockets[-1].on("framereceived", note)
        return sent

    # Widgets.

    def widget(self, label: str) -> Locator:
        """What takes keys for the widget with this label."""
        return self.page.locator(f'[aria-label="{label}"]:is(input, textarea){_SHOWN}')

    def the(self, label: str) -> Locator:
        """That widget, as soon as there is only one: a new one may replace another."""
        expect(self.widget(label)).to_have_count(1)
        return self.widget(label)

    def turns(self, label: str, key: str) -> None:
        """Press a key at a slider: an arrow, Home, End, PageUp or PageDown."""
        self.the(label).press(key)

    def sets_slider(self, label: str, steps: int) -> None:
        """Move a slider to its beginning, then so many steps on, key by key."""
        for key in ("Home", *["ArrowRight"] * steps):
            self.turns(label, key)

    def drags(self, label: str, to: int) -> None:
        """Take a slider with the mouse to this value, in small moves."""
        with self.dragging(label, to):
            pass

    @contextmanager
    def dragging(self, label: str, to: int) -> Iterator[None]:
        """Do something else meanwhile, halfway."""
        widget = self.the(label)
        widget.scroll_into_view_if_needed()
        x, y, end = widget.evaluate(_WAY, to)
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        for move in range(1, _MOVES + 1):
            mouse.move(x + (end - x) * move / _MOVES, y)
            self.page.wait_for_timeout(self.pace)  # a hand is no faster
            if 2 * move == _MOVES:
                yield
        mouse.up()
        self.looks_away()
        self.finds(label, str(to))

    def looks_away(self) -> None:
        """Take the mouse off whatever it points at."""
        self.page.mouse.move(1, 1)

    def types(self, label: str, text: str) -> None:
        """Type a text into a field, key by key, and leave the caret there."""
        self.the(label).press_sequentially(text, delay=self.pace)

    def writes(self, label: str, text: str) -> None:
        """Click a field and type a text instead of what is there, key by key."""
        self.the(label).click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text, delay=self.pace)

    def enters(self, label: str, text: str) -> None:
        """Put a text into a field instead of what is there, and send it."""
        field = self.the(label)
        field.fill(text)
        is_long = field.evaluate("field => field.tagName === 'TEXTAREA'")
        field.press("Control+Enter" if is_long else "Enter")

    def chooses(self, label: str, option: str) -> None:
        """Open a selectbox and take one of its options."""
        self.the(label).click()
        self.page.get_by_role("option", name=option, exact=True).click()

    def presses(self, name: str) -> None:
        """Press the button that says so, as soon as there is only one."""
        expect(self.button(name)).to_have_count(1)
        self.button(name).click()

    def button(self, name: str) -> Locator:
        """The button that says so."""
        return self.page.get_by_role("button", name=name, exact=True)

    def finds(self, label: str, value: str) -> None:
        """Wait until a widget shows this value."""
        values = "widgets => widgets.map(widget => widget.value)"
        wait_until(
            lambda: self.widget(label).evaluate_all(values) == [value],
            event=f"one {label!r} with {value!r}",
        )

    @contextmanager
    def finds_anew(self, label: str) -> Iterator[None]:
        """Wait in the end until the server has replaced this widget by another one."""
        widget = self.widget(label).element_handle()
        yield
        widget.wait_for_element_state("hidden")
        self.wait_until_ready()

    def reads_line(self, text: str) -> None:
        """Wait until one line of the page says exactly this.

        While a run draws, what has moved stands at its old place and at its new one.
        """
        try:
            expect(self.line(text).filter(visible=True)).to_have_count(1)
        except AssertionError:
            shown = self.page.locator(_TEXTS).all_inner_texts()
            raise AssertionError(f"no line {text!r}, but {shown}") from None

    def line(self, text: str) -> Locator:
        """The line of the page that says exactly this."""
        lines = self.page.locator(_TEXTS)
        return lines.filter(has_text=re.compile(rf"^\s*{re.escape(text)}\s*$"))

    def sees_present(
        self, count: int, where: str = "here", within: float = PATIENCE
    ) -> None:
        """Wait, at most so many seconds, until the page counts so many people.

        Playwright's own look at the page may be half a second old by then.
        """
        line = self.line(f"{count} {where}").filter(visible=True)
        wait_until(lambda: line.count() == 1, within, f"{count} {where}")

    def makes_room(self, name: str) -> None:
        """Type the name of a new room into the sidebar, and enter it."""
        self.types("Room", name)
        self.page.get_by_role("option", name=name).click()
        self.presses("Enter room")
        self.reads_line(f"You are in: {name}")

    def clicks_step(self, label: str, step: str) -> None:
        """Click on ``Up`` or ``Down`` beside a number."""
        self._step_of(label, step).click()

    def opens_sidebar(self) -> None:
        """Let the sidebar come in; it is closed on a narrow page."""
        self.page.get_by_test_id("stExpandSidebarButton").click()
        expect(self.page.get_by_test_id("stSidebar")).to_be_in_viewport()

    def closes_sidebar(self) -> None:
        """Let the sidebar go."""
        self.page.get_by_test_id("stSidebarCollapseButton").get_by_role(
            "button"
        ).click()
        expect(self.page.get_by_test_id("stExpandSidebarButton")).to_be_visible()

    # Clicks that are due at a moment of which several people know.

    def will_press(self, name: str, *moments: float) -> None:
        """Press a button at these moments, each in seconds since 1970."""
        self.will_click(self.button(name), moments)

    def will_step(self, label: str, step: str, *moments: float) -> None:
        """Press ``Up`` or ``Down`` beside a number at these moments."""
        self.will_click(self._step_of(label, step), moments)

    def _step_of(self, label: str, step: str) -> Locator:
        box = self.page.get_by_test_id("stNumberInput").filter(has=self.widget(label))
        return box.get_by_test_id(f"stNumberInputStep{step}")

    def will_click(self, button: Locator, moments: Sequence[float]) -> None:
        """Click this at these moments, each in seconds since 1970."""
        expect(button).to_be_enabled()
        button.evaluate(_CLICK_AT, [1000 * moment for moment in moments])

    def until(self, moment: float) -> None:
        """Do nothing before this moment."""
        self.page.evaluate(_UNTIL, 1000 * moment)

    def watches(self, label: str) -> None:
        """Remember from now on whatever a widget shows."""
        self.page.evaluate(_WATCH, label)

    def has_seen(self, label: str) -> list[str]:
        """What a widget has shown since, each value as often as it came."""
        seen: list[str] = self.page.evaluate("label => window.seen[label]", label)
        return seen

    # Tables.

    def cell(self, row: int, column: int) -> Locator:
        """A cell of the table, as a screen reader finds it; both counted from 0."""
        return self.page.locator(f"[data-testid=glide-cell-{column}-{row}]{_SHOWN}")

    def has_selected(self, row: int, column: int) -> None:
        """Wait until a cell of the table is selected."""
        expect(self.cell(row, column)).to_have_attribute("aria-selected", "true")

    def steps_into_cell(self, row: int, column: int) -> None:
        """Open a cell of the table to write in it."""
        self.is_at_rest()
        # The grid itself takes the focus first, and selects its first cell then.
        self.page.locator(f"[data-testid=data-grid-canvas]{_SHOWN}").focus()
        self.cell(row, column).focus()
        self.has_selected(row, column)
        self.page.keyboard.press("Enter")

    def fills_cell(self, row: int, column: int, text: str) -> None:
        """Write a text into a cell of the table instead of what is there."""
        self.steps_into_cell(row, column)
        self.open_cell.fill(text)
        self.open_cell.press("Enter")

    def ticks_cell(self, row: int, column: int) -> None:
        """Turn a cell of the table that is a checkbox, and step to the one above.

        The grid keeps its copy for screen readers as it was until the selection moves.
        """
        self.steps_into_cell(row, column)
        self.page.keyboard.press("ArrowUp")

    def clicks_cell(self, row: int, column: int, columns: int = 3) -> None:
        """Click in the middle of a cell; all columns have the same width."""
        self.is_at_rest()
        grid = self.page.locator(f"[data-testid=data-grid-canvas]{_SHOWN}")
        box = grid.bounding_box()
        assert box
        x = (column + 0.5) * box["width"] / columns
        self.page.mouse.click(box["x"] + x, box["y"] + (row + 1.5) * _ROW)

    def writes_into_cell(self, row: int, column: int, text: str) -> None:
        """Click a cell, and type a text instead of what is there, key by key."""
        self.clicks_cell(row, column)
        self.has_selected(row, column)
        self.page.keyboard.press("Enter")
        expect(self.open_cell).to_be_focused()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text, delay=self.pace)
        expect(self.open_cell).to_have_value(text)

    @property
    def open_cell(self) -> Locator:
        """Where a cell is written in."""
        return self.page.locator("#portal").locator("input, textarea")

    def finds_cell(self, row: int, column: int, text: str) -> None:
        """Wait until there is one table, and this cell of it holds this."""
        texts = "cells => cells.map(cell => cell.textContent)"
        wait_until(
            lambda: self.cell(row, column).evaluate_all(texts) == [text],
            event=f"one cell {row}, {column} with {text!r}",
        )

    # Chats.

    @property
    def field(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message")

    @property
    def name(self) -> str:
        return parse_qs(urlsplit(self.page.url).query)["name"][0]

    def join(self, name: str) -> None:
        self.enters("Your name", name)
        expect(self.field).to_be_visible()

    def messages(self) -> list[Message]:
        return [parse(line) for line in self.page.evaluate(_LINES)]

    def sees(self, *messages: Message) -> None:
        lines = [f"{message.sender}: {message.text}" for message in messages]
        try:
            self.page.wait_for_function(_IN_ORDER, arg=lines, polling=50)
        except PlaywrightTimeoutError:
            found = self.page.evaluate(_LINES)
            raise AssertionError(f"{self.name} sees no {lines}, but {found}") from None

    def reads(self, *messages: Message) -> None:
        lines = [f"{message.sender}: {message.text}" for message in messages]
        assert self.page.evaluate(_OUT_OF_REACH, lines) == []


def soon() -> float:
    """A moment of which several people can be told before it comes."""
    return time.time() + 1


def at_once(*presses: tuple[StreamlitUser, str]) -> None:
    """Let each of these people press the button of that name at the same moment."""
    moment = soon()
    for user, name in presses:
        user.will_press(name, moment)
    for user, _ in presses:
        user.until(moment)


def click_together(name: str, *users: StreamlitUser) -> None:
    """Let each of these people click the button of that name.

    What their browsers say arrives at the same moment, however slow the mouse was.
    """
    for user in users:
        user.is_at_rest()
        user.cable.pull_out()
    for user in users:
        user.presses(name)
    for user in users:
        user.cable.plug_in()


_PAUSE = 0.2
"""Seconds without a message after which a session without a page looks again."""


class StreamlitSocket:
    """A session without a page: what it sends need not be what a page would send.

    Args:
        address: of the app.
        cookie: its browser's.
        token: shows that the app's own page asks; without it nobody is logged in.
        session: which its page had when it lost the connection.
    """

    def __init__(
        self, address: str, cookie: str = "", token: str = "", session: str = ""
    ) -> None:
        url = f"ws://{urlsplit(address).netloc}/_stcore/stream"
        protocols = ["streamlit", token] if token else ["streamlit"]
        if session:
            protocols = ["streamlit", token or "-", session]
        self._exit = ExitStack()
        # Nobody reads while nothing is asked, so what comes has to wait here.
        connection = connect(
            url,
            origin=Origin(address.rstrip("/")) if token else None,
            subprotocols=[Subprotocol(protocol) for protocol in protocols],
            additional_headers={"Cookie": cookie} if cookie else None,
            max_queue=None,
        )
        self._socket = self._exit.enter_context(connection)
        self._ids: dict[str, str] = {}
        self._fragments: dict[str, str] = {}
        self._looks: set[str] = set()
        self._states: dict[str, WidgetState] = {}
        self._lines: dict[tuple[int, ...], str] = {}
        self.errors: list[str] = []
        """What any of its pages has said in red."""
        self.components: dict[str, Any] = {}
        """What each of its components was given last, by name."""
        self.session = ""
        """The session that the server has given it."""
        self.sent_to = ""
        """Where its browser was sent, to log in or out."""
        self.runs()

    def __enter__(self) -> StreamlitSocket:
        return self

    def __exit__(self, *error: object) -> None:
        self._exit.close()

    def knows(self, other: StreamlitSocket) -> None:
        """Know the widgets of another one's page, to send what its browser would."""
        self._ids |= other._ids
        self._fragments |= other._fragments

    def sets(self, label: str, value: float | str) -> None:
        """Send another value of a widget, whatever its page lets people do."""
        self._note(label, value)
        self.runs()

    def _note(self, label: str, value: float | str) -> None:
        state = WidgetState(id=self._ids[label])
        if isinstance(value, str):
            state.string_value = value
        else:
            state.double_value = value
        self._states[label] = state

    def presses(self, label: str) -> None:
        """Send a click on a button."""
        self.runs(WidgetState(id=self._ids[label], trigger_value=True))

    def runs(self, *clicks: WidgetState) -> None:
        """Let the script run, and take what it draws."""
        self._ask("", *clicks)
        self._lines.clear()
        while not self._hears():
            pass

    # As a page does it: it does not wait, and a fragment runs alone.

    def will_set(self, label: str, value: float | str) -> None:
        """Send another value of a widget, and do not wait for what comes of it."""
        self._note(label, value)
        self._ask(self._fragments.get(label, ""))

    def will_press(self, label: str) -> None:
        """Send a click, and do not wait for what comes of it."""
        click = WidgetState(id=self._ids[label], trigger_value=True)
        self._ask(self._fragments.get(label, ""), click)

    def will_look(self) -> None:
        """Ask for what a page asks for by itself: its looks, and a room's function."""
        for fragment in self._looks | {*self._fragments.values()} - {""}:
            self._ask(fragment, is_auto_rerun=True)

    def looks_until(self, condition: Callable[[list[str]], bool]) -> None:
        """Look again, each time nothing comes, until the page's lines are like this."""
        deadline = time.monotonic() + PATIENCE
        while not condition(self.lines()):
            assert time.monotonic() < deadline, self.lines()
            try:
                self._hears(_PAUSE)
            except TimeoutError:
                self.will_look()

    def takes_until(self, condition: Callable[[list[str]], bool]) -> None:
        """Take what is drawn until the lines of the page are like this."""
        deadline = time.monotonic() + PATIENCE
        while not condition(self.lines()):
            self._hears(deadline - time.monotonic())

    def _ask(
        self, fragment: str, *clicks: WidgetState, is_auto_rerun: bool = False
    ) -> None:
        state = ClientState(fragment_id=fragment, is_auto_rerun=is_auto_rerun)
        message = BackMsg(rerun_script=state)
        message.rerun_script.widget_states.widgets.extend(self._states.values())
        message.rerun_script.widget_states.widgets.extend(clicks)
        self._socket.send(message.SerializeToString())

    def _hears(self, seconds: float | None = None) -> bool:
        """Take one message; return whether it is the end of a run."""
        answer = ForwardMsg.FromString(cast(bytes, self._socket.recv(seconds)))
        match answer.WhichOneof("type"):
            case "delta":
                path = tuple(answer.metadata.delta_path)
                fragment = answer.delta.fragment_id
                self._draw(path, answer.delta.new_element, fragment)
            case "new_session":
                self.session = answer.new_session.initialize.session_id
            case "auth_redirect":
                self.sent_to = answer.auth_redirect.url
            case "auto_rerun":
                self._looks.add(answer.auto_rerun.fragment_id)
            case "script_finished":
                return True
        return False

    def _draw(self, path: tuple[int, ...], element: Element, fragment: str) -> None:
        kind = element.WhichOneof("type")
        drawn: Any = getattr(element, kind) if kind else None
        if kind == "text":
            self._lines[path] = element.text.body
        elif kind == "alert":
            self.errors.append(element.alert.body)
        elif kind == "bidi_component" and drawn.json:
            self.components[drawn.component_name] = json.loads(drawn.json)
        elif hasattr(drawn, "label") and hasattr(drawn, "id"):
            self._ids[drawn.label] = drawn.id
            self._fragments[drawn.label] = fragment

    def lines(self) -> list[str]:
        """The lines of its page."""
        return list(self._lines.values())
