# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["taipy-gui==4.1.2"]
# ///
"""Wrong on purpose: whoever speaks overwrites the past of all others."""

from itertools import count

import taipy.gui.builder as tgb
from taipy.gui import Gui, State

names = ["Alex", "Doppler"]
arrivals = count()

user_name = ""
incoming = ""
transcript = "Alex: Hey!\nDoppler: What's up?\n"


def on_init(state: State) -> None:
    n = next(arrivals)
    state.user_name = names[n] if n < len(names) else f"User {n + 1}"


def send(state: State, id: str, payload: dict) -> None:
    text = payload["args"][2].strip()
    if text:
        state.broadcast("incoming", f"{state.user_name}: {text}")


def on_change(state: State, name: str, value: str) -> None:
    if name == "incoming":
        state.transcript += f"{value}\n"  # wrong: writes to all


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
    tgb.chat("{[]}", sender_id="{user_name}", on_action=send, allow_send_images=False)

gui = Gui(page)

if __name__ == "__main__":
    gui.run(title="Chat", port="auto")
