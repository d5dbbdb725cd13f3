"""Lists, dictionaries and sets of a room, which are changed in place."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings, strategies

from tests.users.streamlit_headless import Write, join, own_process

pytestmark = pytest.mark.usefixtures("process")

START: dict[str, Any] = {
    "list": [3, 1, 2],
    "rows": [{"text": "a", "done": False}, {"text": "b", "done": False}],
    "dict": {"x": 1, "y": {"z": [1]}},
    "set": {1, 2},
    "empty": [],
}


class Kept:
    """One value in a store, and the sessions that have read it."""

    def __init__(self, value: Any) -> None:
        self.values: Any = import_module("room_sync.values")
        self.live: Any = import_module("room_sync.live")
        self.text: str = self.values.dumps(value)

    @property
    def value(self) -> Any:
        """What the store has now."""
        return self.values.loads(self.text)

    def read(self) -> Any:
        """What a session is given that reads it now."""
        return self.live.Root(self, "key:a", self.text, self.value).value

    def modify(self, root: Any, operation: Callable[[Any], Any]) -> Any:
        """What a session asks for: one step."""
        known, root.text = root.text, ""
        if known == self.text:
            result = operation(None)
            root.text = self.text = self.values.dumps(root.value)
            return result
        now = self.value
        result = operation(now)
        self.text = self.values.dumps(now)
        return result


def do(value: Any, line: str) -> Any:
    """Run a line about `v`; return what it raises, or the value of an expression."""
    names = {"v": value}
    is_expression = "=" not in line.split("(")[0] and not line.startswith("del ")
    try:
        if is_expression:
            return eval(line, names)  # noqa: S307 -- ours
        exec(line, names)  # noqa: S102 -- ours
    except Exception as error:
        return type(error), str(error)
    return None


Y = {"z": [1], "a": 5, "b": 6}

LINES = [
    "v['list'].append(4)",
    "v['list'].extend(n for n in (5, 6))",
    "v['list'].insert(1, 9)",
    "v['list'].insert(-1, 9)",
    "v['list'].insert(99, 9)",
    "v['list'].remove(1)",
    "v['list'].remove(77)",
    "v['list'].pop()",
    "v['list'].pop(0)",
    "v['list'].pop(1)",
    "v['list'].pop(77)",
    "v['list'].sort()",
    "v['list'].sort(key=lambda n: -n, reverse=True)",
    "v['list'].reverse()",
    "v['list'].clear()",
    "v['list'] += [7]",
    "v['list'] *= 2",
    "v['list'][0] = 8",
    "v['list'][1:] = (n for n in (1, 2))",
    "v['list'][77] = 8",
    "del v['list'][0]",
    "del v['list'][-1]",
    "del v['list'][::2]",
    "del v['list'][77]",
    "v['rows'][0]['done'] = True",
    "v['rows'][-1].update(text='c', more=[])",
    "v['rows'].append({'text': 'n', 'tags': [1]})",
    "v['rows'][-1].setdefault('tags', []).append('t')",
    "v['rows'].sort(key=lambda row: row['text'], reverse=True)",
    "v['rows'][0], v['rows'][-1] = v['rows'][-1], v['rows'][0]",
    "v['dict']['new'] = {'k': []}",
    "v['dict']['new']['k'].append(1)",
    "v['dict']['y']['z'].append(2)",
    "del v['dict']['x']",
    "v['dict'].pop('x')",
    "v['dict'].pop('x', 0)",
    "v['dict'].popitem()",
    "v['dict'].setdefault('x', 5)",
    "v['dict'].setdefault('s', set()).add(1)",
    "v['dict'].update([('a', 1)], b=2)",
    "v['dict'] |= {'c': 3}",
    "v['dict'].clear()",
    "v['set'].add(3)",
    "v['set'].discard(1)",
    "v['set'].remove(2)",
    "v['set'].remove(77)",
    "v['set'].update([5, 6], [7])",
    "v['set'] |= {8}",
    "v['set'] -= {1}",
    "v['set'] &= {2, 3}",
    "v['set'] ^= {2, 9}",
    "v['set'].difference_update([3])",
    "v['set'].intersection_update([1, 2, 3, 9])",
    "v['set'].symmetric_difference_update([1])",
    "v['set'].clear()",
    "v['empty'].append(v['list'])",
    "v['empty'].extend(v['rows'])",
    "v.update(more=[1])",
    "v['more'].append(2)",
]


@pytest.mark.parametrize("line", LINES)
def test_a_line_does_in_the_room_what_it_does_without_one(line: str) -> None:
    kept, plain = Kept(START), copy.deepcopy(START)
    live = kept.read()
    assert do(live, line) == do(plain, line)
    assert live == kept.value == plain


@given(lines=strategies.lists(strategies.sampled_from(LINES), max_size=12))
@settings(max_examples=60, deadline=None, database=None, derandomize=True)
def test_any_lines_do_in_the_room_what_they_do_without_one(lines: list[str]) -> None:
    """As one session does it, and as two do who take turns and read each time."""
    with own_process():
        kept, plain = Kept(START), copy.deepcopy(START)
        live = kept.read()
        for number, line in enumerate(lines):
            if number % 3 == 2:
                live = kept.read()
            plain = kept.values.loads(kept.values.dumps(plain))  # nothing twice
            assert do(live, line) == do(plain, line)
            assert live == kept.value == plain


def test_every_method_that_changes_one_is_the_rooms() -> None:
    """The set is computed: what the plain types can do in place, by their results."""
    live: Any = import_module("room_sync.live")
    reads = {
        *("__class_getitem__", "__getattribute__", "__init__", "__new__", "__repr__"),
        *("__init_subclass__", "__subclasshook__", "__reduce_ex__", "__sizeof__"),
    }
    for base, kind in live._LIVE.items():
        if base is kind:
            continue
        changing = {
            name for name in vars(base) if name not in reads and changes(base, name)
        }
        assert changing <= vars(kind).keys(), base
        assert {"pop", "clear"} <= changing


def changes(base: type, name: str) -> bool:
    """Whether a method changes an object in place, with some arguments."""
    tries: list[tuple[Any, ...]] = [(), (1,), ([5],), ({5: 6},), ({1},), (1, 5), (0, 5)]
    for arguments in tries:
        value: Any = base({1: 2}) if base is dict else base([1, 2])
        before = copy.deepcopy(value)
        try:
            getattr(value, name)(*arguments)
        except Exception:  # noqa: S112 -- not meant for these arguments
            continue
        if value != before:
            return True
    return name in ("sort", "reverse", "__imul__")  # or changes nothing in this case


@pytest.mark.parametrize(
    ("first", "second", "after"),
    [
        ("v['list'].append(8)", "v['list'].append(9)", [3, 1, 2, 8, 9]),
        ("v['list'] += [8]", "v['list'] += [9]", [3, 1, 2, 8, 9]),
        ("v['list'].insert(0, 8)", "v['list'].insert(0, 9)", [8, 9, 3, 1, 2]),
        ("v['list'].insert(0, 8)", "v['list'].insert(2, 9)", [8, 3, 1, 9, 2]),
        ("del v['list'][0]", "del v['list'][0]", [1, 2]),
        ("del v['list'][0]", "del v['list'][2]", [1]),
        ("del v['list'][1]", "del v['list'][:2]", [2]),
        ("v['list'].insert(0, 8)", "v['list'][0] = 9", [8, 9, 1, 2]),
        ("v['list'].remove(3)", "v['list'].remove(3)", [1, 2]),
        ("v['list'].remove(3)", "v['list'].pop(2)", [1]),
        ("v['list'].pop(0)", "v['list'].pop(0)", [2]),
        ("v['list'].sort()", "v['list'].append(0)", [1, 2, 3, 0]),
        ("v['list'].append(0)", "v['list'].sort()", [0, 1, 2, 3]),
        ("v['list'].append(0)", "v['list'].clear()", []),
    ],
)
def test_two_change_a_list_that_both_have_read(
    first: str, second: str, after: list[int]
) -> None:
    kept = Kept(START)
    alex, doppler = kept.read(), kept.read()
    do(alex, first)
    assert do(doppler, second) in (None, 1, 2)
    assert kept.value["list"] == after


@pytest.mark.parametrize(
    ("first", "second", "after"),
    [
        ("v['x'] = 5", "v['new'] = 6", {"x": 5, "y": {"z": [1]}, "new": 6}),
        ("v['y']['a'] = 5", "v['y']['b'] = 6", {"x": 1, "y": Y}),
        (
            "v['y']['z'].append(2)",
            "v['y']['z'].append(3)",
            {"x": 1, "y": {"z": [1, 2, 3]}},
        ),
        ("del v['x']", "del v['x']", {"y": {"z": [1]}}),
        (
            "v.setdefault('n', [])",
            "v.setdefault('n', [7]).append(8)",
            {**START["dict"], "n": [8]},
        ),
        ("del v['x']", "v.pop('x', None)", {"y": {"z": [1]}}),
    ],
)
def test_two_change_a_dictionary_that_both_have_read(
    first: str, second: str, after: dict[str, Any]
) -> None:
    kept = Kept(START["dict"])
    alex, doppler = kept.read(), kept.read()
    do(alex, first)
    do(doppler, second)
    assert kept.value == after


def test_two_change_a_set_that_both_have_read() -> None:
    kept = Kept({1, 2})
    alex, doppler = kept.read(), kept.read()
    alex.add(3)
    doppler.add(4)
    alex.remove(1)
    doppler.remove(1)
    assert kept.value == {2, 3, 4}
    assert {alex.pop(), doppler.pop(), kept.read().pop()} == {2, 3, 4}


@pytest.mark.parametrize(
    "line",
    [
        "v.insert(0, {'text': 'new', 'done': False})",
        "v.append({'text': 'new', 'done': False})",
        "del v[0]",
        "v.reverse()",
        "v[1]['note'] = 'from somebody else'",
    ],
)
def test_what_others_have_moved_is_found_where_it_is(line: str) -> None:
    rows = [{"text": text, "done": False} for text in "abc"]
    kept = Kept(rows)
    alex, doppler = kept.read(), kept.read()
    do(alex, line)
    doppler[1]["done"] = True
    (done,) = [row for row in kept.value if row["done"]]
    assert done["text"] == "b"
    assert ("note" in done) == ("note" in line)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("del v['rows'][0]", "v['rows'][0]['done'] = True"),
        ("del v['rows']", "v['rows'].append(1)"),
        ("v['rows'] = 5", "v['rows'].append(1)"),
        ("v['list'].clear()", "v['list'][1] = 5"),
        ("v['list'].clear()", "v['list'].pop()"),
        ("v['list'].append(5)", "v['list'][:] = [1]"),
        ("v['dict'].clear()", "v['dict'].pop('x')"),
    ],
)
def test_what_others_have_taken_away_cannot_be_changed(first: str, second: str) -> None:
    kept = Kept(START)
    alex, doppler = kept.read(), kept.read()
    do(alex, first)
    before = kept.text
    kind, message = do(doppler, second)
    assert kind.__name__ == "ConflictError"
    assert "st.update(key, lambda value: ...)" in message
    assert kept.text == before


def test_of_several_who_take_from_a_queue_each_has_another_one() -> None:
    kept = Kept(list(range(9)))
    sessions = [kept.read() for _ in range(3)]
    taken = [session.pop(0) for _ in range(3) for session in sessions]
    assert taken == list(range(9))
    assert kept.value == []


def test_what_was_taken_out_is_nobodys() -> None:
    kept = Kept(START)
    value = kept.read()
    row, popped = value["rows"][0], value["rows"].pop()
    del value["rows"][0]
    row["done"] = popped["done"] = True
    assert kept.value["rows"] == value["rows"] == []


@pytest.mark.parametrize(
    "copied",
    [
        copy.copy,
        copy.deepcopy,
        lambda value: pickle.loads(pickle.dumps(value)),  # noqa: S301 -- ours
        lambda value: json.loads(json.dumps(value)),
    ],
)
def test_a_copy_is_plain(copied: Callable[[Any], Any]) -> None:
    kept = Kept(START["rows"])
    found = copied(kept.read())
    assert type(found) is list
    assert type(found[0]) is dict
    found[0]["done"] = True
    assert kept.value == START["rows"]


def test_others_take_them_for_what_they_are() -> None:
    value = Kept(START).read()
    assert isinstance(value["list"], list)
    assert repr(value) == repr(START)
    assert value["list"] + [4] == [3, 1, 2, 4]
    assert pd.DataFrame(value["rows"]).equals(pd.DataFrame(START["rows"]))


APPENDS = """
with sync("lobby") as st:
    rows = st.session_state.setdefault("rows", [])
    if text := st.text_input("Say", key=private("say")):
        rows.append(text)
    st.text(rows)
"""


@pytest.mark.fact("in-place")
def test_what_two_append_at_the_same_moment_is_both_there(
    program: Write, room_sync: ModuleType
) -> None:
    """What you change in place is changed for everyone, in one step: of two people who
    append to the same list at the same moment, both have their line.
    """
    app = program(APPENDS)
    alex, doppler = join(app), join(app)
    alex.set("Say", "hello")
    doppler.set("Say", "there")  # it has rendered the list without "hello"
    for user in (alex, doppler):
        user.touch("Say", "")
        user.wait_a_second()
        assert user.reads("['hello', 'there']")
    store = room_sync.rooms.store()
    assert store.read("lobby")[1] == {"key:rows": '["hello", "there"]'}


IDIOMS = {
    "append": ('setdefault("v", [])', 's["v"].append("x")', "['x', 'x', 'x']"),
    "dictionary": (
        'setdefault("v", {})',
        's["v"][len(s["v"])] = 1',
        "{0: 1, 1: 1, 2: 1}",
    ),
    "nested": (
        'setdefault("v", {"a": [[]]})',
        's.v["a"][0].append(1)',
        "{'a': [[1, 1, 1]]}",
    ),
    "reassigned": (
        'setdefault("v", [])',
        'v = s["v"]; v.append(1); s["v"] = v',
        "[1, 1, 1]",
    ),
    "added to": ('setdefault("v", [])', 's["v"] += [1]', "[1, 1, 1]"),
    "attribute": ('setdefault("v", [])', "s.v.append(1)", "[1, 1, 1]"),
    "changed after it was set": (
        'setdefault("v", [])',
        'new = list(s["v"]); s["v"] = new; new.append(1)',
        "[1, 1, 1]",
    ),
    "inside a tuple": (
        'setdefault("v", ([], 1))',
        's["v"][0].append(1)',
        "([1, 1, 1], 1)",
    ),
    "doubled": (
        'setdefault("v", [[0]])',
        's["v"] *= 2; s["v"][0].append(1)',
        "[[0, 1, 1, 1], [0], [0, 1], [0], [0, 1, 1], [0], [0, 1], [0]]",
    ),
    "object": (
        'setdefault("v", Notes([]))',
        's["v"].lines.append(1)',
        "Notes(lines=[1, 1, 1])",
    ),
}


@pytest.mark.parametrize("name", IDIOMS)
def test_an_idiom_of_streamlit_apps_works(name: str, program: Write) -> None:
    first, line, after = IDIOMS[name]
    app = program(
        "from dataclasses import dataclass\n"
        "@dataclass\n"
        "class Notes:\n"
        "    lines: list\n"
        'with sync("lobby") as st:\n'
        "    s = st.session_state\n"
        f"    s.{first}\n"
        '    if st.button("Go"):\n'
        f"        {line}\n"
        '    st.text(s["v"])\n'
    )
    alex, doppler = join(app), join(app)
    alex.click("Go")
    doppler.click("Go")
    alex.click("Go")
    doppler.wait_a_second()
    for user in (alex, doppler):
        user.run()
        assert user.reads(after), user.page.text


def test_all_that_a_mapping_can_do(program: Write, room_sync: ModuleType) -> None:
    app = program(
        'with sync("lobby") as st:\n'
        "    s = st.session_state\n"
        "    s.update(a=1, b=[2])\n"
        '    taken = s.pop("a"), s.pop("a", 7), s.setdefault("c", {3})\n'
        "    copied = s.to_dict()\n"
        '    copied["b"].append(9)\n'
        '    s[private("own")] = 5\n'
        '    st.text(f"{taken} {sorted(map(str, s.values()))[:3]}")\n'
        '    st.text(["a" in s, "c" in s, len(list(s)) == len(s)])\n'
        "    try:\n"
        '        s.pop("a")\n'
        "    except KeyError as error:\n"
        '        st.text(f"no {error}")\n'
    )
    alex = join(app)
    assert alex.reads("(1, 7, {3}) ['5', '[2]', '{3}']"), alex.page.text
    assert alex.reads("[False, True, True]")
    assert alex.reads("no 'a'")
    entries = room_sync.rooms.store().read("lobby")[1]
    assert entries == {"key:b": "[2]", "key:c": '{"set": [3]}'}


def test_a_viewer_changes_nothing_in_place(program: Write) -> None:
    app = program(
        "import streamlit\n"
        'watches = "watch" in streamlit.query_params\n'
        'with sync("lobby", read_only=watches) as st:\n'
        '    rows = st.session_state.get("rows", [])\n'
        "    if not watches and not rows:\n"
        '        st.session_state["rows"] = ["one"]\n'
        '    if st.button("Add") or "watch" in streamlit.query_params:\n'
        '        st.session_state["rows"].append("two")\n'
    )
    alex = join(app)
    viewer = join(app, watch="1")
    assert viewer.errors() == ["You are watching this room: changes are not accepted."]
    alex.click("Add")
    assert viewer.page.exception == alex.page.exception


def test_what_cannot_be_shared_is_refused_and_nothing_has_changed(
    program: Write, room_sync: ModuleType
) -> None:
    app = program(
        'with sync("lobby") as st:\n'
        '    rows = st.session_state.setdefault("rows", ["a"])\n'
        '    if st.button("Add"):\n'
        "        rows.append(object())\n"
        '    st.text(st.session_state["rows"])\n'
    )
    alex = join(app)
    alex.click("Add")
    assert alex.errors() == ["a object cannot be shared"]
    assert room_sync.rooms.store().read("lobby")[1] == {"key:rows": '["a"]'}
    alex.run()
    assert alex.reads("['a']")


@pytest.mark.parametrize(
    ("arguments", "own"),
    [('"lobby"', 'private("n")'), ('"lobby", only=["shared"]', '"n"')],
)
def test_a_value_that_is_not_shared_is_updated_in_its_session(
    arguments: str, own: str, program: Write
) -> None:
    app = program(
        f"with sync({arguments}) as st:\n"
        f"    for key in ({own}, 'shared'):\n"
        "        n = st.update(key, lambda n: (n or 0) + 1)\n"
        "        st.text([n, st.session_state[key]])\n"
    )
    alex, doppler = join(app), join(app)
    assert [line.value for line in doppler.page.text] == ["[1, 1]", "[2, 2]"]
    assert [line.value for line in alex.page.text] == ["[1, 1]", "[1, 1]"]
