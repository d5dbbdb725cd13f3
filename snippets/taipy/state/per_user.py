# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["taipy-gui==4.1.2"]
# ///
"""One button that counts for everybody, and for the user who presses it."""

import taipy.gui.builder as tgb
from taipy.gui import Gui, State

presses = []  # a name of the module: the process has one
ours = 0  # a shared variable: the pages of all users show it
mine = 0  # a variable of the page: each user has one


def press(state: State) -> None:
    presses.append("press")
    state.ours = len(presses)
    state.mine += 1


with tgb.Page() as page:
    tgb.text("# Who shares what", mode="md")
    tgb.button("Press", on_action=press)
    tgb.text("You: {mine}. Everybody: {ours}.")

gui = Gui(page)
gui.add_shared_variable("ours")

if __name__ == "__main__":
    gui.run(title="Who shares what", port="auto")
