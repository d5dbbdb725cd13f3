# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["taipy==4.1.1", "taipy-gui==4.1.2"]
# ///
"""Jobs that may fail, and a notification for everybody when one does."""

import threading
from contextlib import chdir
from tempfile import TemporaryDirectory
from time import sleep

import taipy as tp
import taipy.gui.builder as tgb
from taipy import Config, Job, Status
from taipy.core.notification import Event, EventEntityType, EventOperation
from taipy.event import EventProcessor
from taipy.gui import Gui, State, notify


def divide(divisor: str) -> float:
    return 12 / float(divisor)


divisor_config = Config.configure_data_node("divisor")
quotient_config = Config.configure_data_node("quotient")
divide_config = Config.configure_task("divide", divide, divisor_config, quotient_config)
scenario_config = Config.configure_scenario("division", divide_config)
Config.configure_job_executions(mode="standalone", max_nb_of_workers=2)
lock = threading.RLock()

jobs = ""


def refresh(state: State) -> None:
    with lock:
        found = sorted(tp.get_jobs(), key=lambda job: job.creation_date)
        lines = [f"{job.submit_entity.name}: {job.status.name}" for job in found]
        state.jobs = "\n".join(lines)


def run(state: State, id: str, payload: dict) -> None:
    divisor = payload["args"][-1].strip()
    name = f"12 / {divisor}"
    with lock:
        if divisor and name not in [scenario.name for scenario in tp.get_scenarios()]:
            scenario = tp.create_scenario(scenario_config, name=name)
            scenario.divisor.write(divisor)
            scenario.submit()


def has_failed(event: Event) -> bool:
    return event.attribute_value == Status.FAILED


def reason(job: Job) -> str:
    for _ in range(500):  # Taipy stores it a moment after the event
        if job.stacktrace:
            return job.stacktrace[-1].splitlines()[-1]
        sleep(0.01)
    return "nobody knows why"


def report(state: State, event: Event) -> None:
    job = tp.get(event.entity_id)
    notify(state, "error", f"{job.submit_entity.name} failed: {reason(job)}")


with tgb.Page() as page:
    tgb.text("# Divisions", mode="md")
    tgb.input("", label="Divide 12 by", on_action=run)
    tgb.text("{jobs}", mode="pre", class_name="jobs")

gui = Gui(page)
gui.on_init = refresh
events = EventProcessor(gui)
events.broadcast_on_event(refresh, entity_type=EventEntityType.JOB)
events.broadcast_on_event(
    report,
    entity_type=EventEntityType.JOB,
    operation=EventOperation.UPDATE,
    attribute_name="status",
    filter=has_failed,
)

if __name__ == "__main__":
    with TemporaryDirectory() as folder, chdir(folder):
        events.start()
        server = {
            "async_mode": "threading",
            "allow_unsafe_werkzeug": True,
            "server_config": {"socketio": {"async_handlers": False}},
        }
        tp.run(gui, tp.Orchestrator(), title="Divisions", **server)
