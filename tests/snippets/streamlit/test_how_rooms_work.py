"""What the page says about the inside of the rooms."""

from __future__ import annotations

import asyncio
import gc
import math
import os
import re
import runpy
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest
from playwright.sync_api import (
    Page,
    Request,
    Response,
    Route,
    WebSocketRoute,
    expect,
)
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner import ScriptRunnerEvent
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequests,
    ScriptRequestType,
)

from tests.snippets.streamlit.conftest import Play
from tests.snippets.streamlit.modes import POLLED, PUSHED, SHIPPED, program
from tests.snippets.streamlit.test_rooms_headless import edit
from tests.users.stage import Stage
from tests.users.streamlit import StreamlitUser
from tests.users.streamlit_headless import (
    PROGRAMS,
    ROOMS,
    StreamlitSession,
    Write,
    join,
)
from tests.waiting import wait_until

EVENTS = "**/rooms/events*"

pytestmark = pytest.mark.usefixtures("process")

TWO_SLIDERS = """
with sync("lobby") as st:
    st.slider("A")
    st.slider("B")
"""


def visit(user: StreamlitSession) -> Any:
    """What the session keeps about the room `lobby`."""
    return user.in_room()


def serial(user: StreamlitSession, label: str) -> int:
    """The last part of a shared widget's key."""
    return int(user.key(label).rpartition("#")[2])


@pytest.mark.state("rooms.py", "store", "everybody", reload="kept", restart="lost")
@pytest.mark.state("tab.py", "this_tab", "one tab", reload="lost", restart="lost")
def test_the_store_is_everybodys_and_a_visit_one_tabs(
    process: Callable[[], None], room_sync: ModuleType
) -> None:
    alex, doppler = join("first_room"), join("first_room")
    assert visit(alex) is not visit(doppler)
    assert visit(alex).store is visit(doppler).store is room_sync.rooms.store()
    alex.set("Select a value", 7)
    reloaded = join("first_room")
    assert reloaded.value("Select a value") == 7
    assert visit(reloaded).store is room_sync.rooms.store()
    assert visit(reloaded) is not visit(alex)
    process()
    assert join("first_room").value("Select a value") == 0


@pytest.mark.fact("older-message")
@pytest.mark.parametrize(("is_room", "ends_as"), [(False, 0), (True, 5)])
def test_an_older_message(is_room: bool, ends_as: int, program: Write) -> None:
    """With one key for a widget, an older message puts the older value back for
    everyone; with a key for each of its values, it doesn't.
    """
    app = program(TWO_SLIDERS) if is_room else "pitfall_echo"
    alex, doppler = join(app), join(app)
    doppler.touch("B", 1)
    on_its_way = doppler.message()
    alex.set("A", 5)
    doppler.wait_a_second()
    assert doppler.value("A") == 5
    doppler.send(on_its_way)
    alex.wait_a_second()
    assert (alex.value("A"), alex.value("B")) == (ends_as, 1)


@pytest.fixture
def two_sliders(program: Write) -> Iterator[StreamlitSession]:
    """Two people with the same two sliders before them."""
    app = program(TWO_SLIDERS)
    return iter([join(app), join(app)])


@pytest.mark.fact("key-for-each-value")
def test_keys_change_with_others_values_alone(
    two_sliders: Iterator[StreamlitSession],
) -> None:
    """Your own changes leave a widget's key as it is; someone else's value gives it a
    new key, with that value as its default, and leaves the keys of other widgets alone.
    """
    alex, doppler = two_sliders
    seen = {user.key(label) for user in (alex, doppler) for label in "AB"}
    own, others, beside = alex.key("A"), doppler.key("A"), doppler.key("B")
    old_id = doppler.widget("A").proto.id
    for n in (5, 6):
        alex.set("A", n)
        alex.wait_a_second()
        assert alex.key("A") == own
        doppler.wait_a_second()
        assert doppler.key("A") not in {*seen, others}
        assert doppler.widget("A").proto.default == [n]
        assert doppler.widget("A").proto.id != old_id
        assert doppler.key("B") == beside
        seen.add(doppler.key("A"))


@pytest.mark.fact("keys-are-not-reused")
def test_no_key_comes_again(process: Callable[[], None]) -> None:
    """A key isn't used again, not even after a restart."""
    label = "Select a value"
    alex, doppler = join("first_room"), join("first_room")
    serials = [serial(alex, label), serial(doppler, label)]
    for n in range(5):
        alex.set(label, n + 1)
        doppler.wait_a_second()
        serials.append(serial(doppler, label))
    process()
    serials.append(serial(join("first_room"), label))
    assert serials == sorted(set(serials))


def test_values_of_one_text_are_the_same(program: Write, room_sync: ModuleType) -> None:
    alex = join(
        program(
            "import numpy as np\n"
            'with sync("lobby") as st:\n'
            '    st.session_state["n"] = 5\n'
            '    if st.button("Again"):\n'
            '        st.session_state["n"] = np.int64(5)\n'
        )
    )
    before = room_sync.rooms.store().read("lobby")
    alex.click("Again")
    assert (
        room_sync.rooms.store().read("lobby")
        == before
        == (
            before[0],
            {"key:n": "5"},
        )
    )


@pytest.mark.fact("option-is-found")
def test_an_option_of_a_class_that_each_run_makes_anew_is_found(
    program: Write,
) -> None:
    """An option is found again, even if each run of the script creates its class."""
    app = program(
        "from enum import Enum\n"
        'Colour = Enum("Colour", "RED GREEN")\n'
        'with sync("lobby") as st:\n'
        '    colour = st.selectbox("Colour", Colour)\n'
        "    st.text(colour is Colour.GREEN)\n"
    )
    alex, doppler = join(app), join(app)
    alex.widget("Colour").select_index(1)
    alex.run()
    doppler.wait_a_second()
    for user in (alex, doppler):
        assert user.reads("True")


@pytest.fixture(params=["Memory", "SQLite"])
def store(request: pytest.FixtureRequest, stores: ModuleType, tmp_path: Path) -> Any:
    """Each of the stores."""
    file = [str(tmp_path / "rooms.db")] if request.param == "SQLite" else []
    return getattr(stores, request.param)(*file)


@pytest.mark.fact("new-versions")
def test_versions_never_come_again(store: Any) -> None:
    """Each change of a room gives it a version that it hasn't had before, even if it
    was deleted in between; writing what is there already gives it none.
    """
    versions = [0]
    for n in range(6):
        store.write("Red", lambda _, n=n: {"a": str(n % 2)})
        store.write("Red", lambda _, n=n: {"a": str(n % 2), "b": None})
        versions.append(store.read("Red")[0])
        if n == 2:
            store.delete("Red")
            assert store.read("Red") == (0, {})
    assert versions == sorted(set(versions))
    assert store.read("Red")[0] == versions[-1]
    store.write("Red", lambda _: {"a": "1"})
    assert store.read("Red") == (versions[-1], {"a": "1"})


@pytest.mark.fact("only-own-changes")
def test_a_session_gives_only_what_its_user_has_changed(
    two_sliders: Iterator[StreamlitSession], room_sync: ModuleType
) -> None:
    """What a session writes names only the keys that its user has changed."""
    alex, doppler = two_sliders
    changes = []
    write = room_sync.rooms.store().write

    def note(room: str, change: Callable[[Any], Any]) -> None:
        changes.append(change({}))
        write(room, change)

    room_sync.rooms.store().write = note
    alex.set("A", 5)
    doppler.touch("B", 6)
    doppler.run()
    for user in (alex, doppler):
        user.wait_a_second()
        user.run()
    assert changes == [
        {'label:["slider", "A"]': "5"},
        {'label:["slider", "B"]': "6"},
    ]


def test_each_cell_has_a_key_of_its_own(room_sync: ModuleType) -> None:
    alex = join("table")
    edit(alex, 0, "Euro", 900)
    edit(alex, 2, "Paid", True)
    texts = room_sync.rooms.store().read("household")[1]
    assert texts == {
        'cell:["key:budget", 0, "Euro"]': "900",
        'cell:["key:budget", 2, "Paid"]': "true",
    }


@pytest.mark.fact("one-version-per-run")
def test_a_run_shows_one_version(program: Write) -> None:
    """The widgets of one run show the same version, whatever others do meanwhile."""
    app = program(
        "import room_sync\n"
        'with sync("lobby") as st:\n'
        '    a = st.slider("A", key="a")\n'
        '    if st.button("Meanwhile"):\n'
        "        write = room_sync.rooms.store().write\n"
        '        write("lobby", lambda _: {"key:a": "8", "key:b": "8"})\n'
        '    b = st.slider("B", key="b")\n'
        '    st.text(f"{a} {b}")\n'
    )
    alex = join(app)
    alex.click("Meanwhile")
    assert alex.reads("0 0")
    alex.wait_a_second()
    assert alex.reads("8 8")


ADD_50 = """
import sys
from room_sync import SQLite
store = SQLite("rooms.db", 60)
print("ready", flush=True)
sys.stdin.read()
for _ in range(50):
    store.write("r", lambda texts: {"n": str(int(texts.get("n", 0)) + 1)})
"""


@pytest.mark.fact("update-in-one-step")
def test_four_threads_add_fifty_each(stores: ModuleType) -> None:
    """Four threads, or four processes, that add 50 each make 200."""
    store = stores.Memory()

    def one_more(texts: dict[str, str]) -> dict[str, str]:
        # Gives the processor away between reading and writing: without a lock, what
        # another thread adds would then be lost.
        time.sleep(0.0001)
        return {"n": str(int(texts.get("n", 0)) + 1)}

    def add() -> None:
        for _ in range(50):
            store.write("r", one_more)

    with ThreadPoolExecutor(4) as pool:
        for added in [pool.submit(add) for _ in range(4)]:
            added.result()
    assert store.read("r")[1] == {"n": "200"}


@pytest.mark.process
@pytest.mark.fact("update-in-one-step")
def test_four_processes_add_fifty_each(stores: ModuleType, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(PROGRAMS)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", ADD_50],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    for process in processes:  # all are ready before the first one begins
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.close()
    assert [process.wait() for process in processes] == [0] * 4
    assert stores.SQLite(str(tmp_path / "rooms.db")).read("r")[1] == {"n": "200"}


def test_a_function_that_raises_leaves_the_room_as_it_was(store: Any) -> None:
    store.write("r", lambda _: {"n": "1"})
    before = store.read("r")
    with pytest.raises(ZeroDivisionError):
        store.write("r", lambda texts: {"n": str(int(texts["n"]) / 0)})
    assert store.read("r") == before
    store.write("r", lambda texts: {"m": texts["n"]})
    assert store.read("r")[1] == {"n": "1", "m": "1"}


@pytest.mark.fact("draft-keeps-key")
@pytest.mark.parametrize("is_sent", [False, True])
def test_a_widget_with_something_unsent_keeps_its_key(
    is_sent: bool, program: Write
) -> None:
    """A widget with something unsent keeps its key; once that's sent or dropped, it
    shows what the room says.

    What the browser says of drafts is put where the route would put it.
    """
    app = program('with sync("lobby") as st:\n    st.text_input("A")\n')
    alex, doppler = join(app), join(app)
    draft = doppler.key("A")
    visit(doppler).drafts = frozenset({draft})
    alex.set("A", "sent")
    doppler.wait_a_second()
    assert (doppler.key("A"), doppler.value("A")) == (draft, "")
    if is_sent:
        doppler.set("A", "later")
    visit(doppler).drafts = frozenset()
    for user in (alex, doppler):
        user.wait_a_second()
        assert user.value("A") == ("later" if is_sent else "sent")


@pytest.mark.fact("clearing-fields")
def test_fields_of_a_form_that_clears_are_not_shared(
    program: Write, room_sync: ModuleType
) -> None:
    """The fields of a form with `clear_on_submit` aren't shared, wherever in the form
    they are drawn.
    """
    app = program(
        'with sync("lobby") as st:\n'
        '    form = st.form("f", clear_on_submit=True)\n'
        '    form.text_input("On the form")\n'
        "    left, right = form.columns(2)\n"
        '    left.text_input("On a part of it")\n'
        "    with form, st.expander('More'):\n"
        '        st.text_input("Inside")\n'
        '        st.form_submit_button("Send")\n'
        '    st.text_input("Below")\n'
    )
    alex, doppler = join(app), join(app)
    for label in ("On the form", "On a part of it", "Inside", "Below"):
        alex.touch(label, "typed")
    alex.click("Send")
    doppler.wait_a_second()
    assert room_sync.rooms.store().read("lobby")[1] == {
        'label:["text_input", "Below"]': '"typed"'
    }
    assert doppler.value("Below") == "typed"
    for label in ("On the form", "On a part of it", "Inside"):
        assert doppler.value(label) == ""


def test_whoever_is_silent_is_no_longer_counted(
    store: Any, stores: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    patched = SimpleNamespace(time=lambda: now, monotonic=time.monotonic)
    monkeypatch.setattr(stores, "time", patched)
    store.heartbeat("Red", "Alex", 3)
    store.heartbeat("Red", "Doppler", 3)
    store.heartbeat("Blue", "Third", 3)
    now += 2
    store.heartbeat("Red", "Alex", 3)
    assert (store.present("Red"), store.present("Blue")) == (
        {"Alex", "Doppler"},
        {"Third"},
    )
    now += 2
    assert (store.present("Red"), store.present("Blue")) == ({"Alex"}, set())


class Shelf:
    """A store that keeps each room in a dictionary of its own, and nothing else."""

    poll_interval = None

    def __init__(self) -> None:
        self.notify: Callable[[str], None] = lambda room: None
        self._versions: dict[str, int] = {}
        self._texts: dict[str, dict[str, str]] = {}
        self._until: dict[tuple[str, str], float] = {}

    def version(self, room: str) -> int:
        return self._versions.get(room, 0)

    def read(self, room: str) -> tuple[int, dict[str, str]]:
        return self.version(room), dict(self._texts.get(room, {}))

    def write(self, room: str, change: Callable[[Any], dict[str, Any]]) -> None:
        texts = self._texts.setdefault(room, {})
        for key, text in change(dict(texts)).items():
            if texts.get(key) != text:
                self._versions[room] = self.version(room) + 1
            texts[key] = text

    def rooms(self) -> list[str]:
        return sorted(self._texts)

    def delete(self, room: str) -> None:
        self._texts.pop(room, None)

    def heartbeat(self, room: str, session: str, seconds: float) -> None:
        self._until[room, session] = time.time() + seconds

    def present(self, room: str) -> frozenset[str]:
        now = time.time()
        here = [who for who, end in self._until.items() if end > now]
        return frozenset(session for name, session in here if name == room)


@pytest.mark.fact("own-store")
def test_a_store_of_ones_own(room_sync: ModuleType, stores: ModuleType) -> None:
    """A store of your own needs no more than the methods of `Store`."""

    def names(*spaces: Any) -> set[str]:
        return {n for space in spaces for n in space if not n.startswith("_")}

    protocol = stores.Store
    shelf = Shelf()
    assert names(vars(Shelf), vars(shelf)) == names(
        vars(protocol), protocol.__annotations__
    )
    room_sync.use(shelf)
    alex, doppler = join("first_room"), join("first_room")
    alex.set("Select a value", 7)
    doppler.wait_a_second()
    assert doppler.value("Select a value") == 7
    assert doppler.reads("2 here")
    assert shelf.read("lobby")[1] == {'label:["slider", "Select a value"]': "7"}


@pytest.mark.fact("store-error")
def test_a_store_that_fails(room_sync: ModuleType, stores: ModuleType) -> None:
    """When a store raises `StoreError`, the app shows its message instead of a
    traceback.
    """

    class Broken(Shelf):
        def read(self, room: str) -> tuple[int, dict[str, str]]:
            raise stores.StoreError("The shelf has fallen down.")

    room_sync.use(Broken())
    alex = join("counter")
    assert alex.errors() == ["The shelf has fallen down."]
    assert alex.reads("Clicked 0 times")


@pytest.mark.fact("stays-private")
def test_what_stays_private(program: Write, room_sync: ModuleType) -> None:
    app = program(
        "import pandas as pd\n"
        "import streamlit\n"
        'with sync("lobby") as st:\n'
        '    streamlit.slider("A")\n'
        '    st.file_uploader("File")\n'
        '    table = st.data_editor([{"n": 1}])\n'
        '    st.text(table[0]["n"])\n'
    )
    alex, doppler = join(app), join(app)
    alex.set("A", 5)
    edit(alex, 0, "n", 2)
    doppler.wait_a_second()
    assert alex.reads("2")
    assert doppler.reads("1")
    assert doppler.value("A") == 0
    assert room_sync.rooms.store().read("lobby")[1] == {}


CLICKS = """
import time

from room_sync import polling, sync

with sync("lobby") as st:
    st.text_input("A")
    st.slider("B")
    if st.button("Click"):
        st.update("clicks", lambda clicks: (clicks or 0) + 1)
    st.text(f"{st.session_state.get('clicks', 0)} clicks, {st.present} here")
    waiting = st.empty()
    if st.button("Click, in the end"):
        for step in range(20):  # a run may be stopped at each of them
            waiting.text(f"step {step}")
            time.sleep(0.1)
        st.update("clicks", lambda clicks: (clicks or 0) + 1)
    if st.button("Hurry"):
        polling.SETTLES = 0  # a server so busy that it takes this for long ago
    if st.button("Relax"):
        polling.SETTLES = 0.2
    if st.button("Fewer"):
        st.update("gone", lambda gone: (gone or 0) + 1)
    with st.container():
        for left in range(3 - st.session_state.get("gone", 0)):
            st.text(f"line {left}")
"""

ENDS = {
    SHIPPED: ForwardMsg.FINISHED_SUCCESSFULLY,
    POLLED: ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
    PUSHED: ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
}
"""How the run ends that draws a page."""


class Line:
    """What comes from the server to a page passes here, or is lost."""

    def __init__(self, user: StreamlitUser) -> None:
        self.user = user
        self.is_losing: Callable[[ForwardMsg], bool] = lambda message: False
        self.lost: list[ForwardMsg] = []
        user.page.route_web_socket(re.compile("_stcore/stream"), self._relay)
        user.page.reload()
        user.wait_until_ready()

    def _relay(self, page: WebSocketRoute) -> None:
        def pass_on(message: str | bytes) -> None:
            assert isinstance(message, bytes)
            for told in self.gets(ForwardMsg.FromString(message)):
                page.send(told.SerializeToString())

        self.server = page.connect_to_server()
        self.server.on_message(pass_on)

    def gets(self, message: ForwardMsg) -> list[ForwardMsg]:
        """What the page is given when this comes."""
        if self.is_losing(message):
            self.lost.append(message)
            return []
        return [message]

    def loses(self, what: Callable[[ForwardMsg], bool], event: str) -> None:
        """Wait until a message like this is lost after the one that was waited for."""

        def has_lost_it() -> bool:
            self.user.page.evaluate("0")  # messages pass while the page is asked
            while self.lost:
                if what(self.lost.pop(0)):
                    return True
            return False

        wait_until(has_lost_it, event=event)


FASTER = """() => {
    const now = window.usualNow = Date.now, start = now();
    Date.now = () => start + (now() - start) * 10;
}"""
"""So a page waits for polls ten times as long as it does, in its own opinion."""

SLOWER = """() => {
    const now = window.usualNow = Date.now, start = now();
    Date.now = () => start + (now() - start) / 100;
}"""
"""So a page takes for one moment what a busy computer draws in half a minute."""


class BusyLine(Line):
    """A server that sends what a run has drawn when the next poll has already begun."""

    def __init__(self, user: StreamlitUser) -> None:
        self.is_busy = False
        self.waiting: list[ForwardMsg] = []
        super().__init__(user)

    def gets(self, message: ForwardMsg) -> list[ForwardMsg]:
        if not self.is_busy:
            return [message]
        self.waiting.append(message)
        said, held = (
            "".join(str(it) for it in messages).replace("\\", "")
            for messages in ([message], self.waiting)
        )
        ends = [it for it in self.waiting if it.WhichOneof("type") == "script_finished"]
        is_fewer = "line 0" in held and "line 2" not in held
        is_behind = '"behind": true' in said  # so the page has to hear of it
        if is_fewer and (is_behind or '"behind": false' in said):
            for end in ends:
                end.script_finished = ForwardMsg.FINISHED_EARLY_FOR_RERUN
            self.is_busy = is_behind
        elif is_fewer or not (ends or is_behind):
            return []
        sent, self.waiting = self.waiting, []
        return sent


def _ends(message: ForwardMsg, mode: str) -> bool:
    """Whether it says that the run is over which has drawn the page."""
    is_end = message.WhichOneof("type") == "script_finished"
    return is_end and message.script_finished == ENDS[mode]


SILENT_WORKERS = """
    const silent = %d, asked = (window.asked = []);
    const Real = SharedWorker, set = setInterval;
    const port = { postMessage() {}, close() {} };
    window.SharedWorker = function (script, name) {
        return asked.push(name) > silent ? new Real(script, name) : { port };
    };
    window.setInterval = (run, wait) =>
        set(run, wait === 1000 && asked.length <= silent ? wait / 50 : wait);
"""
"""The first workers of a page say nothing, and its seconds are short as long."""


WITHOUT_AN_ANSWER = """async (script) => {
    const parts = ["(", (() => {
        const set = setTimeout;
        self.setTimeout = (run, wait) => set(run, wait > 500 ? wait / 100 : wait);
        self.fetch = (address, { signal }) => new Promise((take, refuse) =>
            signal.addEventListener("abort", () => refuse(signal.reason)));
    }).toString(), ")();", script];
    const { port } = new SharedWorker(URL.createObjectURL(new Blob(parts)));
    const kinds = [];
    const all = new Promise((done) => {
        port.onmessage = ({ data: { kind } }) => {
            if (kind === "ping") port.postMessage(["room", "session", "token"]);
            if (kinds.push(kind) === 4) done();
        };
        setTimeout(done, 30_000);
    });
    port.postMessage(["room", "session", "token"]);
    await all;
    port.postMessage(null);
    return kinds;
}"""
"""What a page hears of the worker while no request is answered; seconds are short."""


def clicks(user: StreamlitUser) -> int:
    """The number of clicks, as soon as two are counted: who has reloaded is both for
    a while, what was there before and what is there now.
    """
    pattern = re.compile(r"^\d+ clicks, 2 here$")
    line = user.page.get_by_text(pattern).filter(visible=True)
    expect(line).to_have_count(1)
    return int(line.inner_text().split()[0])


class Lost:
    """What holds in whatever way a page hears of changes."""

    @pytest.mark.fact("asks-again")
    def test_what_is_lost_on_the_way_to_a_page_is_drawn_again(
        self, mode: str, alex: StreamlitUser, doppler: StreamlitUser
    ) -> None:
        """A page that has lost what was drawn for it asks for it again."""
        line = Line(doppler)
        newer = f"{1 + clicks(doppler)} clicks"
        has_begun = False

        def is_losing(message: ForwardMsg) -> bool:
            nonlocal has_begun
            has_begun = has_begun or newer in str(message)
            return has_begun

        line.is_losing = is_losing
        alex.presses("Click")
        alex.reads_line(f"{newer}, 2 here")
        line.loses(lambda it: newer in str(it), "what was drawn is lost")
        line.loses(lambda it: _ends(it, mode), "the end of the run is lost")
        line.is_losing = lambda message: False
        doppler.reads_line(f"{newer}, 2 here")

    @pytest.mark.fact("asks-a-new-server")
    def test_a_page_that_has_lost_its_clock_goes_on_after_a_restart(
        self, stage: Stage, alex: StreamlitUser, doppler: StreamlitUser
    ) -> None:
        line = Line(doppler)
        line.is_losing = lambda message: message.WhichOneof("type") == "auto_rerun"
        alex.presses("Click")
        doppler.page.reload()
        line.loses(lambda it: True, "its clock is lost")
        clicks(doppler)
        stage.restart()
        line.is_losing = lambda message: False
        for user in (alex, doppler):
            user.reads_line("0 clicks, 2 here")


@program(CLICKS, SHIPPED, POLLED)
class TestPageThatPolls(Lost):
    """Its poll asks for a whole run, or for one of the room's function: two modes."""

    @pytest.mark.fact("asks-again")
    def test_a_page_that_has_lost_its_clock_has_one_again(
        self, alex: StreamlitUser, doppler: StreamlitUser
    ) -> None:
        line = Line(doppler)
        line.is_losing = lambda message: message.WhichOneof("type") == "auto_rerun"
        doppler.page.reload()
        line.loses(lambda it: it.auto_rerun.interval == 1, "its clock is lost")
        line.is_losing = lambda message: False
        before = clicks(alex)
        for more in (1, 2):
            alex.presses("Click")
            doppler.reads_line(f"{before + more} clicks, 2 here")

    @pytest.mark.fact("long-run-finishes")
    def test_a_page_stops_no_run_that_takes_long(
        self, alex: StreamlitUser, doppler: StreamlitUser
    ) -> None:
        """A run finishes, and does what its click asked for, even if it takes so long
        that the page has not seen a poll for some time.
        """
        before = clicks(alex)
        alex.page.evaluate(FASTER)
        alex.presses("Click, in the end")
        for user in (alex, doppler):
            user.reads_line(f"{before + 1} clicks, 2 here")
        alex.page.evaluate("Date.now = window.usualNow")

    @pytest.mark.fact("asks-again")
    def test_what_a_run_has_replaced_goes_when_its_end_was_taken_back(
        self, alex: StreamlitUser, doppler: StreamlitUser
    ) -> None:
        alex.presses("Hurry")
        line = BusyLine(doppler)
        assert clicks(doppler) == clicks(alex)
        doppler.reads_line("line 2")
        doppler.page.evaluate(SLOWER)
        line.is_busy = True
        alex.presses("Fewer")
        expect(alex.line("line 2")).to_have_count(0)
        expect(doppler.line("line 2")).to_have_count(0)
        assert not line.is_busy
        doppler.page.evaluate("Date.now = window.usualNow")
        alex.presses("Relax")


@program(CLICKS, PUSHED)
class TestPageThatIsNotified(Lost):
    """The server says when to ask, and the page in which fields something is unsent."""

    @pytest.mark.fact("message-carries-others")
    def test_a_message_carries_what_was_not_touched(self, alex: StreamlitUser) -> None:
        """A browser's message carries the values of the other widgets as well, not only
        of the one that was changed.
        """
        sent: list[BackMsg] = []
        alex._sockets[-1].on(
            "framesent", lambda frame: sent.append(BackMsg.FromString(frame))
        )

        def both_are_sent() -> bool:
            alex.page.evaluate("0")  # messages are seen while the page is asked
            return any(
                values(message) == [("A", "typed"), ("B", "[0.0]")] for message in sent
            )

        alex.enters("A", "typed")
        wait_until(both_are_sent, event="a message with both values")

    @pytest.mark.fact("draft-keeps-key")
    def test_it_says_again_that_a_widget_was_left_when_nobody_has_heard_it(
        self, alex: StreamlitUser, doppler: StreamlitUser
    ) -> None:
        def is_said(it: Request | Response) -> bool:
            request = it if isinstance(it, Request) else it.request
            return request.method == "POST"

        def lose(route: Route) -> None:
            if is_said(route.request):
                route.abort()
            else:
                route.continue_()

        alex.enters("A", "word")
        doppler.finds("A", "word")
        with doppler.page.expect_response(is_said):
            doppler.the("A").press("End")
            doppler.types("A", "x")
        doppler.page.route(EVENTS, lose)
        with doppler.page.expect_event("requestfailed", is_said):
            doppler.the("A").press("Backspace")
            doppler.the("A").blur()
        doppler.page.unroute(EVENTS)
        alex.enters("A", "hello")
        doppler.finds("A", "hello")

    @pytest.mark.fact("told-again")
    def test_whoever_is_behind_is_told_again(
        self, alex: StreamlitUser, doppler: StreamlitUser
    ) -> None:
        """A lost notification does no harm, because a page that is behind is notified
        again; and an idle page counts as present as long as its browser asks.
        """
        doppler.page.add_init_script("delete window.SharedWorker")  # out of reach here
        doppler.reload()
        before = clicks(alex)
        for _ in range(2):
            with doppler.page.expect_request(EVENTS):
                pass
        alex.reads_line(f"{before} clicks, 2 here")
        doppler.page.route(EVENTS, lambda route: route.abort())
        with doppler.page.expect_event("requestfailed"):
            alex.reads_line(f"{before} clicks, 1 here")
        alex.presses("Click")
        alex.reads_line(f"{before + 1} clicks, 1 here")
        assert doppler.line(f"{before} clicks, 2 here").is_visible()
        doppler.page.unroute(EVENTS)
        for user in (alex, doppler):
            user.reads_line(f"{before + 1} clicks, 2 here")
        doppler.page.close()
        doppler.open_second_tab()

    @pytest.mark.fact("one-connection")
    def test_the_tabs_of_a_browser_share_a_connection(
        self, alex: StreamlitUser, doppler: StreamlitUser
    ) -> None:
        """The tabs of a browser listen with one connection, so there may be more of
        them than the six connections that it opens to a server.
        """
        before, asked = clicks(alex), list[str]()
        doppler.context.on("request", lambda request: asked.append(request.url))
        first, tabs = doppler.page, list[Page]()
        for _ in range(2):
            doppler.open_second_tab()
            tabs.append(doppler.page)
        alex.presses("Click")
        for doppler.page in tabs:
            doppler.reads_line(f"{before + 1} clicks, 4 here")
        while tabs:
            tabs.pop().close()
            alex.reads_line(f"{before + 1} clicks, {2 + len(tabs)} here")
        doppler.page = first
        pages = [url for url in asked if "/rooms/events?" in url]
        assert all("worker=" in url for url in pages), pages

    @pytest.mark.parametrize("silent", [1, 2])
    def test_a_page_whose_worker_says_nothing_listens_without_it(
        self, alex: StreamlitUser, doppler: StreamlitUser, silent: int
    ) -> None:
        """It gets another one, and listens by itself when that says nothing either."""
        before = clicks(alex)
        doppler.page.add_init_script(SILENT_WORKERS % silent)
        doppler.reload()
        alex.presses("Click")
        for user in (alex, doppler):
            user.reads_line(f"{before + 1} clicks, 2 here")
        asked = [f"room_sync {number}" for number in range(2)]
        assert doppler.page.evaluate("asked") == asked
        doppler.page.close()
        doppler.open_second_tab()

    def test_a_worker_waits_for_no_answer_that_never_comes(
        self, alex: StreamlitUser
    ) -> None:
        script = import_module("room_sync.worker").WORKER
        kinds = alex.page.evaluate(WITHOUT_AN_ANSWER, script)
        assert kinds == ["ping", "failed"] * 2

    def test_a_page_that_does_not_answer_is_not_counted_beside_one_that_does(
        self, alex: StreamlitUser, doppler: StreamlitUser
    ) -> None:
        """The worker listens for all tabs, and asks each before whether it is there."""
        before, first = clicks(alex), doppler.page
        doppler.open_second_tab()
        alex.reads_line(f"{before} clicks, 3 here")
        debugger = doppler.context.new_cdp_session(first)
        for command in ("Debugger.enable", "Debugger.pause"):
            debugger.send(command)
        alex.reads_line(f"{before} clicks, 2 here")
        debugger.send("Debugger.disable")
        alex.reads_line(f"{before} clicks, 3 here")
        doppler.page.close()
        doppler.page = first

    @pytest.mark.fact("asks-a-new-server")
    def test_a_page_that_has_only_listened_goes_on_after_a_restart(
        self, stage: Stage, alex: StreamlitUser, doppler: StreamlitUser
    ) -> None:
        """A page asks a server that has restarted for what it shows, even if it has
        only listened before.
        """
        before = clicks(alex)
        doppler.presses("Click")
        alex.reads_line(f"{before + 1} clicks, 2 here")
        alex.reload()
        alex.reads_line(f"{before + 1} clicks, 2 here")
        stage.restart()
        alex.reads_line("0 clicks, 2 here")
        alex.presses("Click")
        alex.reads_line("1 clicks, 2 here")


def values(message: BackMsg) -> list[tuple[str, str]]:
    """The labels and values of the two widgets that have one, if it carries both."""
    found = []
    for state in message.rerun_script.widget_states.widgets:
        label = state.id.rpartition(":")[2].partition("#")[0]
        if label in ("A", "B"):
            numbers = list(state.double_array_value.data)
            found.append((label, str(numbers) if numbers else state.string_value))
    return sorted(found)


@pytest.mark.fact("asks-a-new-server")
def test_a_page_without_polls_goes_on_after_a_restart(play: Play) -> None:
    stage = play(CLICKS.replace('lobby")', 'lobby", every=None)', 1), POLLED)
    alex = stage.join()
    assert isinstance(alex, StreamlitUser)
    alex.presses("Click")
    alex.reads_line("1 clicks, 1 here")
    alex.reload()
    alex.reads_line("1 clicks, 1 here")
    stage.restart()
    alex.reads_line("0 clicks, 1 here")
    alex.presses("Click")
    alex.reads_line("1 clicks, 1 here")


FRAGMENTS = """
import time

from room_sync import polling, sync
from streamlit.runtime import get_instance

polling.SETTLES = 0  # a server so busy that it takes this for long ago

with sync("lobby") as st:
    state = st.empty()
    if st.button("Take long"):
        state.text("under way")
        time.sleep(2)  # the page asks for the fragments meanwhile
        st.update("runs", lambda runs: (runs or 0) + 1)
        # And so busy that it sends nothing before the fragments have begun.
        get_instance()._get_async_objs().eventloop.call_soon_threadsafe(time.sleep, 0.5)
    state.text(f"{st.session_state.get('runs', 0)} long runs")

    @st.fragment
    def show(number):
        st.text(f"fragment {number}")

    show(1)
    show(2)
"""


class AskingLine(Line):
    """A page that asks for its fragments, too."""

    def __init__(self, user: StreamlitUser) -> None:
        self.fragments: dict[str, None] = {}  # in their order on the page
        super().__init__(user)

    def gets(self, message: ForwardMsg) -> list[ForwardMsg]:
        if message.delta.fragment_id:
            self.fragments[message.delta.fragment_id] = None
        return super().gets(message)

    def asks(self, fragment: str) -> None:
        self.server.send(
            BackMsg(rerun_script=ClientState(fragment_id=fragment)).SerializeToString()
        )


@pytest.mark.fact("asks-again")
def test_a_page_that_has_lost_the_run_which_lets_it_poll_polls(play: Play) -> None:
    stage = play(CLICKS, PUSHED)
    alex, doppler = stage.join(), stage.join()
    assert isinstance(alex, StreamlitUser)
    assert isinstance(doppler, StreamlitUser)
    doppler.context.route(EVENTS, lambda route: route.fulfill(status=404))
    line = Line(doppler)
    has_begun = False

    def is_losing(message: ForwardMsg) -> bool:
        nonlocal has_begun
        has_begun = has_begun or '"pushed": false' in str(message).replace("\\", "")
        return has_begun

    line.is_losing = is_losing
    line.loses(lambda it: _ends(it, PUSHED), "the end of the run is lost")
    line.is_losing = lambda message: False
    alex.presses("Click")
    for user in (alex, doppler):
        user.reads_line("1 clicks, 2 here")


@pytest.mark.fact("fragment-places")
def test_fragments_that_begin_as_a_run_ends_find_their_places(play: Play) -> None:
    """Fragments in a room that begin as a run ends find their places on the page, even
    if the later one begins first.
    """
    alex = play(FRAGMENTS, SHIPPED).join()
    assert isinstance(alex, StreamlitUser)
    line = AskingLine(alex)
    alex.reads_line("fragment 2")
    wait_until(lambda: len(line.fragments) == 4, event="two, and those of the room")
    alex.presses("Take long")
    alex.reads_line("under way")
    for fragment in reversed(line.fragments):
        line.asks(fragment)
    for text in ("1 long runs", "fragment 1", "fragment 2"):
        alex.reads_line(text)


GROWS = """
import time

from room_sync import sync
from streamlit.runtime import get_instance

with sync("lobby") as st:
    if st.button("More"):
        time.sleep(1)  # the next click has come when this run ends
        st.update("lines", lambda lines: (lines or 0) + 3)
        # Too busy to send anything before the next run has begun.
        get_instance()._get_async_objs().eventloop.call_soon_threadsafe(time.sleep, 0.5)
    for number in range(st.session_state.get("lines", 0)):
        st.text(f"line {number}")
    st.text(f"{st.session_state.get('lines', 0)} lines")
"""


@pytest.mark.fact("fragment-places")
def test_a_room_that_grows_twice_before_its_page_hears_of_it(play: Play) -> None:
    alex = play(GROWS, POLLED).join()
    assert isinstance(alex, StreamlitUser)
    alex.reads_line("0 lines")
    for _ in range(2):
        alex.presses("More")
    alex.reads_line("6 lines")


def rendered(fragment: str, *path: int, is_block: bool = False) -> ForwardMsg:
    """A message with what a fragment has rendered there; "": the whole script."""
    message = ForwardMsg()
    message.metadata.delta_path.extend(path)
    message.delta.fragment_id = fragment
    (message.delta.add_block if is_block else message.delta.new_element).SetInParent()
    return message


@pytest.mark.fact("rendered-is-sent")
def test_a_fragment_that_begins_takes_back_no_message(program: Write) -> None:
    """In an app with rooms, what was rendered before a fragment begins is sent."""
    join(program('with sync("lobby") as st:\n    st.slider("A")\n'))
    queue = ForwardMsgQueue()
    before = [
        rendered("room", 0, 0, is_block=True),
        rendered("poll", 0, 0, 1),
        rendered("", 0, 1),
        ForwardMsg(script_finished=ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY),
    ]
    for message in before:
        queue.enqueue(message)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["room"])
    again = rendered("room", 0, 0, 1)
    queue.enqueue(again)
    assert queue.flush() == [*before, again]
    queue.enqueue(again)
    queue.clear(retain_lifecycle_msgs=True)
    assert queue.is_empty(), "a whole run renders all of it again"


@pytest.mark.fact("fragments-wait")
def test_only_a_request_for_a_whole_run_stops_one() -> None:
    """A request for a whole run stops the run that is under way; a request for a
    fragment waits until it has ended.

    A run asks at each of its calls whether it has to stop: `script_requests.py`.
    """
    requests = ScriptRequests()
    requests.request_rerun(RerunData(fragment_id="lobby"))
    assert requests.on_scriptrunner_yield() is None
    after = requests.on_scriptrunner_ready()
    assert after.rerun_data.fragment_id_queue == ["lobby"]
    requests.request_rerun(RerunData())
    stopped = requests.on_scriptrunner_yield()
    assert stopped
    assert stopped.type is ScriptRequestType.RERUN


def test_who_asks_for_a_fragment_as_a_run_ends_makes_streamlit_drop_its_messages() -> (
    None
):
    """What `AppSession` does with a request and with messages, one after the other."""
    ended = ScriptRequests()
    assert ended.on_scriptrunner_ready().type is ScriptRequestType.STOP
    session = MagicMock()
    session._scriptrunner.request_rerun = ended.request_rerun
    AppSession.request_rerun(session, ClientState(fragment_id="poll"))
    session._create_scriptrunner.assert_called_once()
    last, session._scriptrunner = session._scriptrunner, MagicMock()

    async def send(sender: Any) -> int:
        """How many messages of a run go to the browser."""
        session._event_loop = asyncio.get_running_loop()
        session._enqueue_forward_msg.reset_mock()
        AppSession._handle_scriptrunner_event_on_event_loop(
            session, sender, ScriptRunnerEvent.ENQUEUE_FORWARD_MSG, ForwardMsg()
        )
        return int(session._enqueue_forward_msg.call_count)

    assert asyncio.run(send(session._scriptrunner)) == 1
    assert asyncio.run(send(last)) == 0


def test_where_nothing_pushes_a_poll_says_when_the_page_is_behind() -> None:
    alex, doppler = join("push_app"), join("push_app")
    listener = "private:room_sync:listen:lobby"
    url = doppler.component(listener)["url"]
    assert not doppler.component(listener)["pushed"]
    assert doppler.polls(drawn=math.inf)["behind"], "it was drawn a moment before"
    assert not doppler.polls()["behind"]
    alex.click("Click")
    polls = [doppler.polls() for _ in range(2)]
    assert [(poll["behind"], poll["url"]) for poll in polls] == [(True, url)] * 2
    assert polls[0]["poll"] < polls[1]["poll"]
    doppler.hear()
    assert doppler.reads("1 clicks, 2 here")
    assert not doppler.polls()["behind"]


@pytest.mark.fact("launcher-garbage")
def test_what_is_loaded_is_no_garbage_and_not_looked_through() -> None:
    """The launcher's `gc.freeze()` keeps what is loaded out of Python's garbage
    collection, for the whole process; the library itself doesn't.
    """
    loaded = len(gc.get_objects())
    import_module("room_sync").push_route()
    assert gc.get_freeze_count() == 0
    runpy.run_path(str(ROOMS / "push_launcher.py"))
    assert gc.get_freeze_count() > loaded / 2
    assert len(gc.get_objects()) < loaded / 10


@pytest.mark.fact("forged-option")
def test_a_forged_message_writes_what_its_widget_does_not_offer(
    program: Write, room_sync: ModuleType
) -> None:
    """A forged message can write an option into a room that its selectbox doesn't
    offer; other pages show their default instead.
    """
    app = program(
        'with sync("lobby") as st:\n'
        '    st.text(st.selectbox("Size", ["small", "large"]))\n'
    )
    alex, doppler = join(app), join(app)
    forged = alex.message()
    (state,) = forged.widgets
    state.string_value = "huge"
    alex.send(forged)
    doppler.wait_a_second()
    assert doppler.reads("small")
    (text,) = room_sync.rooms.store().read("lobby")[1].values()
    assert text == '"huge"'
