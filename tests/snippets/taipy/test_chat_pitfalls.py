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
from tests.users.base import BrowserUser
from tests.users.stage import Stage
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


def send(state, id, payload):
    state.rows = [*state.rows, (str(len(state.rows)), "words", "Alex")]


gui = Gui(page)
gui.add_shared_variable("rows")

if __name__ == "__main__":
    gui.run()
'''

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

    def serve(text: str) -> Snippet:
        path = tmp_path / "program.py"
        path.write_text(text, "utf-8")
        return Snippet("taipy/chat/program", path, text)

    return serve


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[[str], BrowserUser]]:
    """Open a browser for an address, which is not that of a chat."""
    users: list[BrowserUser] = []

    def visit(address: str) -> BrowserUser:
        users.append(TaipyUser(browser, address))
        return users[-1]

    yield visit
    for user in users:
        user.leave()


@pytest.mark.claim(
    "A `table` or a `chat` element that receives two updates at once shows nothing new "
    "until the page is reloaded."
)
@pytest.mark.parametrize(
    ("element", "row"), [("table|show_all", "tbody tr"), ("chat", "[data-idx]")]
)
def test_a_list_that_receives_two_updates_at_once_is_deaf_until_reload(
    serve: Callable[[str], Snippet],
    visitor: Callable[[str], BrowserUser],
    element: str,
    row: str,
) -> None:
    with launch(serve(LIST.replace("ELEMENT", element))) as app:
        page = visitor(app.addresses[0]).page
        page.add_init_script(_HOLD_BACK)
        page.goto(app.addresses[0])
        page.wait_for_function("sent.includes('5')")  # Engine.IO: from here on sockets
        writer = TaipySocket(app.addresses[0], "writer")
        count, rows = page.locator("#count"), page.locator(f".rows {row}")
        expect(rows).to_have_count(1)
        requests = page.evaluate(_REQUESTS)

        writer.press_enter("first")
        expect(rows).to_have_count(2)
        assert page.evaluate(_REQUESTS) == requests + 1

        page.evaluate("window.held = []")
        writer.press_enter("second")
        page.wait_for_function("holds('__taipy_refresh')")
        page.evaluate("handOver()")
        page.wait_for_function("holds('pagekey')")  # the data that it has asked for
        writer.press_enter("third")
        page.wait_for_function("holds('__taipy_refresh')")
        page.evaluate(
            "handOver(); held = null"
        )  # the data and the next update, at once
        expect(count).to_have_text("4")

        for _ in range(2):
            writer.press_enter("more")
        expect(count).to_have_text("6")
        assert page.evaluate(_REQUESTS) == requests + 2
        expect(rows).not_to_have_count(6)
        page.reload()
        expect(rows).to_have_count(6)
        writer.close()


@pytest.mark.claim("By default Taipy runs all callbacks in one thread, with gevent.")
def test_all_callbacks_run_in_one_thread(serve: Callable[[str], Snippet]) -> None:
    program = Catalog.default().find("taipy/chat/shared_builder").text
    told = (
        "    import gevent\n"
        "    green = isinstance(gevent.getcurrent(), gevent.Greenlet)\n"
        '    print("thread", threading.get_native_id(), green)\n'
        "    with lock:\n"
    )
    with launch(serve(program.replace("    with lock:\n", told))) as app:
        address = app.addresses[0]
        writers = [TaipySocket(address, f"writer-{n}") for n in range(3)]
        for writer in writers:
            writer.press_enter("hello")
        wait_until(lambda: app.output().count("thread ") == len(writers))
        (callback,) = set(re.findall(r"thread \d+ \w+", app.output()))
        assert callback.endswith(" True"), "it is gevent that takes turns"
        for writer in writers:
            writer.close()


@pytest.mark.claim("A `threading.Lock` in place of the `RLock` stops the server.")
def test_a_plain_lock_stops_the_server(serve: Callable[[str], Snippet]) -> None:
    program = Catalog.default().find("taipy/chat/shared_builder").text
    assert "threading.RLock()" in program
    with launch(serve(program)) as app:
        _talk(app.addresses[0])
        assert not _is_silent(app.addresses[0], PATIENCE)
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


@pytest.mark.claim(
    "Taipy shows the values of a user without a web socket to everybody."
)
def test_the_values_of_a_user_without_a_socket_are_shown_to_everybody(
    start: Callable[[str], Stage],
) -> None:
    stage = start("taipy/chat/shared_builder")
    alex = stage.join()
    urlopen(f"{stage.address}taipy-init?client_id=without-a-socket").close()
    expect(alex.page.locator("strong")).to_have_text("Doppler")
    alex.reload()
    assert alex.name == "Alex"
