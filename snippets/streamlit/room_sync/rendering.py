"""How the widgets of a room are rendered in one session."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from inspect import BoundArguments, signature
from typing import Any

import streamlit as st
from streamlit.errors import DuplicateWidgetID, StreamlitAPIException

from room_sync import entries as names
from room_sync import mirror, widgets
from room_sync.errors import UnshareableError
from room_sync.options import Options, as_list
from room_sync.session import Session
from room_sync.tab import is_private, this_tab
from room_sync.tables import Table, shared_table
from room_sync.widgets import ACTIONS, FILES, PRIVATE, Widget, serial

STAYS, CLEARS = "stays", "clears"  # kinds of forms, by what they do when sent
_CALLBACKS = {"on_click", "on_change", "on_select", "on_submit"}

Call = Callable[..., Any]


def form_around(session: Session) -> str:
    """The kind of form that is open around what is rendered now, or ""."""
    return next(filter(None, reversed(session.open_forms)), "")


def _bind(session: Session, call: Call, *args: Any, **options: Any) -> BoundArguments:
    """Name the arguments; what a callback is refused is said in the next run."""
    bound = signature(call).bind(*args, **options)
    for name in _CALLBACKS & bound.arguments.keys():
        if callable(function := bound.arguments[name]):
            bound.arguments[name] = partial(session.call, function)
    return bound


def _name(kind: str, bound: BoundArguments) -> tuple[str, str]:
    """What a widget is called, and its entry: by its key, or by kind and label."""
    given = bound.arguments
    if key := given.get("key"):
        return str(key), names.of_key(str(key))
    label = str(given.get("label", ""))
    return f"{kind}:{label}", names.of_label(kind, label)


def render_own(
    session: Session, call: Call, kind: str, *args: Any, **options: Any
) -> Any:
    """Render what rooms never share: actions, files, selections."""
    bound = _bind(session, call, *args, **options)
    given = bound.arguments
    name, _ = _name(kind, bound)
    this_tab().take(name)
    is_shared = session.shares(name)
    may_act = is_private(name) or not (is_shared or kind in ACTIONS)
    if session.read_only and not may_act and "disabled" in bound.signature.parameters:
        given["disabled"] = True
    if is_shared:
        holds = (
            kind in FILES
            or given.get("on_select", given.get("on_change", "ignore")) != "ignore"
        )
        if kind in PRIVATE and holds:
            session.warn(name, PRIVATE[kind])
    result = call(*bound.args, **bound.kwargs)
    session.forms_sent += kind == "form_submit_button" and bool(result)
    return result


def render_shared(
    session: Session, call: Call, kind: str, form: str, *args: Any, **options: Any
) -> Any:
    """Render a widget with the room's value in it."""
    form = form or form_around(session)
    bound = _bind(session, call, *args, **options)
    given = bound.arguments
    name, entry = _name(kind, bound)
    if not session.shares(name):
        return call(*bound.args, **bound.kwargs)
    if session.read_only:
        given["disabled"] = True
    is_password = given.get("type") == "password"
    if is_password:
        session.warn(name, "a password cannot be shared")
    if is_password or form == CLEARS:  # what that clears is each user's own draft
        session.keep(name)
        return call(*bound.args, **bound.kwargs)
    if given.pop("bind", None):
        st.warning(
            f"“{name}” is not in the page's address: `bind` does not work in a room, "
            "where a widget that somebody else has changed is a new one."
        )
    if "options" in given and kind != "feedback":
        given["options"] = as_list(given["options"])  # read more than once
    try:
        result = _render(session, call, kind, entry, bound)
    except UnshareableError as reason:
        session.warn(name, reason)
        return call(*bound.args, **bound.kwargs)
    if entry in session.widgets:
        session.widgets[entry].in_form = bool(form)
    return result


def _render(
    session: Session, call: Call, kind: str, entry: str, bound: BoundArguments
) -> Any:
    given = bound.arguments
    base = shared_table(given) if kind == "data_editor" else None
    widget = session.widget(entry)
    if widget and session.read_only and widget.edits(entry):
        widget = None  # before 1.61, Streamlit takes the value of a disabled widget
    entries = _entries(session, entry, base is not None)
    session.used |= {entry, *entries}
    options = _options(kind, given)
    if widget:
        widget.options = options  # each run of the script may make its objects again
    if widget and widget.key in session.drafts and widget.is_current(None, base):
        _defer(session, widget, entries)
    elif widget and widget.shows(entry, entries):
        widget.rendered = entries
    elif widget and widget.can_be_updated(entries, base):
        widget.rendered = entries
        widget.initial = widgets.initial(kind, entry, entries, given, widget)
    elif not (widget and widget.is_current(entries, base)):
        is_fixed = given.get("num_rows", "fixed") == "fixed"
        table = None if base is None else Table(base, entry, is_fixed, _kinds(given))
        widget = Widget(entries, {}, table, options)
        widget.initial = widgets.initial(kind, entry, entries, given, widget)
    try:
        result = _show(session, call, entry, widget, bound)
    except DuplicateWidgetID:
        raise
    except StreamlitAPIException as error:  # this widget cannot hold that value
        if base is not None:
            st.warning(f"“{names.shown(entry)}” shows the app's own data: {error}")
        rows = [] if base is None else [*range(len(base))]
        table = None if base is None else Table(base, entry, rows=rows)
        widget = Widget(entries, {}, table, options)
        result = _show(session, call, entry, widget, bound)
    if widget.table:
        mirror.show_table(session, entry, widget)
        return widget.table.numbered(result)
    if not (widget.reported and session.error):
        try:
            text = widget.dumps(result)
        except UnshareableError as reason:
            del session.widgets[entry]
            session.warn(names.shown(entry), reason)
            return result
        widget.reported = {entry: text}
        if (key := names.key_of(entry)) is not None:
            mirror.show_value(session, key, text, result)
        if entry not in session.entries:
            session.set_first(entry, text)
    return result


def _entries(session: Session, entry: str, is_table: bool) -> dict[str, str]:
    if is_table:
        return names.of_table(entry, session.entries)
    return {e: text for e, text in session.entries.items() if e == entry}


def _kinds(given: dict[str, Any]) -> dict[str, str]:
    """What the columns of a table are said to hold, such as dates."""
    configured = given.get("column_config") or {}
    return {
        str(column): about["type_config"]["type"]
        for column, about in configured.items()
        if isinstance(about, dict) and about.get("type_config")
    }


def _options(kind: str, given: dict[str, Any]) -> Options | None:
    if "options" not in given or kind == "feedback":
        return None
    label = given.get("format_func", str)
    return Options(given["options"], label, bool(given.get("accept_new_options")))


def _defer(session: Session, widget: Widget, entries: dict[str, str]) -> None:
    """Leave a widget alone, whatever the others have set, until it has no draft."""
    if widget.rendered != entries:
        session.deferred |= {widget.key}
        others = {e: text for e, text in session.entries.items() if e not in entries}
        session.entries = others | widget.rendered


def _show(
    session: Session, call: Call, entry: str, widget: Widget, bound: BoundArguments
) -> Any:
    widget.key = widget.key or f"{names.shown(entry)}#{serial()}"
    given = {**bound.arguments, **widget.initial, "key": widget.key}
    shown = BoundArguments(bound.signature, given)
    result = call(*shown.args, **shown.kwargs)
    session.widgets[entry] = widget
    return result
