"""What the page about rooms says beside what the library has to do in any case."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from datetime import time as clock
from enum import Enum
from pathlib import Path
from textwrap import indent
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.snippets.streamlit.conftest import Play
from tests.snippets.streamlit.modes import POLLED, PUSHED
from tests.snippets.streamlit.test_rooms_headless import edit
from tests.users.stage import Stage
from tests.users.streamlit import StreamlitUser
from tests.users.streamlit_headless import ROOMS, StreamlitSession, Write, join

pytestmark = pytest.mark.usefixtures("process")


@pytest.mark.claim("Without `as st`, nothing is shared.")
@pytest.mark.parametrize(("line", "seen"), [("", 0), (" as st", 5)])
def test_without_as_st_nothing_is_shared(line: str, seen: int, program: Write) -> None:
    app = program(
        f'import streamlit as st\nwith sync("lobby"){line}:\n    st.slider("A")\n'
    )
    alex, doppler = join(app), join(app)
    alex.set("A", 5)
    doppler.wait_a_second()
    assert doppler.value("A") == seen


@pytest.mark.claim(
    "A table is shared if it is a `DataFrame` with a fixed number of rows; any other "
    "stays private, with a warning."
)
@pytest.mark.parametrize(
    ("table", "shared"),
    [
        ("pd.DataFrame({'n': [1, 2]})", True),
        ("pd.DataFrame({'n': [1, 2]}), num_rows='dynamic'", False),
        ("{'n': [1, 2]}", False),
    ],
)
def test_tables_that_are_shared(table: str, shared: bool, program: Write) -> None:
    app = program(
        "import pandas as pd\n"
        'with sync("lobby") as st:\n'
        f'    st.data_editor({table}, key="numbers")\n'
    )
    alex = join(app)
    warnings = [w for w in alex.warnings() if "“numbers” stays private" in w]
    assert len(warnings) == (0 if shared else 1)


IN_A_FUNCTION = """
from room_push import room

@room("lobby")
def lobby(st):
    {line}

lobby()
"""

PLACES = [
    *('st.columns(2)[1].slider("A")', 'st.tabs(["one", "two"])[1].slider("A")'),
    *('st.expander("More").slider("A")', 'st.popover("More").slider("A")'),
    *('st.container().slider("A")', 'st.empty().slider("A")'),
    'st.sidebar.slider("A")',
]


@pytest.mark.claim("It can draw everywhere, in the sidebar too.")
@pytest.mark.parametrize("line", PLACES)
def test_a_function_draws_everywhere(line: str, program: Write) -> None:
    app = program(IN_A_FUNCTION.format(line=line))
    alex, doppler = join(app), join(app)
    for number in (5, 7):
        alex.set("A", number)
        doppler.wait_a_second()
        assert doppler.value("A") == number


@pytest.mark.claim(
    "A table in a room that is drawn by a function stays as it is while you type in a "
    "cell."
)
def test_a_table_in_which_somebody_types_stays_as_it_is() -> None:
    alex, doppler = join("table"), join("table")
    before = doppler.page.data_editor[0].proto.id
    listener = "private:listen:household"
    (key,) = doppler.component(listener)["keys"]
    doppler.say(listener, typing=[key])
    edit(alex, 1, "Euro", 410)
    for _ in range(2):
        doppler.wait_a_second()
        assert doppler.page.data_editor[0].proto.id == before
    edit(doppler, 0, "Euro", 900)
    doppler.say(listener, typing=[])
    for user in (alex, doppler):
        user.wait_a_second()
        assert user.reads("To pay: 1430 euro")
    assert doppler.page.data_editor[0].proto.id != before


class Stars(Enum):
    """Something that a module beside the app defines."""

    ONE = 1


VALUES: list[Any] = [
    *(None, True, 7, 0.5, "text", [1, [2]], {"a": {"b": None}}),
    *(date(2026, 1, 2), clock(3, 4), datetime(2026, 1, 2, 3, 4), timedelta(1, 2)),
    *({1, "2"}, (1, (2,)), Stars.ONE, {3: {"dict": date(2026, 1, 2)}}),
    *(np.int64(7), np.float32(0.5), np.True_, [np.int64(8)]),
]


@pytest.mark.claim(
    "In `st.session_state`, what JSON holds is shared, and so are dates, times, sets, "
    "tuples, NumPy’s numbers and enums."
)
@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_values_that_are_shared(
    value: Any, program: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "value", value, raising=False)
    app = program(
        "import sys\n"
        'with sync("lobby") as st:\n'
        '    if st.button("Set"):\n'
        f'        st.session_state["a"] = sys.modules[{__name__!r}].value\n'
        '    a = st.session_state.get("a", "nothing")\n'
        '    st.session_state[private("got")] = a\n'
    )
    alex, doppler = join(app), join(app)
    alex.click("Set")
    doppler.wait_a_second()
    got = doppler.page.session_state["private:got"]
    assert got == value
    assert type(got) is type(value.item() if isinstance(value, np.generic) else value)


FUNCTION = """
import streamlit as st

def app():
    st.title("Together")
    with sync("lobby") as {name}:
        {name}.slider("A")

app()
"""


@pytest.mark.claim(
    "Inside a function, `as st` makes `st` a local name there: take another, such as "
    "`as shared`, if you use `st` above it."
)
def test_as_st_is_a_local_name_in_a_function(program: Write) -> None:
    with pytest.raises(AssertionError, match="cannot access local variable 'st'"):
        join(program(FUNCTION.format(name="st")))
    app = program(FUNCTION.format(name="shared"))
    alex, doppler = join(app), join(app)
    alex.set("A", 5)
    doppler.wait_a_second()
    assert doppler.value("A") == 5


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A module of the app's own that draws."""
    (tmp_path / "parts.py").write_text(
        "import streamlit\n"
        "def own():\n"
        '    streamlit.slider("Own")\n'
        "def given(st):\n"
        '    st.slider("Given")\n'
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("parts", None)


@pytest.mark.claim(
    "A function of another module has to be given `st`; what it draws with a Streamlit "
    "of its own is not shared."
)
@pytest.mark.usefixtures("parts")
def test_a_function_of_another_module_is_given_st(program: Write) -> None:
    app = program(
        "import parts\n"
        'with sync("lobby") as st:\n'
        "    parts.own()\n"
        "    parts.given(st)\n"
    )
    alex, doppler = join(app), join(app)
    alex.set("Own", 5)
    alex.set("Given", 6)
    doppler.wait_a_second()
    assert (doppler.value("Own"), doppler.value("Given")) == (0, 6)


class TestReadme:
    """The examples of streamlit-sync's README, with the changes that the page lists."""

    CHANGES = (
        (r"import streamlit_sync", "import room_sync as streamlit_sync"),
        (r"(with streamlit_sync\.sync\(.*\)):", r"\1 as st:"),
        (r"streamlit_sync\.rooms\.(enter|exit)_room", r"streamlit_sync.\1_room"),
    )

    @pytest.fixture
    def example(self, tmp_path: Path) -> Write:
        """Write an example as it stands, changed."""

        def write(lines: str) -> Path:
            for old, new in self.CHANGES:
                lines = re.sub(old, new, lines)
            path = tmp_path / "app.py"
            path.write_text(lines)
            return path

        return write

    HEAD = "import streamlit as st\n\nimport streamlit_sync\n\n"
    APP = 'def app():\n    st.slider("Select a value")\n\n'
    SELECT = "room_name = streamlit_sync.select_room_widget()\n\n"
    SYNC = 'with streamlit_sync.sync("default_room"):\n'
    SYNC_ROOM = "with streamlit_sync.sync(room_name):\n"

    @pytest.mark.claim(
        "Every example of its README works when two of its lines are changed."
    )
    @pytest.mark.parametrize(
        "lines",
        [
            SELECT + SYNC_ROOM + '    y = st.slider("Select a value")\n'
            '    st.write(y, "squared is", y * y)\n',
            APP + SYNC + "    app()\n",
            SELECT + APP + SYNC_ROOM + "    app()\n",
        ],
    )
    def test_the_slider_is_shared(self, lines: str, example: Write) -> None:
        app = example(self.HEAD + lines)
        alex, doppler = join(app, room="Red"), join(app, room="Red")
        alex.set("Select a value", 7)
        doppler.wait_a_second()
        assert doppler.value("Select a value") == 7

    def in_a_room(self, example: Write, lines: str) -> list[StreamlitSession]:
        app = example(self.HEAD + self.SYNC + indent(lines, "    "))
        return [join(app), join(app)]

    @pytest.mark.claim(
        "Every example of its README works when two of its lines are changed."
    )
    def test_what_is_not_synced(self, example: Write) -> None:
        alex, doppler = self.in_a_room(
            example,
            'x = st.slider("Select a value",'
            ' key=streamlit_sync.get_not_synced_key("key"))\n'
            'synced_key = "my_custom_key"\n'
            'username = streamlit_sync.get_not_synced_key("username")\n'
            'if st.button("Set"):\n'
            "    st.session_state[synced_key] = 42\n"
            '    st.session_state[username] = "Adrien Treuille"\n'
            "st.text((st.session_state.get(synced_key),"
            " st.session_state.get(username)))\n",
        )
        alex.set("Select a value", 7)
        alex.click("Set")
        doppler.wait_a_second()
        assert alex.reads("(42, 'Adrien Treuille')")
        assert doppler.reads("(42, None)")
        assert doppler.value("Select a value") == 0

    @pytest.mark.claim(
        "Every example of its README works when two of its lines are changed."
    )
    def test_buttons(self, example: Write) -> None:
        alex, doppler = self.in_a_room(
            example,
            'if st.button(label="Send balloons"):\n'
            "    st.balloons()\n"
            'if st.session_state.get("NB_CLICKS") is None:\n'
            '    st.session_state["NB_CLICKS"] = 0\n'
            'if st.button(label="click"):\n'
            '    st.session_state["NB_CLICKS"] += 1\n'
            'st.write("Clicked **" + str(st.session_state["NB_CLICKS"])'
            ' + "** times !")\n',
        )
        alex.click("Send balloons")
        doppler.wait_a_second()
        assert alex.page.get("balloons")
        assert not doppler.page.get("balloons")
        alex.click("click")
        doppler.click("click")
        alex.wait_a_second()
        for user in (alex, doppler):
            assert user.page.markdown[0].value == "Clicked **2** times !"

    @pytest.mark.claim(
        "Every example of its README works when two of its lines are changed."
    )
    def test_rooms_with_buttons_of_ones_own(self, example: Write) -> None:
        app = example(
            self.HEAD + 'if st.button("Enter"):\n'
            '    streamlit_sync.rooms.enter_room("Red")\n'
            'if st.button("Exit"):\n'
            "    streamlit_sync.rooms.exit_room()\n"
        )
        alex = join(app)
        alex.click("Enter")
        assert alex.page.query_params["room"] == "Red"
        alex.click("Exit")
        assert "room" not in alex.page.query_params


def visitor(stage: Stage) -> StreamlitUser:
    """Somebody who opens the page, and gives no name."""
    user = StreamlitUser(stage.browser, stage.address)
    stage.users.append(user)
    user.open()
    return user


@pytest.mark.claim(
    "`level` in `private_values.py`: one room; kept on reload, kept on reconnect, "
    "lost on restart."
)
@pytest.mark.claim(
    "`zoom` in `private_values.py`: one tab; lost on reload, kept on reconnect, "
    "kept on restart."
)
def test_what_becomes_of_private_and_shared_values(
    start: Callable[[str], Stage],
) -> None:
    stage = start("streamlit/rooms/private_values")
    alex, doppler = visitor(stage), visitor(stage)
    alex.sets_slider("Level, for all", 3)
    doppler.reads_line("Level 4, seen at zoom 1")
    doppler.sets_slider("Zoom, for you", 2)
    doppler.reads_line("Level 4, seen at zoom 3")
    alex.reads_line("Level 4, seen at zoom 1")
    doppler.reload()
    doppler.reads_line("Level 4, seen at zoom 1")
    doppler.sets_slider("Zoom, for you", 2)
    doppler.reads_line("Level 4, seen at zoom 3")
    with doppler.cut_off():
        alex.sets_slider("Level, for all", 4)
        alex.reads_line("Level 5, seen at zoom 1")
    doppler.reads_line("Level 5, seen at zoom 3")
    stage.restart()
    doppler.reads_line("Level 1, seen at zoom 3")


@pytest.mark.claim(
    "`text` in `saved_room.py`: every process; kept on reload, kept on reconnect, "
    "kept on restart."
)
def test_what_becomes_of_a_saved_value(start: Callable[[str], Stage]) -> None:
    """That several processes share it is proven without a browser."""
    stage = start("streamlit/rooms/saved_room")
    alex, doppler = visitor(stage), visitor(stage)
    alex.enters("Notes", "one")
    doppler.reads_line("1 words, saved in rooms.db")
    doppler.reload()
    doppler.reads_line("1 words, saved in rooms.db")
    with doppler.cut_off():
        alex.enters("Notes", "one two")
        alex.reads_line("2 words, saved in rooms.db")
    doppler.reads_line("2 words, saved in rooms.db")
    with alex.finds_anew("Notes"), doppler.finds_anew("Notes"):
        stage.restart()
    for user in (visitor(stage), alex, doppler):
        user.reads_line("2 words, saved in rooms.db")
        user.finds("Notes", "one two")


@pytest.mark.claim("They use nothing of Streamlit but its public names.")
@pytest.mark.parametrize("path", sorted(ROOMS.glob("room_*.py")), ids=lambda p: p.stem)
def test_the_library_uses_public_names(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    modules, names = set(), set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=imported):
                modules |= {alias.name for alias in imported}
            case ast.ImportFrom(module=str(module), names=imported):
                modules.add(module)
                names |= {alias.name for alias in imported}
            case ast.Attribute(value=ast.Name(id="st"), attr=name):
                names.add(name)
    streamlit = {name for name in modules if name.startswith("streamlit")}
    assert streamlit <= {"streamlit", "streamlit.errors"}
    assert not [name for name in names - {"__version__"} if name.startswith("_")]


FIELD_AND_SLIDER = """
from room_sync import sync

with sync("lobby") as st:
    st.text_input("A")
    b = st.slider("B")
    st.text(f"B is {b}")
"""


@pytest.mark.claim(
    "Of two people who type in the same field, the one who sends first replaces what "
    "the other has not sent."
)
def test_a_draft_in_the_field_that_another_changes_is_replaced(play: Play) -> None:
    stage = play(FIELD_AND_SLIDER)
    alex, doppler = visitor(stage), visitor(stage)
    doppler.types("A", "half a ")
    with doppler.finds_anew("A"):
        alex.enters("A", "a whole sentence")
    doppler.finds("A", "a whole sentence")


@pytest.mark.claim(
    "What you have typed in a field of such a room stays as it is until you send it, "
    "whatever others send."
)
@pytest.mark.claim("Then yours is the later change, and everybody sees that one.")
@pytest.mark.parametrize("mode", [POLLED, PUSHED])
def test_a_draft_in_the_field_that_another_changes_stays(mode: str, play: Play) -> None:
    stage = play(FIELD_AND_SLIDER, mode)
    alex, doppler = visitor(stage), visitor(stage)
    doppler.types("A", "half a ")
    alex.enters("A", "a whole sentence")
    alex.sets_slider("B", 1)
    doppler.reads_line("B is 1")
    doppler.finds("A", "half a ")
    expect(doppler.widget("A")).to_be_focused()
    doppler.page.keyboard.type("word")
    doppler.page.keyboard.press("Enter")
    for user in (alex, doppler):
        user.finds("A", "half a word")


def idle_for_a_while(user: StreamlitUser) -> list[object]:
    """What the page sends by itself while the server twice asks who is there."""
    sent: list[object] = []
    user._sockets[-1].on("framesent", lambda frame: sent.append(frame))
    for _ in range(2):
        with user.page.expect_request("**/rooms/events*"):
            pass
    return sent


@pytest.mark.claim(
    "Started by the launcher, a page shows a change when it is told, and no script "
    "runs while nothing changes."
)
def test_a_page_that_is_told_sends_nothing_until_then(
    start: Callable[[str], Stage],
) -> None:
    stage = start("streamlit/rooms/push_launcher")
    alex, doppler = visitor(stage), visitor(stage)
    for user in (alex, doppler):
        user.reads_line("0 clicks, 2 here")
    assert idle_for_a_while(doppler) == []
    alex.presses("Click")
    for user in (alex, doppler):
        user.reads_line("1 clicks, 2 here")


@pytest.mark.claim("Started by itself, `push_app.py` looks once a second.")
def test_a_page_that_is_not_told_looks(start: Callable[[str], Stage]) -> None:
    stage = start("streamlit/rooms/push_app")
    alex, doppler = visitor(stage), visitor(stage)
    alex.reads_line("0 clicks, 2 here")
    with doppler._sockets[-1].expect_event("framesent"):
        pass
    alex.presses("Click")
    doppler.reads_line("1 clicks, 2 here")
