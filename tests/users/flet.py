"""A person at a Flet chat: what a screen reader finds in its page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from playwright.sync_api import Locator, expect

from tests.users.base import BrowserUser, Message
from tests.waiting import wait_until

_GUEST = re.compile(r"You are (Guest \w+)\.")
_JOINED = re.compile(r".+ has joined the chat\.")

# Flet draws on a canvas. What can be heard stands beside it: a tree of elements, of
# which those with a text are the lines in sight. Each keeps its id while it is drawn.
# An avatar's initials begin a line, and what stands right of it belongs to that line.
_LINES = """() => {
    const lines = [];
    [...document.querySelectorAll("flt-semantics > span")].map(span => {
        const {top, left} = span.parentElement.getBoundingClientRect();
        const initials = 12 < left && left < 55;  // drawn in the middle of the avatar
        const {id} = span.parentElement;
        return {id, top: initials ? top - 12 : top, left, text: span.textContent};
    }).sort((one, other) => one.top - other.top).forEach(({id, top, left, text}) => {
        if (left < 55 || !lines.length) lines.push([id, top, text]);
        else lines.at(-1)[2] += `\\n${text}`;
    });
    return lines;
}"""

# The same once nothing moves any more: five frames without a change.
_LINES_AT_REST = f"""async () => {{
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

# A field of the tree, or the one that Flutter keeps for itself.
_TYPING = "['INPUT', 'TEXTAREA'].includes(document.activeElement.tagName)"


def parse(line: str) -> Message | None:
    """The message that a line shows, or nothing: not every line is one."""
    first, _, rest = line.partition("\n")
    if rest:  # the avatar's initials, the name, the text
        name, _, text = rest.partition("\n")
        return Message(name, text)
    sender, colon, text = first.partition(": ")
    return Message(sender, text) if colon else None


def _in_order(wanted: Iterable[Message], found: Iterable[Message]) -> bool:
    """Whether these are found in this order, others between or not."""
    rest = iter(found)
    return all(message in rest for message in wanted)


class FletUser(BrowserUser):
    """A person at a Flet chat, by what its page tells a screen reader."""

    STRANGERS: ClassVar[dict[str, str]] = {
        "cdn.jsdelivr.net": "Rive's player of animations, fetched by every Flet page",
    }

    _name = ""

    def wait_until_ready(self) -> None:
        self.page.locator("flt-semantics-placeholder").evaluate("e => e.click()")
        expect(self.field.or_(self.name_field)).to_be_visible(timeout=30_000)

    def join(self, name: str) -> None:
        self.fills_in_name(name)
        self.name_field.press("Enter")
        expect(self.field).to_be_visible()
        self._name = name

    def fills_in_name(self, name: str) -> None:
        """Write this, and nothing else, where the dialog asks for a name."""
        self.name_field.click()
        self.waits_for_the_caret()
        self.name_field.fill(name)

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
        self.page.evaluate(_LINES_AT_REST)

    def writes_without_a_click(self, *lines: str) -> None:
        """Send a message of so many lines where the caret is."""
        expect(self.field).to_be_visible()
        self.waits_for_the_caret()
        for line in lines[:-1]:
            self.page.keyboard.type(line)
            self.page.keyboard.press("Shift+Enter")
        self.page.keyboard.type(lines[-1])
        self.page.keyboard.press("Enter")
        self.finds_field_with("")

    def click_button(self, name: str) -> None:
        """Press the button that says so."""
        self.page.get_by_role("button", name=name).click()
        self.page.mouse.move(300, 300)  # where no tooltip takes the focus

    def hears(self, line: str) -> None:
        """Wait until a screen reader finds this line."""
        expect(self.page.get_by_text(line, exact=True).first).to_be_attached()

    def lines(self) -> list[str]:
        """What is in sight, from top to bottom."""
        return [text for _, _, text in self.page.evaluate(_LINES)]

    def joined(self) -> list[str]:
        """The lines in sight that say who has come."""
        return [line for line in self.lines() if _JOINED.fullmatch(line)]

    def messages(self) -> list[Message]:
        return self.latest(10_000)

    def latest(self, count: int) -> list[Message]:
        """The newest messages, oldest first: scroll to the end, then up as needed."""
        self._scroll_to_the_end()
        found = self._in_sight()
        while len(found) < count and self._scroll(-300):
            above = [key for key in self._in_sight() if key not in found]
            found = {key: self._in_sight_now[key] for key in above} | found
        self._scroll_to_the_end()
        return list(found.values())[-count:]

    def _in_sight(self) -> dict[str, Message]:
        """The messages in sight, by the ids of their elements."""
        lines = self.page.evaluate(_LINES_AT_REST)
        parsed = ((key, parse(text)) for key, _, text in lines)
        self._in_sight_now = {key: message for key, message in parsed if message}
        return self._in_sight_now

    def _scroll(self, distance: int) -> bool:
        """Turn the wheel over the messages; whether anything moved."""
        before = self.page.evaluate(_LINES_AT_REST)
        self.page.mouse.move(300, 300)
        self.page.mouse.wheel(0, distance)
        return bool(self.page.evaluate(_LINES_AT_REST) != before)

    def _scroll_to_the_end(self) -> None:
        while self._scroll(100_000):
            pass

    def sees(self, *messages: Message) -> None:
        event = f"{self.name} sees {[message.text[:40] for message in messages]}:"
        wait_until(lambda: self._sees(messages), event=event)

    def _sees(self, messages: tuple[Message, ...]) -> bool:
        in_sight = [message for message in map(parse, self.lines()) if message]
        return _in_order(messages, in_sight) or _in_order(
            messages, self.latest(3 * len(messages) + 10)
        )

    def reads(self, *messages: Message) -> None:
        wanted = list(messages)
        self._scroll_to_the_end()
        while wanted:
            in_sight = self._in_sight().values()
            wanted = [message for message in wanted if message not in in_sight]
            if not self._scroll(-300):
                break
        assert not wanted, f"{self.name} cannot read {wanted}"
        self._scroll_to_the_end()
