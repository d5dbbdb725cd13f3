"""People at a Taipy chat: with a browser, or as a state in this process."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from html import unescape
from types import ModuleType
from typing import Any, ClassVar
from urllib.parse import urlsplit
from urllib.request import urlopen

from playwright.sync_api import Browser, Locator, expect
from playwright.sync_api import Error as PlaywrightError
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.users.base import BrowserUser, Message, User
from tests.waiting import PATIENCE

_SOMETHING = re.compile(r"\S")
_IN_ORDER = """lines => {
    const pre = document.querySelector(".transcript pre");
    let next = 0;
    for (const line of pre ? pre.textContent.split("\\n") : [])
        if (line === lines[next]) next += 1;
    return next === lines.length;
}"""
_OUT_OF_REACH = """lines => {
    const box = document.querySelector(".transcript");
    const text = box.querySelector("pre").firstChild;
    const range = document.createRange();
    const top = () => range.getBoundingClientRect().top;
    return lines.filter(line => {
        const start = `\\n${text.data}\\n`.indexOf(`\\n${line}\\n`);
        if (start < 0) return true;
        range.setStart(text, start);
        range.setEnd(text, start + line.length);
        box.scrollTop += top() - box.getBoundingClientRect().top;
        const {top: first, bottom: last} = box.getBoundingClientRect();
        const inBox = first <= Math.ceil(top()) && top() < last;
        return !inBox || first < 0 || last > innerHeight;
    });
}"""


# Engine.IO sends a 5 when it leaves polling.
_NOTE_UPGRADE = """
    const {send} = WebSocket.prototype;
    WebSocket.prototype.send = function (frame) {
        if (frame === "5") window.isUpgraded = true;
        return send.call(this, frame);
    };
"""


def parse(transcript: str) -> list[Message]:
    """The messages of a transcript, ``sender: text`` and a line break each."""
    lines = (line.partition(": ") for line in transcript.split("\n")[:-1])
    return [Message(sender, text) for sender, _, text in lines]


_ELEMENT = re.compile(r'<Field((?: [a-zA-Z]+=(?:"[^"]*"|\{[^}]*\}))*) ?/?>')
_VARIABLE = re.compile(r"tpec_TpExPr_(\w+)_TPMDL_\d+")
_ENTITY = re.compile(r"&(#x[0-9a-fA-F]+|#[0-9]+|[a-zA-Z0-9]+);")


def shown_text(page: str) -> tuple[str, str]:
    """What the text with ``mode="pre"`` is bound to, and what it shows on loading.

    Reads attributes as the page's JSX parser does (acorn-jsx, ``jsx_readString``).

    Raises:
        AssertionError: there is no such text, or the parser would not find its end.
    """
    for element in _ELEMENT.findall(page):
        if ' mode="pre"' in element:
            value = re.search(r" value=\{(\w+)\}", element)
            default = re.search(r' defaultValue="([^"]*)"', element)
            assert value, element
            assert default, element
            return value[1], _ENTITY.sub(lambda it: unescape(it[0]), default[1])
    raise AssertionError(f"No such text can be read in {page}")


class TaipyUser(BrowserUser):
    """A person at a Taipy chat, by what its page shows."""

    STRANGERS: ClassVar[dict[str, str]] = {
        "fonts.googleapis.com": "Taipy's style sheet asks for the font Lato",
        "cdnjs.cloudflare.com": "MathJax, for formulas in Markdown",
        "raw.githubusercontent.com": "Taipy's icon",
    }

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        super().__init__(browser, address, **options)
        self.context.add_init_script(_NOTE_UPGRADE)

    def wait_until_ready(self) -> None:
        expect(self.page.locator("strong")).to_have_text(_SOMETHING)
        expect(self.transcript).to_have_text(_SOMETHING)
        self.hears_at_once()

    def hears_at_once(self) -> None:
        """Wait until the page has gone from polling to a web socket."""
        self.page.wait_for_function("window.isUpgraded")

    @property
    def field(self) -> Locator:
        return self.page.get_by_role("textbox")

    @property
    def transcript(self) -> Locator:
        """The element that holds all messages."""
        return self.page.locator(".transcript pre")

    @property
    def name(self) -> str:
        return self.page.locator("strong").inner_text()

    def composes(self, reading: str, word: str) -> None:
        """Write a word as with an input method: Enter confirms it, and then sends it.

        Chromium gives such a key its `isComposing` itself.
        """
        self.field.click()
        keyboard = self.context.new_cdp_session(self.page)
        at = {"selectionStart": len(reading), "selectionEnd": len(reading)}
        keyboard.send("Input.imeSetComposition", {"text": reading, **at})
        enter = {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": 229}
        keyboard.send("Input.dispatchKeyEvent", enter)
        keyboard.send("Input.insertText", {"text": word})
        self.press_enter()

    def messages(self) -> list[Message]:
        return parse(self.transcript.text_content() or "")

    def sees(self, *messages: Message) -> None:
        lines = [f"{message.sender}: {message.text}" for message in messages]
        try:
            self.page.wait_for_function(_IN_ORDER, arg=lines, polling=50)
        except PlaywrightError as error:
            shown = self.messages()
            missing = [message for message in messages if message not in shown]
            raise AssertionError(
                f"{self.name} does not see {missing or 'them in this order'}; the page "
                f"has connected {len(self._sockets)} times"
            ) from error

    def reads(self, *messages: Message) -> None:
        lines = [f"{message.sender}: {message.text}" for message in messages]
        assert self.page.evaluate(_OUT_OF_REACH, lines) == []


class TaipySocket:
    """A client of a Taipy server without a page: it sends as fast as can be.

    The frames are Socket.IO's, the messages those of Taipy's wsUtils.ts.
    """

    def __init__(
        self, address: str, client_id: str, page: str = "TaiPy_root_page"
    ) -> None:
        """Arrive, as a browser does: socket, routes, page."""
        self.client_id = client_id
        server = urlsplit(address).netloc
        url = f"ws://{server}/socket.io/?EIO=4&transport=websocket"
        self._exit = ExitStack()
        self._socket = self._exit.enter_context(
            connect(url, max_queue=None, close_timeout=0)
        )
        self._socket.recv()  # 0: what the engine offers
        self._socket.send("40")
        self._socket.recv()  # 40: connected
        # Taipy sends the state of a user whose socket it does not know to everybody, so
        # wait, as its page does, until it has answered this.
        self._emit("ID", client_id, name="TaipyClientId", answer="0")
        while not str(self._socket.recv()).startswith("430"):
            pass
        for path in ("taipy-init", f"taipy-jsx/{page}"):
            with urlopen(f"{address}{path}?client_id={client_id}") as answer:
                answer.read()
        self._done = threading.Semaphore(0)
        self._values: dict[str, Any] = {}
        self._listening = threading.Thread(target=self._listen)
        self._listening.start()

    def _listen(self) -> None:
        """Say that we are still here whenever the server asks; hear its answers."""
        with suppress(ConnectionClosed):
            for frame in self._socket:
                if frame == "2":
                    self._socket.send("3")
                elif str(frame).startswith("431"):  # Socket.IO's answer to `act`
                    self._done.release()
                elif str(frame).startswith('42["message",{"type":"MU"'):
                    _, message = json.loads(str(frame)[2:])
                    for update in message["payload"]:
                        if variable := _VARIABLE.fullmatch(update["name"]):
                            self._values[variable[1]] = update["payload"]["value"]

    def _emit(
        self, kind: str, payload: object, name: str = "", answer: str = ""
    ) -> None:
        message = {"type": kind, "name": name, "payload": payload}
        context = {"client_id": self.client_id, "module_context": "__main__"}
        self._socket.send(f"42{answer}" + json.dumps(["message", message | context]))

    def press_enter(self, text: str) -> None:
        """Send the action that Enter in the `chat` element sends."""
        self._emit("A", {"action": "send", "args": ["Enter", "", text, ""]})

    def act(self, action: str, text: str) -> None:
        """Send the action that Enter in an `input` element sends."""
        self._emit("A", {"action": action, "args": ["Enter", "", text]}, answer="1")

    def wait_until_done(self) -> None:
        """Wait until the server has handled one more action of `act`."""
        assert self._done.acquire(timeout=PATIENCE)

    def text(self, name: str) -> str:
        """The text in a variable, as the server has last sent it, if it has."""
        return str(self._values.get(name, ""))

    @property
    def is_connected(self) -> bool:
        """Whether the server has left the connection open."""
        return self._listening.is_alive()

    def close(self) -> None:
        """Go away, as a closed page does: nothing waits for the server's goodbye."""
        self._exit.close()
        self._listening.join()


class Clock:
    """Stands in for `time.monotonic` where a test decides how much time passes."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Timers:
    """Stands in for `threading.Timer` where a test decides how much time passes."""

    def __init__(self) -> None:
        self._now = 0.0
        self.waiting: list[tuple[float, threading.Timer]] = []

    def __call__(
        self, interval: float, function: Callable[..., object], args: Sequence[object]
    ) -> threading.Timer:
        timer = _Timer(interval, function, args)
        self.waiting.append((self._now + interval, timer))
        return timer

    def pass_by(self, seconds: float) -> None:
        """Let time pass, and the timers go off whose time has come."""
        self._now += seconds
        due = [(when, timer) for when, timer in self.waiting if when <= self._now]
        for when, timer in due:
            self.waiting.remove((when, timer))
            timer.function(*timer.args, **timer.kwargs)


class _Timer(threading.Timer):
    def start(self) -> None:
        """Nothing to do: `Timers` lets it go off."""


class TaipyState(User):
    """A person as the server knows one: a real state, driven without a browser.

    What the person sees is what the page would show: the value that the last load has
    brought, until the socket brings another one.
    """

    def __init__(self, program: ModuleType, client_id: str, clock: Clock) -> None:
        """Arrive, as a browser does.

        Args:
            program: the snippet, imported, after ``gui.run(run_server=False)``.
            client_id: what the browser would keep in its localStorage.
            clock: moved on by a second before each message, a person's pace.
        """
        self.program = program
        self.client_id = client_id
        self.clock = clock
        self.arrive()

    def arrive(self) -> None:
        """Open the page."""
        self.connect()
        self.load()

    def connect(self) -> None:
        """Open a socket and say who this is, as a page does."""
        server = self.program.gui._server
        self.socket = server._ws.test_client(server.get_flask())
        self._emit("ID", self.client_id)

    def _emit(self, kind: str, payload: object) -> None:
        context = {"client_id": self.client_id, "module_context": self.program.__name__}
        self.socket.emit(
            "message", {"type": kind, "name": "", "payload": payload} | context
        )

    def leave(self) -> None:
        """Close the browser."""
        self.socket.disconnect()

    def load(self) -> None:
        """Ask for what a browser asks for on each load: the routes, then the page."""
        client = self.program.gui._server.test_client()
        for path in ("taipy-init", "taipy-jsx/TaiPy_root_page"):
            answer = client.get(f"/{path}?client_id={self.client_id}")
            assert answer.status_code == 200, answer.text
        self.page: str = answer.get_json()["jsx"]
        self._updates: dict[str, Any] = {}
        self.socket.get_received()  # nothing of it is for the new page

    def reload(self) -> None:
        """Load the page again, as F5 does."""
        self.leave()
        self.arrive()

    def call(self, function: Callable[..., Any], *arguments: object) -> Any:
        """Call a function with this user's state, as Taipy calls a callback."""
        return self.program.gui.invoke_callback(
            self.client_id, function, list(arguments)
        )

    def get(self, name: str) -> Any:
        """The value of a variable in this user's state."""
        return self.call(lambda state: getattr(state, name))

    @property
    def name(self) -> str:
        return str(self.get("user_name"))

    def send(self, text: str) -> None:
        self.clock.now += 1
        self.press_enter(text)

    def paste(self, text: str) -> None:
        self.send(text)

    def press_enter(self, text: str) -> None:
        """Send the action that Enter in the `chat` element sends."""
        self._emit("A", {"action": "send", "args": ["Enter", "", text, self.name]})

    def act(self, text: str) -> None:
        """Call what Enter calls, without a socket."""
        self.call(self.program.send, "", {"args": ["Enter", "", text, self.name]})

    def messages(self) -> list[Message]:
        for packet in self.socket.get_received():
            if packet["args"]["type"] == "MU":  # updates of several variables
                for update in packet["args"]["payload"]:
                    self._updates[update["name"]] = update["payload"]["value"]
        name, default = shown_text(self.page)
        return parse(self._updates.get(name, default))

    def sees(self, *messages: Message) -> None:
        """See that these messages are there, in this order, after a reload as well."""
        self._finds(*messages)
        self.load()
        self._finds(*messages)

    def _finds(self, *messages: Message) -> None:
        seen = iter(self.messages())
        missing = [message for message in messages if message not in seen]
        assert not missing, f"{self.name} does not see {missing}"
