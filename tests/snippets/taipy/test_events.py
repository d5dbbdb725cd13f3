"""The programs on Taipy's events, used by several people in real browsers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Locator, expect

from livedocs.catalog import Catalog, Snippet
from livedocs.launch import LaunchError, launch
from tests.bench.events import watch_events
from tests.users.base import Message
from tests.users.taipy_events import SOON, EventsStage, EventsUser

Watch = Callable[..., EventsStage]


@pytest.fixture
def watch(browser: Browser, tmp_path: Path) -> Iterator[Watch]:
    """Start a program by its name, or a copy in which something is replaced."""
    with ExitStack() as stages:

        def watch(name: str, replaced: dict[str, str] | None = None) -> EventsStage:
            snippet = Catalog.default().find(f"taipy/events/{name}")
            if replaced:
                snippet = vary(snippet, tmp_path, replaced)
            stage = EventsStage(snippet, browser)
            stages.callback(stage.close)
            return stage

        yield watch


ORDERED = '            "server_config": {"socketio": {"async_handlers": False}},\n'
THREADING = '            "async_mode": "threading",\n'
UNSAFE = '            "allow_unsafe_werkzeug": True,\n'
FOLDER = "with TemporaryDirectory() as folder, chdir(folder):"


CREATES = "    with lock:\n        if name and name not in"
WAITS = f"""\
    from time import monotonic, sleep
    end = monotonic() + 5 * (name == "first")
    while monotonic() < end and not read_scenarios():
        sleep(0.01)
{CREATES}"""
"""Creates the first one when there is another, or after five seconds."""
TAKES_LONG = f"""\
    from time import sleep
    sleep(20 * (name == "long"))
{CREATES}"""
"""Longer than Taipy waits for a page: 5 s from ping to ping, 10 s for an answer."""


def vary(snippet: Snippet, folder: Path, replaced: dict[str, str]) -> Snippet:
    """A copy of a program in this folder."""
    text = snippet.text
    for old, new in replaced.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / "program.py"
    path.write_text(text, "utf-8")
    return Snippet("taipy/events/program", path, text)


@pytest.mark.alone
@pytest.mark.claim("Everybody sees every event, the ones of others included.")
@pytest.mark.claim(
    "Newcomers see what they have missed, for `show` is `on_init` as well."
)
@pytest.mark.parametrize("name", ["log_events", "log_events_markdown"])
def test_everybody_sees_every_event(watch: Watch, name: str) -> None:
    stage = watch(name)
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
    late = stage.join()
    assert late.text.inner_text() == users[0].text.inner_text()
    assert late.text.inner_text().count("UPDATE") == 4


@pytest.mark.alone
@pytest.mark.claim(
    "Whoever creates, renames or deletes a scenario changes the list of everybody "
    "within a second."
)
@pytest.mark.claim("Whoever comes later sees the list as it is.")
@pytest.mark.claim("Nobody is harmed when somebody closes their browser in the middle.")
def test_a_list_follows_what_anybody_does(watch: Watch) -> None:
    stage = watch("scenario_list")
    alex, doppler, third = users = [stage.join() for _ in range(3)]
    alex.enter("New scenario", "one")
    all_see(users, ["one"])
    doppler.enter("New scenario", "two")
    all_see(users, ["one", "two"])
    doppler.select("one")
    doppler.enter("New name of the selected one", "first")
    all_see(users, ["first", "two"])
    third.context.close()
    stage.users.remove(third)
    alex.select("two")
    alex.press("Delete the selected one")
    all_see([alex, doppler], ["first"])
    expect(doppler.selected).to_have_text("first")
    alex.enter("New scenario", "three")
    all_see([alex, doppler, stage.join()], ["first", "three"])
    alex.select("first")
    alex.press("Delete the selected one")
    all_see([alex, doppler], ["three"])
    expect(doppler.selected).to_have_count(0)
    doppler.press("Delete the selected one")
    doppler.enter("New scenario", "four")
    all_see([alex, doppler], ["three", "four"])


@pytest.mark.alone
@pytest.mark.claim(
    "`scenarios` in `scenario_list.py`: one user; "
    "kept on reload, kept on reconnect, lost on restart."
)
@pytest.mark.claim(
    "`selected` in `scenario_list.py`: one user; "
    "kept on reload, kept on reconnect, lost on restart."
)
def test_what_a_user_keeps_of_the_list(watch: Watch) -> None:
    stage = watch("scenario_list")
    alex, doppler = stage.join(), stage.join()
    alex.enter("New scenario", "one")
    all_see([alex, doppler], ["one"])
    alex.select("one")
    expect(doppler.selected).to_have_count(0)
    with alex.cut_off():
        pass
    alex.enter("New scenario", "two")
    for user in (alex, doppler):
        expect(user.lines).to_have_text(["one", "two"])
    alex.reload()
    expect(alex.lines).to_have_text(["one", "two"])
    expect(alex.selected).to_have_text("one")
    expect(doppler.selected).to_have_count(0)
    stage.restart()
    alex.reload()
    expect(alex.page.get_by_label("New scenario")).to_be_visible()
    expect(alex.lines).to_have_count(0)


def all_see(users: list[EventsUser], lines: list[str]) -> None:
    """Wait, not longer than an event may take, until all lists hold these lines."""
    for user in users:
        expect(user.lines).to_have_text(lines, timeout=SOON)


@pytest.mark.alone
@pytest.mark.claim(
    "Fifty scenarios that two people create as fast as they can are all in everybody’s "
    "list, once and in the order of creation."
)
@pytest.mark.claim("What one person enters is created in that order.")
def test_a_storm_is_complete_and_in_one_order(watch: Watch) -> None:
    stage = watch("scenario_list")
    alex, doppler = users = [stage.join() for _ in range(2)]
    for n in range(25):
        alex.enter("New scenario", f"Alex {n}")
        doppler.enter("New scenario", f"Doppler {n}")
    for user in users:
        expect(user.lines).to_have_count(50)
    listed = alex.lines.all_inner_texts()
    for name in ("Alex", "Doppler"):
        own = [line for line in listed if line.startswith(name)]
        assert own == [f"{name} {n}" for n in range(25)]
    assert doppler.lines.all_inner_texts() == listed
    late = stage.join()
    expect(late.lines).to_have_text(listed)


@pytest.mark.claim("What one person enters is created in that order.")
def test_a_press_waits_for_the_one_before(watch: Watch) -> None:
    stage = watch("scenario_list", {CREATES: WAITS})
    alex, doppler = stage.join(), stage.join()
    for text in ("first", "second"):
        alex.enter("New scenario", text)
    for user in (alex, doppler):
        expect(user.lines).to_have_text(["first", "second"])


@pytest.mark.claim(
    "Without it, each press has a thread of its own, and may overtake the one before."
)
def test_a_press_may_overtake_the_one_before(watch: Watch) -> None:
    user = watch("scenario_list", {CREATES: WAITS, ORDERED: ""}).join()
    for text in ("first", "second"):
        user.enter("New scenario", text)
    expect(user.lines).to_have_text(["second", "first"])


@pytest.mark.claim(
    "A page whose callback takes twenty seconds is cut off, and connects again."
)
def test_a_long_callback_cuts_its_page_off(watch: Watch) -> None:
    stage = watch("scenario_list", {CREATES: TAKES_LONG})
    alex, doppler = stage.join(), stage.join()
    with alex.is_cut_off():
        alex.enter("New scenario", "long")
    alex.enter("New scenario", "short")
    for user in (alex, doppler):
        expect(user.lines).to_have_count(2)


@pytest.mark.claim("Callbacks of several people run at the same time.")
def test_nobody_waits_for_another(watch: Watch) -> None:
    stage = watch("scenario_list", {CREATES: WAITS})
    alex, doppler = stage.join(), stage.join()
    alex.enter("New scenario", "first")
    doppler.enter("New scenario", "second")
    for user in (alex, doppler):
        expect(user.lines).to_have_text(["second", "first"])


@pytest.mark.alone
@pytest.mark.claim(
    "Everybody is told which job has failed and why, and the other jobs go on."
)
@pytest.mark.claim("Whoever comes later sees the jobs, and is not told again.")
def test_everybody_is_told_of_a_failed_job(watch: Watch) -> None:
    stage = watch("job_failed")
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
    assert late.alerts.count() == 0
    users[0].enter("Divide 12 by", "x")
    expect(late.alerts).to_have_text(re.compile(r"^12 / x failed: ValueError"))


@pytest.mark.claim("In the mode `standalone`, jobs run in processes of their own.")
def test_a_job_runs_in_a_process_of_its_own(watch: Watch) -> None:
    work = "return 12 / float(divisor)"
    tell = "import os; raise ValueError(f'{os.getpid()} of {os.getppid()}')"
    name = "import os\n\n    print('The server is', os.getpid(), flush=True)\n    "
    stage = watch("job_failed", {work: tell, FOLDER: name + FOLDER})
    user = stage.join()
    user.enter("Divide 12 by", "4")
    told = re.search(r"failed: ValueError: (\d+) of (\d+)$", user.alerts.inner_text())
    assert told
    worker, parent = told.groups()
    assert worker != parent
    assert f"The server is {parent}\n" in stage.app.output()


@pytest.mark.alone
@pytest.mark.claim("Everybody sees the scenario run, and its result.")
@pytest.mark.claim("A second write while it runs is not lost, and nothing loops.")
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
    expect(stage.join().page.get_by_text("Squared: 16")).to_be_visible()
    done = stage.app.output().count(" is completed.")
    assert done == 2
    nothing_is_left(stage)


@pytest.mark.alone
@pytest.mark.claim(
    "A text that somebody adds is on everybody’s board, its words are counted when it "
    "is written, and everybody is told when they cannot be."
)
@pytest.mark.claim("Open the same address in a private window, and you are two people.")
def test_a_board_for_everybody(watch: Watch) -> None:
    stage = watch("board")
    alex, doppler = users = [stage.join() for _ in range(2)]
    assert [user.name for user in users] == ["Alex", "Doppler"]
    alex.enter("Your text", "a rose is a rose")
    doppler.enter("Your text", "…")
    all_soon_see(users, lambda user: user.alerts.get_by_text("Nobody can count “…”."))
    all_soon_see(users, lambda user: user.page.get_by_text("5 words"))
    for user in users:
        user.sees(Message("Alex", "a rose is a rose"), Message("Doppler", "…"))
    late = stage.join()
    late.sees(Message("Alex", "a rose is a rose"), Message("Doppler", "…"))
    expect(late.page.get_by_text("5 words")).to_be_visible()
    nothing_is_left(stage)


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


@pytest.mark.claim("Nothing is left in the folder in which you start them.")
@pytest.mark.parametrize(
    ("name", "act", "seen"),
    [
        ("log_events", lambda user: user.press("Create a scenario"), "CREATION"),
        (
            "log_events_markdown",
            lambda user: user.press("Create a scenario"),
            "CREATION",
        ),
        ("scenario_list", lambda user: user.enter("New scenario", "first"), "first"),
        ("board", lambda user: user.enter("Your text", "one"), "Alex: one"),
    ],
)
def test_nothing_is_left_behind(
    watch: Watch, name: str, act: Callable[[EventsUser], None], seen: str
) -> None:
    """What becomes of jobs' data is looked at where jobs run."""
    stage = watch(name)
    user = stage.join()
    act(user)
    user.finds(seen)
    nothing_is_left(stage)


@pytest.mark.claim(
    "What a guarded callback raises is logged with its traceback, and all others run, "
    "at this event and at the next."
)
def test_the_terminal_shows_what_a_callback_raised(watch: Watch) -> None:
    attribute = '    attribute = event.attribute_name or ""\n'
    fail = "    if attribute == 'last_edit_date':\n        raise ValueError(time)\n"
    stage = watch("log_events", {attribute: attribute + fail})
    users = [stage.join() for _ in range(2)]
    users[0].press("Create a scenario")
    expect(users[0].text).to_have_text(re.compile(r"SCENARIO +CREATION"))
    users[0].press("Write its data")
    for user in users:
        expect(user.text).to_have_text(re.compile(r"edit_in_progress +False"))
        expect(user.text).not_to_have_text(re.compile("last_edit_date"))
    output = stage.app.output()
    assert output.count("A callback failed\n") == 1
    assert "Traceback (most recent call last):" in output
    assert "ValueError: " in output


@pytest.mark.claim(
    "Without it that server refuses to start where there is no terminal."
)
def test_the_server_with_threads_wants_a_terminal(tmp_path: Path) -> None:
    snippet = Catalog.default().find("taipy/events/scenario_list")
    with (
        pytest.raises(LaunchError, match="allow_unsafe_werkzeug"),
        launch(vary(snippet, tmp_path, {UNSAFE: ""})),
    ):
        pass


@pytest.mark.claim(
    "On Taipy’s default server events come more than a second late, again and again."
)
def test_events_come_late_by_default(browser: Browser) -> None:
    """They wait for the next question to one of two pages, each asked every 5 s.

    Of two events in a row one waits half of that or longer, the other may be quick.
    """
    seconds = watch_events(browser, "default", count=8)
    assert sum(late > 1 for late in seconds) > 1, seconds


@pytest.mark.claim(
    "Taipy asks each open page every five seconds whether it is still there."
)
def test_each_page_is_asked_every_five_seconds(watch: Watch) -> None:
    address = watch("scenario_list", {THREADING: ""}).address
    with urlopen(f"{address}socket.io/?EIO=4&transport=polling") as answer:
        offered = json.loads(answer.read()[1:])
    assert offered["pingInterval"] == 5_000


@pytest.mark.claim("With a version, scenarios are there again after a restart.")
@pytest.mark.claim(
    "Without one, Taipy is in its development mode, "
    "and forgets all scenarios at each start."
)
@pytest.mark.parametrize(("version", "kept"), [("1.0", True), ("", False)])
def test_a_version_keeps_scenarios(
    watch: Watch, tmp_path: Path, version: str, kept: bool
) -> None:
    arguments = ["--experiment", version] if version else []
    stay = f"import sys\n\n    sys.argv += {arguments}\n"
    stay += f"    with chdir({str(tmp_path)!r}):"
    stage = watch("scenario_list", {FOLDER: stay})
    user = stage.join()
    user.enter("New scenario", "one")
    expect(user.lines).to_have_text(["one"])
    stage.restart()
    user.reload()
    user.enter("New scenario", "two")
    expect(user.lines).to_have_text(["one", "two"] if kept else ["two"])
