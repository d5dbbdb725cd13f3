# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["taipy-gui==4.1.2"]
# ///
"""What a weekend away costs: one list and one budget for everybody."""

import json
from pathlib import Path

import taipy.gui.builder as tgb
from taipy.gui import Gui, State, notify

file = Path("expenses.json")
categories = ["Travel", "Food", "Other"]

saved = {"budget": 2000, "expenses": []}
if file.exists():
    saved = json.loads(file.read_text())

budget, expenses = saved["budget"], saved["expenses"]
last_added = None
category = "Food"
entry, listing, summary = "", "", ""


def on_init(state: State) -> None:
    show(state)


def show(state: State) -> None:
    lines, spent = "", 0
    for kind, what, cost in expenses:
        spent += cost
        if kind == state.category:
            lines += f"{cost:6}  {what}\n"
    state.listing = lines
    state.summary = f"{spent} spent, {state.budget - spent:.0f} left"


def add(state: State) -> None:
    what, _, cost = state.entry.strip().rpartition(" ")
    if not (what and cost.isdecimal()):
        notify(state, "error", "Write what it is and what it costs: Pizza 24")
        return
    state.last_added = [state.category, what, int(cost)]
    expenses.append(state.last_added)
    state.entry = ""
    save(state)


def undo(state: State) -> None:
    if state.last_added in expenses:
        expenses.remove(state.last_added)
        save(state)


def save(state: State) -> None:
    saved = {"budget": state.budget, "expenses": expenses}
    file.write_text(json.dumps(saved))
    state.get_gui().broadcast_callback(show)


with tgb.Page() as page:
    tgb.text("# Weekend away", mode="md")
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
