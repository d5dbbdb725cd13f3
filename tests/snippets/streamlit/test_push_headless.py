"""Rooms that push, without server and browser: what is said to whom, and when."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from httpx import Response
from hypothesis import given, settings, strategies
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.users.streamlit_headless import ROOMS, StreamlitSession, own_process
from tests.waiting import PATIENCE


@pytest.fixture(autouse=True)
def process() -> Iterator[Callable[[], None]]:
    """A process of its own for each test; call it to start another."""
    with own_process() as restart:
        yield restart


@pytest.fixture
def push() -> ModuleType:
    """The module, in a server that has its route."""
    module = import_module("room_sync.push")
    module.push_route()
    return module


@pytest.fixture
def brief(push: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer lasts, and a session stays, a fraction of what they do."""
    monkeypatch.setattr(push, "LASTS", 0.3)
    monkeypatch.setattr(push, "GATHERS", 0.05)
    monkeypatch.setattr(push, "STAY", 0.5)


class Office:
    """The store of a process, and the sessions whose pages it draws."""

    def __init__(self, push: ModuleType, store: Any = None) -> None:
        stores, session = (
            sys.modules["room_sync.stores"],
            sys.modules["room_sync.session"],
        )
        self.store = store or stores.Memory()
        self.hub = push.hub
        self._visit = session.Session
        self._heart = sys.modules["room_sync.presence"].heart
        self._visits: list[Any] = []  # the hub itself keeps none alive

    def opens(
        self, session: str, room: str = "lobby", shows_present: bool = False
    ) -> Any:
        """Let a session's page be drawn for the first time."""
        visit = self._visit(session, room)
        self._visits.append(visit)
        self.draws(visit, shows_present)
        return visit

    def draws(self, visit: Any, shows_present: bool = False) -> None:
        """Run a session's script."""
        visit.begin(self.store)
        if shows_present:
            visit.rendered_present = visit.present
        visit.is_rendering = False
        self._heart.end(visit)  # it would count as present for as long as it runs
        self.hub.note(visit)

    def write(self, text: str, room: str = "lobby") -> None:
        """Let somebody else change the room."""
        self.store.write(room, lambda _: {"key:a": text})

    def listens(self, visit: Any) -> AsyncIterator[Any]:
        """The answer to a session's browser."""
        answer: AsyncIterator[Any] = self.hub.events((visit.room, visit.id))
        return answer


async def notification(answer: AsyncIterator[Any]) -> Any:
    """The next thing that is said; "nothing" when the answer has ended without one."""
    async for _, summary in answer:
        return summary
    return "nothing"


async def told(office: Office, visit: Any) -> Any:
    """What is said at last: a browser asks again when an answer has said nothing."""
    while (said := await notification(office.listens(visit))) == "nothing":
        pass
    return said


async def until(condition: Callable[[], bool]) -> None:
    """Poll until it holds; `tell` ends what takes too long."""
    while not condition():
        await asyncio.sleep(0.01)  # between two polls


def tell(story: Coroutine[Any, Any, None]) -> None:
    """Run a story on an event loop."""
    asyncio.run(asyncio.wait_for(story, PATIENCE))


class TestNotifications:
    @pytest.mark.alone
    def test_a_change_is_said_at_once_to_all_who_are_in_the_room(
        self, push: ModuleType
    ) -> None:
        async def story() -> None:
            office = Office(push)
            sessions = [office.opens("Alex"), office.opens("Doppler")]
            heard = [
                asyncio.create_task(notification(office.listens(s))) for s in sessions
            ]
            third = office.opens("Third", room="Red")
            elsewhere = asyncio.create_task(notification(office.listens(third)))
            started = time.monotonic()
            await until(lambda: office.hub._states.keys() >= {"lobby", "Red"})
            office.write("hello")
            version = office.store.version("lobby")
            assert [said[0] for said in await asyncio.gather(*heard)] == [version] * 2
            assert time.monotonic() - started < 2
            office.write("hello", room="Red")
            assert (await elsewhere)[0] == office.store.version("Red"), "nothing before"

        tell(story())

    def test_a_page_that_is_up_to_date_is_told_nothing(
        self, push: ModuleType, brief: None
    ) -> None:
        async def story() -> None:
            office = Office(push)
            alex = office.opens("Alex")
            office.write("hello")
            office.draws(alex)
            assert await notification(office.listens(alex)) == "nothing"

        tell(story())

    def test_whoever_writes_is_told_only_what_their_page_does_not_show_yet(
        self, push: ModuleType, brief: None
    ) -> None:
        async def story() -> None:
            office = Office(push)
            alex = office.opens("Alex")
            alex.write(lambda _: {"key:a": "1"})
            assert await notification(office.listens(alex)) == "nothing"
            assert alex.value("a") == 1
            alex.write(lambda _: {"key:a": "2"})
            assert (await told(office, alex))[0] == 2
            office.draws(alex)
            assert await notification(office.listens(alex)) == "nothing"

        tell(story())

    def test_a_page_that_is_being_drawn_is_told_when_that_is_done(
        self, push: ModuleType
    ) -> None:
        async def story() -> None:
            office = Office(push)
            alex = office.opens("Alex")
            alex.is_rendering = True
            heard = asyncio.create_task(notification(office.listens(alex)))
            office.write("meanwhile")
            await until(lambda: office.hub._states.get("lobby", (0,))[0] != 0)
            assert not heard.done()
            alex.is_rendering = False
            office.hub.note(alex)
            assert (await heard)[0] == office.store.version("lobby")

        tell(story())

    def test_it_is_said_in_each_answer_until_the_page_shows_it(
        self, push: ModuleType, brief: None
    ) -> None:
        """So it does no harm when a browser has not heard it, or was not heard."""

        async def story() -> None:
            office = Office(push)
            alex = office.opens("Alex")
            office.write("hello")
            for _ in range(3):
                assert (await told(office, alex))[0] == 1
            office.draws(alex)
            assert await notification(office.listens(alex)) == "nothing"

        tell(story())

    def test_one_answer_says_one_thing_once(self, push: ModuleType) -> None:
        async def story() -> None:
            office = Office(push)
            alex, doppler = office.opens("Alex"), office.opens("Doppler")
            office.write("hello")
            answer = office.listens(alex)
            assert (await notification(answer))[0] == 1
            office.draws(doppler)
            assert await notification(answer) == "nothing"

        tell(story())

    def test_a_deleted_room_is_notified(self, push: ModuleType, brief: None) -> None:
        async def story() -> None:
            office = Office(push)
            office.write("hello")
            alex = office.opens("Alex")
            heard = asyncio.create_task(told(office, alex))
            office.store.delete("lobby")
            assert (await heard)[0] == 0
            office.draws(alex)
            assert await notification(office.listens(alex)) == "nothing"

        tell(story())

    def test_a_process_that_does_not_draw_the_page_lets_the_browser_compare(
        self, push: ModuleType, brief: None
    ) -> None:
        async def story() -> None:
            office = Office(push)
            office.opens("Doppler")
            office.write("hello")
            stranger = SimpleNamespace(room="lobby", id="a stranger")
            assert (await told(office, stranger))[0] == 1

        tell(story())

    @pytest.mark.parametrize("n", [1, 20])
    def test_for_any_number_of_listeners_a_room_is_looked_at_once(
        self, n: int, push: ModuleType
    ) -> None:
        async def story() -> None:
            office = Office(push)
            asked: list[str] = []
            version = office.store.version

            def noted(room: str) -> Any:
                asked.append(room)
                return version(room)

            office.store.version = noted
            pages = [office.opens(f"{k}") for k in range(n)]
            heard = [
                asyncio.create_task(notification(office.listens(page)))
                for page in pages
            ]
            hub = office.hub
            await until(lambda: len(hub._ends) == n and not hub._is_due.is_set())
            await asyncio.sleep(0.3)  # what has been asked for is looked at
            before = len(asked)
            assert before <= 2 * n + 1
            await asyncio.sleep(0.3)  # nothing happens, and that is to be seen
            assert len(asked) == before, "nobody asks what nobody has changed"
            office.write("hello")
            await asyncio.gather(*heard)
            assert len(asked) == before + 1

        tell(story())


class TestPresence:
    def test_who_comes_and_goes_is_notified_to_pages_that_show_it(
        self, push: ModuleType, brief: None
    ) -> None:
        async def story() -> None:
            office = Office(push)
            alex = office.opens("Alex", shows_present=True)
            blind = office.opens("Blind")
            office.draws(alex, shows_present=True)
            office.opens("Doppler")
            assert await notification(office.listens(blind)) == "nothing"
            assert await told(office, alex)
            office.draws(alex, shows_present=True)
            office.store.heartbeat("lobby", "Doppler", push.STAY)
            while alex.rendered_present != {
                "Alex"
            }:  # who asks stays, the others do not
                if await notification(office.listens(alex)) != "nothing":
                    office.draws(alex, shows_present=True)

        tell(story())

    def test_who_keeps_asking_stays(
        self, push: ModuleType, brief: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(push, "STAY", 1.5)  # a second to spare, as pages have

        async def story() -> None:
            office = Office(push)
            alex = office.opens("Alex")
            office.store.heartbeat("lobby", "Alex", 0)
            started = time.monotonic()
            while time.monotonic() - started < 2 * push.STAY:
                assert await notification(office.listens(alex)) == "nothing"
                assert office.store.present("lobby") == {"Alex"}

        tell(story())

    def test_who_has_been_replaced_is_not_kept_and_who_asks_then_is(
        self, push: ModuleType, brief: None
    ) -> None:
        """A request may be counted just after its page was loaded again."""

        async def story() -> None:
            office = Office(push)
            alex, _ = office.opens("Alex"), office.opens("Doppler")
            pages = ("lobby", "Alex"), ("lobby", "Doppler")
            for _ in "ab":  # from the second time on, they are kept in a moment
                await office.hub._stay(*pages)
            alex.is_replaced = True
            for page in pages:
                office.store.heartbeat(*page, 0)
            await office.hub._keeper
            assert office.store.present("lobby") == {"Doppler"}
            await notification(office.listens(alex))
            await until(lambda: "Alex" in office.store.present("lobby"))

        tell(story())

    def test_who_is_silent_is_gone_within_five_seconds(self, push: ModuleType) -> None:
        """An answer lasts so long that the next question comes before that."""
        assert push.LASTS + push.GATHERS + 1 < push.STAY
        assert push.STAY + 0.5 < 5


class TestStores:
    def test_what_another_process_writes_is_notified(
        self, push: ModuleType, tmp_path: Path
    ) -> None:
        async def story() -> None:
            store = sys.modules["room_sync.stores"].SQLite
            here, there = (store(str(tmp_path / "rooms.db")) for _ in range(2))
            office = Office(push, here)
            alex = office.opens("Alex")
            heard = asyncio.create_task(notification(office.listens(alex)))
            await until(lambda: "lobby" in office.hub._states)
            there.write("lobby", lambda _: {"a": "hello"})
            assert (await heard)[0] == there.version("lobby")

        tell(story())

    def test_a_store_that_fails_and_comes_back_is_notified(
        self, push: ModuleType, brief: None, tmp_path: Path
    ) -> None:
        file = tmp_path / "rooms.db"

        async def story() -> None:
            office = Office(push, sys.modules["room_sync.stores"].SQLite(str(file)))
            alex = office.opens("Alex")
            file.rename(tmp_path / "away")
            assert await told(office, alex) is None
            office.draws(alex)
            assert alex.error
            assert await notification(office.listens(alex)) == "nothing"
            (tmp_path / "away").rename(file)
            assert await told(office, alex)
            office.draws(alex)
            assert not alex.error
            assert await notification(office.listens(alex)) == "nothing"

        tell(story())


class TestRoute:
    def ask(self, push: ModuleType, **query: str) -> Response:
        """Ask the route as Alex's page in the lobby does, or somebody else."""
        client = TestClient(Starlette(routes=[push.push_route()]))
        token = push._token(("lobby", "Alex"))
        usual = {"room": "lobby", "session": "Alex", "token": token}
        answer: Response = client.get("/rooms/events", params=usual | query)
        return answer

    def test_it_answers_with_events(self, push: ModuleType) -> None:
        office = Office(push)
        office.opens("Alex")
        office.write("hello")
        answer = self.ask(push)
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-cache"
        said = push.summary(1, office.store.present("lobby"))
        assert answer.text == f"data: {said}\n\n"

    @pytest.mark.fact("strangers-do-not-count")
    @pytest.mark.parametrize(
        "query",
        [
            {"session": "made up"},
            {"room": "elsewhere"},
            {"token": ""},
            {"token": "0" * 64},
            {"token": "é"},
        ],
        ids=str,
    )
    def test_a_stranger_is_refused_and_counts_nowhere(
        self, push: ModuleType, query: dict[str, str]
    ) -> None:
        """Sessions without a page aren't counted: the push route answers pages that the
        server has rendered, and refuses others.
        """
        office = Office(push)
        office.opens("Alex")
        before = office.store.present("lobby")
        assert self.ask(push, **query).status_code == 403
        assert office.store.present("lobby") == before
        assert office.store.rooms() == []
        assert not office.hub._streams
        assert office.hub._states.keys() <= {"lobby"}

    def test_a_server_with_the_same_secret_answers(
        self, push: ModuleType, brief: None
    ) -> None:
        push.push_route("swordfish")
        token = push._token(("lobby", "Alex"))
        push.push_route("another")
        assert self.ask(push, token=token).status_code == 403
        push.push_route("swordfish")
        office = Office(push)
        office.opens("Alex")
        assert self.ask(push, token=token).status_code == 200

    def test_it_answers_all_pages_of_a_browser_that_it_has_rendered(
        self, push: ModuleType, brief: None
    ) -> None:
        office = Office(push)
        for who, room in (("Alex", "lobby"), ("Doppler", "Red"), ("Third", "Blue")):
            office.opens(who, room)
            office.write("hello", room)
            office.store.heartbeat(room, who, 0)
        pages = [
            ["lobby", "Alex", push._token(("lobby", "Alex"))],
            ["Red", "Doppler", push._token(("Red", "Doppler"))],
            ["Blue", "Third", push._token(("Red", "Doppler"))],
        ]
        answer = self.post(push, json.dumps(pages).encode())
        assert answer.status_code == 200
        found = [json.loads(line[6:]) for line in answer.text.split("\n\n") if line]
        assert sorted(found) == [
            ["Red", "Doppler", push.summary(office.store.version("Red"), {"Doppler"})],
            ["lobby", "Alex", push.summary(office.store.version("lobby"), {"Alex"})],
        ]
        assert office.store.present("Red") == {"Doppler"}
        assert not office.store.present("Blue")

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b'[["lobby", "Alex", "made up"]]', 403),
            (rb'[["lobby", "\ud800", "\ud800"]]', 403),
            (b"[]", 400),
            (b'["lobby", "Alex", "token"]', 400),
            (b'[["lobby", "Alex"]]', 400),
            (b'[["lobby", 1, "token"]]', 400),
            (b'{"lobby": 1}', 400),
            (b" " * 70_000, 413),
        ],
    )
    def test_what_a_worker_asks_for_is_checked(
        self, push: ModuleType, body: bytes, code: int
    ) -> None:
        assert self.post(push, body).status_code == code
        assert not push.hub._streams

    def post(self, push: ModuleType, body: bytes) -> Response:
        """Ask the route as the worker of a browser does."""
        client = TestClient(Starlette(routes=[push.push_route()]))
        answer: Response = client.post("/rooms/events", content=body)
        return answer

    def test_it_has_the_worker_that_pages_start(self, push: ModuleType) -> None:
        client = TestClient(Starlette(routes=[push.push_route()]))
        worker = sys.modules["room_sync.worker"]
        answer = client.get("/rooms/events", params={"worker": worker.VERSION})
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.text == worker.WORKER

    def test_it_lies_below_the_path_of_the_server(
        self, push: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(st, "get_option", {"server.baseUrlPath": "/apps/"}.get)
        assert push.push_route().path == "/apps/rooms/events"

    def test_a_server_without_an_app_answers_and_says_nothing(
        self, push: ModuleType, brief: None
    ) -> None:
        answer = self.ask(push)
        assert answer.status_code == 200
        assert "data" not in answer.text

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"[1, []]", 204),
            (b'[1.5, ["a#1"]]', 204),
            (b"", 400),
            (b"[1]", 400),
            (b'["now", []]', 400),
            (b"[1, [2]]", 400),
            (b"\xff", 400),
            (b"[" * 60_000, 400),
            (b" " * 70_000, 413),
        ],
    )
    def test_what_a_page_says_is_checked(
        self, push: ModuleType, body: bytes, code: int
    ) -> None:
        client = TestClient(Starlette(routes=[push.push_route()]))
        alex = SimpleNamespace(room="lobby", id="Alex")
        assert client.post(push.address(alex), content=body).status_code == code

    def test_a_page_has_few_answers_at_once(
        self, push: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(push, "LASTS", PATIENCE)

        async def story() -> None:
            office = Office(push)
            alex = office.opens("Alex")
            asked = [
                asyncio.create_task(notification(office.listens(alex)))
                for _ in range(9)
            ]
            await until(lambda: sum(it.done() for it in asked) == 9 - push.AT_ONCE)
            assert not any(it.done() for it in asked[-push.AT_ONCE :])
            for task in asked:
                task.cancel()

        tell(story())

    def test_a_room_that_nobody_listens_to_is_forgotten(
        self, push: ModuleType, brief: None
    ) -> None:
        async def story() -> None:
            office = Office(push)
            alex = office.opens("Alex")
            await notification(office.listens(alex))
            assert "lobby" in office.hub._states
            await until(lambda: not office.hub._states)

        tell(story())


LISTENER = "private:room_sync:listen:lobby"

APP = """
from room_sync import room

@room("lobby")
def lobby(st):
    a = st.slider("A", 0, 3, key="a")
    b = st.slider("B", 0, 3)
    st.text(f"{a} {b}, {st.present} here")
    if st.button("Count", key="count"):
        st.update("n", lambda n: (n or 0) + 1)
    st.text(st.session_state.get("n", 0))

lobby()
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A room in a program of its own."""
    path = tmp_path / "app.py"
    path.write_text(APP)
    return path


def is_behind(user: StreamlitSession) -> bool:
    """Whether the server would say something to this session's browser."""
    hub = sys.modules["room_sync.push"].hub
    visit = user.in_room()
    state = visit.store.version("lobby"), visit.store.present("lobby")
    hub._states["lobby"] = state
    behind: bool = hub._is_behind(("lobby", visit.id), state)
    return behind


class TestPages:
    def test_a_notification_draws_the_room_and_nothing_else(
        self, app: Path, push: ModuleType
    ) -> None:
        alex, doppler = StreamlitSession(app), StreamlitSession(app)
        alex.touch("A", 2)
        alex.hear()
        assert is_behind(doppler)
        doppler.hear()
        assert doppler.reads("2 0, 2 here")
        for user in (alex, doppler):
            user.hear()
            assert not is_behind(user)

    def test_own_edits_and_clicks_run_the_room_alone(
        self, app: Path, push: ModuleType
    ) -> None:
        alex, doppler = StreamlitSession(app), StreamlitSession(app)
        for n in range(1, 4):
            alex.widget("Count").click()
            alex.hear()
            assert alex.reads(str(n))
            doppler.hear()
            assert doppler.reads(str(n))

    def test_the_browser_knows_where_to_listen_and_what_it_shows(
        self, app: Path, push: ModuleType
    ) -> None:
        alex = StreamlitSession(app)
        told = alex.component(LISTENER)
        visit = alex.in_room()
        asks = f"rooms/events?room=lobby&session={visit.id}&token="
        assert told["url"].startswith(asks)
        assert told["shown"] == push.summary(visit.version, visit.present)

    @pytest.mark.parametrize("pushed", [False, True])
    @pytest.mark.parametrize("name", ['"lobby", every=None', "None", '""'])
    def test_a_page_that_follows_nobody_neither_listens_nor_looks(
        self, pushed: bool, name: str, app: Path
    ) -> None:
        if pushed:
            import_module("room_sync.push").push_route()
        app.write_text(APP.replace('"lobby"', name))
        alex = StreamlitSession(app)
        alex.set("A", 2)
        assert alex.reads("2 0, 1 here")
        assert not alex.page.get("bidi_component")

    def test_a_viewers_forged_message_changes_nothing(
        self, app: Path, push: ModuleType
    ) -> None:
        alex = StreamlitSession(app)
        alex.touch("A", 2)
        alex.hear()
        app.write_text(APP.replace('"lobby"', '"lobby", read_only=True'))
        doppler = StreamlitSession(app)
        forged = doppler.message()
        for state in forged.widgets:
            if "#" in state.id:
                state.double_array_value.data[:] = [3]
        click = doppler.widget("Count").proto.id
        forged.widgets.add(id=click, trigger_value=True)
        doppler.hear(forged)
        assert doppler.value("A") == 2
        alex.hear()
        assert alex.value("A") == 2
        assert alex.reads("0")

    def test_the_name_of_a_room_may_be_anything(
        self, app: Path, push: ModuleType
    ) -> None:
        app.write_text(APP.replace('"lobby"', '"Tea & ☕?#/"'))
        told = StreamlitSession(app).component("private:room_sync:listen:Tea & ☕?#/")
        client = TestClient(Starlette(routes=[push.push_route()]))
        request = client.build_request("GET", told["url"])
        assert request.url.params["room"] == "Tea & ☕?#/"

    def test_the_app_of_the_page_runs_in_both_modes(self, push: ModuleType) -> None:
        alex = StreamlitSession(ROOMS / "push_app.py")
        alex.touch("Select a value", 7)
        alex.hear()
        push.hub.is_open = False
        doppler = StreamlitSession(ROOMS / "push_app.py")
        assert doppler.value("Select a value") == 7


DRAFTS = """
from room_sync import room

@room("lobby")
def lobby(st):
    a = st.text_input("A", key="a")
    b = st.text_input("B", key="b")
    st.text([a, b, st.session_state.a])

lobby()
"""


class TestDrafts:
    @pytest.fixture
    def users(
        self, app: Path, push: ModuleType
    ) -> tuple[StreamlitSession, StreamlitSession]:
        app.write_text(DRAFTS)
        return StreamlitSession(app), StreamlitSession(app)

    def types(self, user: StreamlitSession, *labels: str, at: float = 1) -> None:
        """Let the browser tell in which fields it has something unsent."""
        route = sys.modules["room_sync.push"].push_route()
        client = TestClient(Starlette(routes=[route]))
        url = user.component(LISTENER)["url"]
        keys = [user.key(label) for label in labels]
        assert client.post(url, json=[at, keys]).status_code == 204

    def test_a_field_with_a_draft_stays_while_the_others_follow(
        self, users: tuple[StreamlitSession, StreamlitSession]
    ) -> None:
        alex, doppler = users
        draft = doppler.key("A")
        self.types(doppler, "A")
        for label in "AB":
            alex.touch(label, "Alex")
            alex.hear()
        doppler.hear()
        assert doppler.key("A") == draft
        assert doppler.reads("['', 'Alex', '']"), "widget and state agree"
        assert not is_behind(doppler)

    def test_what_is_sent_at_last_is_the_later_change_and_wins(
        self, users: tuple[StreamlitSession, StreamlitSession]
    ) -> None:
        alex, doppler = users
        self.types(doppler, "A")
        alex.touch("A", "Alex")
        alex.hear()
        doppler.hear()
        doppler.touch("A", "Doppler")
        self.types(doppler, at=2)
        doppler.hear()
        alex.hear()
        assert (alex.value("A"), doppler.value("A")) == ("Doppler", "Doppler")

    def test_a_draft_that_is_dropped_makes_place_for_the_rooms_value(
        self, users: tuple[StreamlitSession, StreamlitSession]
    ) -> None:
        alex, doppler = users
        self.types(doppler, "A", at=2)
        alex.touch("A", "Alex")
        alex.hear()
        doppler.hear()
        self.types(doppler, at=1)
        assert not is_behind(doppler), "an older message, which came late"
        self.types(doppler, at=3)
        assert is_behind(doppler)
        doppler.hear()
        assert doppler.value("A") == "Alex"


STEPS = strategies.lists(
    strategies.tuples(
        strategies.integers(0, 2),  # who
        strategies.sampled_from("AB"),  # touches what
        strategies.integers(0, 3),
        strategies.booleans(),  # and is notified before the touch is sent, or not
    ),
    max_size=12,
)


class TestMerge:
    @settings(max_examples=20, deadline=None, database=None, derandomize=True)
    @given(steps=STEPS)
    def test_any_order_of_edits_and_notifications_converges_and_loses_no_edit(
        self, steps: list[tuple[int, str, int, bool]], tmp_path_factory: Any
    ) -> None:
        with own_process():
            import_module("room_sync.push").push_route()
            app = tmp_path_factory.mktemp("merge") / "app.py"
            app.write_text(APP)
            users = [StreamlitSession(app) for _ in range(3)]
            last = {"A": 0, "B": 0}
            for who, label, value, late in steps:
                user = users[who]
                shown, key = user.value(label), user.key(label)
                user.touch(label, value)
                message = user.message()
                if late:
                    user.touch(label, shown)
                    user.hear()
                if value != shown and user.key(label) == key:
                    last[label] = value
                user.hear(message)
            for user in users:
                while is_behind(user):
                    user.hear()
            for user in users:
                assert {label: user.value(label) for label in "AB"} == last
