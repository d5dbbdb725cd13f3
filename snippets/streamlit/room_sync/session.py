"""One session in a room: what it shows, what its user changes, what the others do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from inspect import BoundArguments, signature
from itertools import count
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.errors import DuplicateWidgetID, StreamlitAPIException

from room_sync.errors import RefusedError, RoomError, StoreError, UnshareableError
from room_sync.stores import Change, Store, Texts, about, merged
from room_sync.tables import cells, filled, fixed_table
from room_sync.values import chosen, from_text, offered, to_text

# Widgets that rooms share, with the argument that takes their first value.
WIDGETS = {
    "data_editor": "data",
    "feedback": "default",
    "radio": "index",
    "selectbox": "index",
    **dict.fromkeys(["multiselect", "pills", "segmented_control"], "default"),
    **dict.fromkeys(["checkbox", "number_input", "select_slider", "slider"], "value"),
    **dict.fromkeys(["color_picker", "text_area", "text_input", "toggle"], "value"),
    **dict.fromkeys(["date_input", "datetime_input", "time_input"], "value"),
}
FILES = {"file_uploader", "camera_input", "audio_input"}
STAYS, CLEARS = "stays", "clears"  # kinds of forms, by what they do when sent
CALLBACKS = {"on_click", "on_change", "on_submit"}
PRIVATE = "private:"

_serials = count(time.time_ns())  # none comes again, not even after a restart

Call = Callable[..., Any]


@dataclass
class Widget:
    """A shared widget as this session's browser knows it.

    A session's own edits keep it, its key and the focus. When somebody else has set
    another value, it is born anew, under a key that the browser has never seen and with
    the value as its own default. So no message can carry an older value for its key:
    whatever differs from what it said last is this user's edit.
    """

    knows: Texts  # what the room says about it, as far as this session has seen
    first: dict[str, Any]  # the arguments that make it show that
    base: pd.DataFrame | None  # of a table: the app's data
    key: str = ""  # Streamlit's
    in_form: bool = False
    said: Texts = field(default_factory=dict)  # what it said last

    def edits(self, name: str) -> Texts:
        """What the user has changed since it said something last."""
        if self.key not in st.session_state:  # the last run did not draw it
            return {}
        now = st.session_state[self.key]
        is_table = self.base is not None
        texts = cells(name, now["edited_rows"]) if is_table else {name: to_text(now)}
        return {key: text for key, text in texts.items() if self.said.get(key) != text}

    def is_current(self, knows: Texts | None, base: pd.DataFrame | None) -> bool:
        """Whether it can stay; None for what the room says leaves that aside."""
        same = base is self.base or (base is not None and base.equals(self.base))
        knows = self.knows if knows is None else knows
        return same and self.knows == knows and self.key in st.session_state


@dataclass
class Visit:
    """What one session knows about a room, from run to run."""

    session: str
    room: str
    version: int = 0  # of the room, as the last run of the script has shown it
    texts: Texts = field(default_factory=dict)  # of that version, with own changes
    present: frozenset[str] = field(init=False)  # who is there, as far as it knows
    shown: frozenset[str] | None = None  # who was, for the last run, if it has asked
    asked: set[str] = field(default_factory=set)  # keys whose values the run has used
    trouble: StoreError | None = None
    refusal: RoomError | None = None  # of what a callback tried before this run
    running: bool = False  # the script is drawing the room
    ended: float = 0  # when it has last done so, by the server's clock
    drawn: list[int | None] | None = None  # what the browser has been told that it is
    stay: float = 3.0  # seconds for which it counts as present, at least
    widgets: dict[str, Widget] = field(default_factory=dict)
    typing: frozenset[str] = frozenset()  # keys of widgets with something unsent
    held: frozenset[str] = frozenset()  # of those, the ones the last run left alone
    sent: int = 0  # how often the user has sent a form
    typed: float = 0  # when the browser has said so, by its own clock
    forms: list[str] = field(default_factory=list)  # open around what is drawn now

    def __post_init__(self) -> None:
        self.present = frozenset({self.session})
        self._lock = threading.RLock()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for the run before this one, which Streamlit may have left behind.

        A run that has been left behind itself ends where it asks for the state.
        """
        with self._lock:
            _ = PRIVATE in st.session_state
            yield

    def shares(self, key: str) -> bool:
        """Whether a key is the room's, not this session's."""
        return not key.startswith(PRIVATE) and (self.only is None or key in self.only)

    def begin(
        self,
        store: Store,
        *,
        read_only: bool = False,
        only: Collection[str] | None = None,
        every: float | None = 1.0,
    ) -> None:
        """Send what this user has changed, then take what the room says."""
        with self._turn():
            self.running, self.held = True, frozenset()
            self.store, self.every = store, every
            self.read_only, self.only = read_only, only
            self.forms, self.shown, self.asked = [], None, set()
            self.version = self._exchange()
        if problem := self.trouble or self.refusal:
            st.error(str(problem))
        self.refusal = None

    def end(self) -> None:
        """Know that the room is drawn."""
        self.running, self.ended = False, time.monotonic()

    def report(self, error: RoomError) -> None:
        """Say what has stopped the app's own lines, unless begin() has said it."""
        if not self.trouble:
            st.error(str(error))
        if isinstance(error, StoreError):
            self.trouble = error

    def is_behind(self) -> bool:
        """Whether the page shows something older than the room does."""
        trouble = self.trouble
        version = self._exchange()
        if self.trouble or trouble:
            return not (self.trouble and trouble)  # it has just begun, or ended
        return not self.is_up_to_date(version, self.present)

    def is_up_to_date(self, version: int, present: frozenset[str]) -> bool:
        """Whether the page shows this version, and who is there if it does."""
        shows = version == self.version and self.shown in (None, present)
        return shows and self.held <= self.typing

    def _exchange(self) -> int:
        """Give and take news as far as the store answers; return its version."""
        with self._turn():
            version = self.version
            try:
                stay = max(self.stay, 3 * (self.every or 0))
                self.store.keep(self.room, self.session, stay)
                self._publish()
                version, self.texts = self.store.read(self.room)
                self.present = self.store.present(self.room)
                self.trouble = None
            except StoreError as trouble:
                self.trouble = trouble
            return version

    def _publish(self) -> None:
        """Write what this user has changed; what cannot be written now waits."""
        with self._turn():
            edits = [(w, new) for n, w in self.widgets.items() if (new := w.edits(n))]
            if edits and not self.read_only:  # a browser may send what it should not
                texts = {key: text for _, new in edits for key, text in new.items()}
                self._write(lambda _: dict(texts))
                for widget, new in edits:
                    widget.said |= new
                    widget.knows |= new

    def _write(self, change: Callable[[Texts], Change]) -> None:
        written: Change = {}
        is_known = False

        def changed(texts: Texts) -> Change:
            nonlocal is_known
            is_known = texts == self.texts
            written.update(change(texts))
            return written

        self.store.write(self.room, changed)
        self.texts = merged(self.texts, written)
        if is_known and not written.keys() & self.asked:  # the page shows it already
            with suppress(StoreError):
                version, texts = self.store.read(self.room)
                self.version = version if texts == self.texts else self.version

    def write(self, change: Callable[[Texts], Change]) -> None:
        """Change the room, after what the user has done in widgets.

        Raises RefusedError if this session only watches, and StoreError.
        """
        if self.read_only:
            raise RefusedError("You are watching this room: changes are not accepted.")
        try:
            self._publish()
        except Exception:
            raise
        except BaseException:  # Streamlit ends the run, whose click will not come again
            self._write(change)
            raise
        self._write(change)

    def read(self) -> Texts:
        """The room's texts as they are now, or as they were when last in reach."""
        try:
            return self.store.read(self.room)[1]
        except StoreError as trouble:
            self.trouble = trouble
            return self.texts

    def value(self, key: str) -> Any:
        """A shared value as it is now; of a widget, as this session shows it."""
        self.asked.add(key)
        widget = self._widget(key)
        texts = self.texts if widget else self.read()
        if key in texts:
            return from_text(texts[key])
        own = widget.key if widget else PRIVATE + key
        if own not in st.session_state:
            raise KeyError(key)
        return st.session_state[own]

    def _widget(self, name: str) -> Widget | None:
        """A widget, when what the user has changed in it is sent.

        Callbacks and the app's own fragments ask for it before begin() has sent that.
        """
        widget = self.widgets.get(name)
        if widget and widget.edits(name):
            try:
                self._publish()
            except StoreError as trouble:
                self.trouble = trouble
        return widget

    def set(self, key: str, value: Any) -> None:
        """Share a value, or keep it in this session if it cannot be shared."""
        try:
            text = to_text(value)
        except UnshareableError as reason:
            self._warn(key, reason)
            st.session_state[PRIVATE + key] = value
        else:
            self.write(lambda _: {key: text})

    def _warn(self, name: str, reason: object) -> None:
        st.warning(f"“{name}” stays private: {reason}.")

    def form(self) -> str:
        """The kind of form that is open around what is drawn now, or ""."""
        return next(filter(None, reversed(self.forms)), "")

    def _bind(self, call: Call, *args: Any, **options: Any) -> BoundArguments:
        """Name the arguments; what a callback is refused is said in the next run."""
        bound = signature(call).bind(*args, **options)
        for name in CALLBACKS & bound.arguments.keys():
            if callable(function := bound.arguments[name]):
                bound.arguments[name] = partial(self._try, function)
        return bound

    def _try(self, function: Call, *args: Any, **options: Any) -> None:
        try:
            function(*args, **options)
        except RoomError as refusal:
            self.refusal = refusal

    def draw_own(self, call: Call, kind: str, *args: Any, **options: Any) -> Any:
        """Draw what rooms never share: actions, and what holds files."""
        bound = self._bind(call, *args, **options)
        key = _name(kind, bound)
        if self.shares(key) and kind in FILES:
            self._warn(key, "files cannot be shared")
        elif self.shares(key) and self.read_only:
            bound.arguments["disabled"] = True
        result = call(*bound.args, **bound.kwargs)
        self.sent += kind == "form_submit_button" and bool(result)
        return result

    def draw(self, call: Call, kind: str, form: str, *args: Any, **options: Any) -> Any:
        """Draw a widget with the room's value in it."""
        form = form or self.form()
        bound = self._bind(call, *args, **options)
        given, name = bound.arguments, _name(kind, bound)
        if not self.shares(name):
            return call(*bound.args, **bound.kwargs)
        if self.read_only:
            given["disabled"] = True
        if "options" in given and kind != "feedback":
            given["options"] = list(given["options"])  # read more than once
        if form != CLEARS:
            try:
                result = self._draw_shared(call, kind, name, bound)
                self.widgets[name].in_form = bool(form)
                return result
            except UnshareableError as reason:
                self._warn(name, reason)
        return call(*bound.args, **bound.kwargs)

    def _draw_shared(
        self, call: Call, kind: str, name: str, bound: BoundArguments
    ) -> Any:
        base = fixed_table(bound.arguments) if kind == "data_editor" else None
        widget = self._widget(name)
        knows = about(name, self.texts)
        self.asked |= {name, *knows}
        if widget and widget.key in self.typing and widget.is_current(None, base):
            self._hold(widget, knows)
        elif not (widget and widget.is_current(knows, base)):
            widget = Widget(knows, _first(kind, name, knows, bound.arguments), base)
        try:
            result = self._show(call, name, widget, bound)
        except DuplicateWidgetID:
            raise
        except StreamlitAPIException:  # this session's widget cannot hold that value
            result = self._show(call, name, widget := Widget(knows, {}, base), bound)
        if base is None and not (widget.said and self.trouble):
            widget.said = {name: to_text(result)}
        return result

    def _hold(self, widget: Widget, knows: Texts) -> None:
        """Leave a widget alone, whatever the others have set, until it has no draft."""
        if widget.knows != knows:
            self.held |= {widget.key}
            others = {k: text for k, text in self.texts.items() if k not in knows}
            self.texts = others | widget.knows

    def _show(
        self, call: Call, name: str, widget: Widget, bound: BoundArguments
    ) -> Any:
        widget.key = widget.key or f"{name}#{next(_serials)}"
        given = {**bound.arguments, **widget.first, "key": widget.key}
        shown = BoundArguments(bound.signature, given)
        result = call(*shown.args, **shown.kwargs)
        self.widgets[name] = widget
        return result


def _name(kind: str, bound: BoundArguments) -> str:
    """The key, or what stands in for one that is not given."""
    given = bound.arguments
    return str(given.get("key") or f"{kind}:{given.get('label', '')}")


def _first(kind: str, name: str, knows: Texts, given: dict[str, Any]) -> dict[str, Any]:
    """The arguments with which a widget shows what the room knows about it."""
    if kind == "data_editor":
        return {"data": filled(given["data"], name, knows)}
    argument, text = WIDGETS[kind], knows.get(name)
    if text is None:
        return {}
    if "options" not in given or kind == "feedback":
        return {argument: from_text(text)}
    options = offered(given, text)
    try:
        value = chosen(text, options)
    except ValueError:  # not an option in this session
        return {}
    if argument == "index" and value is not None:
        value = options.index(value)
    more = {"options": options} if given.get("accept_new_options") else {}
    return {argument: value, **more}
