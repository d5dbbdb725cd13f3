"""A Streamlit session without browser and server, on Streamlit's own AppTest."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib import import_module
from math import inf
from pathlib import Path
from typing import Any
from unittest.mock import Mock, patch

import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequests,
)
from streamlit.testing.v1 import AppTest, local_script_runner
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from livedocs.catalog import Catalog
from tests.waiting import PATIENCE

PROGRAMS = Catalog.default().root / "streamlit"
ROOMS = PROGRAMS / "rooms"
"""Where the programs with rooms are."""

LIBRARY = PROGRAMS / "room_sync"
"""The package that they import."""

Write = Callable[[str], Path]


@contextmanager
def own_process() -> Iterator[Callable[[], None]]:
    """Let programs import the library again; call the result to start once more."""

    def restart() -> None:
        ours = (LIBRARY.name, f"_{LIBRARY.name}_process")
        for name in [it for it in sys.modules if it.partition(".")[0] in ours]:
            del sys.modules[name]

    restart()
    with patch.object(sys, "path", [str(ROOMS), str(PROGRAMS), *sys.path]):
        yield restart
    restart()


class _Scripts(ScriptCache):
    """Programs as Python reads them; AppTest has each read again for each run."""

    def __init__(self) -> None:
        super().__init__()
        self._read_at: dict[str, tuple[int, int]] = {}

    def get_bytecode(self, script_path: str) -> Any:
        state = Path(script_path).stat()
        read_at = state.st_mtime_ns, state.st_size
        if self._read_at.get(script_path) != read_at:
            self.clear()
            self._read_at = {script_path: read_at}
        return super().get_bytecode(script_path)


_scripts = _Scripts()

_manifests = cache(manifest_scanner.scan_component_manifests)
"""What is installed: a server looks for it once, AppTest with every session."""


class StreamlitSession:
    """One tab: it sends the values of all its widgets with each run, as browsers do."""

    def __init__(self, script: Path, **address: str) -> None:
        self.page = AppTest.from_file(script, default_timeout=PATIENCE)
        self.page.query_params.update(address)
        own = MemoryFragmentStorage()  # from version 1.64 on, AppTest has one
        self._fragments = getattr(self.page, "_fragment_storage", own)
        self.run()

    def run(self) -> None:
        """Let the script run from its top, as a touch of anything does."""
        with self._as_on_a_server():
            self.page.run()
        assert not self.page.exception, self.page.exception[0].value

    @contextmanager
    def _as_on_a_server(self) -> Iterator[None]:
        """Look for components once, and keep programs and fragments from run to run."""
        with (
            patch.object(local_script_runner, "ScriptCache", lambda: _scripts),
            patch.object(manifest_scanner, "scan_component_manifests", _manifests),
            patch.object(
                local_script_runner, "MemoryFragmentStorage", lambda: self._fragments
            ),
        ):
            yield

    def widget(self, label: str) -> Any:
        """The widget with that label; there is exactly one."""
        (found,) = [w for w in self._widgets() if getattr(w, "label", None) == label]
        return found

    def only(self, kind: str) -> Any:
        """The only widget of that kind."""
        (found,) = self.page.get(kind)
        return found

    def table(self) -> Any:
        """The only table that can be edited, as the browser is given it."""
        (found,) = [it.proto for it in self.page.dataframe if it.proto.editing_mode]
        return found

    def key(self, label: str) -> str:
        """Streamlit's key for the widget: a draft and the focus live as long as it."""
        key: str = self.widget(label).key
        return key

    def value(self, label: str) -> Any:
        """What the widget shows."""
        return self.widget(label).value

    def touch(self, label: str, value: Any) -> None:
        """Change a widget, but do not let the server know yet."""
        self.widget(label).set_value(value)

    def set(self, label: str, value: Any) -> None:
        """Change a widget."""
        self.touch(label, value)
        self.run()

    def click(self, label: str) -> None:
        """Press a button."""
        self.widget(label).click()
        self.run()

    def message(self) -> WidgetStates:
        """What this tab's browser would send now."""
        states: WidgetStates = self.page._tree.get_widget_states()
        return states

    def send(self, message: WidgetStates) -> None:
        """Send a message that may be older, or forged."""
        with self._as_on_a_server():
            self.page._run(message)
        assert not self.page.exception, self.page.exception[0].value

    def reads(self, text: str) -> bool:
        """Whether a line of the page says so."""
        return text in [element.value for element in self.page.text]

    def errors(self) -> list[str]:
        """What the page reports in red."""
        return [element.value for element in self.page.error]

    def warnings(self) -> list[str]:
        """What the page reports in yellow."""
        return [element.value for element in self.page.warning]

    def wait_a_second(self) -> None:
        """Let the fragments that look after the room run, and what they ask for."""
        if self.is_one_fragment():
            return self.hear()
        return self.polls_again(-inf)

    def polls_again(self, drawn: float) -> None:
        """Let the fragments that look after the room run, and what they ask for.

        Args:
            drawn: when the page was drawn last: long ago, or not even now.
        """
        self._was_drawn(drawn)
        shown = self.page._tree
        rerun = Mock(side_effect=st.rerun)
        with patch.object(st, "rerun", rerun):
            self._run_fragments(self.message())
        if not rerun.called:  # AppTest takes what the fragments drew for the whole page
            self.page._tree = shown

    def is_one_fragment(self) -> bool:
        """Whether a function draws all of the room, with the component that listens."""
        return any(
            "-private:room_sync:listen:" in node.proto.id for node in self._components()
        )

    def hear(self, message: WidgetStates | None = None) -> None:
        """Let the room's own fragment run, as touches do and what a server pushes.

        Such a page is nothing but the room.
        """
        with patch.object(st, "rerun", Mock(side_effect=AssertionError)):
            self._run_fragments(message or self.message())

    def polls(self, drawn: float = -inf) -> Any:
        """Let the fragment that polls run; return what its component is told.

        Args:
            drawn: when the page was drawn last: long ago, or not even now.
        """
        shown = self.page._tree
        self._was_drawn(drawn)
        *_, poll = self._fragments._fragments  # by when they are drawn
        self._run_fragments(self.message(), poll)
        (component,) = self._components()
        self.page._tree = shown
        return json.loads(component.proto.json)

    def _was_drawn(self, when: float) -> None:
        if "private:room_sync:rendered" in self.page.session_state:
            room, _ = self.page.session_state["private:room_sync:rendered"]
            self.page.session_state["private:room_sync:rendered"] = room, when

    def _run_fragments(self, message: WidgetStates, *fragments: str) -> None:
        """Run these, or all: AppTest runs whole scripts only, its runner takes both."""
        fragments = fragments or tuple(self._fragments._fragments)
        request = LocalScriptRunner.request_rerun

        def request_fragments(runner: LocalScriptRunner, data: RerunData) -> bool:
            runner._requests = ScriptRequests()  # without the one for the whole script
            return request(runner, replace(data, fragment_id_queue=[*fragments]))

        with (
            self._as_on_a_server(),
            patch.object(LocalScriptRunner, "request_rerun", request_fragments),
        ):
            self.page._run(message)
        assert not self.page.exception, self.page.exception[0].value

    def in_room(self, room: str = "lobby") -> Any:
        """What the library keeps about this session in that room."""
        tabs = import_module("room_sync.tab")
        token = self.page.session_state["private:room_sync:token"]
        return tabs.of(token).rooms[room]

    def component(self, key: str) -> Any:
        """What the server has told the component with that key."""
        return json.loads(self._component(key).json)

    def say(self, key: str, **state: Any) -> None:
        """Let the component with that key say something to the server."""
        message = self.message()
        message.widgets.add(id=self._component(key).id, json_value=json.dumps(state))
        self.send(message)

    def _component(self, key: str) -> Any:
        (found,) = [
            node.proto
            for node in self._components()
            if node.proto.id.endswith(f"-{key}")
        ]
        return found

    def _components(self) -> list[Any]:
        kind = "bidi_component"
        return [n for n in self.page._tree if getattr(n, "type", None) == kind]

    def _widgets(self) -> list[Any]:
        return [node for node in self.page._tree if hasattr(node, "_widget_state")]


def join(program: str | Path, **address: str) -> StreamlitSession:
    """Let one more session open the program."""
    path = program if isinstance(program, Path) else ROOMS / f"{program}.py"
    return StreamlitSession(path, **address)
