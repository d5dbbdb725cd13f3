"""Tables that several people fill in: kinds of columns, rows that come and go."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest

from tests.snippets.streamlit.test_rooms_headless import EMPTY, edit
from tests.users.streamlit_headless import StreamlitSession, Write, join

pytestmark = pytest.mark.usefixtures("process")

COLUMNS = {
    "date": (
        "[date(2026, 1, 5), date(2026, 2, 5)]",
        "2026-12-24",
        "date(2026, 12, 24)",
    ),
    "time": ("[clock(9), clock(10)]", "23:30:00.000", "clock(23, 30)"),
    "datetime": (
        "pd.Series([datetime(2026, 1, 5), None], dtype=object)",
        "2026-12-24T10:00:00.000",
        "datetime(2026, 12, 24, 10)",
    ),
    "decimal": ('[Decimal("1.5"), Decimal("2.5")]', "3.25", 'Decimal("3.25")'),
    "datetime64": (
        'pd.to_datetime(["2026-01-05", "2026-02-05"])',
        "2026-12-24T00:00:00.000",
        'pd.Timestamp("2026-12-24")',
    ),
    "datetime64 with a zone": (
        'pd.to_datetime(["2026-01-05", "2026-02-05"]).tz_localize("Europe/Berlin")',
        "2026-12-24T10:00:00.000Z",
        'pd.Timestamp("2026-12-24T11:00", tz="Europe/Berlin")',
    ),
    "timedelta": (
        "pd.to_timedelta([60, 90], unit='s')",
        150,
        "pd.Timedelta(150, unit='s')",
    ),
    "category": ('pd.Categorical(["a", "b"])', "b", '"b"'),
    "nullable integer": ('pd.array([1, None], dtype="Int64")', 5, "5"),
    "nullable boolean": ('pd.array([None, True], dtype="boolean")', True, "True"),
    "nullable string": ('pd.array([None, "a"], dtype="string")', "b", '"b"'),
    "float": ("[0.5, None]", 1.5, "1.5"),
    "text": ('["a", None]', "b", '"b"'),
    "list": ('[["1"], ["2"]]', ["3"], '["3"]'),
    "Arrow's decimal": (
        'pd.array([Decimal("1.5")] * 2, dtype=pd.ArrowDtype(pa.decimal128(9, 2)))',
        2.5,
        'Decimal("2.5")',
    ),
    "Arrow's date": (
        "pd.array([date(2026, 1, 5), None], dtype=pd.ArrowDtype(pa.date32()))",
        "2026-12-24",
        "date(2026, 12, 24)",
    ),
}

IN_SECONDS = [pytest.mark.since("1.67")]
"""Since then, Streamlit lets people edit durations as numbers of seconds."""

WITH_KINDS = """
import pandas as pd
import pyarrow as pa
from datetime import date, datetime
from datetime import time as clock
from decimal import Decimal

with sync("lobby") as st:
"""


@pytest.mark.fact("columns-keep-their-kind")
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=IN_SECONDS if kind == "timedelta" else [])
        for kind in COLUMNS
    ],
)
def test_a_cell_comes_back_as_what_it_was(kind: str, program: Write) -> None:
    """Cells come back as what the column holds: dates, times, decimals, categories and
    missing values, too; and the column can still be edited.
    """
    values, sent, value = COLUMNS[kind]
    app = program(
        f"{WITH_KINDS}"
        f'    data = pd.DataFrame({{"x": {values}}})\n'
        '    table = st.data_editor(data, key="table")\n'
        '    st.text(table["x"].dtype == data["x"].dtype)\n'
        f'    st.text(table["x"].iloc[0] == {value})\n'
    )
    alex, doppler = join(app), join(app)
    edit(alex, 0, "x", sent)
    doppler.wait_a_second()
    for user in (alex, doppler, join(app)):
        assert [text.value for text in user.page.text] == ["True", "True"], kind
        columns = json.loads(user.table().columns)
        assert not columns.get("x", {}).get("disabled")


CONFIGURED = {
    "Date": ("2026-12-24", "date(2026, 12, 24)"),
    "Time": ("23:30:00.000", "clock(23, 30)"),
    "Datetime": ("2026-12-24T10:00:00.000", "datetime(2026, 12, 24, 10)"),
    "Text": ("b", '"b"'),
}


@pytest.mark.parametrize("kind", CONFIGURED)
def test_an_empty_column_holds_what_the_app_says(kind: str, program: Write) -> None:
    sent, value = CONFIGURED[kind]
    app = program(
        f"{WITH_KINDS}"
        '    data = pd.DataFrame({"n": [1, 2], "x": [None, None]})\n'
        f'    config = {{"x": st.column_config.{kind}Column("When")}}\n'
        '    table = st.data_editor(data, key="table", column_config=config)\n'
        '    st.text(table["n"].tolist())\n'
        f'    st.text([it == {value} for it in table["x"]])\n'
    )
    alex, doppler = join(app), join(app)
    edit(alex, 0, "n", 7)
    edit(alex, 0, "x", sent)
    doppler.wait_a_second()
    edit(doppler, 1, "x", sent)
    alex.wait_a_second()
    for user in (alex, doppler, join(app)):
        assert not user.warnings()
        assert [text.value for text in user.page.text] == ["[7, 2]", "[True, True]"]


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_cell_can_be_emptied(kind: str, program: Write) -> None:
    app = program(
        f"{WITH_KINDS}"
        f'    data = pd.DataFrame({{"x": {COLUMNS[kind][0]}}})\n'
        '    table = st.data_editor(data, key="table")\n'
        '    st.text(list(table["x"].isna()))\n'
    )
    alex, doppler = join(app), join(app)
    edit(alex, 1, "x", None)
    doppler.wait_a_second()
    assert doppler.page.text[0].value.endswith("True]")
    assert not doppler.errors()


@pytest.mark.fact("table-stays")
@pytest.mark.since("1.67")
def test_a_table_stays_when_others_change_what_its_user_has_not(
    program: Write,
) -> None:
    """When others change cells that you haven't edited, your table stays as it is on
    the page, scrolled and sorted, and shows the new values.
    """
    app = program(
        "import pandas as pd\n"
        'with sync("lobby") as st:\n'
        '    data = pd.DataFrame({"a": [1, 2], "b": [3, 4]})\n'
        '    table = st.data_editor(data, key="table")\n'
        "    st.text(table.to_numpy().tolist())\n"
    )
    alex, doppler = join(app), join(app)

    def table(user: StreamlitSession) -> str:
        """What it is for its browser: another one is drawn from its beginning."""
        return str(user.table().id)

    edit(alex, 0, "a", 10)
    before = table(alex)
    for number, (row, column) in enumerate([(0, "b"), (1, "a"), (1, "b")]):
        edit(doppler, row, column, 50 + number)
        alex.wait_a_second()
        assert table(alex) == before
    edit(alex, 1, "a", 20)
    assert table(alex) == before
    doppler.wait_a_second()
    for user in (alex, doppler):
        assert user.reads("[[10, 50], [20, 52]]")
    edit(doppler, 0, "a", 70)
    alex.wait_a_second()
    assert alex.reads("[[70, 50], [20, 52]]")
    assert table(alex) != before, "it said 10"


ROWS = """
import pandas as pd
with sync("lobby") as st:
    what = pd.Series(["a", "b", "c"], dtype=object)
    data = pd.DataFrame({"what": what, "n": [1, 2, 3]})
    table = st.data_editor(data, key="table", num_rows="dynamic")
    st.text([*zip(table["what"], table["n"])])
    st.text(list(table.index))
"""


def says(user: StreamlitSession, **state: Any) -> None:
    """Let a browser say what its user has done in the only table."""
    table = user.table()
    message = user.message()
    (found,) = [w for w in message.widgets if w.id == table.id] or [
        message.widgets.add(id=table.id)
    ]
    before = json.loads(found.string_value or EMPTY)
    found.string_value = json.dumps(before | state)
    user.send(message)


def rows(*users: StreamlitSession) -> str:
    """What all of them read, a second later: the same."""
    for _ in "ab":
        for user in users:
            user.wait_a_second()
    read = {tuple(text.value for text in user.page.text) for user in users}
    ((found, index),) = read
    assert index == str(list(range(len(eval(found)))))  # noqa: S307 -- ours
    return found


@pytest.mark.fact("rows-are-merged")
def test_rows_that_two_add_and_delete_at_the_same_moment(program: Write) -> None:
    """In a table that can grow, rows that two people add at the same moment are both
    there, and a row that both delete is gone.
    """
    app = program(ROWS)
    alex, doppler, third = join(app), join(app), join(app)
    says(alex, added_rows=[{"what": "x", "n": 8}], deleted_rows=[0])
    says(doppler, added_rows=[{"what": "y", "n": 9}], deleted_rows=[0, 2])
    after = rows(alex, doppler, third, join(app))
    assert after == "[('b', 2), ('x', 8), ('y', 9)]"


def test_a_row_is_added_cell_by_cell(program: Write) -> None:
    app = program(ROWS)
    alex, doppler = join(app), join(app)
    says(alex, added_rows=[{}])
    assert rows(alex, doppler).endswith("(None, None)]")
    key = alex.table().id
    says(alex, added_rows=[{"what": "x"}])
    says(alex, added_rows=[{"what": "x", "n": 8}, {"what": "y", "n": 9}])
    assert alex.table().id == key, "its user goes on in it"
    assert rows(doppler).endswith("('x', 8), ('y', 9)]")
    says(alex, added_rows=[{"what": "y", "n": 9}])  # the first one is deleted again
    assert rows(doppler).endswith("('c', 3), ('y', 9)]")


def test_a_row_that_another_has_added_is_edited_and_deleted(program: Write) -> None:
    app = program(ROWS)
    alex, doppler = join(app), join(app)
    says(alex, added_rows=[{"what": "x", "n": 8}, {"what": "y", "n": 9}])
    rows(alex, doppler)
    says(doppler, edited_rows={"3": {"n": 80}}, deleted_rows=[4])
    assert rows(alex, doppler) == "[('a', 1), ('b', 2), ('c', 3), ('x', 80)]"
    says(alex, edited_rows={"1": {"what": "B"}}, deleted_rows=[0])
    assert rows(alex, doppler) == "[('B', 2), ('c', 3), ('x', 80)]"


def test_a_cell_of_a_row_that_another_deletes_meanwhile(program: Write) -> None:
    app = program(ROWS)
    alex, doppler = join(app), join(app)
    says(alex, deleted_rows=[1])
    says(doppler, edited_rows={"1": {"n": 80}, "2": {"n": 30}})
    assert rows(alex, doppler) == "[('a', 1), ('c', 30)]"


def test_rows_with_names_of_their_own(program: Write) -> None:
    app = program(
        "import pandas as pd\n"
        'with sync("lobby") as st:\n'
        '    data = pd.DataFrame({"n": [1, 2]}, index=["a", "b"])\n'
        '    table = st.data_editor(data, key="table", num_rows="dynamic")\n'
        '    st.text(table["n"].to_dict())\n'
    )
    alex, doppler = join(app), join(app)
    says(alex, added_rows=[{"_index": "x", "n": 8}], deleted_rows=[0])
    doppler.wait_a_second()
    for user in (alex, doppler):
        assert user.reads("{'b': 2, 'x': 8}")


NAMED = {
    "text": ('["a", "b"]', "x", "x"),
    "moments": (
        'pd.to_datetime(["2026-01-01", "2026-01-02"])',
        "2026-03-01T00:00:00.000",
        "2026-03-01 00:00:00",
    ),
    "dates": ("[date(2026, 1, 1), date(2026, 1, 2)]", "2026-03-01", "2026-03-01"),
    "numbers": ("[10, 20]", 99, "99"),
}


@pytest.mark.parametrize("kind", NAMED)
def test_rows_are_called_what_their_user_has_called_them(
    kind: str, program: Write
) -> None:
    """Added ones, and others in a table that can grow; nobody's edits are hidden."""
    index, said, label = NAMED[kind]
    app = program(
        "import pandas as pd\n"
        "from datetime import date\n"
        'with sync("lobby") as st:\n'
        f'    data = pd.DataFrame({{"n": [1, 2]}}, index={index})\n'
        '    table = st.data_editor(data, key="table", num_rows="dynamic")\n'
        '    st.text({str(name): n for name, n in table["n"].items()})\n'
    )
    alex, doppler = join(app), join(app)
    says(doppler, edited_rows={"1": {"n": 77}})
    alex.wait_a_second()
    says(alex, added_rows=[{"_index": said, "n": 8}])
    doppler.wait_a_second()
    for user in (alex, doppler, join(app)):
        (text,) = user.page.text
        assert [*eval(text.value).items()][1:] == [  # noqa: S307 -- ours
            (text.value.split("'")[3], 77),
            (label, 8),
        ]
        assert not user.warnings()
    says(doppler, edited_rows={"0": {"_index": said}}, deleted_rows=[2])
    alex.wait_a_second()
    assert alex.page.text[0].value.startswith(f"{{'{label}': 1, ")


def test_columns_of_several_levels_are_edited(program: Write) -> None:
    app = program(
        "import pandas as pd\n"
        'with sync("lobby") as st:\n'
        '    columns = pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")])\n'
        "    data = pd.DataFrame([[1, 2]], columns=columns)\n"
        '    st.text(st.data_editor(data, key="table").values.tolist())\n'
    )
    alex, doppler = join(app), join(app)
    says(alex, edited_rows={"0": {"a_y": 5}})
    doppler.wait_a_second()
    for user in (alex, doppler):
        assert user.reads("[[1, 5]]")


def test_a_row_that_is_taken_back_leaves_nothing(
    program: Write, room_sync: ModuleType
) -> None:
    app = program(ROWS)
    alex = join(app)
    before = room_sync.rooms.store().read("lobby")[1]
    says(alex, added_rows=[{"what": "x", "n": 8}])
    doppler = join(app)
    says(doppler, deleted_rows=[3])
    assert room_sync.rooms.store().read("lobby")[1] == before
