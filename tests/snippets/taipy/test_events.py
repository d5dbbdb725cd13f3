"""The programs on Taipy's events, used by several people in real browsers.

What a program does with an event is proven without a server. Here each program shows
once that its page hears of it, and how soon, and what depends on the server's settings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from livedocs.catalog import Catalog, Snippet
from livedocs.launch import App, launch
from tests.bench.events import watch_events
from tests.users.base import Message
from tests.users.taipy import TaipySocket
from tests.users.taipy_events import SOON, EventsStage, EventsUser
from tests.waiting import wait_until

Watch = Callable[..., EventsStage]


@pytest.fixture
def watch(browser: Browser, tmp_path: Path) -> Iterator[Watch]:
    """Start a program by its name, or a copy in which something is replaced."""
    with ExitStack() as stages:

        def watch(name: str, replaced: dict[str, str] | None = None) -> EventsStage:
            snippet = vary(name, tmp_path, replaced) if replaced else find(name)
            stage = EventsStage(snippet, browser)
            stages.callback(stage.close)
            return stage

        yield watch


def find(name: str) -> Snippet:
    """One of the programs of the page."""
    return Catalog.default().find(f"taipy/events/{name}")


def vary(name: str, folder: Path, replaced: dict[str, str]) -> Snippet:
    """A copy of a program in this folder."""
    text = find(name).text
    for old, new in replaced.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / "program.py"
    path.write_text(text, "utf-8")
    return Snippet("taipy/events/program", path, text)


def all_soon_see(
    users: list[EventsUser], find: Callable[[EventsUser], Locator]
) -> None:
    """Wait until one sees it, and then not longer for the rest than an event takes."""
    first, *others = users
    expect(find(first)).to_be_visible()
    for user in others:
        expect(find(user)).to_be_visible(timeout=SOON)


def nothing_is_left(stage: EventsStage) -> None:
    """Look for more than the program and what it says, in the folder it started in."""
    left = {path.name for path in stage.app.log.parent.iterdir()}
    assert left == {stage.snippet.name, "output.log"}


@pytest.mark.alone
@pytest.mark.fact("taipy-events-seen")
def test_everybody_sees_every_event(watch: Watch) -> None:
    """Within a second, each user sees the events that the others have caused; a user
    who comes later sees them too.
    """
    stage = watch("log_events")
    users = [stage.join() for _ in range(2)]
    for number, (button, last) in enumerate(
        [
            ("Create a scenario", r"SCENARIO +CREATION"),
            ("Write its data", r"UPDATE +edit_in_progress +False"),
            ("Delete it", r"DATA_NODE +DELETION\s*$"),
        ]
    ):
        users[number % 2].press(button)
        for user in users:
            expect(user.text).to_have_text(re.compile(last), timeout=SOON)
    nothing_is_left(stage)
    late = stage.join()
    assert late.text.inner_text() == users[0].text.inner_text()
    assert late.text.inner_text().count("UPDATE") == 4


@pytest.mark.fact("taipy-guarded")
def test_the_terminal_shows_what_a_callback_raised(watch: Watch) -> None:
    """What a guarded callback raises is logged with its traceback, and the other
    callbacks run, at this event and at the next.

    The page is the one in Markdown.
    """
    attribute = '    attribute = event.attribute_name or ""\n'
    fail = "    if attribute == 'last_edit_date':\n        raise ValueError(time)\n"
    stage = watch("log_events_markdown", {attribute: attribute + fail})
    users = [stage.join() for _ in range(2)]
    users[0].press("Create a scenario")
    for user in users:
        expect(user.text).to_have_text(re.compile(r"SCENARIO +CREATION"))
    users[1].press("Write its data")
    for user in users:
        expect(user.text).to_have_text(re.compile(r"edit_in_progress +False"))
        expect(user.text).not_to_have_text(re.compile("last_edit_date"))
    output = stage.app.output()
    assert output.count("A callback failed\n") == 1
    assert "Traceback (most recent call last):" in output
    assert "ValueError: " in output
    nothing_is_left(stage)


@pytest.fixture(scope="class")
def stage(browser: Browser) -> Iterator[EventsStage]:
    """The program with the list."""
    stage = EventsStage(find("scenario_list"), browser)
    try:
        yield stage
    finally:
        stage.close()


@pytest.fixture(scope="class")
def alex(stage: EventsStage) -> EventsUser:
    return stage.join()


@pytest.fixture(scope="class")
def doppler(stage: EventsStage, alex: EventsUser) -> EventsUser:
    return stage.join()


@pytest.fixture
def join(stage: EventsStage, doppler: EventsUser) -> Iterator[Callable[[], EventsUser]]:
    """More people, who go home after the test."""
    guests = len(stage.users)
    yield stage.join
    for user in stage.users[guests:]:
        user.leave()
    del stage.users[guests:]


class TestScenarioList:
    """A list that grows from test to test."""

    @pytest.mark.alone
    @pytest.mark.fact("taipy-list-follows")
    def test_a_list_follows_what_anybody_does(
        self, alex: EventsUser, doppler: EventsUser, join: Callable[[], EventsUser]
    ) -> None:
        """When somebody creates, renames or deletes a scenario, the lists of the
        others change within a second.
        """
        before, third = alex.lines.all_inner_texts(), join()
        users = [alex, doppler, third]
        alex.enter("New scenario", "one")
        all_see(users, [*before, "one"])
        doppler.enter("New scenario", "two")
        all_see(users, [*before, "one", "two"])
        doppler.select("one")
        doppler.enter("New name of the selected one", "first")
        all_see(users, [*before, "first", "two"])
        third.page.close()  # somebody leaves in the middle
        alex.select("two")
        alex.press("Delete the selected one")
        all_see([alex, doppler], [*before, "first"])
        expect(doppler.selected).to_have_text("first")
        alex.enter("New scenario", "three")
        all_see([alex, doppler, join()], [*before, "first", "three"])
        alex.select("first")
        alex.press("Delete the selected one")
        all_see([alex, doppler], [*before, "three"])
        expect(doppler.selected).to_have_count(0)
        doppler.press("Delete the selected one")
        doppler.enter("New scenario", "four")
        all_see([alex, doppler], [*before, "three", "four"])

    @pytest.mark.alone
    @pytest.mark.fact("taipy-storm")
    def test_a_storm_is_complete_and_in_one_order(
        self,
        stage: EventsStage,
        alex: EventsUser,
        doppler: EventsUser,
        join: Callable[[], EventsUser],
    ) -> None:
        """Fifty scenarios that two people enter as fast as a machine are in the lists
        of others, once and in one order, in which each sender’s keep theirs.
        """
        before = alex.lines.all_inner_texts()
        senders = [TaipySocket(stage.address, name) for name in ("stormy", "windy")]
        enter_25_each(senders, "create")
        for user in (alex, doppler):
            expect(user.lines).to_have_count(len(before) + 50)
        listed = alex.lines.all_inner_texts()
        assert listed[: len(before)] == before
        for sender in senders:
            own = [line for line in listed if line.startswith(sender.client_id)]
            assert own == [f"{sender.client_id} {n}" for n in range(25)]
            sender.close()
        assert doppler.lines.all_inner_texts() == listed
        expect(join().lines).to_have_text(listed)

    @pytest.mark.state(
        "scenario_list.py",
        "scenarios",
        "one user",
        reload="kept",
        reconnect="kept",
    )
    @pytest.mark.state(
        "scenario_list.py",
        "selected",
        "one user",
        reload="kept",
        reconnect="kept",
    )
    def test_what_a_user_keeps_of_the_list(
        self, stage: EventsStage, alex: EventsUser, doppler: EventsUser
    ) -> None:
        before = alex.lines.all_inner_texts()
        alex.enter("New scenario", "A")
        for user in (alex, doppler):
            expect(user.lines).to_have_text([*before, "A"])
        alex.select("A")
        expect(doppler.selected).to_have_count(0)
        with alex.cut_off():
            pass
        alex.enter("New scenario", "B  b")
        for user in (alex, doppler):
            expect(user.lines).to_have_text([*before, "A", "B  b"])
            assert user.lines.last.inner_text() == "B  b"  # the spaces are there, too
        alex.reload()
        expect(alex.lines).to_have_text([*before, "A", "B  b"])
        expect(alex.selected).to_have_text("A")
        expect(doppler.selected).to_have_count(0)
        nothing_is_left(stage)


def enter_25_each(senders: list[TaipySocket], action: str) -> None:
    """Let people without pages enter texts as fast as they can, all at once."""

    def enter(sender: TaipySocket) -> None:
        for n in range(25):
            sender.act(action, f"{sender.client_id} {n}")

    with ThreadPoolExecutor() as people:
        list(people.map(enter, senders))


def all_see(users: list[EventsUser], lines: list[str]) -> None:
    """Wait, not longer than an event may take, until all lists hold these lines."""
    for user in users:
        expect(user.lines).to_have_text(lines, timeout=SOON)


ORDERED = '"async_handlers": False, '
PATIENT = '"ping_timeout": 60'
ADDED = "    scenario = tp.create_scenario(scenario_config, name=author)\n"
CREATES = "        create_plan(name)\n"
CREATED = "    tp.create_scenario(scenario_config, name=name)\n"
SAYS = f'{CREATED}    print("created", name.replace(" ", "_"), flush=True)\n'
WAITS = f"""\
        from time import monotonic, sleep
        end = monotonic() + 60 * (name == "first")
        while monotonic() < end and not tp.get_scenarios():
            sleep(0.01)
{CREATES}"""
"""Lets the first one wait until there is another."""
WAITING = {CREATES: WAITS, CREATED: SAYS}


@pytest.mark.process
@pytest.mark.fact("taipy-async-handlers")
@pytest.mark.parametrize("ordered", [True, False])
def test_what_one_person_enters_is_created_in_that_order(
    tmp_path: Path, ordered: bool
) -> None:
    """With `async_handlers` off, what one person enters is created in that order,
    while others go on; by default, a press may overtake the one before.
    """
    replaced = WAITING if ordered else {**WAITING, ORDERED: ""}
    with launch(vary("scenario_list", tmp_path, replaced)) as app:
        address = app.addresses[0]
        alex = TaipySocket(address, "alex")
        for text in ("first", "second"):
            alex.act("create", text)
        doppler = TaipySocket(address, "doppler")
        doppler.act("create", "third")
        wait_until(lambda: len(created(app)) == 3)
        expected = ["third", "first", "second"] if ordered else ["second", "first"]
        assert [it for it in created(app) if it in expected] == expected
        for user in (alex, doppler):
            user.close()


def created(app: App) -> list[str]:
    """What the program says that it has created, in this order."""
    return re.findall(r"(?m)^created (\w+)$", app.output())


@pytest.mark.process
@pytest.mark.fact("taipy-long-callback")
@pytest.mark.fact(
    "taipy-worker",
    "A page whose callbacks leave long work to another thread stays connected, and "
    "what is pressed meanwhile is done afterwards.",
)
def test_a_long_callback_cuts_its_page_off(tmp_path: Path) -> None:
    """Taipy asks a page at intervals of 5 seconds and waits 10 for the answer, which it
    reads after the presses before it; a page that is not read for so long is cut off,
    and what was pressed meanwhile is lost.

    Here it asks each second and waits 2.
    """
    sleep = "        from time import sleep\n        sleep(5 * (name == 'wrong'))\n"
    work = f"    from time import sleep\n    sleep(5 * (name == 'right'))\n{SAYS}"
    impatient = '"ping_interval": 1, "ping_timeout": 2'
    replaced = {CREATES: sleep + CREATES, CREATED: work, PATIENT: impatient}
    with launch(vary("scenario_list", tmp_path, replaced)) as app:
        alex, doppler = (TaipySocket(app.addresses[0], who) for who in ("a", "d"))
        for user, texts in ((alex, ("wrong", "lost")), (doppler, ("right", "kept"))):
            for text in texts:
                user.act("create", text)
        wait_until(lambda: "wrong" in created(app))
        doppler.act("create", "last")
        wait_until(lambda: "last" in created(app))
        assert created(app) == ["right", "kept", "wrong", "last"]
        assert doppler.is_connected
        wait_until(lambda: not alex.is_connected)
        for user in (alex, doppler):
            user.close()


@pytest.mark.process
@pytest.mark.fact("taipy-fifty-texts")
def test_fifty_texts_within_seconds_are_on_the_board(tmp_path: Path) -> None:
    """Two people who enter 25 texts each within seconds find the 50 on the board, each
    one’s in their order.

    Here the server is as impatient as it can be, and so slow that it would cut both off
    if it took a text only when it is done with the one before.
    """
    slow = f"    from time import sleep\n    sleep(0.15)\n{ADDED}"
    impatient = '"ping_interval": 0.5, "ping_timeout": 2'
    with launch(vary("board", tmp_path, {ADDED: slow, PATIENT: impatient})) as app:
        alex, doppler, reader = users = [
            TaipySocket(app.addresses[0], name)
            for name in ("alex", "doppler", "reader")
        ]
        enter_25_each([alex, doppler], "write")
        wait_until(lambda: reader.text("transcript").count("\n") == 51)
        lines = reader.text("transcript").splitlines()
        for sender in (alex, doppler):
            own = [line for line in lines if f": {sender.client_id} " in line]
            name = sender.client_id.capitalize()
            assert own == [f"{name}: {sender.client_id} {n}" for n in range(25)]
        for user in users:
            user.close()


@pytest.mark.alone
@pytest.mark.fact("taipy-failed-job")
def test_everybody_is_told_of_a_failed_job(watch: Watch) -> None:
    """Each user is told which job has failed and why, and the other jobs go on.

    In the mode `standalone`, they run in processes of their own.
    """
    work = "    return 12 / float(divisor)\n"
    tell = "    import os\n\n    if divisor == 'who':\n"
    tell += "        raise ValueError(f'{os.getpid()} of {os.getppid()}')\n"
    folder = "with TemporaryDirectory() as folder, chdir(folder):"
    name = "import os\n\n    print('The server is', os.getpid())\n    "
    stage = watch("job_failed", {work: tell + work, folder: name + folder})
    users = [stage.join() for _ in range(2)]
    for divisor in ("4", "0", "3"):
        users[0].enter("Divide 12 by", divisor)
    end = ["12 / 4: COMPLETED", "12 / 0: FAILED", "12 / 3: COMPLETED"]
    reason = "12 / 0 failed: ZeroDivisionError: float division by zero"
    all_soon_see(users, lambda user: user.alerts.get_by_text(reason, exact=True))
    for user in users:
        expect(user.text).to_have_text("\n".join(end))
    late = stage.join()
    expect(late.text).to_have_text("\n".join(end))
    nothing_is_left(stage)
    assert late.alerts.count() == 0  # it is not told again
    users[0].enter("Divide 12 by", "who")
    expect(late.alerts).to_have_text(re.compile(r"^12 / who failed: ValueError: \d"))
    told = re.search(r": (\d+) of (\d+)$", late.alerts.inner_text())
    assert told
    worker, parent = told.groups()
    assert worker != parent
    assert f"The server is {parent}\n" in stage.app.output()


@pytest.mark.alone
@pytest.mark.fact("taipy-auto-submit")
def test_a_write_runs_the_scenario_for_everybody(watch: Watch) -> None:
    stage = watch("auto_submit")
    users = [stage.join() for _ in range(2)]
    users[0].enter("Number", "3")
    for user in users:
        expect(user.page.get_by_text("Status: RUNNING")).to_be_visible()
    users[1].enter("Number", "4")
    all_soon_see(users, lambda user: user.page.get_by_text("Squared: 16"))
    for user in users:
        expect(user.page.get_by_text("Status: COMPLETED")).to_be_visible()
        expect(user.page.get_by_text("Number: 4")).to_be_visible()
    done = stage.app.output().count(" is completed.")
    assert done == 2
    nothing_is_left(stage)


@pytest.mark.alone
@pytest.mark.fact("taipy-board")
@pytest.mark.fact(
    "taipy-field-keeps-text",
    "The field keeps what you have entered until you type something else.",
)
@pytest.mark.fact(
    "taipy-clean-folder",
    "The programs of this page leave the folder in which you start them as it was.",
)
def test_a_board_for_everybody(watch: Watch) -> None:
    stage = watch("board")
    alex, doppler = users = [stage.join() for _ in range(2)]
    assert [user.name for user in users] == ["Alex", "Doppler"]
    rose = "a &lt;rose&gt; is a {rose!}"
    alex.enter("Your text", rose)
    alex.sees(Message("Alex", rose))
    signs = "{!} <> &&; %% \\"
    doppler.enter("Your text", signs)
    told = f"Nobody can count “{signs}”."
    all_soon_see(users, lambda user: user.alerts.get_by_text(told, exact=True))
    all_soon_see(users, lambda user: user.page.get_by_text("7 words"))
    for user in users:
        user.sees(Message("Alex", rose), Message("Doppler", signs))
    expect(alex.page.get_by_label("Your text")).to_have_value(rose)
    for n in range(25):
        for user in users:
            user.enter("Your text", f"{user.name} {n}")
    for user in users:
        expect(user.text).to_have_text(re.compile("(.+\n){53}"))
        lines = user.text.inner_text().splitlines()
        for name in ("Alex", "Doppler"):
            own = [line for line in lines[3:] if line.startswith(name)]
            assert own == [f"{name}: {name} {n}" for n in range(25)]
    nothing_is_left(stage)


@pytest.mark.fact("taipy-late-events")
def test_events_come_late_by_default(browser: Browser) -> None:
    """On Taipy’s default server events come more than a second late, again and again.

    They wait for the next question to one of two pages, each asked every 5 s. Of two
    events in a row one waits half of that or longer, the other may be quick.
    """
    seconds = watch_events(browser, "default", count=6)
    assert sum(late > 1 for late in seconds) > 1, seconds
