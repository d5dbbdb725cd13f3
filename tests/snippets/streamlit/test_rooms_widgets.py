"""Which of Streamlit's widgets a room shares, and which it disables for viewers.

The widgets are those that Streamlit has, read from its functions' arguments: one that
comes with a later Streamlit is in neither list, and is noticed.
"""

from __future__ import annotations

import inspect
from datetime import date, datetime
from datetime import time as clock
from types import ModuleType
from typing import Any
from unittest.mock import Mock

import altair as alt
import pandas as pd
import pytest
import streamlit

from tests.users.streamlit_headless import StreamlitSession, Write, join

pytestmark = pytest.mark.usefixtures("process")


def take(*arguments: str) -> set[str]:
    """The functions of Streamlit that take a key and one of these arguments."""
    functions = inspect.getmembers(streamlit, inspect.isroutine)
    return {
        name
        for name, function in functions
        if not name.startswith("_")
        and "key" in (taken := inspect.signature(function).parameters)
        and taken.keys() & {*arguments}
    }


FILES = {"audio_input", "camera_input", "file_uploader"}
CHARTS = {"altair_chart", "echarts_chart", "plotly_chart"}
CHARTS |= {"pydeck_chart", "vega_lite_chart"}
LAYOUT = {"expander", "popover", "tabs"}
OWN = FILES | CHARTS | LAYOUT | {"dataframe"}
"""What has a value that a room does not share."""

KINDS: dict[str, tuple[str, Any]] = {
    "slider": ('"X"', 5.0),
    "slider range": ('"X", value=(1, 9)', (2, 3)),
    "slider dates": (
        '"X", date(2026, 1, 1), date(2026, 12, 31), date(2026, 2, 2)',
        date(2026, 5, 6),
    ),
    "select_slider": ('"X", list("abc")', "b"),
    "number_input": ('"X", value=None', 2.5),
    "checkbox": ('"X"', True),
    "toggle": ('"X", True', False),
    "text_input": ('"X"', "Ω\n\\"),
    "text_area": ('"X", value="old"', ""),
    "color_picker": ('"X"', "#123456"),
    "date_input": ('"X", date(2026, 1, 1)', date(2026, 3, 4)),
    "time_input": ('"X"', clock(12, 45)),
    "datetime_input": ('"X"', datetime(2026, 3, 4, 12, 45)),
    "multiselect": ('"X", list("abc"), "b"', ["c", "a"]),
    "selectbox": ('"X", iter("abc")', "c"),
    "selectbox none": ('"X", ["a", None, "c"], index=None', "a"),
    "radio": ('"X", np.arange(3)', 2),
    "pills": ('"X", list("abc")', "b"),
    "segmented_control": ('"X", list("abc"), selection_mode="multi"', ["a"]),
    "feedback": ('"stars"', 3),
    "pagination": ("9", 4),
}
"""Arguments, and another value, by function and what tells two of one apart."""

NAMED = {"datetime_input", "pills", "segmented_control", "pagination"}
"""What AppTest finds by these names since Streamlit 1.67."""

SHARED = {kind.partition(" ")[0] for kind in KINDS} | {"data_editor"}


@pytest.mark.fact(
    "shared-widgets",
    over="the functions of Streamlit that take a key and on_change or on_select, as "
    "inspect finds them",
)
@pytest.mark.since("1.64")
def test_which_widgets_are_shared(
    program: Write, room_sync: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A room shares each of Streamlit's widgets that holds a value, except files, what
    is selected in charts and data frames, and what is open of tabs, expanders and
    popovers; those stay in their session, and a warning names them.
    """
    assert take("on_change", "on_select") == SHARED | OWN
    for name in ("echarts_chart", "plotly_chart", "pydeck_chart"):
        nothing = Mock(return_value=None)  # what draws it is not installed
        nothing.__signature__ = inspect.signature(getattr(streamlit, name))
        monkeypatch.setattr(streamlit, name, nothing)
    app = program(
        "import sys\n"
        'with sync("lobby") as st:\n'
        f"    for name, more in sys.modules[{__name__!r}].HOLDING.items():\n"
        f"        with st.container():\n"
        "            getattr(st, name)(*more[0], key=name, **more[1])\n"
        '    st.slider("Own", key=private("own"))\n'
    )
    alex = join(app)
    warned = {warning.split("”")[0].lstrip("“") for warning in alex.warnings()}
    assert warned == HOLDING.keys() == OWN
    assert room_sync.rooms.store().read("lobby")[1] == {}


def test_what_holds_nothing_is_rendered_without_a_warning(program: Write) -> None:
    app = program(
        "import pandas as pd\n"
        'with sync("lobby") as st:\n'
        '    st.dataframe(pd.DataFrame({"a": [1]}))\n'
        '    st.tabs(["one", "two"])\n'
        '    st.file_uploader("Mine", key=private("mine"))\n'
    )
    assert not join(app).warnings()


@pytest.mark.fact("shared-widgets")
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=[pytest.mark.since("1.67")] if kind in NAMED else [])
        for kind in KINDS
    ],
)
def test_a_kind_of_widget_is_shared(kind: str, program: Write) -> None:
    arguments, value = KINDS[kind]
    widget = kind.partition(" ")[0]
    app = program(
        "from datetime import date\n"
        "import numpy as np\n"
        'with sync("lobby") as st:\n'
        f"    value = st.{widget}({arguments})\n"
        "    st.text(repr(value))\n"
    )
    alex, doppler = join(app), join(app)
    alex.only(widget).set_value(value)
    alex.run()
    doppler.wait_a_second()
    assert alex.page.text[0].value == doppler.page.text[0].value
    assert doppler.only(widget).value == value


ENABLED = {"popover"}
"""What a viewer may use: it changes nothing in the room."""


@pytest.mark.fact(
    "viewers",
    over="the functions of Streamlit that take a key and disabled, as inspect finds "
    "them",
)
def test_which_widgets_are_disabled_for_viewers(program: Write) -> None:
    """Viewers see each change, and what they could operate is disabled for them:
    widgets, files, buttons, menus, downloads, links and the chat input. They can open
    popovers and expanders, and select in charts and data frames.
    """
    app = program(
        "import sys\n"
        'is_viewer = "Watch" in current_room()\n'
        'with sync("talk", read_only=is_viewer) as st:\n'
        f"    for name, more in sys.modules[{__name__!r}].DRAWN.items():\n"
        '        place = st.form("form") if name == "form_submit_button" else st\n'
        "        getattr(place, name)(*more, key=name)\n"
    )
    for name in take("disabled"):
        DRAWN.setdefault(name, ["X"])
    alex, doppler = join(app, room="Talk"), join(app, room="Watch")
    assert disabled(alex) == set()
    assert disabled(doppler) == take("disabled") - ENABLED
    alex.page.number_input[0].set_value(7)
    alex.run()
    doppler.wait_a_second()
    assert doppler.page.number_input[0].value == 7


SPEC = {"mark": "point", "params": [{"name": "p", "select": "point"}]}
SELECTS: dict[str, Any] = {"on_select": "rerun"}
RERUNS: dict[str, Any] = {"on_change": "rerun"}
HOLDING: dict[str, tuple[list[Any], dict[str, Any]]] = {
    **{name: (["X"], {}) for name in FILES},
    "tabs": ([["one", "two"]], RERUNS),
    "expander": (["X"], RERUNS),
    "popover": (["X"], RERUNS),
    "dataframe": ([pd.DataFrame({"a": [1]})], SELECTS),
    "vega_lite_chart": ([pd.DataFrame({"a": [1]}), SPEC], SELECTS),
    "altair_chart": (
        [
            alt.Chart(pd.DataFrame({"a": [1]}))
            .mark_point()
            .add_params(alt.selection_point("p"))
        ],
        SELECTS,
    ),
    "plotly_chart": ([{"data": [], "layout": {}}], SELECTS),
    "pydeck_chart": ([None], SELECTS),
    "echarts_chart": ([{"series": []}], SELECTS),
}
"""What holds a value that rooms leave to the session, with its arguments."""

DRAWN: dict[str, list[Any]] = {
    "data_editor": [{"a": [1]}],
    "download_button": ["X", "data"],
    "feedback": ["stars"],
    "link_button": ["X", "https://example.org"],
    "pagination": [5],
    **{name: ["X", ["a"]] for name in ("menu_button", "multiselect", "pills")},
    **{name: ["X", ["a"]] for name in ("radio", "segmented_control")},
    **{name: ["X", ["a"]] for name in ("select_slider", "selectbox")},
}
"""The arguments of those that take more than a label."""


def disabled(user: StreamlitSession) -> set[str]:
    """The keys of what is drawn and disabled."""
    drawn = [node.proto for node in user.page._tree if hasattr(node, "proto")]
    found = [getattr(proto, "popover", proto) for proto in drawn]
    return {
        proto.id.rpartition("-")[2].partition("#")[0].removeprefix("FormSubmitter:")
        for proto in found
        if getattr(proto, "disabled", False)
    }
