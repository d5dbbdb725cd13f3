"""What works around faults of Streamlit; each can be taken out.

Nothing else in this package uses what Streamlit does not document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial, wraps
from itertools import cycle
from threading import Lock
from typing import Any, TypeVar, overload

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

Function = TypeVar("Function", bound=Callable[..., Any])


def let_components_be_serialized() -> None:
    """Let ``runner.enforceSerializableSessionState`` accept components of version 2.

    Streamlit 1.67 gives ``st.session_state`` a value for each of them whose class is
    made in a function, and pickle refuses such classes
    (``streamlit/components/v2/presentation.py``, ``_WriteThrough``). Take this out when
    Streamlit's own components pass its own check.
    """
    if not st.get_option("runner.enforceSerializableSessionState"):
        return
    from streamlit.components.v2.bidi_component import main

    make: Any = vars(main)["make_bidi_component_presenter"]
    if getattr(make, "is_serializable", False):
        return

    def make_serializable(*args: Any, **options: Any) -> Callable[..., Any]:
        present = make(*args, **options)

        def present_serializable(*state: Any) -> Any:
            value: Any = present(*state)
            if isinstance(value, dict) and type(value) is not dict:
                kind: Any = type(value)
                kind.__reduce__ = lambda self: (dict, (dict(self),))
            return value

        return present_serializable

    vars(make_serializable)["is_serializable"] = True
    vars(main)["make_bidi_component_presenter"] = make_serializable


def let_runs_overlap() -> None:
    """Let a run begin while the one before goes on to its next call, or to its end.

    Streamlit begins a run in a new thread before the old one has ended
    (``streamlit/runtime/app_session.py``, `request_rerun`), and each locks the
    session's state with a lock of its own (``streamlit/runtime/state``,
    ``safe_session_state.py``). If the old one registers a widget, the new one may end
    with "dictionary changed size during iteration", and its callbacks are lost. If the
    old one ends, it sets all buttons back, and the click that has begun the new one is
    lost. Take this out when runs of a session have one lock.
    """
    from streamlit.runtime.state.safe_session_state import SafeSessionState
    from streamlit.runtime.state.session_state import WStates

    begin: Any = SafeSessionState.on_script_will_rerun
    finish: Any = SafeSessionState.on_script_finished
    if getattr(finish, "leaves_clicks", False):
        return
    ending = Lock()

    def iterate(self: WStates) -> Iterator[str]:
        return iter(tuple(self.states))

    def finish_unless_replaced(
        self: SafeSessionState, *args: Any, **options: Any
    ) -> None:
        with ending:
            if not _is_replaced(self):
                finish(self, *args, **options)

    def begin_when_it_has(self: SafeSessionState, *args: Any, **options: Any) -> None:
        with ending:
            pass
        begin(self, *args, **options)

    vars(finish_unless_replaced)["leaves_clicks"] = True
    patched: Any = SafeSessionState
    patched.on_script_finished = finish_unless_replaced
    patched.on_script_will_rerun = begin_when_it_has
    WStates.__iter__ = iterate  # type: ignore[method-assign]


def _is_replaced(state: Any) -> bool:
    """Whether another run of the session has begun since."""
    from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

    runner = getattr(state._yield_callback, "__self__", None)
    requests = getattr(runner, "_requests", None)
    return getattr(requests, "_state", None) is ScriptRequestType.STOP


def let_what_is_rendered_be_sent() -> None:
    """Let a fragment begin without taking back what has been rendered before.

    When a fragment begins, Streamlit takes what it rendered last and has not sent out
    of the queue of messages (``streamlit/runtime/forward_msg_queue.py``, `clear`), but
    not what the fragments inside it rendered: their places may not exist on the page,
    "Bad delta path", and the page stays white. And of a fragment that has ended, it
    says that it was stopped: the page keeps what that has replaced, until another one
    ends. Sent in their order, all these messages do no harm: the page is where it would
    be if it were faster. Take this out when Streamlit leaves them.
    """
    from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

    clear: Any = ForwardMsgQueue.clear
    if getattr(clear, "leaves_fragments", False):
        return

    def clear_for_whole_runs(
        self: ForwardMsgQueue,
        retain_lifecycle_msgs: bool = False,
        fragment_ids_this_run: list[str] | None = None,
    ) -> None:
        if fragment_ids_this_run:
            self._delta_index_map = {}  # what comes now goes behind all that
        else:
            clear(self, retain_lifecycle_msgs)

    vars(clear_for_whole_runs)["leaves_fragments"] = True
    ForwardMsgQueue.clear = clear_for_whole_runs  # type: ignore[method-assign]


def let_nested_fragments_run_once() -> None:
    """Let a fragment that runs render what is inside it, and run none of that again.

    Before 1.62, Streamlit runs a fragment and then one inside it if both are asked for,
    and refuses the inner one's keys, which are there already
    (``streamlit/runtime/scriptrunner/script_runner.py``; its pull request 16314). Take
    this out when the library needs 1.62.
    """
    from streamlit.runtime.fragment import MemoryFragmentStorage

    storage: Any = MemoryFragmentStorage
    order: Any = storage.order_fragment_ids
    if hasattr(storage, "has_ancestor_in") or getattr(order, "is_outermost", False):
        return

    def order_outermost(self: Any, fragment_ids: list[str]) -> list[str]:
        known = {it for it in fragment_ids if self.contains(it)}
        return [
            it
            for it in order(self, fragment_ids)
            if known.isdisjoint(self._iter_ancestor_ids(it))
        ]

    vars(order_outermost)["is_outermost"] = True
    storage.order_fragment_ids = order_outermost


def browser() -> str:
    """What all tabs of a browser have in common; "": this server does not tell.

    It is the number in the cookie that protects a form from other sites, which only
    the browser and the server know. Streamlit writes it behind another mask each time
    (``streamlit/web/server/starlette/starlette_app_utils.py``). Take this out when
    ``st.context`` can name a tab or a browser.
    """
    cookie = st.context.cookies.get("_streamlit_xsrf") or ""
    try:
        version, mask, masked, _ = cookie.strip('"').split("|")
        numbers = zip(bytes.fromhex(masked), cycle(bytes.fromhex(mask)))
        return bytes(a ^ b for a, b in numbers).hex() if version == "2" else ""
    except ValueError:
        return ""


def is_widget(key: str) -> bool:
    """Whether the app has given a key to a widget, which nobody else may set then.

    Streamlit tells so only by an error when the widget has been rendered before in the
    same run (``streamlit/runtime/state/session_state.py``, `__setitem__`). Take this
    out when ``st.session_state`` can tell.
    """
    context = get_script_run_ctx()
    state = getattr(getattr(context, "session_state", None), "_state", None)
    return key in getattr(state, "_key_id_mapper", ())


def was_rendered(key: str) -> bool:
    """Whether this run has rendered something with that key.

    Streamlit tells so only by an error (``streamlit/elements/lib/utils.py``,
    `_register_element_id`). Take this out when it can be asked.
    """
    shared = getattr(get_script_run_ctx(), "shared", None)
    return key in getattr(shared, "widget_user_keys_this_run", ())


@overload
def fragment(function: Function, **options: Any) -> Function: ...
@overload
def fragment(**options: Any) -> Callable[[Function], Function]: ...
def fragment(function: Any = None, **options: Any) -> Any:
    """``st.fragment``, in a container of its own.

    A fragment that starts as a whole run ends takes what that run has rendered for it
    out of the queue of messages (``streamlit/runtime/forward_msg_queue.py``, `clear`);
    the page removes the fragment, and what comes after it moves up. Where two of them
    start so, the later one first, its place does not exist yet: "Bad delta path", and
    the page stays white. The container is the whole run's, which stays. Take this out
    when Streamlit keeps the places of fragments.
    """
    if function is None:
        return partial(fragment, **options)
    render = st.fragment(function, **options)

    @wraps(function)
    def rendered(*args: Any, **named: Any) -> Any:
        with st.container():
            return render(*args, **named)

    return rendered
