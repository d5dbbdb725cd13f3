# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["taipy==4.1.1", "taipy-gui==4.1.2"]
# ///
"""A list of scenarios that follows whatever anybody does to them."""

import threading
from contextlib import chdir
from tempfile import TemporaryDirectory

import taipy as tp
import taipy.gui.builder as tgb
from taipy import Config
from taipy.core.notification import EventEntityType
from taipy.event import EventProcessor
from taipy.gui import Gui, State

scenario_config = Config.configure_scenario("plan")
lock = threading.RLock()

scenarios = []
selected = ""


def read_scenarios() -> list[tuple[str, str]]:
    found = tp.get_scenarios(is_sorted=True, sort_key="creation_date")
    return [(scenario.id, scenario.name) for scenario in found]


def refresh(state: State) -> None:
    with lock:
        state.scenarios = read_scenarios()


def create(state: State, id: str, payload: dict) -> None:
    name = payload["args"][-1].strip()
    with lock:
        if name and name not in dict(read_scenarios()).values():
            tp.create_scenario(scenario_config, name=name)


def rename(state: State, id: str, payload: dict) -> None:
    name = payload["args"][-1].strip()
    with lock:
        names = dict(read_scenarios())
        if state.selected in names and name and name not in names.values():
            tp.get(state.selected).name = name


def delete(state: State) -> None:
    with lock:
        if state.selected in dict(read_scenarios()):
            tp.delete(state.selected)


with tgb.Page() as page:
    tgb.text("# Scenarios", mode="md")
    tgb.input("", label="New scenario", on_action=create)
    tgb.selector("{selected}", lov="{scenarios}", value_by_id=True, width="100%")
    tgb.input("", label="New name of the selected one", on_action=rename)
    tgb.button("Delete the selected one", on_action=delete)

gui = Gui(page)
gui.on_init = refresh
events = EventProcessor(gui)
events.broadcast_on_event(refresh, entity_type=EventEntityType.SCENARIO)

if __name__ == "__main__":
    with TemporaryDirectory() as folder, chdir(folder):
        events.start()
        server = {
            "async_mode": "threading",
            "allow_unsafe_werkzeug": True,
            "server_config": {"socketio": {"async_handlers": False}},
        }
        tp.run(gui, tp.Orchestrator(), title="Scenarios", **server)
