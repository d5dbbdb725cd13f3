"""A person at a Flet chat: what a screen reader finds in its page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from playwright.sync_api import Browser, Locator, Page, expect

from tests.users.base import BrowserUser, Message
from tests.users.line import Line
from tests.waiting import wait_until

_CUT_OFF = "Working..."
"""What Flet says as long as a page has no connection."""

_GUEST = re.compile(r"You are (Guest \w+)\.")
_JOINED = re.compile(r".+ has joined the chat\.")

# Flet draws on a canvas. What can be heard stands beside it: a tree of elements, of
# which those with a text are the lines in sight. Each keeps its id while it is drawn.
# An avatar's initials begin a line, and what stands right of it belongs to that line;
# just above the message field an avatar may be out of sight when its name is not.
_LINES = """() => {
    const cutOff = "%s";
    const lines = [];
    const field = document.querySelector("flt-semantics :is(input, textarea)");
    const floor = field ? field.getBoundingClientRect().top - 22 : Infinity;
    [...document.querySelectorAll("flt-semantics > span")].map(span => {
        const {top, left, bottom} = span.parentElement.getBoundingClientRect();
        const initials = 12 < left && left < 55;  // drawn in the middle of the avatar
        const {id} = span.parentElement;
        const begin = initials ? Math.min(top, bottom - 24) - 10 : top;
        return {id, top: begin, left, text: span.textContent};
    }).filter(({text}) => text !== cutOff)
    .sort((one, other) => one.top - other.top).forEach(({id, top, left, text}) => {
        if (left < 55) lines.push([id, top, text]);
        else if (lines.length && top < floor) lines.at(-1)[2] += `\\n${text}`;
    });
    return lines;
}""".replace("%s", _CUT_OFF)

AT_REST = f"""async () => {{
    const lines = {_LINES};
    let seen = lines(), calm = 0;
    while (calm < 5) {{
        await new Promise(requestAnimationFrame);
        const now = lines();
        calm = JSON.stringify(now) === JSON.stringify(seen) ? calm + 1 : 0;
        seen = now;
    }}
    return seen;
}}"""
"""The lines in sight once nothing moves any more: five frames without a change."""

# A text that is cut at the edge takes no more room: the newest line must be tall enough
# for its letters, which are at least 5 pixels wide on average, but for very short ones.
_FITS = """() => {
    const nodes = [...document.querySelectorAll("flt-semantics")];
    const rects = nodes.map(node => node.getBoundingClientRect());
    const spans = [...document.querySelectorAll("flt-semantics > span")];
    if (!spans.length) return false;  // a change of size builds the tree again
    const {textContent, parentElement} = spans.reduce((one, other) =>
        one.parentElement.getBoundingClientRect().bottom
        > other.parentElement.getBoundingClientRect().bottom ? one : other);
    const {width, height} = parentElement.getBoundingClientRect();
    return rects.every(({right}) => right <= innerWidth)
        && textContent.length <= 5 + width / 5 * Math.ceil(height / 20);
}"""

TALL = {"viewport": {"width": 480, "height": 1600}, "reduced_motion": "reduce"}
"""A window in which hardly anybody has to scroll, and little moves: without a graphics
card each frame takes a processor 10 to 30 ms, and a scroll takes twenty."""

# Ask for the tree before anything is drawn: a field that has the caret earlier is one
# that Flutter keeps for itself, and what is typed there cannot be heard.
_HEAR = """new MutationObserver((_, observer) => {
    const placeholder = document.querySelector("flt-semantics-placeholder");
    if (!placeholder) return;
    observer.disconnect();
    placeholder.click();
}).observe(document, {childList: true, subtree: true});"""

# A field of the tree, or the one that Flutter keeps for itself.
_TYPING = "['INPUT', 'TEXTAREA'].includes(document.activeElement.tagName)"


def parse(line: str) -> Message | None:
    """The message that a line shows, or nothing: not every line is one."""
    first, _, rest = line.partition("\n")
    if rest:  # the avatar's initials, the name, the text
        name, newline, text = rest.partition("\n")
        return Message(name, text) if newline else None  # half of it is out of sight
    sender, colon, text = first.partition(": ")
    return Message(sender, text) if colon else None


def _in_order(wanted: Iterable[Message], found: Iterable[Message]) -> bool:
    """Whether these are found in this order, others between or not."""
    rest = iter(found)
    return all(message in rest for message in wanted)


def write(field: Locator, text: str) -> None:
    """Click into a field and type, once the caret is drawn, at the pace of a person."""
    field.click()
    expect(field).to_be_focused()
    field.evaluate(AT_REST)
    field.press_sequentially(text, delay=25)
    expect(field).to_have_value(text)


class FletUser(BrowserUser):
    """A person at a Flet chat, by what its page tells a screen reader."""

    STRANGERS: ClassVar[dict[str, str]] = {
        "cdn.jsdelivr.net": "Rive's player of animations, fetched by every Flet page",
    }

    _name = ""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        """Start a browser, with Playwright's options for its context."""
        super().__init__(browser, address, **options)
        self._cut_lines: dict[Page, Line] = {}

    def _new_page(self) -> None:
        super()._new_page()
        self.page.add_init_script(_HEAR)

    def wait_until_ready(self) -> None:
        expect(self.field.or_(self.name_field)).to_be_visible()
        self.page.evaluate(AT_REST)  # it is painted later than it can be heard

    def join(self, name: str) -> None:
        self.fills_in_name(name)
        self.name_field.press("Enter")
        expect(self.field).to_be_visible()
        self.page.evaluate(AT_REST)  # the dialog has closed
        self._name = name

    def fills_in_name(self, name: str) -> None:
        """Write this, and nothing else, where the dialog asks for a name."""
        self.name_field.click()
        self.waits_for_the_caret()
        self.name_field.fill(name)

    def enters(self, name: str, button: str = "") -> None:
        """Type a name into the dialog, then press this button, or else Enter."""
        self.step_into(self.name_field)
        self.types(name)
        expect(self.name_field).to_have_value(name)
        if button:
            self.click_button(button)
        else:
            self.page.keyboard.press("Enter")
        expect(self.field).to_be_visible()
        self._name = name

    @property
    def field(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message")

    @property
    def name_field(self) -> Locator:
        """Where the dialog asks for a name."""
        return self.page.get_by_role("textbox", name="Your name")

    @property
    def name(self) -> str:
        if self._name:
            return self._name
        told = self.page.get_by_text(_GUEST).inner_text()
        return _GUEST.fullmatch(told)[1]  # type: ignore[index]  # get_by_text has looked

    def fits_the_window(self) -> bool:
        self.page.evaluate(AT_REST)
        return bool(self.page.evaluate(_FITS))

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """Be without a connection for a while, and connected again afterwards.

        Chromium closes no open web socket when it goes offline, so this one is cut by
        hand, the first time after a reload that puts it into our hands.
        """
        line = self._cut_lines.get(self.page)
        if line is None:
            line = self._cut_lines[self.page] = Line()
            self.page.route_web_socket("**/ws", line.connect)
            self.reload()
        line.cut()
        waiting = self.page.get_by_text(_CUT_OFF, exact=True)
        expect(waiting).to_be_attached()
        yield
        line.mend()
        expect(waiting).not_to_be_attached()

    @contextmanager
    def cut_off_until_redrawn(self) -> Iterator[None]:
        """Be cut off from a program that gives a page that reconnects a new view.

        Flet sends the page first, and with it what was missed. The program's own view
        comes later, with a field that knows nothing of what was typed meanwhile.
        """
        with self.cut_off():
            yield
            field = self.field.element_handle()
        self.page.wait_for_function("field => !field.isConnected", arg=field)
        self.wait_until_ready()

    def send(self, text: str) -> None:
        self.step_into(self.field)
        super().send(text)
        self.finds_field_with("")

    def paste(self, text: str) -> None:
        self.step_into(self.field)
        super().paste(text)
        self.finds_field_with("")

    def step_into(self, field: Locator) -> None:
        """Give an empty field the focus, and wait, as a person does, for the caret.

        Flet draws that a few frames after the browser has moved the focus; what is
        typed before is not for it.
        """
        expect(field).to_have_value("")
        if not field.evaluate("field => field === document.activeElement"):
            field.click()
        self.waits_for_the_caret()

    def waits_for_the_caret(self) -> None:
        """Wait until what is typed goes into a field."""
        self.page.wait_for_function(_TYPING)
        self.page.evaluate(AT_REST)

    def writes_without_a_click(self, *lines: str) -> None:
        """Send a message of so many lines where the caret is."""
        expect(self.field).to_be_visible()
        self.waits_for_the_caret()
        for line in lines[:-1]:
            self.types(line)
            self.page.keyboard.press("Shift+Enter")
        self.types(lines[-1])
        self.page.keyboard.press("Enter")
        self.finds_field_with("")

    def types(self, text: str) -> None:
        """Type where the caret is, at the pace of a person."""
        self.page.keyboard.type(text, delay=self.pace)

    def click_button(self, name: str = "") -> None:
        """Press the button that says so; without a name, the only one."""
        self.page.get_by_role("button", name=name or None).click()
        self._point_at_the_messages()  # where no tooltip takes the focus

    def _point_at_the_messages(self) -> int:
        """Move the mouse above the middle; how many pixels high half of them are."""
        size = self.page.viewport_size
        assert size
        part = size["height"] * 3 // 7
        self.page.mouse.move(size["width"] * 3 // 8, part)
        return part

    def hears(self, line: str) -> None:
        """Wait until a screen reader finds this line."""
        expect(self.page.get_by_text(line, exact=True).first).to_be_attached()

    def lines(self) -> list[str]:
        """What is in sight, from top to bottom."""
        return [text for _, _, text in self.page.evaluate(_LINES)]

    def joined(self) -> list[str]:
        """The lines in sight that say who has come."""
        return [line for line in self.lines() if _JOINED.fullmatch(line)]

    def is_in_sight(self, text: str) -> bool:
        """Whether the one line with this text is drawn whole above the message field.

        More can be heard: Flutter tells of what is just above and below as well.
        """
        drawn = self.page.locator("flt-semantics > span", has_text=text)
        if not drawn.count():
            return False
        box, field = drawn.bounding_box(), self.field.bounding_box()
        assert box
        assert field
        return 0 <= box["y"] < box["y"] + box["height"] <= field["y"]

    def messages(self) -> list[Message]:
        return self.latest(10_000)

    def latest(self, count: int) -> list[Message]:
        """The newest messages, oldest first: scroll to the end, then up as needed."""
        self._scroll_to_the_end()
        found = self._at_rest()
        while len(found) < count and self._scroll_by_half(-1):
            found = self._at_rest() | found
        self._scroll_to_the_end()
        return list(found.values())[-count:]

    def _at_rest(self) -> dict[str, Message]:
        """The messages in sight once nothing moves, by the ids of their elements."""
        lines = self.page.evaluate(AT_REST)
        parsed = ((key, parse(text)) for key, _, text in lines)
        return {key: message for key, message in parsed if message}

    def _scroll_by_half(self, direction: int) -> bool:
        """Scroll by half of the messages in sight, down (1) or up (-1); whether
        anything moved.
        """
        return self._scroll(direction * self._point_at_the_messages())

    def _scroll_to_the_end(self) -> None:
        self._scroll_far(1)

    def _scroll_far(self, direction: int) -> None:
        self._point_at_the_messages()
        while self._scroll(direction * 100_000):
            pass

    def _scroll(self, distance: int) -> bool:
        """Turn the wheel where the mouse is; whether anything moved."""
        before = self.page.evaluate(AT_REST)
        self.page.mouse.wheel(0, distance)
        return bool(self.page.evaluate(AT_REST) != before)

    def sees(self, *messages: Message) -> None:
        event = f"{self.name} sees {[message.text[:40] for message in messages]}:"
        wait_until(lambda: self._sees(messages), event=event)

    def _sees(self, messages: tuple[Message, ...]) -> bool:
        near = [message for message in map(parse, self.lines()) if message]
        return _in_order(messages, near) or _in_order(
            messages, self.latest(3 * len(messages) + 10)
        )

    def reads(self, *messages: Message) -> None:
        """Look at the end, at the beginning, and then for the rest between."""
        self._scroll_to_the_end()
        wanted = self._not_in_sight(messages)
        self._scroll_far(-1)
        while (wanted := self._not_in_sight(wanted)) and self._scroll_by_half(1):
            pass
        assert not wanted, f"{self.name} cannot read {wanted}"
        self._scroll_to_the_end()

    def _not_in_sight(self, messages: Sequence[Message]) -> list[Message]:
        in_sight = self._at_rest().values()
        return [message for message in messages if message not in in_sight]
