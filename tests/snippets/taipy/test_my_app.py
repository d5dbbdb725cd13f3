"""The app for one that becomes one for many, step by step, with two real states."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
from taipy.gui import State

from tests.snippets.taipy.source import run_options
from tests.users.taipy import Clock, TaipyState, Timers, shown_text

BEFORE = "taipy/my_app/single_user"
PRIVATE = "taipy/my_app/step1_private"
SHARED = "taipy/my_app/step2_shared"
SAFE = "taipy/my_app/step3_safe"
NAMES = "taipy/my_app/step4_names"
SAVED = "taipy/my_app/step5_saved"
TOGETHER = (SHARED, SAFE, NAMES, SAVED)

TRAIN, PIZZA = "Train 90", "Pizza 24"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

Begin = Callable[..., ModuleType]


class Friend(TaipyState):
    """Somebody who has the app open, by what their page shows."""

    def __init__(self, program: ModuleType, client_id: str) -> None:
        super().__init__(program, client_id, Clock())

    def adds(self, text: str) -> None:
        """Write an expense and press Enter."""
        self._sends_value("entry", text)
        self._acts("add", "Enter", "entry", text)

    def undoes(self) -> None:
        """Press Undo."""
        self._acts("undo")

    def picks(self, category: str) -> None:
        """Pick a category."""
        self.call(lambda state: state.assign("category", category))
        self.call(self.program.show)

    def sets_budget(self, budget: int) -> None:
        """Change the number, as the page does."""
        self._sends_value("budget", str(budget))

    @property
    def listing(self) -> str:
        """The expenses in sight, the spaces before them apart."""
        name, default = shown_text(self.page)
        shown: str = self._shown(name, default)
        return re.sub(r"^ +", "", shown, flags=re.MULTILINE)

    @property
    def summary(self) -> str:
        """What is spent, and what is left."""
        name = re.search(r"value=\{(tpec_TpExPr_summary_\w+)\}", self.page)
        default = re.search(r'defaultValue="([^"]* left)"', self.page)
        assert name and default, self.page
        return self._shown(name[1], default[1])

    def _shown(self, name: str, default: str) -> str:
        for packet in self.socket.get_received():
            if packet["args"]["type"] == "MU":
                for update in packet["args"]["payload"]:
                    self._updates[update["name"]] = update["payload"]["value"]
        return str(self._updates.get(name, default))

    def _acts(self, action: str, *arguments: str) -> None:
        self._emit("A", {"action": action, "args": list(arguments)})

    def _sends_value(self, name: str, value: str) -> None:
        element = re.search(
            rf'<Input [^>]*updateVarName="(\w*_{name}_\w*)"[^>]*>', self.page
        )
        assert element, self.page
        calls = re.search(r'onChange="(\w+)"', element[0])
        payload = {"value": value} | ({"on_change": calls[1]} if calls else {})
        context = {"client_id": self.client_id, "module_context": self.program.__name__}
        message = {"type": "U", "name": element[1], "payload": payload}
        self.socket.emit("message", message | {"propagate": True} | context)


@pytest.fixture
def begin(
    load: Callable[[str], ModuleType],
    timers: Timers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Begin]:
    """Make a step ready to serve, with a file of the test's, but without a server."""
    monkeypatch.chdir(tmp_path)
    with ExitStack() as ends:

        def begin(snippet: str, **values: object) -> ModuleType:
            program = load(snippet)
            vars(program).update(values)
            ends.callback(program.gui._clear_shared_variable)
            monkeypatch.setattr(program, "file", tmp_path / "expenses.json")
            options = run_options(snippet)
            program.gui.run(run_server=False, async_mode="threading", **options)
            return program

        yield begin


@pytest.fixture
def program(request: pytest.FixtureRequest, begin: Begin) -> ModuleType:
    """The step, ready to serve."""
    return begin(request.param)


@pytest.fixture
def alex(program: ModuleType) -> Friend:
    return Friend(program, "alex")


@pytest.fixture
def doppler(program: ModuleType, alex: Friend) -> Friend:
    return Friend(program, "doppler")


def saved_names(program: ModuleType) -> list[str]:
    """What the expenses in the file are called."""
    return [it[1] for it in json.loads(program.file.read_text())["expenses"]]


@pytest.mark.parametrize("program", [BEFORE], indirect=True)
class TestBefore:
    """What the app for one person does when two come."""

    @pytest.mark.state("single_user.py", "last_added", "everybody", reload="kept")
    @pytest.mark.fact("taipy-app-undo")
    def test_undo_takes_what_the_other_has_added(
        self, program: ModuleType, alex: Friend, doppler: Friend
    ) -> None:
        """In `single_user.py`, Undo removes what was added last, whoever has added
        it.
        """
        alex.adds(TRAIN)
        doppler.adds(PIZZA)
        for user in (alex, doppler):
            user.reload()
        alex.undoes()
        assert saved_names(program) == ["Train"]

    @pytest.mark.state("single_user.py", "expenses", "everybody", reload="kept")
    @pytest.mark.fact("taipy-app-append")
    def test_what_one_appends_is_in_the_others_list_and_not_on_the_page(
        self, alex: Friend, doppler: Friend
    ) -> None:
        """What one user appends to the list with which the module began is in the
        other’s list too, and the other’s page shows it after a callback of its own.
        """
        alex.adds(TRAIN)
        assert doppler.get("expenses") is alex.get("expenses")
        assert doppler.listing == ""
        doppler.picks("Food")
        assert doppler.listing == "90  Train\n"
        doppler.reload()
        assert doppler.listing == "90  Train\n"

    @pytest.mark.state("single_user.py", "budget", "one user", reload="kept")
    @pytest.mark.state("single_user.py", "category", "one user", reload="kept")
    def test_budget_and_category_are_private(
        self, alex: Friend, doppler: Friend
    ) -> None:
        alex.sets_budget(900)
        alex.picks("Travel")
        alex.reload()
        assert alex.summary == "0 spent, 900 left"
        assert alex.get("category") == "Travel"
        assert doppler.summary == "0 spent, 2000 left"
        assert doppler.get("category") == "Food"

    @pytest.mark.fact(
        "taipy-app-split",
        "Once a callback has assigned `state.expenses`, that user has a list of their "
        "own.",
    )
    @pytest.mark.fact("taipy-app-overwrite")
    def test_an_assignment_parts_the_lists_and_each_save_drops_the_others_rows(
        self, program: ModuleType, alex: Friend, doppler: Friend
    ) -> None:
        """When two users of `single_user.py` have different lists, the file holds only
        the list of the one who has saved last.
        """
        alex.adds(TRAIN)
        alex.undoes()
        assert doppler.get("expenses") is not alex.get("expenses")
        doppler.adds(PIZZA)
        alex.adds("Hotel 300")
        assert alex.listing == "300  Hotel\n"
        assert doppler.listing == "90  Train\n24  Pizza\n"
        assert saved_names(program) == ["Hotel"]


def add_key(state: State) -> None:
    state.last_added["Soup"] = 8


def add_member(state: State) -> None:
    state.last_added.add("Soup")


def change_cell(state: State) -> None:
    state.last_added.loc[0, "cost"] = 8


@pytest.mark.fact("taipy-app-kinds")
@pytest.mark.parametrize(
    ("value", "change", "has_changed"),
    [
        ({}, add_key, lambda value: value["Soup"] == 8),
        (set(), add_member, lambda value: value == {"Soup"}),
        (pd.DataFrame({"cost": [9]}), change_cell, lambda value: value.cost[0] == 8),
    ],
    ids=["dict", "set", "DataFrame"],
)
def test_what_is_changed_in_place_is_changed_for_both(
    begin: Begin,
    value: object,
    change: Callable[[State], None],
    has_changed: Callable[[Any], bool],
) -> None:
    """When one user changes a dict, a set or a DataFrame of the module in place, it is
    changed in the other’s state too.
    """
    program = begin(BEFORE, last_added=value)
    alex, doppler = Friend(program, "alex"), Friend(program, "doppler")
    alex.call(change)
    assert has_changed(doppler.get("last_added"))


@pytest.mark.fact("taipy-app-folder")
def test_another_folder_is_another_list(
    load: Callable[[str], ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`single_user.py` finds what it has saved only when it is started in the same
    folder.
    """
    monkeypatch.chdir(tmp_path)
    saved = {"budget": 900, "expenses": [["Food", "Pizza", 24]]}
    Path("expenses.json").write_text(json.dumps(saved))
    assert load(BEFORE).expenses == saved["expenses"]
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.chdir(other)
    assert load(BEFORE).expenses == []


@pytest.mark.fact("taipy-app-own-undo")
@pytest.mark.parametrize("program", [PRIVATE, *TOGETHER], indirect=True)
def test_undo_takes_what_its_user_has_added(
    program: ModuleType, alex: Friend, doppler: Friend
) -> None:
    """From step 1 on, Undo removes what its own user has added last."""
    alex.adds(TRAIN)
    doppler.adds(PIZZA)
    alex.undoes()
    assert saved_names(program) == ["Pizza"]


@pytest.mark.parametrize("program", TOGETHER, indirect=True)
class TestTogether:
    """What the steps do that share."""

    @pytest.mark.fact("taipy-app-shared")
    def test_what_one_adds_or_undoes_is_on_the_others_page(
        self, alex: Friend, doppler: Friend
    ) -> None:
        """From step 2 on, what one user adds or undoes is on the other’s page, if that
        shows the same category.
        """
        alex.picks("Travel")
        doppler.picks("Travel")
        third = Friend(alex.program, "third")
        alex.adds(TRAIN)
        assert without_names(doppler.listing) == "90  Train\n"
        assert third.listing == ""
        for user in (alex, doppler, third):
            assert user.summary == "90 spent, 1910 left"
        alex.undoes()
        assert alex.listing == doppler.listing == ""
        assert third.summary == "0 spent, 2000 left"

    @pytest.mark.fact("taipy-app-budget")
    def test_a_new_budget_is_on_both_pages(self, alex: Friend, doppler: Friend) -> None:
        """From step 2 on, a new budget and what is left of it are on both pages, and
        each page keeps its category.
        """
        alex.picks("Travel")
        doppler.adds(PIZZA)
        alex.sets_budget(900)
        for user in (alex, doppler, Friend(alex.program, "late")):
            assert user.get("budget") == 900
            assert user.summary == "24 spent, 876 left"
        assert alex.listing == ""
        assert without_names(doppler.listing) == "24  Pizza\n"


def without_names(listing: str) -> str:
    """The list without those who have added to it."""
    return re.sub(r" \([^)]*\)$", "", listing, flags=re.MULTILINE)


@pytest.mark.fact("taipy-app-on-change")
@pytest.mark.parametrize("program", [SHARED], indirect=True)
def test_what_on_change_of_a_shared_variable_assigns_goes_to_the_other(
    program: ModuleType, alex: Friend, doppler: Friend
) -> None:
    """What the `on_change` of a shared variable’s control assigns in its state is
    written into the other user’s state too.
    """
    doppler.adds(PIZZA)
    alex.picks("Travel")
    assert doppler.listing == "24  Pizza\n"
    alex.page = alex.page.replace('onChange="save" label', 'onChange="show" label')
    alex.sets_budget(900)
    assert doppler.get("listing") == ""


@pytest.mark.fact("taipy-app-payload")
@pytest.mark.parametrize("program", [SAFE, NAMES, SAVED], indirect=True)
def test_the_text_of_the_press_counts(program: ModuleType, alex: Friend) -> None:
    """From step 3 on, what was in the field when Enter was pressed is added, even if
    `state.entry` holds an older text.
    """
    alex.call(lambda state: state.assign("entry", "Pizz"))
    alex._acts("add", "Enter", "entry", PIZZA)
    assert without_names(alex.listing) == "24  Pizza\n"


class SlowFile:
    """A file whose first writer is overtaken by the second, if nothing holds that."""

    def __init__(self, path: Path) -> None:
        self.path, self.first, self.second = path, threading.Event(), threading.Event()

    def write_text(self, text: str) -> None:
        if self.first.is_set():
            self.path.write_text(text)
            self.second.set()
        else:
            self.first.set()
            self.second.wait(0.3)
            self.path.write_text(text)


@pytest.mark.fact("taipy-app-lock")
@pytest.mark.parametrize("program", [SAFE, NAMES], indirect=True)
@pytest.mark.parametrize("first", ["expense", "budget"])
@pytest.mark.parametrize("is_locked", [True, False])
def test_without_the_lock_the_file_may_lack_what_both_pages_show(
    program: ModuleType,
    alex: Friend,
    doppler: Friend,
    first: str,
    is_locked: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """If two users change something at the same time, the file holds both changes;
    without the lock it can lack an expense that is on both pages.
    """
    if not is_locked:
        monkeypatch.setattr(program, "lock", nullcontext())
    slow = SlowFile(program.file)
    monkeypatch.setattr(program, "file", slow)
    does = {
        "expense": lambda: alex.adds(TRAIN),
        "budget": lambda: alex.sets_budget(900),
    }
    thread = threading.Thread(target=does[first])
    thread.start()
    assert slow.first.wait(20)
    doppler.adds(PIZZA)
    thread.join()
    for user in (alex, doppler):
        assert without_names(user.listing).endswith("24  Pizza\n")
    monkeypatch.setattr(program, "file", slow.path)
    assert ("Pizza" in saved_names(program)) == is_locked
    if first == "expense":
        assert "Train" in saved_names(program)
    else:
        assert json.loads(program.file.read_text())["budget"] == 900


@pytest.mark.fact("taipy-app-names")
@pytest.mark.parametrize("program", [NAMES, SAVED], indirect=True)
def test_an_expense_says_who_has_added_it(
    program: ModuleType, alex: Friend, doppler: Friend
) -> None:
    """The first two users are Guest 1 and Guest 2 until they write another name, and an
    expense says who has added it.
    """
    doppler.adds(PIZZA)
    alex.adds(TRAIN)
    doppler._sends_value("user_name", "Doppler")
    doppler.adds("Soup 8")
    lines = "24  Pizza (Guest 2)\n90  Train (Guest 1)\n8  Soup (Doppler)\n"
    assert alex.listing == doppler.listing == lines
    doppler.reload()
    assert doppler.name == "Doppler"


@pytest.mark.fact("taipy-app-woken")
@pytest.mark.parametrize("program", [SAVED], indirect=True)
def test_a_page_that_outlives_its_state_gets_a_name(
    program: ModuleType, timers: Timers, alex: Friend, doppler: Friend
) -> None:
    """A page of `step5_saved.py` that was left open until its state was freed gets a
    new name with the next expense that is added from it.
    """
    doppler.leave()
    timers.pass_by(3600)
    doppler.connect()
    doppler.adds(PIZZA)
    assert alex.listing == "24  Pizza (Guest 3)\n"
    assert doppler.name == "Guest 3"


@pytest.mark.state(
    "step5_saved.py", "expenses", "everybody", reload="kept", restart="kept"
)
@pytest.mark.state(
    "step5_saved.py", "budget", "everybody", reload="kept", restart="kept"
)
@pytest.mark.state(
    "step5_saved.py", "user_name", "one user", reload="kept", restart="lost"
)
@pytest.mark.state(
    "step5_saved.py", "category", "one user", reload="kept", restart="lost"
)
@pytest.mark.state(
    "step5_saved.py", "last_added", "one user", reload="kept", restart="lost"
)
@pytest.mark.fact("taipy-app-restart")
def test_a_restart_keeps_what_was_saved(
    begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a restart of `step5_saved.py`, the expenses and the budget are there, and
    names, categories and what Undo would remove are not.
    """
    program = begin(SAVED)
    alex, doppler = Friend(program, "alex"), Friend(program, "doppler")
    doppler.adds(PIZZA)
    alex._sends_value("user_name", "Alex")
    alex.picks("Travel")
    alex.adds(TRAIN)
    alex.sets_budget(900)
    alex.reload()
    mine = ["Travel", "Train", 90, "Alex"]
    assert (alex.name, alex.get("category")) == ("Alex", "Travel")
    assert alex.get("last_added") == mine
    assert doppler.get("last_added") == ["Food", "Pizza", 24, "Guest 2"]
    assert (doppler.name, doppler.get("category")) == ("Guest 2", "Food")
    expenses = list(program.expenses)

    # The program reads the file beside itself, which is the test's here.
    monkeypatch.setattr(Path, "with_name", lambda self, name: tmp_path / name)
    program = begin(SAVED)
    assert program.expenses == expenses
    assert program.expenses[-1] == mine
    back = Friend(program, "alex")
    assert back.summary == "114 spent, 786 left"
    assert (back.name, back.get("category")) == ("Guest 1", "Food")
    assert back.get("last_added") is None


@pytest.mark.fact("taipy-app-half")
@pytest.mark.parametrize("program", [SAVED], indirect=True)
def test_a_file_that_cannot_be_written_is_as_before(
    program: ModuleType, alex: Friend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If writing fails half way, the file of `step5_saved.py` holds what was saved
    before.
    """
    alex.adds(PIZZA)
    write_text = Path.write_text

    def fail(path: Path, text: str) -> None:
        write_text(path, text[: len(text) // 2])
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_text", fail)
    alex.adds(TRAIN)
    assert saved_names(program) == ["Pizza"]


@pytest.mark.parametrize("program", TOGETHER, indirect=True)
@pytest.mark.parametrize("text", ["Pizza", "24", "Pizza cheap", "Pizza -3", "", " "])
def test_what_is_no_expense_is_not_added(
    program: ModuleType, alex: Friend, text: str
) -> None:
    alex.adds(text)
    assert alex.summary == "0 spent, 2000 left"
