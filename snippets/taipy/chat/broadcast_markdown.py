# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["taipy-gui==4.1.2"]
# ///
"""A chat in which all keep a past of their own: messages are sent to all."""

import threading
from functools import partial
from itertools import count
from time import monotonic
from xml.etree.ElementTree import tostring

from taipy.gui import Gui, Markdown, State

names = ["Alex", "Doppler"]
arrivals = count()
lock = threading.RLock()
last_press = {}

user_name = ""
transcript = "Alex: Hey!\nDoppler: What's up?\n"


def on_init(state: State) -> None:
    if not state.user_name:
        n = next(arrivals)
        state.user_name = names[n] if n < len(names) else f"User {n + 1}"


def is_echo(user: str, text: str, now: float) -> bool:
    """Taipy may deliver one press of Enter twice, some milliseconds apart."""
    last_text, last_time = last_press.get(user, ("", 0.0))
    return text == last_text and now - last_time < 0.2


def send(state: State, id: str, payload: dict) -> None:
    text, now = payload["args"][2].strip(), monotonic()
    with lock:
        on_init(state)  # a page may be older than its state, which has no name then
        if text and not is_echo(state.user_name, text, now):
            last_press[state.user_name] = (text, now)
            state.get_gui().broadcast_callback(receive, [state.user_name, text])


def receive(state: State, sender: str, text: str) -> None:
    state.transcript += f"{sender}: {text}\n"


style = {
    ".transcript": {
        "height": "calc(100vh - 16rem)",
        "display": "flex",
        "flex-direction": "column-reverse",  # stay at the newest message
        "overflow-y": "auto",
        "pre": {
            "font-family": "inherit",
            "white-space": "pre-wrap",
            "overflow-wrap": "anywhere",
        },
    },
}

content = """
# Chat

You are **<|{user_name}|text|raw|>**.

<|part|class_name=transcript card|
<|{transcript}|text|mode=pre|>
|>

<|{[]}|chat|sender_id={user_name}|on_action=send|not allow_send_images|>
"""
page = Markdown(content, style=style)

gui = Gui(page)
# Python-Markdown’s own serializer leaves “&lt;” as it is, and pages decode it.
gui._markdown.serializer = partial(tostring, encoding="unicode")

if __name__ == "__main__":
    gui.run(title="Chat", port="auto", state_retention_period=3600)
