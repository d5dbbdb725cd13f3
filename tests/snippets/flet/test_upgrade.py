"""What becomes of older Flet calls: the rows of the page's tables, and its programs."""

from __future__ import annotations

import ast
import asyncio
import gc
import http.client
import inspect
import json
import re
import subprocess
import sys
import threading
import urllib.request
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from os import environ
from pathlib import Path
from types import ModuleType
from typing import Any

import flet as ft
import msgpack  # type: ignore[import-untyped]
import pytest
from flet.controls.base_control import BaseControl
from flet.messaging.connection import Connection
from flet.messaging.protocol import (
    Message,
    MessageAction,
    RegisterClientResponseBody,
    configure_encode_object_for_msgpack,
    decode_ext_from_msgpack,
)
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub

from livedocs.catalog import Catalog
from livedocs.launch import HOST, SERVERS
from tests.ports import free_port
from tests.waiting import wait_until

PAGE = Path(__file__).parents[3] / "docs/tutorials/flet/upgrade.md"

ERROR = ("Older tutorials", "Write instead", "Flet 1.0.5 says")
IGNORED = ("Older tutorials", "Write instead", "In the terminal")
BUT = ("Older tutorials", "Write instead", "What is wrong")
STAYS = ("As before", "What it does")
TWINS = ("Still the same", "Today's form")

Row = tuple[str, ...]
Load = Callable[[str], ModuleType]


def rows_of(head: Row) -> list[Row]:
    """The rows of the page's table with this head; code without its back quotes."""
    tables: dict[Row, list[Row]] = {}
    rows: list[Row] = []
    for line in PAGE.read_text("utf-8").splitlines():
        if not line.startswith("|"):
            rows = []
            continue
        row = tuple(cell.strip().strip("`") for cell in line.strip("|").split("|"))
        if rows or not set(line) <= set("|-"):
            rows.append(row)
            tables[rows[0]] = rows
    return tables[head][2:]


class Wire(Connection):
    """In place of a web socket: keeps what the session sends, and answers calls.

    `tests.users.flet_headless` keeps what a person then sees. Here the messages count:
    that there is none, and those to a service or a window, which nobody sees.
    """

    def __init__(self, hub: PubSubHub) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.loop = asyncio.get_running_loop()
        self.pubsubhub = hub
        self.sent: list[Any] = []
        self.session = Session(self)
        encoder: Any = configure_encode_object_for_msgpack
        self._encode = encoder(BaseControl)

    def send_message(self, message: Message) -> None:
        packed = msgpack.packb([message.action, message.body], default=self._encode)
        self.sent.append(
            msgpack.unpackb(
                packed, ext_hook=decode_ext_from_msgpack, strict_map_key=False
            )
        )
        if message.action == MessageAction.INVOKE_METHOD:
            call = message.body
            self.loop.call_soon(
                self.session.handle_invoke_method_results,
                *(call.control_id, call.call_id, None, None),
            )


class Tab:
    """One browser tab, as far as the server knows."""

    def __init__(self, main: Callable[[ft.Page], None], hub: PubSubHub) -> None:
        """Open the program, as ``flet.app`` does when a browser comes."""
        self.wire = Wire(hub)
        self.session = self.wire.session
        self.page = self.session.page
        self.session.apply_page_patch({"route": "/", "web": True, "platform": "linux"})
        patch: dict[str, Any] = self.session.get_page_patch()  # type: ignore[no-untyped-call]
        body = RegisterClientResponseBody(self.session.id, patch, "")
        self.wire.send_message(Message(MessageAction.REGISTER_CLIENT, body))
        main(self.page)
        self.page.update()

    def find(self, kind: type[BaseControl], **properties: object) -> Any:
        """The one mounted control of this kind with these properties."""
        (found,) = (
            control
            for control in self.session.index.values()
            if isinstance(control, kind)
            and all(getattr(control, k) == v for k, v in properties.items())
        )
        return found

    def write(self, field: ft.TextField, text: str) -> None:
        """Write into a field, as the browser reports it."""
        self.session.apply_patch(field._i, {"value": text})

    async def trigger(self, control: BaseControl, event: str) -> list[Any]:
        """Let an event happen, and return what is sent until all has been handled."""
        before = len(self.wire.sent)
        await self.session.dispatch_event(control._i, event, None)
        await settle()
        return self.wire.sent[before:]

    async def click(self, kind: type[BaseControl] = ft.Button) -> list[Any]:
        """Press the one button."""
        return await self.trigger(self.find(kind), "click")


async def settle() -> None:
    """Let all that is ready to run have its turn; nothing here waits for a clock."""
    for _ in range(20):
        await asyncio.sleep(0)


def parts(sent: Any) -> Iterator[dict[Any, Any]]:
    """All objects in what was sent; a changed property as an object with only it."""
    match sent:
        case dict():
            yield sent
            for value in sent.values():
                yield from parts(value)
        case [int(), int(), str() as name, value]:
            yield {name: value}
            yield from parts(value)
        case list():
            for value in sent:
                yield from parts(value)


def holds(actual: Any, expected: Any) -> bool:
    """Whether `actual` has all that `expected` has, objects down to their values."""
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            key in actual and holds(actual[key], value)
            for key, value in expected.items()
        )
    if isinstance(expected, list):
        return isinstance(actual, list) and all(map(holds, actual, expected))
    return bool(actual == expected)


def tells(sent: list[Any], **properties: object) -> bool:
    """Whether the browser is told of an object with these properties."""
    return any(holds(part, properties) for part in parts(sent))


def shape(sent: list[Any]) -> str:
    """What was sent, without the numbers that Flet gives to controls."""
    text = json.dumps(sent, sort_keys=True, default=str)
    return re.sub(r'"(_i|id)": \d+', r'"\1": 0', text)


class Scene:
    """What the rows name: a page with some controls on it."""

    def __init__(self, page: ft.Page) -> None:
        self.page = page
        self.field = ft.TextField(value="Good morning")
        self.button = ft.Button("Join")
        self.chat = ft.ListView()
        self.dialog = ft.AlertDialog(title=ft.Text("Welcome"))
        self.bar = ft.SnackBar(ft.Text("Welcome"))
        self.received: list[object] = []
        page.add(self.field, self.button, self.chat)

    def on_message(self, message: object) -> None:
        self.received.append(message)

    def on_click(self) -> None: ...

    def on_resize(self) -> None: ...

    def change_unseen(self) -> None:
        """Change the page so that a handler's end alone does not tell the browser."""
        self.page.session.components_mode = True
        self.field.label = "Name"

    def names(self) -> dict[str, Any]:
        """What a row's code may use."""
        handlers = (self.on_message, self.on_click, self.on_resize)
        own = {handler.__name__: handler for handler in handlers}
        return vars(self) | own | {"ft": ft, "zlib": zlib}

    def show(self, value: object) -> None:
        """Put what a row makes where it belongs."""
        match value:
            case ft.DialogControl() if value is not self.dialog:
                self.page.show_dialog(value)
            case ft.Control() if value is not self.dialog:
                self.page.add(value)
            case ft.Colors():
                self.page.add(ft.Text("Hello", color=value))
            case ft.IconData():
                self.page.add(ft.Icon(value))
            case ft.Border():
                self.page.add(ft.Container(border=value))
            case ft.BorderRadius():
                self.page.add(ft.Container(border_radius=value))
            case ft.Padding():
                self.page.add(ft.Container(padding=value))
            case ft.Margin():
                self.page.add(ft.Container(margin=value))
            case ft.Alignment():
                self.page.add(ft.Container(alignment=value))
            case type() if issubclass(value, ft.Control):
                self.page.add(value())


@dataclass
class Outcome:
    """What came of one row's code in an event handler."""

    scene: Scene
    """Where it ran."""
    value: Any = None
    """What it made: its value, or the class that it defines."""
    error: str = ""
    """The error that it raised, as Python prints it."""
    warned: str = ""
    """The warnings that it gave, as Python prints them."""
    sent: list[Any] = field(default_factory=list)
    """What the browser was told."""

    def tells(self, **properties: object) -> bool:
        """Whether the browser was told of an object with these properties."""
        return tells(self.sent, **properties)


async def evaluate(line: str, names: dict[str, Any]) -> Any:
    """Run a line of Python, with or without ``await``, and return what it makes."""
    try:
        tree: ast.Expression | ast.Module = ast.parse(line, mode="eval")
    except SyntaxError:
        tree = ast.parse(line)
    mode = "eval" if isinstance(tree, ast.Expression) else "exec"
    code = compile(tree, "<row>", mode, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    value = eval(code, names)  # noqa: S307 -- the page's own words
    if code.co_flags & inspect.CO_COROUTINE:
        value = await value
    return names.get("ChatMessage", value)


Step = Callable[[Scene], object]


def nothing(scene: Scene) -> None:
    """Do nothing."""


@contextmanager
def caught_warnings() -> Iterator[list[warnings.WarningMessage]]:
    """The warnings of what runs meanwhile; not those about other tests' garbage."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", ResourceWarning)
        yield caught


async def outcome_of(
    line: str, before: Step = nothing, after: Step = nothing
) -> Outcome:
    """Run a row's code in an event handler.

    Args:
        line: the code.
        before: what has happened on the page before.
        after: what happens next, and is sent as well.
    """

    async def handler() -> None:
        with caught_warnings() as caught:
            try:
                value = await evaluate(line, scene.names())
                if inspect.iscoroutine(value):
                    del value  # as any handler drops what it does not await
                else:
                    outcome.value = value
                    scene.show(value)
            except Exception as error:
                outcome.error = f"{type(error).__name__}: {error}"
        outcome.warned = "; ".join(
            f"{w.category.__name__}: {w.message}" for w in caught
        )

    tab = Tab(lambda page: None, PubSubHub(asyncio.get_running_loop()))
    scene = Scene(tab.page)
    outcome = Outcome(scene)
    start = ft.OutlinedButton("Run", on_click=handler)
    tab.page.add(start)
    before(scene)
    sent = len(tab.wire.sent)
    await tab.trigger(start, "click")
    after(scene)
    await settle()
    outcome.sent = tab.wire.sent[sent:]
    return outcome


@dataclass(frozen=True)
class Proof:
    """How the test of one row sees that the call has done its work."""

    works: Callable[[Outcome], object]
    """Whether it has, from what came of it."""
    before: Step = nothing
    """What has happened on the page before."""
    after: Step = nothing
    """What happens next."""

    async def outcome(self, line: str) -> Outcome:
        """Run the code."""
        return await outcome_of(line, self.before, self.after)


def telling(**properties: object) -> Proof:
    """The browser is told of an object with these properties."""
    return Proof(lambda outcome: outcome.tells(**properties))


def giving(value: object) -> Proof:
    """The code has this value."""
    return Proof(lambda outcome: outcome.value == value)


STARTS: Mapping[str, str] = {
    "ft.app(target=main)": "/",
    'ft.app("chat", target=main)': "/chat/",
}
"""Rows about how a program starts: the path at which the new call serves it."""

SIDES = ("top", "right", "bottom", "left")

ERRORS: Mapping[str, Proof] = {
    "ft.WEB_BROWSER": giving(ft.AppView("web_browser")),
    'ft.ElevatedButton("Send")': telling(_c="Button", content="Send"),
    'ft.TextButton(text="Send")': telling(_c="TextButton", content="Send"),
    'ft.Icon(name="send")': telling(_c="Icon", icon=int(ft.Icons.SEND)),
    "ft.colors.WHITE": telling(color="white"),
    "ft.Colors.BLACK45": telling(color="black45"),
    "ft.icons.SEND_ROUNDED": telling(_c="Icon", icon=int(ft.Icons.SEND_ROUNDED)),
    'ft.border.all(2, "outline")': telling(
        border={side: {"width": 2, "color": "outline"} for side in SIDES}
    ),
    "ft.border_radius.all(5)": telling(
        border_radius={
            f"{y}_{x}": 5 for y in ("top", "bottom") for x in ("left", "right")
        }
    ),
    "ft.padding.all(10)": telling(padding=dict.fromkeys(SIDES, 10)),
    "ft.margin.only(left=10)": telling(margin={"left": 10}),
    "ft.alignment.center": telling(alignment={"x": 0, "y": 0}),
    'ft.TextField(error_text="Enter a name.")': telling(
        _c="TextField", error="Enter a name."
    ),
    "class ChatMessage(ft.UserControl): ...": telling(_c="Row"),
    "page.session_id": Proof(lambda o: o.value == o.scene.page.session.id),
    'page.session.set("user_name", "Alex")': Proof(
        lambda o: o.scene.page.session.store.get("user_name") == "Alex"
    ),
    'page.session.get("user_name")': Proof(
        lambda o: o.value == "Alex",
        before=lambda s: s.page.session.store.set("user_name", "Alex"),
    ),
    "page.open(dialog)": telling(_c="AlertDialog", open=True),
    "page.close(dialog)": Proof(
        lambda o: o.tells(open=False), before=lambda s: s.page.show_dialog(s.dialog)
    ),
    "page.show_snack_bar(bar)": telling(_c="SnackBar", open=True),
    'page.client_storage.set("user_name", "Alex")': telling(
        name="set", args={"key": "user_name", "value": "Alex"}
    ),
    'page.set_clipboard("Hello")': telling(name="set", args={"data": "Hello"}),
    'page.launch_url("https://flet.dev")': telling(
        name="launch_url", args={"url": "https://flet.dev"}
    ),
    'page.go("/room")': telling(name="push_route", args={"route": "/room"}),
    "await page.update_async()": Proof(
        lambda o: o.tells(label="Name"),
        before=lambda s: s.change_unseen(),
    ),
    'await page.add_async(ft.Text("Hello"))': telling(_c="Text", value="Hello"),
    "await page.pubsub.subscribe_async(on_message)": Proof(
        lambda o: o.scene.received == ["Hello"],
        after=lambda s: s.page.pubsub.send_all("Hello"),
    ),
    'await page.pubsub.send_all_async("Hello")': Proof(
        lambda o: o.scene.received == ["Hello"],
        before=lambda s: s.page.pubsub.subscribe(s.on_message),
    ),
}
"""How the new call of each row shows that it works, by the old call."""

NAMES: Mapping[str, Proof] = {
    'field.error_text = "Enter a name."': telling(error="Enter a name."),
    'button.text = "You are in"': telling(content="You are in"),
    "page.dialog = dialog; page.dialog.open = True": telling(
        _c="AlertDialog", open=True
    ),
    "page.snack_bar = bar; page.snack_bar.open = True": telling(
        _c="SnackBar", open=True
    ),
    "page.splash = ft.ProgressBar()": telling(_c="ProgressBar"),
    "page.window_width = 400": telling(width=400),
    "page.on_resized = on_resize": telling(on_resize=True),
    "field.focus()": telling(name="focus"),
    "chat.scroll_to(offset=-1)": telling(name="scroll_to"),
}
"""The same for the rows whose old call is ignored."""


def same(old: Outcome, new: Outcome) -> bool:
    """Both have told the browser the same, and something."""
    return bool(old.sent) and shape(old.sent) == shape(new.sent)


def selectable(old: Outcome, new: Outcome) -> bool:
    """Both show the text; `test_upgrade_browser` reads what a screen reader gets."""
    text = {"_c": "Text", "value": "Hello"}
    return old.tells(**text, selectable=True) and new.tells(
        _c="SelectionArea", content=text
    )


def icon(old: Outcome, new: Outcome) -> bool:
    """Only the new is what the browser takes; `test_upgrade_browser` sees both."""
    return old.tells(icon="send") and new.tells(icon=int(ft.Icons.SEND))


def hashed(old: Outcome, new: Outcome) -> bool:
    """Only the new is a number that is known before the program starts."""
    return (old.value, new.value) == (hash("Alex"), 0x575B4EC)


def deprecated(old: Outcome, new: Outcome) -> bool:
    """The old warns and says until when it works; both round the border."""
    return (
        old.warned.startswith("DeprecationWarning: TextField.border_radius ")
        and "will be removed in version 1.3.0" in old.warned
        and old.tells(border_radius=20)
        and new.tells(border={"_type": "outline", "border_radius": 20})
    )


@dataclass(frozen=True)
class Pair:
    """How the test of a row about two calls that both work compares them."""

    differ_as_said: Callable[[Outcome, Outcome], bool]
    """Whether the old and the new are what the row says of them."""
    says: str = ""
    """What it says, links apart."""
    after: Step = nothing
    """What happens next."""


SAME = Pair(same)

PAIRS: Mapping[str, Pair] = {
    'ft.Text("Hello", selectable=True)': Pair(selectable, "empty for screen readers"),
    'ft.IconButton(icon="send")': Pair(icon, "an error message appears in its place"),
    'hash("Alex")': Pair(hashed, "a different number in each process"),
    "ft.TextField(border_radius=20)": Pair(deprecated, "deprecated, to go in 1.3.0"),
}
"""How the two calls of each row compare, by the old call."""

EQUALS: Mapping[str, Pair] = {
    'ft.Text("Hello", weight="bold")': SAME,
    'ft.Row(vertical_alignment="start")': SAME,
    'dialog.actions_alignment = "end"': Pair(
        lambda old, new: same(old, new) and new.tells(actions_alignment="end"),
        after=lambda s: s.page.show_dialog(s.dialog),
    ),
    'field.value = ""; page.update()': SAME,
}
"""The same for the rows whose two calls send the same."""

HELLO = {"_c": "Text", "value": "Hello"}

UNCHANGED: Mapping[str, Proof] = {
    'page.title = "Chat"': telling(title="Chat"),
    'page.theme_mode = "dark"': telling(theme_mode="dark"),
    'page.add(ft.Text(value="Hello", italic=True, size=12))': telling(
        **HELLO, italic=True, size=12
    ),
    'page.add(ft.Row(controls=[ft.TextField(label="Your name")]))': telling(
        _c="Row", controls=[{"_c": "TextField", "label": "Your name"}]
    ),
    "page.add(ft.TextField(shift_enter=True, min_lines=1, max_lines=5))": telling(
        _c="TextField", shift_enter=True, min_lines=1, max_lines=5
    ),
    'page.add(ft.TextField(hint_text="Write …", autofocus=True, filled=True, '
    "expand=True))": telling(
        _c="TextField", hint_text="Write …", autofocus=True, filled=True, expand=True
    ),
    'page.add(ft.Column([ft.Text("Alex"), ft.Text("Hello")], tight=True, '
    "spacing=5))": telling(
        _c="Column", controls=[{"value": "Alex"}, dict(**HELLO)], tight=True, spacing=5
    ),
    "page.add(ft.ListView(expand=True, spacing=10, auto_scroll=True))": telling(
        _c="ListView", expand=True, spacing=10, auto_scroll=True
    ),
    'page.add(ft.Container(content=ft.Text("Hello"), border_radius=5, '
    "padding=10))": telling(_c="Container", content=HELLO, border_radius=5, padding=10),
    'page.add(ft.CircleAvatar(content=ft.Text("A"), color="white", '
    'bgcolor="blue"))': telling(
        _c="CircleAvatar", content={"value": "A"}, color="white", bgcolor="blue"
    ),
    'page.add(ft.IconButton(icon=ft.Icons.SEND, tooltip="Send", '
    "on_click=on_click))": telling(
        _c="IconButton", icon=int(ft.Icons.SEND), tooltip="Send", on_click=True
    ),
    'chat.controls.append(ft.Text("Hello")); page.update()': telling(**HELLO),
    'field.value = ""; field.update()': telling(value=""),
    "page.overlay.append(dialog); dialog.open = True": telling(
        _c="AlertDialog", open=True
    ),
    "page.pubsub.subscribe(on_message)": Proof(
        lambda o: o.scene.received == ["Hello"],
        after=lambda s: s.page.pubsub.send_all("Hello"),
    ),
    'page.pubsub.send_all("Hello")': Proof(
        lambda o: o.scene.received == ["Hello"],
        before=lambda s: s.page.pubsub.subscribe(s.on_message),
    ),
}
"""How each call that stays shows that it works."""


@pytest.mark.fact("flet-upgrade-rows")
@pytest.mark.parametrize(
    ("head", "tested"),
    [
        (ERROR, STARTS.keys() | ERRORS.keys()),
        (IGNORED, NAMES.keys()),
        (BUT, PAIRS.keys()),
        (TWINS, EQUALS.keys()),
        (STAYS, UNCHANGED.keys()),
    ],
    ids=["errors", "ignored", "but", "twins", "stays"],
)
def test_each_row_has_its_test_and_each_test_its_row(
    head: Row, tested: set[str]
) -> None:
    """Each row of the upgrade page’s tables has a test that runs its calls."""
    calls = [row[0] for row in rows_of(head)]
    assert len(calls) == len(set(calls))
    assert set(calls) == set(tested)


def test_the_tables_are_about_the_flet_that_is_tested() -> None:
    assert ERROR[2] == f"Flet {version('flet')} says"


def by_row(rows: list[Row]) -> pytest.MarkDecorator:
    """Run the test once for each of these rows, named by its old call."""
    return pytest.mark.parametrize("row", rows, ids=[row[0] for row in rows])


@by_row(rows_of(ERROR))
def test_an_old_call_stops_with_the_error_of_its_row(
    row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Other tests import the module `flet.app`, which is an attribute from then on.
    monkeypatch.delattr(ft, "app", raising=False)
    call, _, error = row
    assert asyncio.run(outcome_of(call)).error == error


@by_row([row for row in rows_of(ERROR) if row[0] not in STARTS])
def test_a_new_call_works_where_the_old_one_stops(row: Row) -> None:
    call, instead, _ = row
    assert_works(ERRORS[call], instead)


@pytest.mark.process
@by_row([row for row in rows_of(ERROR) if row[0] in STARTS])
def test_a_new_start_serves_the_program(row: Row, tmp_path: Path) -> None:
    call, instead, _ = row
    program = tmp_path / "program.py"
    program.write_text(
        "import flet as ft\n"
        "def main(page): page.add(ft.Text('Hello'))\n"
        f"if __name__ == '__main__': {instead}\n"
    )
    port = str(free_port())
    settings = {
        key: value.format(port=port)
        for key, value in SERVERS["flet"].environment.items()
    }
    with subprocess.Popen(
        [sys.executable, program], cwd=tmp_path, env=environ | settings
    ) as process:
        try:
            wait_until(partial(serves, f"http://{HOST}:{port}{STARTS[call]}"))
        finally:
            process.terminate()


def serves(address: str) -> bool:
    """Whether Flet's page is at this address."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return b"flutter" in answer.read()
    except (OSError, http.client.HTTPException):
        return False


def assert_works(proof: Proof, call: str) -> None:
    """Run a new call; and see that its proof is none without it."""
    new = asyncio.run(proof.outcome(call))
    assert (new.error, new.warned) == ("", "")
    assert proof.works(new)
    assert not proof.works(asyncio.run(proof.outcome("None")))


@pytest.mark.fact("flet-ignored-calls")
@by_row(rows_of(IGNORED))
def test_an_ignored_call_tells_the_browser_nothing(row: Row) -> None:
    """Flet accepts each call of the upgrade page’s table of ignored calls without an
    error, and sends the browser no message for it.

    The table is read from the page, with what the terminal says.
    """
    call, _, terminal = row
    old = asyncio.run(outcome_of(call, after=lambda scene: scene.page.update()))
    assert (old.error, old.warned or "nothing") == ("", terminal)
    assert old.sent == []


@by_row(rows_of(IGNORED))
def test_a_new_name_works_where_the_old_one_is_ignored(row: Row) -> None:
    call, instead, _ = row
    assert_works(NAMES[call], instead)


@by_row(rows_of(BUT))
def test_two_calls_that_work_differ_as_their_row_says(row: Row) -> None:
    call, instead, wrong = row
    pair = PAIRS[call]
    assert re.sub(r"\[(.+)\]\(.+\)", r"\1", wrong) == pair.says
    assert_compare(pair, call, instead)


@by_row(rows_of(TWINS))
def test_two_calls_send_the_same(row: Row) -> None:
    call, instead = row
    assert_compare(EQUALS[call], call, instead)


def assert_compare(pair: Pair, call: str, instead: str) -> None:
    """Run both calls, which work, and see that they differ as their row says."""
    old, new = (
        asyncio.run(outcome_of(line, after=pair.after)) for line in (call, instead)
    )
    assert (old.error, new.error, new.warned) == ("", "", "")
    assert pair.differ_as_said(old, new)


@by_row(rows_of(STAYS))
def test_a_call_that_stays_works(row: Row) -> None:
    call, _ = row
    assert_works(UNCHANGED[call], call)


def test_a_control_sends_only_attributes_that_it_knows() -> None:
    line = "field.no_such_name = 'unheard'; field.label = 'Name'"
    outcome = asyncio.run(outcome_of(line))
    assert outcome.error == ""
    assert outcome.scene.field.no_such_name == "unheard"  # type: ignore[attr-defined]
    assert outcome.tells(label="Name")
    assert "unheard" not in shape(outcome.sent)


def test_a_misspelt_word_is_sent_and_a_misspelt_name_is_an_error() -> None:
    word = asyncio.run(outcome_of('ft.Text("Hello", weight="blod")'))
    assert (word.error, word.warned) == ("", "")
    assert word.tells(**HELLO, weight="blod")
    name = asyncio.run(outcome_of('ft.Text("Hello", weight=ft.FontWeight.BLOD)'))
    assert name.error == "AttributeError: BLOD"


def test_a_handler_is_called_with_and_without_the_event() -> None:
    async def press() -> list[Any]:
        events: list[Any] = []

        def main(page: ft.Page) -> None:
            page.add(ft.Button("With", on_click=lambda e: events.append(e.control)))
            page.add(ft.OutlinedButton("Without", on_click=lambda: events.append("")))

        tab = Tab(main, PubSubHub(asyncio.get_running_loop()))
        await tab.click(ft.Button)
        await tab.click(ft.OutlinedButton)
        assert events == [tab.find(ft.Button), ""]
        return events

    assert asyncio.run(press())


def test_an_error_in_a_handler_takes_the_place_of_the_page(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Flet logs it and tells the browser; `test_upgrade_browser` sees what it shows."""

    async def press() -> list[Any]:
        def main(page: ft.Page) -> None:
            page.add(ft.Button("Go", on_click=lambda: page.go("/room")))  # type: ignore[attr-defined]

        return await Tab(main, PubSubHub(asyncio.get_running_loop())).click()

    message = "AttributeError: 'Page' object has no attribute 'go'"
    (action, body), *_ = asyncio.run(press())
    assert action == MessageAction.SESSION_CRASHED.value
    assert message in body["message"]
    assert message in caplog.text


class TestLineByLine:
    """The old chat and the fixed one."""

    @pytest.mark.process
    def test_the_old_program_does_not_start(self) -> None:
        program = Catalog.default().find("flet/upgrade/pitfall_old_calls").path
        run = subprocess.run(
            [sys.executable, program], capture_output=True, text=True, timeout=60
        )
        assert run.returncode == 1
        last = run.stderr.splitlines()[-1]
        assert last == "AttributeError: module 'flet' has no attribute 'app'"

    @pytest.mark.fact("flet-old-chat-upgraded")
    def test_two_people_join_and_read_each_other(self, load: Load) -> None:

        async def chat(main: Callable[[ft.Page], None]) -> None:
            hub = PubSubHub(asyncio.get_running_loop())
            alex, doppler = Tab(main, hub), Tab(main, hub)
            refused = await alex.click()
            assert tells(refused, error="Enter a name.")
            for tab, name in ((alex, "Alex"), (doppler, "Doppler")):
                tab.write(tab.find(ft.TextField, label="Your name"), name)
                joined = await tab.click()
                assert tells(joined, open=False)
                assert tells(joined, name="focus")
            heard = len(doppler.wire.sent)
            draft = alex.find(ft.TextField, label="Message")
            alex.write(draft, "Hey!")
            sent = await alex.trigger(draft, "submit")
            assert tells(sent, value="")
            for messages in (sent, doppler.wire.sent[heard:]):
                assert tells(messages, _c="Text", value="Alex", weight="bold")
                assert tells(messages, _c="Text", value="Hey!")
            await doppler.click(ft.IconButton)
            assert tells(alex.wire.sent, _c="Text", value="Doppler", weight="bold")

        asyncio.run(chat(load("flet/upgrade/old_calls_fixed").main))


class TestSilentNames:
    """A program whose old names are ignored, and the same with new ones."""

    @pytest.mark.fact("flet-silent-names")
    def test_old_names_say_nothing(
        self, load: Load, capfd: pytest.CaptureFixture[str]
    ) -> None:
        """With the old names no error, welcome, new text or focus comes, and the only
        trace is a warning that `focus` was not awaited; with the new ones they come.
        """
        with caught_warnings() as caught:
            blank, named = asyncio.run(
                join_twice(load("flet/upgrade/pitfall_silent_names").main)
            )
        assert (blank, named) == ([], [])
        assert [str(warning.message) for warning in caught] == [
            "coroutine 'FormFieldControl.focus' was never awaited"
        ]
        assert capfd.readouterr() == ("", "")

    @pytest.mark.fact("flet-silent-names")
    def test_new_names_are_sent(self, load: Load) -> None:
        blank, named = asyncio.run(
            join_twice(load("flet/upgrade/silent_names_fixed").main)
        )
        assert tells(blank, error="Enter a name.")
        assert tells(named, _c="SnackBar", content={"value": "Welcome, Alex!"})
        assert tells(named, content="You are in")
        assert tells(named, name="focus")


async def join_twice(main: Callable[[ft.Page], None]) -> tuple[list[Any], list[Any]]:
    """Press Join without a name and with one; what is sent each time."""
    tab = Tab(main, PubSubHub(asyncio.get_running_loop()))
    blank = await tab.click()
    tab.write(tab.find(ft.TextField, label="Your name"), "Alex")
    return blank, await tab.click()


@pytest.mark.fact("flet-build")
def test_what_build_returns_is_not_shown() -> None:
    """What a column’s `build` returns is not shown; what it puts into
    `self.controls` is.
    """

    class Returned(ft.Column):
        def build(self) -> ft.Text:
            return ft.Text("Hello")

    class Kept(ft.Column):
        def build(self) -> None:
            self.controls = [ft.Text("Hello")]

    async def shown(kind: type[ft.Column]) -> bool:
        tab = Tab(lambda page: page.add(kind()), PubSubHub(asyncio.get_running_loop()))
        assert tells(tab.wire.sent, _c="Column")
        return tells(tab.wire.sent, **HELLO)

    assert not asyncio.run(shown(Returned))
    assert asyncio.run(shown(Kept))


class TestPubsub:
    """What handlers of messages do, other than handlers of events."""

    @pytest.mark.fact("flet-handler-updates")
    @pytest.mark.parametrize(
        ("line", "is_told"),
        [
            ("field.label = 'Name'", True),
            ("page.update(); field.label = 'Name'", False),
            ("button.update(); field.label = 'Name'", False),
            ("field.label = 'Name'; button.update()", False),
            ("field.label = 'Name'; page.show_dialog(bar)", False),
            ("field.label = 'Name'; page.pop_dialog()", False),
            ("field.label = 'Name'; page.pop_dialog(); page.update()", True),
        ],
    )
    def test_an_event_handler_updates_the_page_unless_it_has(
        self, line: str, is_told: bool
    ) -> None:
        """An event handler updates the page when it ends, unless it has called
        `update`, `show_dialog` or `pop_dialog` itself.
        """
        outcome = asyncio.run(
            outcome_of(line, before=lambda s: s.page.show_dialog(s.dialog))
        )
        assert outcome.error == ""
        assert outcome.tells(label="Name") == is_told

    @pytest.mark.fact("flet-pubsub-updates")
    @pytest.mark.parametrize("is_async", [True, False], ids=["async def", "def"])
    def test_a_pubsub_handler_updates_nothing_by_itself(self, is_async: bool) -> None:
        """A pubsub handler does not update the page by itself; `page.update()` does."""
        heard = asyncio.run(deliver(lambda tab: None, is_async=is_async))
        assert heard.sent == []
        heard = asyncio.run(deliver(lambda tab: tab.page.update(), is_async=is_async))
        assert tells(heard.sent, **HELLO)

    @pytest.mark.fact("flet-pubsub-errors")
    def test_an_error_in_an_async_handler_is_reported_nowhere(
        self, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        """An error in an `async def` pubsub handler is neither printed nor logged;
        one in a `def` handler is.
        """
        heard = asyncio.run(deliver(fail, is_async=True))
        assert heard.ran
        assert heard.sent == []
        assert caplog.text == ""
        assert capfd.readouterr() == ("", "")

    @pytest.mark.fact("flet-pubsub-errors")
    def test_an_error_in_a_def_handler_comes_in_the_terminal(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        heard = asyncio.run(deliver(fail, is_async=False))
        assert heard.ran
        assert heard.sent == []
        assert "Future exception was never retrieved" in caplog.text
        assert "has no attribute 'colors'" in caplog.text

    def test_a_def_handler_runs_in_another_thread(self) -> None:
        main = threading.get_ident()
        assert asyncio.run(deliver(lambda tab: None, is_async=True)).thread == main
        assert asyncio.run(deliver(lambda tab: None, is_async=False)).thread != main


def fail(tab: Tab) -> None:
    """Do what older handlers do."""
    _ = ft.colors.BLACK45


@dataclass
class Heard:
    """What came of a message."""

    ran: bool = False
    """Whether the handler was called."""
    thread: int = 0
    """In which thread."""
    sent: list[Any] = field(default_factory=list)
    """What the browser was told."""


async def deliver(then: Callable[[Tab], object], *, is_async: bool) -> Heard:
    """Send a message to a handler that adds it to a list and then does something.

    With threads for handlers, as Flet's web server has them.
    """
    heard = Heard()
    done = threading.Event()

    def on_message(message: str) -> None:
        heard.ran, heard.thread = True, threading.get_ident()
        chat.controls.append(ft.Text(message))
        try:
            then(tab)
        finally:
            done.set()

    async def on_message_async(message: str) -> None:
        on_message(message)

    gc.freeze()  # there is much else to look through
    with ThreadPoolExecutor() as threads:
        hub = PubSubHub(asyncio.get_running_loop(), threads)
        chat = ft.ListView()
        tab = Tab(lambda page: page.add(chat), hub)
        tab.page.pubsub.subscribe(on_message_async if is_async else on_message)
        before = len(tab.wire.sent)
        tab.page.pubsub.send_all("Hello")
        while not done.is_set():
            await asyncio.sleep(0)
    await settle()
    gc.collect()
    gc.unfreeze()
    heard.sent = tab.wire.sent[before:]
    return heard


@pytest.mark.process
@pytest.mark.fact("flet-hash-colours")
def test_colours_by_hash_differ_from_process_to_process(load: Load) -> None:
    """The colours that `hash` gives to names differ from process to process; those
    of `zlib.crc32` stay the same.
    """
    fixed = load("flet/upgrade/old_calls_fixed")
    names = [f"user {n}" for n in range(64)]
    program = (
        "import sys, zlib\n"
        "names = sys.argv[1:]\n"
        "print([hash(name) % 4 for name in names])\n"
        "print([zlib.crc32(name.encode()) % 4 for name in names])\n"
    )
    environment = {k: v for k, v in environ.items() if k != "PYTHONHASHSEED"}
    first, second = (
        subprocess.run(
            [sys.executable, "-c", program, *names],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        for _ in range(2)
    )
    assert first[0] != second[0]
    assert first[1] == second[1]
    colors = {fixed.avatar_color(name) for name in names}
    assert len(colors) == 4
