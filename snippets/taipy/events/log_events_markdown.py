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
from functools import partial, wraps
from tempfile import TemporaryDirectory
from xml.etree.ElementTree import tostring

import taipy as tp
from taipy import Config
from taipy.event import Event, EventProcessor
from taipy.gui import Gui, Markdown, State

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

content = """
# Events

<|Create a scenario|button|on_action=create|>
<|Write its data|button|on_action=write|>
<|Delete it|button|on_action=delete|>

<|part|class_name=log card|
<|{table}|text|mode=pre|>
|>
"""
page = Markdown(content, style=style)

gui = Gui(page)
# Python-Markdown’s own serializer leaves “&lt;” as it is, and pages decode it.
gui._markdown.serializer = partial(tostring, encoding="unicode")
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
