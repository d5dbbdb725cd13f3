"""A field for messages that loses none, however fast they are sent."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

import streamlit as st

from room_sync.components import component
from room_sync.errors import RoomError
from room_sync.tab import internal

_field = component(
    "room_outbox",
    html='<form><input name="text" maxlength="10000" autocomplete="off"></form>',
    css="""
input {
  box-sizing: border-box;
  width: 100%;
  padding: 0.75rem 1rem;
  font: inherit;
  color: var(--st-text-color);
  background: var(--st-secondary-background-color);
  border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius);
}
""",
    js="""
export default function ({ data, parentElement: self, setStateValue }) {
  const form = self.querySelector("form"), { text } = form;
  text.ariaLabel = text.placeholder = data.label;
  text.disabled = data.disabled;
  const report = () =>
    setStateValue("outbox", { session: data.session, waiting: [...self.waiting] });
  // What the server has not taken yet goes with each message to it.
  self.waiting ??= [];
  if (self.session === data.session)
    self.waiting = self.waiting.filter(([number]) => number > data.taken);
  else if (self.waiting.length) report();  // a new server knows nothing of the old one
  self.session = data.session;
  form.onsubmit = (event) => {
    event.preventDefault();
    const message = text.value;
    text.value = "";
    if (!message.trim()) return;
    self.number = Math.max(self.number ?? 0, data.taken) + 1;
    self.waiting.push([self.number, message]);
    report();
  };
}
""",
)


def outbox(
    label: str, send: Callable[[list[str]], None], *, disabled: bool = False
) -> None:
    """Render a field for messages, and send what its user has written there since.

    Streamlit merges what a browser says while a script is running, and of two texts in
    an ``st.chat_input`` the later one stays. This field repeats each until it is taken.

    Args:
        label: what the field is called; each field of a page has its own.
        send: takes new messages, oldest first, each of at most 10,000 characters. If it
            raises a `RoomError`, they wait.
        disabled: nothing can be written or sent.

    Raises:
        RoomError: the one that ``send`` has raised.

    Example:
        from room_sync import outbox, sync

        with sync("lobby") as st:
            messages = st.session_state.setdefault("messages", [])
            outbox("Message", messages.extend)
            for message in messages:
                st.text(message)
    """
    key, taken = internal(f"outbox:{label}"), internal(f"taken:{label}")
    session = st.session_state.setdefault(internal("outbox"), uuid4().hex)
    st.session_state.setdefault(taken, 0)

    def take() -> None:
        reported = st.session_state[key].outbox or {}
        waiting = reported["waiting"] if reported.get("session") == session else []
        new = [entry for entry in waiting if entry[0] > st.session_state[taken]]
        if new and not disabled:
            send([text for _, text in new if text.strip()])
            st.session_state[taken] = new[-1][0]

    def take_before_the_run() -> None:
        with suppress(RoomError):  # the run will say it
            take()

    data = {"label": label, "disabled": disabled, "session": session}
    data["taken"] = st.session_state[taken]
    _field(key=key, data=data, on_outbox_change=take_before_the_run)
    take()
