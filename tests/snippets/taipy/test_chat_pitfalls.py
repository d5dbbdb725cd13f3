"""Why the Taipy chats are written as they are: what other ways would do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, expect

from livedocs.catalog import Catalog, Snippet
from livedocs.launch import launch
from tests.users.base import Message
from tests.users.taipy import TaipySocket, TaipyUser
from tests.waiting import PATIENCE, wait_until

LIST = '''
from taipy.gui import Gui

rows = [("0", "words", "Alex")]

page = """
There are <|{len(rows)}|text|raw|id=count|>.

<|part|class_name=rows|
<|{rows}|ELEMENT|>
|>
"""
pages = {
    name: page.replace("ELEMENT", element)
    for name, element in {"table": "table|show_all", "chat": "chat"}.items()
}


def send(state, id, payload):
    state.rows = [*state.rows, (str(len(state.rows)), "words", "Alex")]


gui = Gui(pages=pages)
gui.add_shared_variable("rows")

if __name__ == "__main__":
    gui.run()
'''

COMPOSING = """
from taipy.gui.extension import ElementLibrary


class Composing(ElementLibrary):
    def get_name(self) -> str:
        return "composing"

    def get_elements(self) -> dict:
        return {}

    def get_scripts(self) -> list[str]:
        return ["composing.js"]

"""
ADD_COMPOSING = "gui.add_library(Composing())\n"

# Lets the test hold back what the server sends, and hand it over in one go.
_HOLD_BACK = """
    window.held = null;
    window.sent = [];
    window.handOver = () => held.splice(0).forEach(({take}) => take());
    window.holds = what => held.some(({event}) => event.data.includes(what));
    const native = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
    const send = WebSocket.prototype.send;
    Object.defineProperty(WebSocket.prototype, "onmessage", {
        set(take) {
            native.set.call(this, event =>
                held ? held.push({event, take: () => take(event)}) : take(event));
        },
    });
    WebSocket.prototype.send = function (frame) {
        sent.push(String(frame));
        return send.call(this, frame);
    };
"""
_REQUESTS = """sent.filter(frame => frame.includes('"type":"DU"')).length"""


@pytest.fixture
def serve(tmp_path: Path) -> Callable[[str], Snippet]:
    """Make a program of the test's own, that can be launched like a snippet."""
    return lambda text: save(text, tmp_path)


def save(text: str, folder: Path) -> Snippet:
    """Make a program of this text, in this folder."""
    path = folder / "program.py"
    path.write_text(text, "utf-8")
    return Snippet("taipy/chat/program", path, text)


@pytest.fixture(scope="class")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with a page for each element."""
    with launch(save(LIST, tmp_path_factory.mktemp("lists"))) as app:
        yield app.addresses[0]


@pytest.mark.parametrize(
    ("element", "row"), [("table", "tbody tr"), ("chat", "[data-idx]")]
)
class TestLists:
    """Elements that ask for their data themselves."""

    @pytest.mark.fact("taipy-silent-list")
    def test_a_list_that_receives_two_updates_at_once_is_deaf_until_reload(
        self, lists: str, browser: Browser, element: str, row: str
    ) -> None:
        """A `table` or a `chat` element that receives two updates at once shows none
        of what follows until the page is reloaded.
        """
        visitor = TaipyUser(browser, f"{lists}{element}")
        page = visitor.page
        page.add_init_script(_HOLD_BACK)
        page.goto(visitor.address)
        page.wait_for_function("sent.includes('5')")  # Engine.IO: from here on sockets
        writer = TaipySocket(lists, f"writer-{element}", page=element)
        count, rows = page.locator("#count"), page.locator(f".rows {row}")
        expect(count).to_have_text(re.compile(r"\d"))
        there = int(count.inner_text())
        expect(rows).to_have_count(there)
        requests = page.evaluate(_REQUESTS)

        writer.press_enter("first")
        expect(rows).to_have_count(there + 1)
        assert page.evaluate(_REQUESTS) == requests + 1

        page.evaluate("window.held = []")
        writer.press_enter("second")
        page.wait_for_function("holds('__taipy_refresh')")
        page.evaluate("handOver()")
        page.wait_for_function("holds('pagekey')")  # the data that it has asked for
        writer.press_enter("third")
        page.wait_for_function("holds('__taipy_refresh')")
        # The data and the next update, at once.
        page.evaluate("handOver(); held = null")
        expect(count).to_have_text(str(there + 3))

        for _ in range(2):
            writer.press_enter("more")
        expect(count).to_have_text(str(there + 5))
        assert page.evaluate(_REQUESTS) == requests + 2
        expect(rows).not_to_have_count(there + 5)
        page.reload()
        expect(rows).to_have_count(there + 5)
        writer.close()
        visitor.leave()


@pytest.mark.fact("taipy-composing-cure")
def test_a_script_of_ones_own_keeps_enter_for_the_input_method(
    serve: Callable[[str], Snippet], tmp_path: Path, browser: Browser
) -> None:
    """With a script that stops such keys, Enter confirms a composed word, and the next
    Enter sends it.
    """
    tmp_path.joinpath("composing.js").write_text(fence("js"), "utf-8")
    start = "\ngui = Gui(page)\n"
    program = Catalog.default().find("taipy/chat/shared_builder").text
    assert start in program
    snippet = serve(program.replace(start, f"{COMPOSING}{start}{ADD_COMPOSING}"))
    with launch(snippet, folder=tmp_path) as app:
        user = TaipyUser(browser, app.addresses[0])
        user.open()
        before = user.messages()
        user.composes("にほ", "日本")
        said = Message(user.name, "日本")
        user.sees(said)
        assert user.messages() == [*before, said]
        user.leave()


def fence(language: str) -> str:
    """What the page's only fence of this language holds."""
    page = (Catalog.default().root.parent / "docs/tutorials/taipy/chat.md").read_text()
    (text,) = re.findall(rf"(?ms)^```{language}\n(.*?)^```", page)
    return str(text)


@pytest.mark.process
@pytest.mark.fact("taipy-plain-lock")
def test_callbacks_share_one_thread_that_a_plain_lock_stops(
    serve: Callable[[str], Snippet],
) -> None:
    """By default, callbacks take turns in one thread, with gevent, and a
    `threading.Lock` in place of the `RLock` stops the server.
    """
    program = Catalog.default().find("taipy/chat/shared_builder").text
    assert "threading.RLock()" in program
    told = (
        "    import gevent\n"
        "    green = isinstance(gevent.getcurrent(), gevent.Greenlet)\n"
        '    print("thread", threading.get_native_id(), green)\n'
        "    with lock:\n"
    )
    with launch(serve(program.replace("    with lock:\n", told))) as app:
        _talk(app.addresses[0])
        assert not _is_silent(app.addresses[0], PATIENCE)
        wait_until(lambda: app.output().count("thread ") == 200)
        (callback,) = set(re.findall(r"thread \d+ \w+", app.output()))
        assert callback.endswith(" True"), "it is gevent that takes turns"
    with launch(serve(program.replace("RLock", "Lock"))) as app:
        _talk(app.addresses[0])
        assert any(_is_silent(app.addresses[0]) for _ in range(20))


def _talk(address: str) -> None:
    writers = [TaipySocket(address, f"writer-{n}") for n in range(2)]
    for n in range(100):
        for writer in writers:
            writer.press_enter(f"number {n}")


def _is_silent(address: str, seconds: float = 5) -> bool:
    try:
        urlopen(address, timeout=seconds).close()
    except TimeoutError:
        return True
    return False
