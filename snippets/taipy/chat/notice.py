# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["taipy-gui==4.1.2"]
# ///
"""A chat with one shared variable, and a notice to everybody who is there now."""

import threading
from itertools import count
from time import monotonic

import taipy.gui.builder as tgb
from taipy.gui import Gui, State, notify

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
            state.transcript += f"{state.user_name}: {text}\n"


def announce(state: State) -> None:
    state.get_gui().broadcast_callback(notify, ["info", "The pizza is here!"])


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

with tgb.Page(style=style) as page:
    tgb.text("# Chat", mode="md")
    tgb.text("You are **{user_name}**.", mode="md")
    with tgb.part("transcript card"):
        tgb.text("{transcript}", mode="pre")
    tgb.button("The pizza is here", on_action=announce)
    tgb.chat("{[]}", sender_id="{user_name}", on_action=send, allow_send_images=False)

gui = Gui(page)
gui.add_shared_variable("transcript")

if __name__ == "__main__":
    gui.run(title="Chat", port="auto", state_retention_period=3600)
