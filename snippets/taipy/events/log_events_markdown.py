# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["taipy==4.1.1", "taipy-gui==4.1.2"]
# ///
"""Every event of the server, logged on the page of everybody who looks."""

import logging
import threading
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from tempfile import TemporaryDirectory

import taipy as tp
from taipy import Config
from taipy.event import Event, EventProcessor
from taipy.gui import Gui, Markdown, State

draft_config = Config.configure_data_node("draft")
scenario_config = Config.configure_scenario("plan", None, draft_config)
lock = threading.RLock()

row = "{:8}  {:10}  {:9}  {:22}  {}"
log = [row.format("Time", "Entity", "Operation", "Attribute", "Value")]

table = log[0]


@contextmanager
def guarded() -> Iterator[None]:
    """Log what is raised, so that all other callbacks run."""
    try:
        yield
    except Exception:
        logging.exception("A callback failed")


@guarded()
def remember(event: Event, gui: Gui) -> None:
    time = f"{event.creation_date:%H:%M:%S}"
    entity, operation = event.entity_type.name, event.operation.name
    attribute = event.attribute_name or ""
    value = str(event.attribute_value) if attribute else ""
    log.append(row.format(time, entity, operation, attribute, value))


def show(state: State) -> None:
    with lock:
        state.table = "\n".join(log)


def create(state: State) -> None:
    tp.create_scenario(scenario_config, name="Holidays")


def write(state: State) -> None:
    for scenario in tp.get_scenarios():
        scenario.draft.write("To the sea.")


def delete(state: State) -> None:
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
gui.on_init = show
events = EventProcessor(gui)
events.on_event(remember)
events.broadcast_on_event(show)

if __name__ == "__main__":
    with TemporaryDirectory() as folder, chdir(folder):
        events.start()
        server = {
            "async_mode": "threading",
            "allow_unsafe_werkzeug": True,
            "server_config": {"socketio": {"async_handlers": False}},
        }
        tp.run(gui, tp.Orchestrator(), title="Events", **server)
