# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["taipy==4.1.1", "taipy-gui==4.1.2"]
# ///
"""Jobs that may fail, and a notification for everybody when one does."""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, contextmanager
from functools import wraps
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import taipy as tp
import taipy.gui.builder as tgb
from taipy import Config, Job, Status
from taipy.core.notification import Event, EventEntityType, EventOperation
from taipy.event import EventProcessor
from taipy.gui import Gui, State, get_state_id, notify


def divide(divisor: str) -> float:
    return 12 / float(divisor)


divisor_config = Config.configure_data_node("divisor")
quotient_config = Config.configure_data_node("quotient")
divide_config = Config.configure_task("divide", divide, divisor_config, quotient_config)
scenario_config = Config.configure_scenario("division", divide_config)
Config.configure_job_executions(mode="standalone", max_nb_of_workers=2)
lock = threading.RLock()
worker = ThreadPoolExecutor(max_workers=1)
last_press = {}

jobs = ""


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
        found = sorted(tp.get_jobs(), key=lambda job: job.creation_date)
        lines = [f"{job.submit_entity.name}: {job.status.name}" for job in found]
        state.jobs = "\n".join(lines)


def run(state: State, id: str, payload: dict) -> None:
    divisor = payload["args"][-1].strip()
    if divisor and not is_echo(state, divisor):
        submit(divisor)


@in_turn
def submit(divisor: str) -> None:
    scenario = tp.create_scenario(scenario_config, name=f"12 / {divisor}")
    scenario.divisor.write(divisor)
    scenario.submit()


def has_failed(event: Event) -> bool:
    return event.attribute_value == Status.FAILED


@guarded()
def report(event: Event, gui: Gui) -> None:
    """Taipy stores the reason after the event, so another thread waits for it."""
    job = tp.get(event.entity_id)
    threading.Thread(target=tell, args=[job, gui], daemon=True).start()


def tell(job: Job, gui: Gui) -> None:
    name, until = job.submit_entity.name, monotonic() + 60
    while not job.stacktrace and monotonic() < until:
        sleep(0.01)
    reason = job.stacktrace[-1].splitlines()[-1] if job.stacktrace else "see the log"
    gui.broadcast_callback(notify, ["error", f"{name} failed: {reason}"])


with tgb.Page() as page:
    tgb.text("# Divisions", mode="md")
    tgb.input("", label="Divide 12 by", on_action=run)
    tgb.text("{jobs}", mode="pre", class_name="jobs")

gui = Gui(page)
gui.on_init = refresh
events = EventProcessor(gui)
events.broadcast_on_event(refresh, entity_type=EventEntityType.JOB)
events.on_event(
    report,
    entity_type=EventEntityType.JOB,
    operation=EventOperation.UPDATE,
    attribute_name="status",
    filter=has_failed,
)

if __name__ == "__main__":
    with TemporaryDirectory() as folder, chdir(folder):
        events.start()
        sockets = {"socketio": {"async_handlers": False, "ping_timeout": 60}}
        server = {"async_mode": "threading", "allow_unsafe_werkzeug": True}
        server |= {"server_config": sockets, "state_retention_period": 3600}
        tp.run(gui, tp.Orchestrator(), title="Divisions", port="auto", **server)
