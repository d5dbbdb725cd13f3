# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["taipy==4.1.1", "taipy-gui==4.1.2"]
# ///
"""A list of scenarios that follows whatever anybody does to them."""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, contextmanager
from functools import wraps
from tempfile import TemporaryDirectory
from time import monotonic

import taipy as tp
import taipy.gui.builder as tgb
from taipy import Config
from taipy.event import EventEntityType, EventProcessor
from taipy.gui import Gui, State, get_state_id

scenario_config = Config.configure_scenario("plan")
lock = threading.RLock()
worker = ThreadPoolExecutor(max_workers=1)
last_press = {}

scenarios, selected = [], ""


@contextmanager
def guarded() -> Iterator[None]:
    """Wait for the lock, and log what is raised, so that all other callbacks run."""
    try:
        with lock:
            yield
    except Exception:
        logging.exception("A callback failed")


def in_turn(work: Callable[..., None]) -> Callable[..., None]:
    """Leave this to the worker, so that Taipy can go on reading what people press."""
    return wraps(work)(lambda *args: worker.submit(guarded()(work), *args))


def is_echo(state: State, text: str) -> bool:
    """Taipy may deliver one press of Enter twice, some milliseconds apart."""
    user, now = get_state_id(state), monotonic()
    last_text, last_time = last_press.get(user, ("", 0.0))
    last_press[user] = (text, now)
    return text == last_text and now - last_time < 0.2


def refresh(state: State) -> None:
    with lock:
        found = tp.get_scenarios(is_sorted=True, sort_key="creation_date")
        state.scenarios = [(scenario.id, scenario.name) for scenario in found]


def create(state: State, id: str, payload: dict) -> None:
    name = payload["args"][-1].strip()
    if name and not is_echo(state, name):
        create_plan(name)


def rename(state: State, id: str, payload: dict) -> None:
    name = payload["args"][-1].strip()
    if name and state.selected:
        rename_plan(state.selected, name)


def delete(state: State) -> None:
    if state.selected:
        delete_plan(state.selected)


@in_turn
def create_plan(name: str) -> None:
    tp.create_scenario(scenario_config, name=name)


@in_turn
def rename_plan(id: str, name: str) -> None:
    if tp.exists(id):
        tp.get(id).name = name


@in_turn
def delete_plan(id: str) -> None:
    if tp.exists(id):
        tp.delete(id)


with tgb.Page(style={".taipy-selector": {"white-space": "pre-wrap"}}) as page:
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
        sockets = {"socketio": {"async_handlers": False, "ping_timeout": 60}}
        server = {"async_mode": "threading", "allow_unsafe_werkzeug": True}
        server |= {"server_config": sockets, "state_retention_period": 3600}
        tp.run(gui, tp.Orchestrator(), title="Scenarios", port="auto", **server)
