# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["taipy==4.1.1", "taipy-gui==4.1.2"]
# ///
"""A scenario that runs by itself whenever somebody writes its input."""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, contextmanager
from functools import wraps
from tempfile import TemporaryDirectory
from time import sleep

import taipy as tp
import taipy.gui.builder as tgb
from taipy import Config, DataNode
from taipy.core.notification import Event, EventEntityType
from taipy.event import EventProcessor
from taipy.gui import Gui, State


def square(number: int) -> int:
    sleep(1)  # real work takes a while
    return number * number


number_config = Config.configure_data_node("number", default_data=0)
squared_config = Config.configure_data_node("squared", default_data=0)
square_config = Config.configure_task("square", square, number_config, squared_config)
scenario_config = Config.configure_scenario("squares", square_config)
Config.configure_job_executions(mode="standalone", max_nb_of_workers=1)
lock = threading.RLock()
worker = ThreadPoolExecutor(max_workers=1)

number, squared, status = 0, 0, ""


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


class Events(EventProcessor):
    """Waits while something is being written."""

    def process_event(self, event: Event) -> None:
        with guarded():
            super().process_event(event)


def write(state: State, id: str, payload: dict) -> None:
    text = payload["args"][-1].strip()
    if text.isdecimal():
        write_number(int(text))


@in_turn
def write_number(number: int) -> None:
    tp.get_scenarios()[0].number.write(number)


@guarded()
def submit(event: Event, node: DataNode, number: int, gui: Gui) -> None:
    for scenario in node.get_parents()["scenario"]:
        tp.submit(scenario)


def refresh(state: State) -> None:
    with lock, state:
        scenario = tp.get_scenarios()[0]
        submission = tp.get_latest_submission(scenario)
        state.number = scenario.number.read()
        state.status = submission.submission_status.name if submission else "WAITING"
        state.squared = scenario.squared.read()


with tgb.Page() as page:
    tgb.text("# Squares", mode="md")
    tgb.input("", label="Number", on_action=write)
    tgb.text("Number: {number}", class_name="h5")
    tgb.text("Status: {status}", class_name="h5")
    tgb.text("Squared: {squared}", class_name="h5")

gui = Gui(page)
gui.on_init = refresh
events = Events(gui)
events.on_datanode_written(submit, datanode_config=number_config)
events.broadcast_on_event(refresh, entity_type=EventEntityType.SUBMISSION)

if __name__ == "__main__":
    with TemporaryDirectory() as folder, chdir(folder):
        tp.create_scenario(scenario_config)
        events.start()
        sockets = {"socketio": {"async_handlers": False, "ping_timeout": 60}}
        server = {"async_mode": "threading", "allow_unsafe_werkzeug": True}
        server |= {"server_config": sockets, "state_retention_period": 3600}
        tp.run(gui, tp.Orchestrator(), title="Squares", port="auto", **server)
