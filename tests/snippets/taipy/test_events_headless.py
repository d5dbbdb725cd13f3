"""Taipy's events with real states and a real orchestrator, without server and browser.

Jobs run in this process, in the thread that submits them (Taipy's `development` mode):
a worker process could not import the program. Browsers see the workers.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import io
import json
import logging
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from html import unescape
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import engineio
import gevent
import pytest
import taipy as tp
from flask import Flask
from taipy import (
    Config,
    DataNode,
    Gui,
    Job,
    Scenario,
    Status,
    Submission,
    SubmissionStatus,
)
from taipy.core.common._utils import _load_fct
from taipy.core.notification import Event, EventEntityType, EventOperation, Notifier
from taipy.event import EventProcessor
from taipy.gui import State

from livedocs.catalog import Catalog
from tests.contracts.chat import AS_TYPED
from tests.ports import free_port
from tests.snippets.taipy.source import server_options, without_page
from tests.users.taipy import Clock, TaipyState, Timers, shown_text
from tests.waiting import PATIENCE, wait_until

PAGE = Path(__file__).parents[3] / "docs/tutorials/taipy/events-reference.md"

LOGS = ("taipy/events/log_events", "taipy/events/log_events_markdown")
LIST = "taipy/events/scenario_list"
FAILED = "taipy/events/job_failed"
AUTO = "taipy/events/auto_submit"
BOARD = "taipy/events/board"
PROGRAMS = (*LOGS, LIST, FAILED, AUTO, BOARD)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

Join = Callable[[], TaipyState]


@pytest.fixture
def clock() -> Clock:
    """What the programs take the time of a press from."""
    return Clock()


@pytest.fixture
def prepared(
    request: pytest.FixtureRequest,
    load: Callable[[str], ModuleType],
    clock: Clock,
    timers: Timers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[ModuleType]:
    """The program, without a server, its data in `tmp_path`; events wait for `start`.

    What is registered once the processor has started may hear of nothing.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["program.py"])  # Taipy reads it
    program = load(request.param)
    _load_fct.cache_clear()  # Taipy would run the task of the program's last import
    if request.param == AUTO:
        monkeypatch.setattr(program, "sleep", lambda seconds: None)
    monkeypatch.setattr(program, "monotonic", clock, raising=False)
    Config.configure_job_executions(mode="development")
    orchestrator = tp.Orchestrator()
    orchestrator.run(force_restart=True)
    if request.param == AUTO:
        tp.create_scenario(program.scenario_config)
    kept = server_options(request.param)["state_retention_period"]
    program.gui.run(
        run_server=False, async_mode="threading", state_retention_period=kept
    )
    yield program
    program.worker.shutdown()
    program.events.stop()
    program.events.join(30)
    orchestrator.stop()
    program.gui._clear_shared_variable()


@pytest.fixture
def program(prepared: ModuleType) -> ModuleType:
    """The program, its processor started."""
    prepared.events.start()
    return prepared


@pytest.fixture
def join(prepared: ModuleType, clock: Clock) -> Join:
    """Let one more user arrive."""
    numbers = count(1)
    return lambda: TaipyState(prepared, f"client-{next(numbers)}", clock)


@pytest.fixture
def alex(join: Join) -> TaipyState:
    return join()


@pytest.fixture
def doppler(join: Join, alex: TaipyState) -> TaipyState:
    return join()


def press(user: TaipyState, function: Callable[..., None], text: str = "") -> None:
    """What a button sends, or Enter in an `input`: the key, no action, the text."""
    user.call(function, "", {"action": "", "args": ["Enter", "", text]})


def enter(user: TaipyState, function: Callable[..., None], text: str = "") -> None:
    """Press at a person's pace, and wait until the worker has done what follows."""
    user.clock.now += 1
    press(user, function, text)
    wait_for_worker(user.program)


def wait_for_worker(program: ModuleType) -> None:
    """Wait until all is done that was left to the worker until now."""
    program.worker.submit(lambda: None).result(PATIENCE)


def comes_to(
    read: Callable[[TaipyState], object], user: TaipyState, value: object
) -> None:
    """Wait until what this user sees is this."""
    wait_until(lambda: read(user) == value, event=f"{value!r}")


def has(user: TaipyState, name: str, value: object) -> None:
    """Wait until this user's variable has this value."""
    wait_until(lambda: user.get(name) == value, event=f"{name} == {value!r}")


@pytest.mark.parametrize("prepared", LOGS, indirect=True)
class TestLogEvents:
    """One callback for the server, one for each user."""

    @pytest.mark.fact("taipy-events-seen")
    def test_everybody_sees_every_event(
        self, program: ModuleType, alex: TaipyState, doppler: TaipyState
    ) -> None:
        for button in (program.create, program.write, program.delete):
            enter(alex, button)
        for user in (alex, doppler):
            events = [
                ["DATA_NODE", "CREATION"],
                ["SCENARIO", "CREATION"],
                *[["DATA_NODE", "UPDATE"]] * 4,
                ["SCENARIO", "DELETION"],
                ["DATA_NODE", "DELETION"],
            ]
            comes_to(lambda user: [row[1:3] for row in rows(user)], user, events)
            assert rows(user)[2][3] == "last_edit_date"

    @pytest.mark.fact(
        "taipy-broadcast-event",
        "A broadcast callback is called once for each user, with that user’s state, "
        "and not before a browser has come.",
    )
    @pytest.mark.fact(
        "taipy-plain-callback",
        "A plain callback is called once for each event, even if no page is open.",
    )
    def test_the_server_remembers_what_nobody_has_seen(
        self, prepared: ModuleType, join: Join, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shown: list[State] = []
        through: list[object] = []  # callbacks are called in this order
        prepared.events.broadcast_on_event(lambda state: shown.append(state))
        prepared.events.on_event(lambda event, gui: through.append(event))
        prepared.events.start()
        tp.create_scenario(prepared.scenario_config)
        wait_until(lambda: len(through) == 2)
        assert len(prepared.log) == 1 + 2
        assert not shown
        assert len(rows(join())) == 2
        tp.create_scenario(prepared.scenario_config)
        wait_until(lambda: len(shown) == 2)
        assert len(prepared.log) == 1 + 4

    @pytest.mark.fact("taipy-broadcast-event")
    def test_a_broadcast_is_called_once_for_each_user(
        self, prepared: ModuleType, alex: TaipyState, doppler: TaipyState
    ) -> None:
        for user in (alex, doppler):
            user.call(lambda state, name: state.assign("table", name), user.client_id)
        seen: list[str] = []
        prepared.events._topic_callbacks_map.clear()
        prepared.events.broadcast_on_event(
            lambda state: seen.append(state.table),
            entity_type=EventEntityType.SCENARIO,
        )
        prepared.events.start()
        tp.create_scenario(prepared.scenario_config)
        wait_until(lambda: len(seen) >= 2)
        assert sorted(seen) == ["client-1", "client-2"]

    def test_who_arrives_while_something_happens_misses_nothing(
        self,
        prepared: ModuleType,
        alex: TaipyState,
        join: Join,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """An event comes between what a newcomer reads and what they are shown."""
        shown = threading.Event()
        prepared.events.broadcast_on_event(lambda state: shown.set())
        prepared.events.start()

        class Log(list[str]):
            def __iter__(self) -> Iterator[str]:
                read = [*super().__iter__()]
                if threading.current_thread() is threading.main_thread():
                    tp.create_scenario(prepared.scenario_config)
                    shown.wait(1)  # not before this is through: `show` waits for it
                return iter(read)

        monkeypatch.setattr(prepared, "log", Log(prepared.log))
        newcomer = join()
        for user in (alex, newcomer):
            comes_to(count_rows, user, 2)

    def test_data_goes_to_the_working_directory(
        self, program: ModuleType, alex: TaipyState, tmp_path: Path
    ) -> None:
        enter(alex, program.create)
        enter(alex, program.write)
        assert {path.name for path in tmp_path.iterdir()} == {".taipy", "user_data"}

    @pytest.mark.state(
        "log_events.py",
        "log",
        "everybody",
        reload="kept",
        reconnect="kept",
        restart="lost",
    )
    @pytest.mark.state(
        "log_events.py",
        "table",
        "one user",
        reload="kept",
        reconnect="kept",
        restart="lost",
    )
    def test_the_log_lives_as_long_as_the_process(
        self,
        program: ModuleType,
        alex: TaipyState,
        doppler: TaipyState,
        load: Callable[[str], ModuleType],
    ) -> None:
        enter(alex, program.create)
        for user in (alex, doppler):
            comes_to(count_rows, user, 2)
        alex.call(lambda state: state.assign("table", "Alex's own\n"))
        assert len(rows(doppler)) == 2
        alex.connect()
        assert alex.get("table") == "Alex's own\n"
        for comes_back in (doppler.reload, doppler.connect):
            comes_back()
            assert len(rows(doppler)) == 2
        Config.unblock_update()
        restarted = load(f"taipy/events/{program.__name__}")
        assert len(restarted.log) == 1
        assert restarted.table == restarted.log[0]


def count_rows(user: TaipyState) -> int:
    """How many events this user sees."""
    return len(rows(user))


def rows(user: TaipyState) -> list[list[str]]:
    """The words of each line of the table, below its head."""
    return [line.split() for line in user.get("table").splitlines()[1:]]


@pytest.mark.parametrize("prepared", [LIST], indirect=True)
class TestScenarioList:
    """A list that is read again at each event of a scenario."""

    def test_create_rename_and_delete_reach_everybody(
        self, program: ModuleType, alex: TaipyState, doppler: TaipyState, join: Join
    ) -> None:
        for name in ("one", "two", "three"):
            enter(alex, program.create, name)
        for user in (alex, doppler):
            comes_to(names, user, ["one", "two", "three"])
        select(doppler, "two")
        enter(doppler, program.rename, "zwei")
        for user in (alex, doppler, join()):
            comes_to(names, user, ["one", "zwei", "three"])
        select(alex, "zwei")
        enter(alex, program.delete)
        for user in (alex, doppler, join()):
            comes_to(names, user, ["one", "three"])

    def test_a_refresh_undoes_nobodys_selection(
        self, program: ModuleType, alex: TaipyState, doppler: TaipyState
    ) -> None:
        for name in ("one", "two"):
            enter(alex, program.create, name)
        for user in (alex, doppler):
            comes_to(names, user, ["one", "two"])
            select(user, "two")
        enter(alex, program.delete)
        enter(alex, program.create, "three")
        for user in (alex, doppler):
            comes_to(names, user, ["one", "three"])
            assert user.get("selected")
        enter(alex, program.delete)
        enter(doppler, program.rename, "nobody")
        assert in_order() == ["one", "three"]

    def test_a_reset_can_undo_what_somebody_selects(
        self, prepared: ModuleType, alex: TaipyState
    ) -> None:
        looked, selected = threading.Event(), threading.Event()

        def reset(state: State) -> None:
            gone = state.selected not in dict(state.scenarios)
            looked.set()
            assert selected.wait(30)
            if gone:
                state.assign("selected", "")

        prepared.events.broadcast_on_event(reset)
        prepared.events.start()
        enter(alex, prepared.create, "one")
        assert looked.wait(30)
        select(alex, "one")
        selected.set()
        has(alex, "selected", "")

    def test_a_storm_is_in_the_order_of_creation(
        self,
        program: ModuleType,
        alex: TaipyState,
        doppler: TaipyState,
        join: Join,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        created: list[str] = []
        create_scenario = tp.create_scenario

        def note(config: Any, name: str) -> Scenario:
            created.append(name)
            return create_scenario(config, name=name)

        monkeypatch.setattr(tp, "create_scenario", note)

        def storm(user: TaipyState) -> None:
            for n in range(12):
                enter(user, program.create, f"{user.client_id} {n}")

        with ThreadPoolExecutor() as people:
            list(people.map(storm, (alex, doppler)))
        assert len(set(created)) == len(created) == 24
        for user in (alex, doppler, join()):
            comes_to(names, user, created)

    def test_acting_on_nothing_does_nothing(
        self, program: ModuleType, alex: TaipyState
    ) -> None:
        enter(alex, program.create, "one")
        wait_until(lambda: names(alex) == ["one"])
        enter(alex, program.delete)
        enter(alex, program.rename, "other")
        assert in_order() == ["one"]


def in_order() -> list[str]:
    """The names of all scenarios, in the order of creation."""
    found = tp.get_scenarios(is_sorted=True, sort_key="creation_date")
    return [str(scenario.name) for scenario in found]


def names(user: TaipyState) -> list[str]:
    """What the list shows this user."""
    return [name for _, name in user.get("scenarios")]


def select(user: TaipyState, name: str) -> None:
    """Select the line with this name."""
    ids = {name: key for key, name in user.get("scenarios")}
    user.call(lambda state: state.assign("selected", ids[name]))


@pytest.mark.parametrize("prepared", [FAILED], indirect=True)
class TestJobFailed:
    """A filter on the status of jobs."""

    @pytest.mark.fact("taipy-failed-job")
    def test_everybody_is_told_with_name_and_reason_and_others_go_on(
        self,
        program: ModuleType,
        alex: TaipyState,
        doppler: TaipyState,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        told: list[tuple[str, str]] = []
        monkeypatch.setattr(
            program, "notify", lambda state, kind, text: told.append((kind, text))
        )
        for divisor in ("4", "0", " 3 ", "x", ""):
            enter(alex, program.run, divisor)
        ends = ["12 / 4: COMPLETED", "12 / 0: FAILED"]
        ends += ["12 / 3: COMPLETED", "12 / x: FAILED"]
        for user in (alex, doppler):
            has(user, "jobs", "\n".join(ends))
        wait_until(lambda: len(told) == 4)
        zero = ("error", "12 / 0 failed: ZeroDivisionError: float division by zero")
        text = "12 / x failed: ValueError: could not convert string to float: 'x'"
        assert told == [zero, zero, ("error", text), ("error", text)]

    def test_the_event_comes_before_the_reason(
        self, program: ModuleType, alex: TaipyState, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stored: list[bool] = []
        publish = Notifier.publish

        def look(event: Event) -> None:
            if event.attribute_value == Status.FAILED:
                stored.extend(bool(job.stacktrace) for job in tp.get_jobs())
            publish(event)

        monkeypatch.setattr(Notifier, "publish", look)
        enter(alex, program.run, "0")
        assert stored == [False]
        assert tp.get_jobs()[0].stacktrace

    @pytest.mark.fact("taipy-reason-later")
    def test_the_events_go_on_while_a_reason_is_missing(
        self,
        program: ModuleType,
        alex: TaipyState,
        clock: Clock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """While Taipy has not stored the reason of a failure yet, the other events go
        on; if it is not there after a minute, the notification says where to look.
        """
        told: list[str] = []
        asked = threading.Event()

        def no_stacktrace(job: Job) -> list[str]:
            asked.set()
            return []

        monkeypatch.setattr(
            program, "notify", lambda state, kind, text: told.append(text)
        )
        monkeypatch.setattr(Job, "stacktrace", property(no_stacktrace))
        enter(alex, program.run, "0")
        assert asked.wait(PATIENCE)
        try:
            enter(alex, program.run, "4")
            has(alex, "jobs", "12 / 0: FAILED\n12 / 4: COMPLETED")
            assert not told
        finally:
            clock.now += 60
        wait_until(lambda: bool(told))
        assert told == ["12 / 0 failed: see the log"]

    def test_without_workers_submit_runs_the_job_itself(
        self, program: ModuleType, alex: TaipyState
    ) -> None:
        enter(alex, program.run, "4")
        assert [job.status for job in tp.get_jobs()] == [Status.COMPLETED]


@pytest.mark.parametrize("prepared", [AUTO], indirect=True)
class TestAutoSubmit:
    """A plain callback that submits."""

    @pytest.mark.fact("taipy-auto-submit")
    def test_each_write_runs_the_scenario_once(
        self, program: ModuleType, alex: TaipyState, doppler: TaipyState, join: Join
    ) -> None:
        for n, text in enumerate(("3", "4", "4"), start=1):
            enter(alex, program.write, text)
            comes_to(lambda user: finished(program), alex, n)
        enter(alex, program.write, "seven")
        enter(alex, program.write, "5")
        for user in (alex, doppler, join()):
            has(user, "squared", 25)
            has(user, "number", 5)
            has(user, "status", "COMPLETED")
        assert submissions(program) == finished(program) == 4

    @pytest.mark.fact("taipy-auto-submit")
    def test_a_write_while_it_runs_is_not_lost(
        self, program: ModuleType, alex: TaipyState, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each write runs the scenario once, also one that comes while it runs."""
        writes = ["4"]

        def write_another(seconds: float) -> None:
            if writes:
                press(alex, program.write, writes.pop())

        monkeypatch.setattr(program, "sleep", write_another)
        enter(alex, program.write, "3")
        has(alex, "squared", 16)
        wait_until(lambda: finished(program) == 2)
        assert submissions(program) == 2

    def test_without_a_config_it_would_loop(
        self, prepared: ModuleType, alex: TaipyState
    ) -> None:
        prepared.events._topic_callbacks_map.clear()
        prepared.events.on_datanode_written(prepared.submit)
        prepared.events.start()
        enter(alex, prepared.write, "3")
        wait_until(lambda: submissions(prepared) > 5)
        prepared.events.stop()

    @pytest.mark.fact("taipy-submit-per-user")
    def test_a_broadcast_submits_once_for_each_user(
        self, prepared: ModuleType, alex: TaipyState, doppler: TaipyState
    ) -> None:
        """A broadcast callback that submits does so once for each user."""
        prepared.events._topic_callbacks_map.clear()
        prepared.events.broadcast_on_datanode_written(
            lambda state, event, node, data: prepared.submit(event, node, data, None),
            datanode_config=prepared.number_config,
        )
        prepared.events.start()
        enter(alex, prepared.write, "3")
        wait_until(lambda: finished(prepared) == 2)

    def test_a_config_narrows(self, prepared: ModuleType, alex: TaipyState) -> None:
        number, squared = prepared.number_config, prepared.squared_config
        ways = [number, "number", [number], ["number"], [number, squared], None]
        heard: list[list[str]] = [[] for _ in ways]
        for way, list_ in zip(ways, heard, strict=True):
            prepared.events.on_datanode_written(
                lambda event, node, data, gui, list_: list_.append(node.config_id),
                [list_],
                datanode_config=way,
            )
        prepared.events.start()
        enter(alex, prepared.write, "3")
        wait_until(lambda: len(heard[-1]) == 2)
        assert heard == [["number"]] * 4 + [["number", "squared"]] * 2

    def test_callbacks_and_writes_take_turns(
        self, prepared: ModuleType, alex: TaipyState
    ) -> None:
        free: list[bool] = []

        def look(event: Event, gui: Gui) -> None:
            with ThreadPoolExecutor() as somebody_else:
                free.append(somebody_else.submit(take_at_once).result())

        def take_at_once() -> bool:
            return bool(prepared.lock.acquire(blocking=False))

        scenario = tp.get_scenarios()[0]
        prepared.events.on_event(look, operation=EventOperation.CREATION)
        prepared.events.start()
        tp.create_scenario(prepared.scenario_config)
        wait_until(lambda: len(free) > 1)
        assert not any(free)
        writes: list[bool] = []
        node = type(scenario.number)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(node, "write", lambda *_: look_at_write())

            def look_at_write() -> None:
                with ThreadPoolExecutor() as somebody_else:
                    writes.append(somebody_else.submit(take_at_once).result())

            enter(alex, prepared.write, "3")
        assert writes == [False]


def submissions(program: ModuleType) -> int:
    """How often the scenario has been submitted."""
    with program.lock:
        return len(tp.get_submissions())


def finished(program: ModuleType) -> int:
    """How many submissions have come to their end.

    Taipy keeps each in a file that it writes again: a reader meanwhile reads half.
    """
    with program.lock:
        return sum(
            submission.submission_status == SubmissionStatus.COMPLETED
            for submission in tp.get_submissions()
        )


@pytest.mark.parametrize("prepared", [BOARD], indirect=True)
class TestBoard:
    """All three uses at once."""

    @pytest.mark.fact(
        "taipy-board",
        "A text appears on each user’s board, its words are counted, and each user is "
        "told if they cannot be.",
    )
    def test_a_board_lists_counts_and_tells(
        self,
        program: ModuleType,
        alex: TaipyState,
        doppler: TaipyState,
        join: Join,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        told: list[str] = []
        monkeypatch.setattr(
            program, "notify", lambda state, kind, text: told.append(text)
        )
        enter(alex, program.write, "a rose is a rose")
        for text in ("by any other name", "…", " "):
            enter(doppler, program.write, text)
        end = ["Alex: a rose is a rose", "Doppler: by any other name", "Doppler: …"]
        late = join()
        for user in (alex, doppler, late):
            comes_to(lines, user, end)
            has(user, "words", 9)
        assert [user.name for user in (alex, doppler, late)] == [
            "Alex",
            "Doppler",
            "User 3",
        ]
        wait_until(lambda: len(told) >= 2)
        assert set(told) == {"Nobody can count “…”."}


def lines(user: TaipyState) -> list[str]:
    """What people have written, as this user sees it."""
    return str(user.get("transcript")).splitlines()[1:]


FIELDS: dict[str, tuple[str, Callable[[TaipyState], list[str]]]] = {
    LIST: ("create", names),
    FAILED: ("run", lambda user: texts_of(user, "jobs", r"12 / (\w+): COMPLETED")),
    BOARD: ("write", lambda user: texts_of(user, "transcript", r"\w+: (\w+)$")),
}
"""What Enter in the first field calls, and how to read what was entered there."""


def texts_of(user: TaipyState, name: str, pattern: str) -> list[str]:
    """What this pattern finds in a text of this user's."""
    return re.findall(f"(?m)^{pattern}", user.get(name))


@pytest.mark.fact("taipy-entered-twice")
@pytest.mark.parametrize("prepared", FIELDS, indirect=True)
def test_what_is_entered_twice_is_there_twice(
    program: ModuleType, alex: TaipyState, doppler: TaipyState, clock: Clock
) -> None:
    """What is entered twice is there twice, by one person or by two; the same text from
    the same page within a fifth of a second is one press.
    """
    action, read = FIELDS[f"taipy/events/{program.__name__}"]
    field = getattr(program, action)
    for user, text in ((alex, "3"), (alex, "4"), (alex, "3"), (alex, "3")):
        enter(user, field, text)
    for user, text in ((doppler, "3"), (doppler, ""), (doppler, "  ")):
        enter(user, field, text)
    clock.now += 0.1
    press(doppler, field, "5")
    clock.now += 0.19
    press(doppler, field, "5")  # Taipy delivers it twice
    clock.now += 0.2
    press(doppler, field, "5")
    wait_for_worker(program)
    for user in (alex, doppler):
        comes_to(read, user, ["3", "4", "3", "3", "3", "5", "5"])


@pytest.mark.fact("taipy-events-as-typed")
@pytest.mark.parametrize("prepared", FIELDS, indirect=True)
def test_text_is_there_as_typed(
    program: ModuleType, alex: TaipyState, doppler: TaipyState, join: Join
) -> None:
    """HTML, Markdown, entities, braces and backslashes are there as typed, after a
    reload and if you join later, too.
    """
    action, _ = FIELDS[f"taipy/events/{program.__name__}"]
    typed = " ".join(AS_TYPED)
    enter(alex, getattr(program, action), typed)
    shown = shown_names if program.__name__ == "scenario_list" else shown_lines

    def sees(user: TaipyState) -> bool:
        return typed in shown(user)

    for user in (alex, doppler):
        comes_to(sees, user, True)
        user.reload()
        assert sees(user)
    assert sees(join())


def shown_lines(user: TaipyState) -> str:
    """The text that this user finds on loading the page."""
    user.load()
    return shown_text(user.page)[1]


def shown_names(user: TaipyState) -> list[str]:
    """The lines of the list that this user finds on loading the page."""
    user.load()
    _, lines = re.findall(r' default\w+="(\[[^"]*)"', user.page)  # selected, and all
    return [name for _, name in json.loads(unescape(lines))]


TEXTS = ["1", "2", "3", "4", "5", "6"]
LOGGED = r"\S+ +(SCENARIO) +CREATION"
PRESSES = {
    **{program: (*field, TEXTS) for program, field in FIELDS.items()},
    **{
        log: ("create", lambda user: texts_of(user, "table", LOGGED), ["SCENARIO"] * 6)
        for log in LOGS
    },
    AUTO: ("write", lambda user: [str(user.get("number"))], ["6"]),
}
"""What to press, how to read what comes of it, and what has to come of `TEXTS`."""


@pytest.mark.fact("taipy-press-waits")
@pytest.mark.parametrize("prepared", PROGRAMS, indirect=True)
def test_presses_are_taken_while_work_waits(
    program: ModuleType, alex: TaipyState, doppler: TaipyState, clock: Clock
) -> None:
    """Presses are taken while the work that they ask for has to wait, and it is done in
    the order in which they were taken.
    """
    action, read, expected = PRESSES[f"taipy/events/{program.__name__}"]

    def press_all() -> None:
        for user, text in zip((alex, doppler) * 3, TEXTS, strict=True):
            clock.now += 1
            press(user, getattr(program, action), text)

    with ThreadPoolExecutor(1) as somebody, ThreadPoolExecutor(1) as people:
        somebody.submit(program.lock.acquire).result()
        try:
            people.submit(press_all).result(PATIENCE)
        finally:
            somebody.submit(program.lock.release).result()
    for user in (alex, doppler):
        comes_to(read, user, expected)


def written_table() -> dict[str, list[str]]:
    """The page's table of methods: what stands in each row, by its first cell."""
    text = PAGE.read_text("utf-8").partition("\n## All methods\n")[2]
    text = text.partition("\n## ")[0]
    found = re.findall(r"(?m)^\| `(\w+)` *\|(.*)\|$", text)
    return {
        name: [cell.strip().strip("`") for cell in cells.split("|")]
        for name, cells in found
    }


TABLE = written_table()
KINDS: dict[str, Callable[[object], bool]] = {
    "state": lambda it: isinstance(it, State),
    "event": lambda it: isinstance(it, Event),
    "gui": lambda it: isinstance(it, Gui),
    "scenario": lambda it: isinstance(it, Scenario),
    "scenario_id": lambda it: str(it).startswith("SCENARIO_"),
    "datanode": lambda it: isinstance(it, DataNode),
    "datanode_id": lambda it: str(it).startswith("DATANODE_"),
    "data": lambda it: it == 3,
    "submittable": lambda it: isinstance(it, Scenario),
    "submission": lambda it: isinstance(it, Submission),
}
"""How to know each argument that the table names."""


@pytest.mark.fact(
    "taipy-methods",
    "The table names each `on_…` and `broadcast_on_…` method of `EventProcessor`, with "
    "what it calls back with and what narrows it.",
)
def test_the_table_names_every_method_and_what_narrows_it() -> None:
    found = {
        name: [*inspect.signature(method).parameters][3:]
        for name, method in vars(EventProcessor).items()
        if re.match(r"(broadcast_)?on_", name)
    }
    assert found == {
        f"{way}{name}": re.findall(r"\w+", cells[2])
        for name, cells in TABLE.items()
        for way in ("on_", "broadcast_on_")
    }


@pytest.mark.fact("taipy-methods")
@pytest.mark.parametrize("way", ["on_", "broadcast_on_"])
@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("prepared", [AUTO], indirect=True)
def test_each_callback_gets_what_the_table_says(
    prepared: ModuleType, alex: TaipyState, name: str, way: str
) -> None:
    expected = TABLE[name][way != "on_"].replace("`", "").split(", ")
    calls: list[tuple[Any, ...]] = []
    # Taipy gives a broadcast callback as many arguments as its code names.
    names = ", ".join(f"argument_{n}" for n in range(len(expected) + 1))
    callback = eval(  # noqa: S307 -- the names are made up here
        f"lambda {names}: calls.append(({names}))", {"calls": calls}
    )
    getattr(prepared.events, way + name)(callback, callback_args=["extra"])
    prepared.events.start()
    with prepared.lock:
        scenario = tp.create_scenario(prepared.scenario_config)
        scenario.number.write(3)
    ends = name.endswith("deleted")
    wait_until(lambda: finished(prepared) == 1 and (bool(calls) or ends))
    with prepared.lock:
        tp.delete(scenario.id)
    wait_until(lambda: bool(calls), event=f"{way}{name}")
    for call in calls:
        assert len(call) == len(expected) + 1
        assert call[-1] == "extra"
    assert any(
        all(KINDS[word](value) for word, value in zip(expected, call, strict=False))
        for call in calls
    )


def fail(event: Event, gui: Gui) -> None:
    """A plain callback that raises."""
    raise ValueError("out of order")


def fail_for(state: State) -> None:
    """A broadcast callback that raises."""
    raise ValueError("out of order")


def fail_to_filter(event: Event) -> bool:
    """A filter that raises."""
    raise ValueError("out of order")


ENDS = [(fail, None), (lambda event, gui: None, fail_to_filter)]
"""What ends a plain processor: a plain callback and a filter."""


@pytest.mark.parametrize("prepared", [LOGS[0]], indirect=True)
class TestRaising:
    """What Taipy itself does when a callback raises."""

    def test_a_broadcast_that_raises_is_a_warning(
        self,
        prepared: ModuleType,
        alex: TaipyState,
        doppler: TaipyState,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        events: Any = EventProcessor(prepared.gui)
        monkeypatch.setattr(prepared, "events", events)
        events.broadcast_on_event(fail_for)
        events.on_event(prepared.remember)
        events.broadcast_on_event(prepared.show)
        events.start()
        with pytest.warns(UserWarning, match="(?s)in 'fail_for.*out of order"):
            tp.create_scenario(prepared.scenario_config)
            for user in (alex, doppler):
                comes_to(count_rows, user, 2)
        assert events.is_alive()

    @pytest.mark.fact("taipy-raising")
    @pytest.mark.parametrize(("callback", "only"), ENDS, ids=["callback", "filter"])
    def test_a_plain_callback_that_raises_ends_the_processor(
        self,
        prepared: ModuleType,
        callback: Callable[..., None],
        only: Callable[[Event], bool] | None,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A plain callback or a filter that raises ends the thread of its
        `EventProcessor`, so none of its callbacks runs any more.
        """
        raised: list[threading.ExceptHookArgs] = []
        monkeypatch.setattr(threading, "excepthook", raised.append)
        heard: list[Event] = []
        events: Any = EventProcessor(prepared.gui)
        monkeypatch.setattr(prepared, "events", events)
        events.on_event(lambda event, gui: heard.append(event))
        events.on_event(callback, filter=only)
        events.start()
        tp.create_scenario(prepared.scenario_config)
        events.join(30)
        assert not events.is_alive()
        assert [str(end.exc_value) for end in raised] == ["out of order"]
        tp.create_scenario(prepared.scenario_config)
        assert len(heard) == 1


@pytest.mark.fact("taipy-guarded")
@pytest.mark.parametrize(("callback", "only"), ENDS, ids=["callback", "filter"])
@pytest.mark.parametrize("prepared", [*LOGS, AUTO, BOARD], indirect=True)
def test_all_others_run_when_a_guarded_one_raises(
    prepared: ModuleType,
    alex: TaipyState,
    callback: Callable[..., None],
    only: Callable[[Event], bool] | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    calls: list[str] = []

    def call(event: Event, gui: Gui) -> None:
        calls.append("called")
        callback(event, gui)

    heard = hear_of_scenarios(
        prepared,
        between=prepared.guarded()(call),
        only=prepared.guarded()(only) if only else None,
    )
    assert heard == ["before CREATION", "after CREATION", "after UPDATE"]
    assert calls == ([] if only else ["called"])
    assert what_is_logged(caplog) == ["out of order"]


@pytest.mark.parametrize("prepared", [AUTO, BOARD], indirect=True)
def test_the_next_event_comes_when_a_filter_raises(
    prepared: ModuleType, alex: TaipyState, caplog: pytest.LogCaptureFixture
) -> None:
    heard = hear_of_scenarios(
        prepared, between=lambda event, gui: None, only=fail_to_filter
    )
    assert heard == ["before CREATION", "after UPDATE"]
    assert what_is_logged(caplog) == ["out of order"]


@pytest.mark.parametrize(
    ("prepared", "name"),
    [
        *((log, "remember") for log in LOGS),
        (AUTO, "submit"),
        *((BOARD, name) for name in ("submit", "add_up")),
        (FAILED, "report"),
    ],
    indirect=["prepared"],
)
def test_each_plain_callback_is_guarded(
    prepared: ModuleType, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    prepared.events.start()  # it will be stopped
    takes = len(inspect.signature(getattr(prepared, name)).parameters)
    getattr(prepared, name)(*[None] * takes)
    (reason,) = what_is_logged(caplog)
    assert "'NoneType' object has no attribute" in reason


def hear_of_scenarios(
    prepared: ModuleType,
    between: Callable[..., object],
    only: Callable[[Event], object] | None,
) -> list[str]:
    """What two callbacks hear of a creation and an update, with this one in between."""
    heard: list[str] = []

    def hear(state: State, event: Event, name: str) -> None:
        if event.entity_type == EventEntityType.SCENARIO:
            heard.append(f"{name} {event.operation.name}")

    register = prepared.events.broadcast_on_event
    created = {"operation": EventOperation.CREATION}
    register(hear, ["before"], **created)
    prepared.events.on_event(
        between, entity_type=EventEntityType.SCENARIO, filter=only, **created
    )
    # A topic that is new, so that its turn comes after; creations have no attribute.
    register(hear, ["after"], attribute_name="name", **created)
    register(hear, ["after"], operation=EventOperation.UPDATE)
    prepared.events.start()
    scenario = tp.create_scenario(prepared.scenario_config, name="one")
    scenario.name = "two"
    wait_until(lambda: "after UPDATE" in heard)
    assert prepared.events.is_alive()
    return heard


def what_is_logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The reasons of all failures in the log."""
    failures = [it for it in caplog.records if it.message == "A callback failed"]
    assert all(record.levelno == logging.ERROR for record in failures)
    return [str(record.exc_info[1]) for record in failures if record.exc_info]


@pytest.mark.parametrize("prepared", [LOGS[0]], indirect=True)
def test_a_broadcast_callback_takes_what_it_wants(
    prepared: ModuleType, alex: TaipyState
) -> None:
    taken: list[int] = []
    prepared.events.broadcast_on_scenario_created(lambda: taken.append(0))
    prepared.events.broadcast_on_scenario_created(lambda state: taken.append(1))
    prepared.events.broadcast_on_scenario_created(lambda state, event: taken.append(2))
    prepared.events.start()
    tp.create_scenario(prepared.scenario_config)
    wait_until(lambda: len(taken) == 3)
    assert taken == [0, 1, 2]


@pytest.mark.parametrize("prepared", [LOGS[0]], indirect=True)
class TestTopics:
    """What narrows a topic."""

    @pytest.mark.parametrize(
        ("topic", "heard"),
        [
            ({}, ["CREATION", "CREATION", "UPDATE", "DELETION", "DELETION"]),
            (
                {"entity_type": EventEntityType.SCENARIO},
                ["CREATION", "UPDATE", "DELETION"],
            ),
            ({"operation": EventOperation.DELETION}, ["DELETION", "DELETION"]),
            (
                {
                    "entity_type": EventEntityType.SCENARIO,
                    "operation": EventOperation.DELETION,
                },
                ["DELETION"],
            ),
            (
                {"operation": EventOperation.UPDATE, "attribute_name": "properties"},
                ["UPDATE"],
            ),
            ({"operation": EventOperation.UPDATE, "attribute_name": "tags"}, []),
            ({"filter": lambda event: event.attribute_value == "New"}, ["UPDATE"]),
        ],
    )
    def test_a_topic_narrows(
        self, prepared: ModuleType, topic: dict[str, Any], heard: list[str]
    ) -> None:
        seen: list[Event] = []
        prepared.events._topic_callbacks_map.clear()
        prepared.events.on_event(lambda event, gui: seen.append(event), **topic)
        last: list[Event] = []
        prepared.events.on_event(lambda event, gui: last.append(event))
        prepared.events.start()
        scenario = tp.create_scenario(prepared.scenario_config)
        scenario.name = "New"
        tp.delete(scenario.id)
        wait_until(lambda: len(last) == 5)
        assert [event.operation.name for event in seen] == heard

    def test_an_attribute_alone_matches_what_has_none(
        self, prepared: ModuleType
    ) -> None:
        seen: list[Event] = []
        prepared.events._topic_callbacks_map.clear()
        prepared.events.on_event(
            lambda event, gui: seen.append(event), attribute_name="properties"
        )
        prepared.events.start()
        scenario = tp.create_scenario(prepared.scenario_config)
        tp.delete(scenario.id)
        wait_until(lambda: len(seen) == 4)
        assert {event.attribute_name for event in seen} == {None}

    def test_what_is_registered_late_hears_nothing_of_new_topics(
        self, program: ModuleType
    ) -> None:
        late: Any = EventProcessor()
        early: Any = EventProcessor()
        heard: dict[Any, list[Event]] = {late: [], early: []}
        for processor in (late, early):
            deleted = EventOperation.DELETION
            processor.on_event(lambda event, gui: None, operation=deleted)
            if processor is late:
                processor.start()
            processor.on_event(
                lambda event, gui, calls: calls.append(event),
                [heard[processor]],
                operation=EventOperation.CREATION,
            )
        early.start()
        tp.create_scenario(program.scenario_config)
        wait_until(lambda: len(heard[early]) == 2)
        assert late.queue.empty()
        assert heard[late] == []
        for processor in (early, late):
            processor.stop()
            processor.join()

    def test_one_entity_alone(self, prepared: ModuleType) -> None:
        one, other = (tp.create_scenario(prepared.scenario_config) for _ in range(2))
        seen: list[str | None] = []
        prepared.events.on_event(
            lambda event, gui: seen.append(event.entity_id), entity_id=one.id
        )
        prepared.events.start()
        for scenario in (other, one):
            scenario.name = "New"
        wait_until(lambda: bool(seen))
        assert seen == [one.id]


@pytest.mark.parametrize("prepared", [LOGS[0]], indirect=True)
def test_an_event_has_the_attributes_of_the_page(prepared: ModuleType) -> None:
    seen: list[Event] = []
    prepared.events.on_event(
        lambda event, gui: seen.append(event), entity_type=EventEntityType.SCENARIO
    )
    prepared.events.start()
    scenario = tp.create_scenario(prepared.scenario_config)
    scenario.name = "Winter"
    wait_until(lambda: len(seen) == 2)
    (text,) = re.findall(r"(?s)```text\nEvent\((.*?)\)\n```", PAGE.read_text("utf-8"))
    shown = dict(re.findall(r"(\w+)=(.*),\n?", text))
    event = seen[1]
    assert list(shown) == [field.name for field in dataclasses.fields(Event)]
    for name in ("entity_type", "operation", "attribute_name", "attribute_value"):
        assert shown[name] == repr(getattr(event, name))
    assert ast.literal_eval(shown["entity_id"]).startswith("SCENARIO_plan_")
    assert (event.entity_id or "").startswith("SCENARIO_plan_")
    version = {"version": event.metadata.get("version")}
    assert ast.literal_eval(shown["metadata"]) | version == event.metadata
    assert shown["creation_date"].startswith("datetime(")
    assert isinstance(event.creation_date, datetime)


@pytest.mark.fact("taipy-markdown-or-python")
def test_variants_differ_in_their_page_only() -> None:
    builder, markdown = (without_page(variant) for variant in LOGS)
    assert builder == markdown


@pytest.mark.fact("taipy-version")
@pytest.mark.state("scenario_list.py", "scenarios", "one user", restart="lost")
@pytest.mark.state("scenario_list.py", "selected", "one user", restart="lost")
@pytest.mark.parametrize(("version", "kept"), [("1.0", True), ("", False)])
def test_a_version_keeps_scenarios(
    load: Callable[[str], ModuleType],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    kept: bool,
) -> None:
    """Started with `--experiment` and a version, a program finds its scenarios again;
    without one, Taipy forgets them at each start.
    """
    monkeypatch.chdir(tmp_path)
    config: Any = Config  # without what the programs of other tests have configured
    monkeypatch.setattr(config, "_python_config", type(config._python_config)())
    monkeypatch.setattr(config._applied_config, "_sections", {})
    arguments = ["--experiment", version] if version else []
    monkeypatch.setattr(sys, "argv", ["program.py", *arguments])

    def start() -> tuple[list[str], str]:
        """Start, see what a user finds, enter something and select it, and end."""
        program = load(LIST)
        orchestrator = tp.Orchestrator()
        orchestrator.run()
        program.gui.run(run_server=False, async_mode="threading")
        user = TaipyState(program, "client-1", Clock())
        found = (names(user), user.get("selected"))
        enter(user, program.create, "one")
        user.reload()
        user.call(program.refresh)
        select(user, "one")
        orchestrator.stop()
        Config.unblock_update()
        return found

    assert start() == ([], "")
    assert start() == (["one"] if kept else [], "")


@pytest.mark.fact("taipy-unsafe-werkzeug")
def test_the_server_with_threads_wants_a_terminal(
    load: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without `allow_unsafe_werkzeug`, the server with threads refuses to start where
    there is no terminal.
    """
    started: list[str] = []
    monkeypatch.setattr(Flask, "run", lambda *_, **__: started.append("started"))
    monkeypatch.setattr(sys, "argv", ["program.py"])
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    def start(**options: Any) -> None:
        options |= {"async_mode": "threading", "run_browser": False}
        load(LIST).gui.run(port=free_port(), **options)

    with pytest.raises(RuntimeError, match="allow_unsafe_werkzeug"):
        start()
    assert not started
    start(allow_unsafe_werkzeug=True)
    assert started


@pytest.mark.fact("taipy-long-callback")
def test_taipy_asks_after_5_seconds_and_waits_10(
    load: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["program.py"])
    gui = load(LIST).gui
    gui.run(run_server=False, async_mode="threading")
    engine = gui._server._ws.server.eio
    assert (engine.ping_interval, engine.ping_timeout) == (5, 10)


@pytest.mark.parametrize("prepared", [LOGS[0]], indirect=True)
def test_callbacks_of_events_run_in_the_processors_thread(
    prepared: ModuleType, alex: TaipyState
) -> None:
    threads: list[threading.Thread] = []

    def note(*_: object) -> None:
        threads.append(threading.current_thread())

    prepared.events.on_event(note)
    prepared.events.broadcast_on_event(lambda state: note())
    prepared.events.start()
    enter(alex, prepared.create)
    wait_until(lambda: len(threads) == 4)
    assert set(threads) == {prepared.events}


def test_what_another_thread_sends_waits_until_the_server_is_awake() -> None:
    """With the queue that a page's messages wait in, and no server around it."""

    def serve() -> bool:
        queue = engineio.Server(async_mode="gevent").create_queue()
        socket = gevent.spawn(queue.get)
        gevent.sleep(0)  # from here on it waits for what is sent
        alarm = gevent.get_hub().loop.async_()
        alarm.start(lambda: None)

        def send() -> bool:
            time.sleep(0.5)  # until it has nothing to do
            queue.put("an event")
            time.sleep(0.5)  # nothing happens, and that is to be seen
            asleep = not socket.ready()
            alarm.send()
            return asleep

        sent = threads.submit(send)
        assert socket.get(timeout=PATIENCE) == "an event"
        return sent.result()

    with ThreadPoolExecutor() as threads:
        assert threads.submit(serve).result()


def test_the_programs_are_built_alike() -> None:
    """What several of them have is the same in each, and they are started alike."""
    trees = {program: Catalog.default().find(program).tree for program in PROGRAMS}
    shared: dict[str, set[str]] = {}
    for tree in trees.values():
        for name, part in parts(tree):
            shared.setdefault(name, set()).add(ast.unparse(part))
    for name in ("guarded", "in_turn", "is_echo", "Events", "lock", "worker"):
        assert len(shared[name]) == 1, name
    assert len({repr(server_options(program)) for program in PROGRAMS}) == 1
    for name in ("guarded", "in_turn", "server", "worker"):
        assert all(name in dict(parts(tree)) for tree in trees.values()), name
    chat = dict(parts(Catalog.default().find("taipy/chat/shared_builder").tree))
    board = dict(parts(trees[BOARD]))
    for name in ("names", "arrivals", "last_press"):
        assert ast.unparse(board[name]) == ast.unparse(chat[name])
    assert ast.unparse(board["on_init"].body[0]) == ast.unparse(chat["on_init"].body[0])


def parts(tree: ast.Module) -> Iterator[tuple[str, Any]]:
    """The functions, classes and variables of a program, wherever they are."""
    for part in ast.walk(tree):
        if isinstance(part, ast.FunctionDef | ast.ClassDef):
            yield part.name, part
        elif isinstance(part, ast.Assign):
            yield ast.unparse(part.targets[0]), part


@pytest.mark.fact("taipy-state-freed")
@pytest.mark.parametrize("prepared", PROGRAMS, indirect=True)
def test_the_state_of_somebody_who_has_left_is_freed(
    program: ModuleType, timers: Timers, alex: TaipyState, doppler: TaipyState
) -> None:
    states = program.gui._bindings()._get_all_scopes()
    doppler.leave()
    timers.pass_by(3599)
    assert doppler.client_id in states
    timers.pass_by(1)
    assert doppler.client_id not in states
    assert alex.client_id in states
    doppler.arrive()
    if program.__name__.endswith("board"):
        assert doppler.name not in ("", "Doppler")


@pytest.mark.fact("taipy-clean-folder")
@pytest.mark.parametrize("snippet", PROGRAMS)
def test_it_starts_in_a_folder_of_its_own(snippet: str) -> None:
    text = Catalog.default().find(snippet).text
    assert "with TemporaryDirectory() as folder, chdir(folder):" in text
    assert ', port="auto", **server)' in text
