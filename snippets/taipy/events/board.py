# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["taipy==4.1.1", "taipy-gui==4.1.2"]
# ///
"""A board of texts: everybody sees them, their words are counted, failures told."""

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from itertools import chain, count
from tempfile import TemporaryDirectory

import taipy as tp
import taipy.gui.builder as tgb
from taipy import Config, DataNode, Scenario, Submission, SubmissionStatus
from taipy.event import Event, EventEntityType, EventProcessor
from taipy.gui import Gui, State, notify


def count_words(text: str) -> int:
    words = re.findall(r"\w+", text)
    if not words:
        raise ValueError("There are no words.")
    return len(words)


text_config = Config.configure_data_node("text")
words_config = Config.configure_data_node("words", default_data=0)
count_config = Config.configure_task("count", count_words, text_config, words_config)
scenario_config = Config.configure_scenario("count_words", count_config)
Config.configure_job_executions(mode="standalone", max_nb_of_workers=1)
lock = threading.RLock()

names = chain(["Alex", "Doppler"], map("User {}".format, count(3)))

user_name, words = "", 0
transcript = "Alex: Write something, and a job counts your words."


@contextmanager
def guarded() -> Iterator[None]:
    """Log what is raised, so that all other callbacks run."""
    try:
        yield
    except Exception:
        logging.exception("A callback failed")


class Events(EventProcessor):
    """Waits until nobody writes."""

    def process_event(self, event: Event) -> None:
        with guarded(), lock:
            super().process_event(event)


def read_lines() -> list[str]:
    found = tp.get_scenarios(is_sorted=True, sort_key="creation_date")
    return [f"{scenario.name}: {scenario.text.read()}" for scenario in found]


def refresh(state: State) -> None:
    with lock:
        state.transcript = "\n".join([transcript, *read_lines()])
        state.words = sum(scenario.words.read() for scenario in tp.get_scenarios())


def on_init(state: State) -> None:
    state.user_name = next(names)
    refresh(state)


def write(state: State, id: str, payload: dict) -> None:
    text = payload["args"][-1].strip()
    with lock:
        if text and f"{state.user_name}: {text}" not in read_lines():
            scenario = tp.create_scenario(scenario_config, name=state.user_name)
            scenario.text.write(text)


@guarded()
def submit(event: Event, text: DataNode, content: str, gui: Gui) -> None:
    tp.submit(text.get_parents()["scenario"].pop())


def tell(state: State, event: Event, scenario: Scenario, end: Submission) -> None:
    if end.submission_status == SubmissionStatus.FAILED:
        notify(state, "error", f"Nobody can count “{scenario.text.read()}”.")


style = {".transcript pre": {"font-family": "inherit", "white-space": "pre-wrap"}}

with tgb.Page(style=style) as page:
    tgb.text("# You are **{user_name}**.", mode="md")
    with tgb.part("transcript card"):
        tgb.text("{transcript}", mode="pre")
        tgb.text("{words} words", class_name="h5")
    tgb.input("", label="Your text", on_action=write)

gui = Gui(page)
events = Events(gui)
events.broadcast_on_event(refresh, entity_type=EventEntityType.SUBMISSION)
events.broadcast_on_submission_finished(tell)
events.on_datanode_written(submit, datanode_config=text_config)

if __name__ == "__main__":
    with TemporaryDirectory() as folder, chdir(folder):
        events.start()
        server = {"async_mode": "threading", "allow_unsafe_werkzeug": True}
        sockets = {"socketio": {"async_handlers": False}}
        tp.run(gui, tp.Orchestrator(), title="Words", server_config=sockets, **server)
