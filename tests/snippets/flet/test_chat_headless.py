"""The Flet chats with real sessions of several users, without server and browser."""

from __future__ import annotations

import gc
import logging
import re
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import lru_cache
from itertools import chain, count
from types import ModuleType

import flet as ft
import pytest

from livedocs.catalog import Catalog
from tests import demos
from tests.conftest import imported
from tests.contracts.chat import Chat, Drawn, OwnHistory, SharedHistory
from tests.users.base import Message
from tests.users.flet_headless import FletServer, FletSession, walk

HELLO = "flet/chat/step1_hello"
ALONE = "flet/chat/step2_messages"
BROADCAST = "flet/chat/step3_broadcast"
DIALOG = "flet/chat/step4_join_dialog"
CONTROL = "flet/chat/step5_reusable_control"
LAYOUT = "flet/chat/step6_layout"
FINISHED = "flet/chat/history"
DECLARATIVE = "flet/chat/declarative"

WITH_AVATARS = (CONTROL, LAYOUT, FINISHED, DECLARATIVE)
WITH_NAMES = (DIALOG, *WITH_AVATARS)
FORGETFUL = (BROADCAST, DIALOG, CONTROL, LAYOUT, DECLARATIVE)

TYPING = "flet/chat/fast_typing"
SAVING = "flet/chat/slow_save"

Join = Callable[[], FletSession]
Load = Callable[[str], ModuleType]


@pytest.fixture(scope="module")
def programs() -> Iterator[Load]:
    """Import a snippet by its id, once: Flet makes each control of it a dataclass."""
    with ExitStack() as imports:
        yield lru_cache(lambda snippet: imports.enter_context(imported(snippet)))


@pytest.fixture
def program(request: pytest.FixtureRequest, programs: Load) -> ModuleType:
    """The snippet, as in a process that has just started."""
    program = programs(request.param)
    if request.param == FINISHED:
        program.history.clear()
    return program


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[ft.Page], None]], FletServer]]:
    """Start a process with this `main`."""
    servers: list[FletServer] = []

    def serve(main: Callable[[ft.Page], None]) -> FletServer:
        servers.append(FletServer(main))
        return servers[-1]

    yield serve
    for server in servers:
        server.close()


@pytest.fixture
def server(
    serve: Callable[[Callable[[ft.Page], None]], FletServer], program: ModuleType
) -> FletServer:
    """A process that runs the snippet."""
    return serve(program.main)


@pytest.fixture
def join(server: FletServer) -> Join:
    """Let one more user arrive, who gives a name where it is asked for."""
    names = chain(["Alex", "Doppler"], (f"User {n}" for n in count(3)))

    def join() -> FletSession:
        user = FletSession(server)
        user.join(next(names))
        return user

    return join


@pytest.fixture(scope="module", autouse=True)
def old_objects() -> Iterator[None]:
    """Let the garbage collector look only at what comes from now on: it is quicker."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def alex(join: Join) -> FletSession:
    return join()


@pytest.fixture
def doppler(join: Join, alex: FletSession) -> FletSession:
    return join()


@pytest.fixture
def third(join: Join, doppler: FletSession) -> FletSession:
    return join()


def for_programs(*snippets: str) -> pytest.MarkDecorator:
    """Run this with each of these programs."""
    return pytest.mark.parametrize("program", snippets, indirect=True)


@for_programs(*FORGETFUL)
class TestBroadcast(OwnHistory, Chat):
    """``page.pubsub``: what is sent reaches those who are there."""


@for_programs(FINISHED)
class TestHistory(SharedHistory, Chat):
    """A list outside of ``main``: one past for everybody."""


DEMOS = demos.of(FINISHED)


@for_programs(FINISHED)
@pytest.mark.parametrize("demo", DEMOS, ids=str)
class TestDemo(Drawn):
    """What its page draws."""


@for_programs(HELLO)
def test_the_first_app_says_hello(join: Join) -> None:
    assert join().lines() == ["Hello, world!"]


@pytest.mark.fact("flet-two-tabs")
@for_programs(ALONE)
def test_two_tabs_are_two_sessions(alex: FletSession, doppler: FletSession) -> None:
    alex.send("for me alone")
    assert alex.lines() == ["for me alone"]
    assert doppler.lines() == []


@pytest.mark.fact("flet-guests")
@for_programs(BROADCAST)
def test_guests_are_numbered_across_sessions(join: Join) -> None:
    """Guests are numbered across sessions, so each has another name."""
    first, *others = (int(join().name.removeprefix("Guest ")) for _ in range(3))
    assert others == [first + 1, first + 2]


@for_programs(FINISHED, *FORGETFUL)
def test_nobody_is_shown_a_part_of_the_id_of_a_session(
    alex: FletSession, doppler: FletSession
) -> None:
    """It is the key to the page."""
    alex.says("good evening")
    shown = "\n".join(doppler.lines())
    for user in (alex, doppler):
        id_ = user.session.id
        assert not [n for n in range(len(id_) - 3) if id_[n : n + 4] in shown]


def test_no_program_reads_the_id_of_a_session() -> None:
    """It is the key to the page: one that is not read is neither shown nor printed."""
    programs = [it for it in Catalog.default() if it.framework == "flet"]
    assert len(programs) > 10
    reads = [it.id for it in programs if re.search(r"\bsession(_|\.)id\b", it.text)]
    assert not reads


@pytest.mark.fact("flet-updates")
@for_programs(ALONE)
def test_changes_go_to_the_page_by_themselves(
    program: ModuleType, alex: FletSession
) -> None:
    assert "update" not in program.main.__code__.co_names
    alex.send("by itself")
    assert alex.lines() == ["by itself"]
    assert alex.field["value"] == ""


@for_programs(ALONE, FINISHED, *FORGETFUL)
def test_a_click_on_the_button_does_the_same_as_enter(alex: FletSession) -> None:
    alex.send("the same")
    alex.type(alex.field, "the same")
    alex.click_send()
    by_enter, by_click = (line for line in alex.lines() if "the same" in line)
    assert by_enter == by_click
    assert not alex.field.get("value")


@for_programs(*WITH_NAMES)
def test_blanks_at_the_ends_are_cut_off(server: FletServer) -> None:
    user = FletSession(server)
    user.join("  Alex ")
    user.send("  hello ")
    assert user.messages() == [Message("Alex", "hello")]
    assert "Alex has joined the chat." in user.lines()


@pytest.mark.fact("flet-name-dialog")
@pytest.mark.parametrize("name", ["", "   "])
@for_programs(*WITH_NAMES)
def test_an_empty_or_blank_name_is_refused(
    alex: FletSession, server: FletServer, name: str
) -> None:
    stranger = FletSession(server)
    stranger.join(name)
    for _ in range(2):
        assert stranger.dialog
        assert stranger.name_field["error"] == "Enter a name."
        assert alex.lines() == ["Alex has joined the chat."]
        stranger.click(content="Join chat")
    stranger.join("Stranger")
    assert not stranger.dialog
    assert alex.lines()[1:] == ["Stranger has joined the chat."]


@for_programs(DIALOG, CONTROL, LAYOUT, FINISHED)
def test_the_name_lives_in_the_store_of_the_session(
    alex: FletSession, doppler: FletSession
) -> None:
    stores = [user.session.store for user in (alex, doppler)]
    assert [store.get("name") for store in stores] == ["Alex", "Doppler"]


@for_programs(*WITH_NAMES)
def test_who_has_joined_looks_different_from_a_message(alex: FletSession) -> None:
    alex.says("Alex has joined the chat.")
    italic = [
        text.get("italic", False)
        for text in alex.controls(_c="Text")
        if "has joined" in text["value"]
    ]
    assert italic == [True, False]


@for_programs(*WITH_NAMES)
def test_names_may_be_anything_even_the_same(server: FletServer) -> None:
    names = ["Alex", "Alex", "<b>Alex</b>", "שלום 👋🏽", "x" * 2000]
    users = [FletSession(server) for _ in names]
    for user, name in zip(users, names, strict=True):
        user.join(name)
    said = [user.says(f"number {n}") for n, user in enumerate(users)]
    assert [message.sender for message in said] == names
    for user in users:
        assert user.messages() == said


def avatar(server: FletServer, name: str) -> tuple[str, str]:
    """The initials and the colour that a name gets."""
    user = FletSession(server)
    user.join(name)
    user.says("look at me")
    drawn = user.control(_c="CircleAvatar")
    assert drawn["color"] == "#ffffff"
    return drawn["content"], drawn["bgcolor"]


@pytest.mark.parametrize(
    ("name", "initials", "color"),
    # CRC-32, computed by its definition, without zlib.
    [
        ("Alex", "A", "#65246c"),
        ("Doppler", "D", "#2b4e6e"),
        ("Ada Lovelace", "AL", "#420c67"),
        ("Grace Brewster Murray Hopper", "GB", "#2b0a69"),
        ("דנה", "ד", "#2f0821"),
    ],
)
@for_programs(*WITH_AVATARS)
def test_a_name_has_the_same_avatar_on_every_server(
    server: FletServer, name: str, initials: str, color: str
) -> None:
    assert avatar(server, name) == (initials, color)


def contrast_with_white(color: str) -> float:
    """What WCAG 2.2 calls the contrast ratio; AA asks for 4.5."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


@for_programs(*WITH_AVATARS)
def test_white_initials_can_be_read_on_every_colour(server: FletServer) -> None:
    # The low 24 bits of this name's CRC-32 are ones, so no name gets a brighter colour.
    _, brightest = avatar(server, "User 5092108")
    assert contrast_with_white(brightest) > 4.5


@for_programs(*WITH_AVATARS)
def test_all_messages_can_be_selected(alex: FletSession) -> None:
    alex.says("select me")
    selectable = [
        text["value"]
        for text in walk(alex.control(_c="SelectionArea"))
        if text["_c"] == "Text"
    ]
    assert selectable == ["Alex has joined the chat.", "Alex", "select me"]
    assert not alex.controls(selectable=True)


async def fail(_: object) -> None:
    """A handler with a mistake."""
    raise ValueError("a mistake")


@for_programs(FINISHED, *FORGETFUL)
def test_a_handler_that_fails_harms_nobody_else(
    alex: FletSession, doppler: FletSession, third: FletSession
) -> None:
    doppler.session.page.pubsub.subscribe(fail)
    said = [alex.says("one"), doppler.says("two"), third.says("three")]
    for user in (alex, doppler, third):
        user.sees(*said)
        assert not user.field.get("value")


@pytest.mark.fact("flet-handler-error")
@for_programs(BROADCAST, DIALOG, CONTROL, LAYOUT, FINISHED)
def test_a_message_that_a_handler_fails_on_does_not_silence_the_chat(
    alex: FletSession,
    doppler: FletSession,
    third: FletSession,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """When an async PubSub handler raises, only its own user misses the message, and
    Flet does not log the error.
    """

    def update() -> None:
        raise ValueError("a mistake")

    with monkeypatch.context() as mistake:
        mistake.setitem(vars(doppler.session.page), "update", update)
        said = alex.says("the handler of Doppler fails on this")
        third.sees(said)
        assert said not in doppler.messages()
    assert not [record for record in caplog.records if record.levelno > logging.INFO]
    following = alex.says("and on this no more")
    for user in (doppler, third):
        user.sees(following)


def on_the_server(user: FletSession) -> int:
    """How many lines the server holds for a tab, whether it is there or not."""
    (messages,) = (
        node
        for node in user.session.index.values()
        if isinstance(node, ft.ListView)
        or (isinstance(node, ft.Column) and node.scroll)
    )
    return len(messages.controls)


@pytest.mark.fact("flet-closed-tab")
@for_programs(BROADCAST)
def test_a_closed_tab_stays_subscribed_until_its_session_ends(
    alex: FletSession, doppler: FletSession
) -> None:
    """A closed tab stays subscribed until its session ends, unless it calls
    `unsubscribe_all`.
    """
    doppler.close_tab()
    alex.says("still delivered")
    assert on_the_server(doppler) == on_the_server(alex)
    doppler.expire()
    alex.says("delivered no more")
    assert on_the_server(doppler) == on_the_server(alex) - 1


@pytest.mark.fact("flet-closed-tab")
@for_programs(FINISHED)
def test_a_closed_tab_that_unsubscribes_gets_nothing_more(
    alex: FletSession, doppler: FletSession
) -> None:
    alex.says("delivered")
    doppler.close_tab()
    alex.says("not delivered")
    assert on_the_server(doppler) == on_the_server(alex) - 1


@pytest.mark.fact("flet-missed")
@for_programs(BROADCAST, DIALOG, CONTROL, LAYOUT, FINISHED)
def test_whoever_comes_back_sees_everything_once(
    alex: FletSession, doppler: FletSession
) -> None:
    said = [alex.says("before")]
    for n in range(2):
        doppler.close_tab()
        said.append(alex.says(f"while Doppler is away: {n}"))
        doppler.come_back()
        assert doppler.messages() == said
        said.append(alex.says(f"afterwards: {n}"))
        assert doppler.messages() == said
    assert doppler.says("I am back") == alex.messages()[-1]


@pytest.mark.fact("flet-missed")
@for_programs(DECLARATIVE)
def test_what_was_missed_comes_with_the_next_message(
    alex: FletSession, doppler: FletSession
) -> None:
    doppler.close_tab()
    missed = alex.says("missed")
    doppler.come_back()
    assert doppler.messages() == []
    following = alex.says("the next")
    assert doppler.messages() == [missed, following]


def view(user: FletSession) -> object:
    """Which view the tab shows, by its id."""
    return user.control(_c="View")["_i"]


@pytest.mark.fact("flet-new-view")
@for_programs(LAYOUT, FINISHED, TYPING)
def test_a_tab_that_comes_back_gets_a_new_view(alex: FletSession) -> None:
    before = view(alex)
    alex.close_tab()
    alex.come_back()
    alex.send("back")
    assert view(alex) != before
    assert alex.lines()[-1] == "back"


@pytest.mark.fact("flet-new-view")
@for_programs(BROADCAST, DIALOG, CONTROL)
def test_a_tab_that_comes_back_to_a_step_gets_its_old_view(alex: FletSession) -> None:
    before = view(alex)
    alex.close_tab()
    alex.come_back()
    said = alex.says("back")
    assert view(alex) == before
    assert alex.messages() == [said]


@for_programs(FINISHED, *FORGETFUL)
def test_a_closed_tab_leaves_the_others_alone(
    alex: FletSession, doppler: FletSession, third: FletSession
) -> None:
    said = [doppler.says("good bye")]
    doppler.close_tab()
    said.append(alex.says("gone?"))
    doppler.expire()
    said.append(third.says("gone"))
    for user in (alex, third):
        assert user.messages() == said


@for_programs(LAYOUT, FINISHED, DECLARATIVE)
def test_a_session_that_has_ended_leaves_nothing_behind(
    server: FletServer,
    alex: FletSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    user = FletSession(server)
    user.join("Passer-by")
    user.says("just looking")
    session = weakref.ref(user.session)
    assert not user.controls(_c="AlertDialog")
    user.close_tab()
    user.expire()
    del user
    alex.says("gone")
    gc.collect()
    assert session() is None
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


@for_programs(FINISHED)
def test_a_page_that_is_drawn_again_keeps_no_old_lines(
    alex: FletSession, doppler: FletSession
) -> None:
    alex.says("one line")
    before = len(doppler.session.index)
    for _ in range(3):
        doppler.close_tab()
        doppler.come_back()
    gc.collect()
    assert len(doppler.session.index) == before


@pytest.mark.fact("flet-draft")
@for_programs(FINISHED, *FORGETFUL)
def test_a_message_that_comes_in_leaves_alone_what_is_being_typed(
    alex: FletSession, doppler: FletSession
) -> None:
    doppler.type(doppler.field, "half a thou")
    alex.says("hello")
    assert doppler.field["value"] == "half a thou"


@for_programs(*WITH_NAMES)
def test_a_message_that_comes_in_leaves_alone_the_name_that_is_being_typed(
    alex: FletSession, server: FletServer
) -> None:
    stranger = FletSession(server)
    stranger.type(stranger.name_field, "Str")
    alex.says("hello")
    assert stranger.name_field["value"] == "Str"
    assert not stranger.field.get("value")


@pytest.mark.fact("flet-updates")
def test_a_pubsub_handler_has_to_update_the_page_itself(
    serve: Callable[[Callable[[ft.Page], None]], FletServer],
) -> None:
    """Unless a page is made of components, what an event handler changes is sent by
    itself; a PubSub handler has to call `page.update()`.
    """

    def main(page: ft.Page) -> None:
        async def on_message(text: str) -> None:
            messages.controls.append(ft.Text(text))

        page.pubsub.subscribe(on_message)
        messages = ft.Column()
        button = ft.Button("Send", on_click=lambda: page.pubsub.send_all("hello"))
        page.add(messages, button, ft.Button("Wait", on_click=lambda: None))

    server = serve(main)
    sender, receiver = FletSession(server), FletSession(server)
    sender.click(content="Send")
    assert receiver.lines() == []
    receiver.click(content="Wait")  # after an event handler Flet updates the page
    assert receiver.lines() == ["hello"]


@pytest.mark.fact("flet-sender-context")
def test_a_pubsub_handler_runs_in_the_context_of_the_sender(
    serve: Callable[[Callable[[ft.Page], None]], FletServer],
) -> None:
    """A PubSub handler runs in the context of the sender’s page."""
    contexts: list[str] = []

    def main(page: ft.Page) -> None:
        async def on_message(_: str) -> None:
            contexts.append(ft.context.page.session.id)

        page.pubsub.subscribe(on_message)
        page.add(ft.Button("Send", on_click=lambda: page.pubsub.send_all("hello")))

    server = serve(main)
    sender, _ = FletSession(server), FletSession(server)
    sender.click(content="Send")
    assert contexts == [sender.session.id] * 2


@pytest.mark.parametrize("program", [TYPING], indirect=True)
def test_the_button_sends_what_is_written(join: Join) -> None:
    alex, doppler = join(), join()
    for text in ("Is this seat taken?", "Only by my hat."):
        alex.type(alex.field, text)
        alex.click_send()
        assert doppler.lines()[-1] == text


@for_programs(SAVING)
def test_an_empty_field_saves_nothing(
    program: ModuleType, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[str] = []
    monkeypatch.setattr(program, "save", saved.append)
    alex = join()
    for text in ("", "   "):
        alex.send(text)
        assert alex.field["value"] == ""
    assert saved == alex.lines() == []
