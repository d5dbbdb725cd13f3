# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["taipy-gui==4.1.2"]
# ///
"""What a weekend away costs: each expense says who has added it."""

import json
import threading
from itertools import count
from pathlib import Path

import taipy.gui.builder as tgb
from taipy.gui import Gui, State, notify

file = Path("expenses.json")
categories = ["Travel", "Food", "Other"]
lock = threading.RLock()
guests = count(1)

saved = {"budget": 2000, "expenses": []}
if file.exists():
    saved = json.loads(file.read_text())

budget, expenses = saved["budget"], saved["expenses"]
last_added = None
user_name, category = "", "Food"
entry, listing, summary = "", "", ""


def on_init(state: State) -> None:
    if not state.user_name:
        state.user_name = f"Guest {next(guests)}"
    show(state)


def show(state: State) -> None:
    with lock:
        lines, spent = "", 0
        for kind, what, cost, name in expenses:
            spent += cost
            if kind == state.category:
                lines += f"{cost:6}  {what} ({name})\n"
        state.listing = lines
        state.summary = f"{spent} spent, {state.budget - spent:.0f} left"


def add(state: State, id: str, payload: dict) -> None:
    what, _, cost = payload["args"][-1].strip().rpartition(" ")
    if not (what and cost.isdecimal()):
        notify(state, "error", "Write what it is and what it costs: Pizza 24")
        return
    with lock:
        on_init(state)  # the page may be older than its state
        state.last_added = [state.category, what, int(cost), state.user_name]
        expenses.append(state.last_added)
        state.entry = ""
        save(state)


def undo(state: State) -> None:
    with lock:
        if state.last_added in expenses:
            expenses.remove(state.last_added)
            save(state)


def save(state: State) -> None:
    with lock:
        saved = {"budget": state.budget, "expenses": expenses}
        file.write_text(json.dumps(saved))
        state.get_gui().broadcast_callback(show)


with tgb.Page() as page:
    tgb.text("# Weekend away", mode="md")
    tgb.input("{user_name}", label="Your name")
    tgb.number("{budget}", label="Budget", on_change=save)
    tgb.text("{summary}")
    tgb.toggle("{category}", lov=categories, on_change=show)
    tgb.text("{listing}", mode="pre")
    tgb.input("{entry}", label="New expense", on_action=add)
    tgb.button("Undo", on_action=undo)

gui = Gui(page)
gui.add_shared_variable("budget")

if __name__ == "__main__":
    gui.run(title="Weekend away", port="auto")
