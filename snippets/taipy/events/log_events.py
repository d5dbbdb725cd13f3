# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["taipy==4.1.1", "taipy-gui==4.1.2"]
# ///
"""Every event of the server, logged on the page of everybody who looks."""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, contextmanager
from functools import wraps
from tempfile import TemporaryDirectory

import taipy as tp
import taipy.gui.builder as tgb
from taipy import Config
from taipy.event import Event, EventProcessor
from taipy.gui import Gui, State

draft_config = Config.configure_data_node("draft")
scenario_config = Config.configure_scenario("plan", None, draft_config)
lock = threading.RLock()
worker = ThreadPoolExecutor(max_workers=1)

row = "{:8}  {:10}  {:9}  {:22}  {}\n"
log = [row.format("Time", "Entity", "Operation", "Attribute", "Value")]

table = log[0]


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


@guarded()
def remember(event: Event, gui: Gui) -> None:
    time = f"{event.creation_date:%H:%M:%S}"
    entity, operation = event.entity_type.name, event.operation.name
    attribute = event.attribute_name or ""
    value = str(event.attribute_value) if attribute else ""
    log.append(row.format(time, entity, operation, attribute, value))


def show(state: State) -> None:
    with lock:
        state.table = "".join(log)


@in_turn
def create() -> None:
    tp.create_scenario(scenario_config, name="Holidays")


@in_turn
def write() -> None:
    for scenario in tp.get_scenarios():
        scenario.draft.write("To the sea.")


@in_turn
def delete() -> None:
    for scenario in tp.get_scenarios():
        tp.delete(scenario.id)


style = {".log pre": {"overflow-x": "auto"}}

with tgb.Page(style=style) as page:
    tgb.text("# Events", mode="md")
    with tgb.layout("1 1 1"):
        tgb.button("Create a scenario", on_action=create)
        tgb.button("Write its data", on_action=write)
        tgb.button("Delete it", on_action=delete)
    with tgb.part("log card"):
        tgb.text("{table}", mode="pre")

gui = Gui(page)
gui.on_init = show
events = EventProcessor(gui)
events.on_event(remember)
events.broadcast_on_event(show)

if __name__ == "__main__":
    with TemporaryDirectory() as folder, chdir(folder):
        events.start()
        sockets = {"socketio": {"async_handlers": False, "ping_timeout": 60}}
        server = {"async_mode": "threading", "allow_unsafe_werkzeug": True}
        server |= {"server_config": sockets, "state_retention_period": 3600}
        tp.run(gui, tp.Orchestrator(), title="Events", port="auto", **server)
