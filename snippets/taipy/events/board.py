# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["taipy==4.1.1", "taipy-gui==4.1.2"]
# ///
"""A board of texts: everybody sees them, their words are counted, failures told."""

import logging
import threading
from contextlib import chdir
from tempfile import TemporaryDirectory

import taipy as tp
import taipy.gui.builder as tgb
from taipy import Config, DataNode, Scenario, Submission, SubmissionStatus
from taipy.core.notification import Event, EventEntityType
from taipy.event import EventProcessor
from taipy.gui import Gui, State, notify


def count_words(text: str) -> int:
    if not text.split():
        raise ValueError("There are no words.")
    return len(text.split())


text_config = Config.configure_data_node("text")
words_config = Config.configure_data_node("words")
count_config = Config.configure_task("count", count_words, text_config, words_config)
scenario_config = Config.configure_scenario("count_words", count_config)
Config.configure_job_executions(mode="standalone", max_nb_of_workers=1)
lock = threading.RLock()

board = []
selected = ""


class Events(EventProcessor):
    """Waits until nobody writes, and goes on when a callback raises."""

    def process_event(self, event: Event) -> None:
        try:
            with lock:
                super().process_event(event)
        except Exception:
            logging.exception("A callback failed at %s", event)


def describe(scenario: Scenario) -> str:
    submission = tp.get_latest_submission(scenario)
    status = submission.submission_status.name.lower() if submission else "no text yet"
    if status == "completed":
        status = f"{scenario.words.read()} words"
    return f"{scenario.name}: {status}"


def refresh(state: State) -> None:
    with lock:
        found = tp.get_scenarios(is_sorted=True, sort_key="creation_date")
        state.board = [(scenario.id, describe(scenario)) for scenario in found]


def create(state: State, id: str, payload: dict) -> None:
    name = payload["args"][-1].strip()
    with lock:
        if name and name not in [scenario.name for scenario in tp.get_scenarios()]:
            tp.create_scenario(scenario_config, name=name)


def write(state: State, id: str, payload: dict) -> None:
    if state.selected:
        with lock:
            tp.get(state.selected).text.write(payload["args"][-1])


def submit(event: Event, text: DataNode, content: str, gui: Gui) -> None:
    for scenario in text.get_parents()["scenario"]:
        tp.submit(scenario)


def tell(state: State, event: Event, scenario: Scenario, end: Submission) -> None:
    if end.submission_status == SubmissionStatus.FAILED:
        notify(state, "error", f"The words of {scenario.name} cannot be counted.")


with tgb.Page() as page:
    tgb.text("# Words", mode="md")
    with tgb.layout("1 1"):
        with tgb.part("card"):
            tgb.input("", label="Name of a new text", on_action=create)
            tgb.input("", label="Text of the selected name", on_action=write)
        tgb.selector("{selected}", lov="{board}", value_by_id=True, width="100%")

gui = Gui(page)
gui.on_init = refresh
events = Events(gui)
for kind in (EventEntityType.SCENARIO, EventEntityType.SUBMISSION):
    events.broadcast_on_event(refresh, entity_type=kind)
events.broadcast_on_submission_finished(tell)
events.on_datanode_written(submit, datanode_config=text_config)

if __name__ == "__main__":
    with TemporaryDirectory() as folder, chdir(folder):
        events.start()
        server = {
            "async_mode": "threading",
            "allow_unsafe_werkzeug": True,
            "server_config": {"socketio": {"async_handlers": False}},
        }
        tp.run(gui, tp.Orchestrator(), title="Words", **server)
