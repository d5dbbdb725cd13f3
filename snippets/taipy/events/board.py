# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["taipy==4.1.1", "taipy-gui==4.1.2"]
# ///
"""A board of texts: everybody sees them, their words are counted, failures told."""

import logging
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, contextmanager
from functools import wraps
from itertools import count
from tempfile import TemporaryDirectory
from time import monotonic

import taipy as tp
import taipy.gui.builder as tgb
from taipy import Config, DataNode, Scenario, Submission, SubmissionStatus
from taipy.event import Event, EventProcessor
from taipy.gui import Gui, State, get_state_id, notify


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

names = ["Alex", "Doppler"]
arrivals = count()
lock = threading.RLock()
worker = ThreadPoolExecutor(max_workers=1)
last_press = {}
lines, counts = {}, {}

user_name, words = "", 0
transcript = "Alex: Write something, and a job counts your words.\n"


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


def on_init(state: State) -> None:
    if not state.user_name:
        n = next(arrivals)
        state.user_name = names[n] if n < len(names) else f"User {n + 1}"
    show(state)


def show(state: State) -> None:
    with lock:
        state.transcript = "".join([transcript, *lines.values()])
        state.words = sum(counts.values())


def is_echo(state: State, text: str) -> bool:
    """Taipy may deliver one press of Enter twice, some milliseconds apart."""
    user, now = get_state_id(state), monotonic()
    last_text, last_time = last_press.get(user, ("", 0.0))
    last_press[user] = (text, now)
    return text == last_text and now - last_time < 0.2


def write(state: State, id: str, payload: dict) -> None:
    text = payload["args"][-1].strip()
    if not state.user_name:
        on_init(state)  # the page may be older than the state
    if text and not is_echo(state, text):
        add(state.user_name, text)


@in_turn
def add(author: str, text: str) -> None:
    scenario = tp.create_scenario(scenario_config, name=author)
    scenario.text.write(text)


@guarded()
def submit(event: Event, text: DataNode, content: str, gui: Gui) -> None:
    scenario = tp.get(text.owner_id)
    lines[scenario.id] = f"{scenario.name}: {content}\n"
    in_turn(tp.submit)(scenario)


@guarded()
def add_up(event: Event, node: DataNode, words: int, gui: Gui) -> None:
    counts[node.owner_id] = words


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
events.on_datanode_written(submit, datanode_config=text_config)
events.on_datanode_written(add_up, datanode_config=words_config)
events.broadcast_on_datanode_written(show)
events.broadcast_on_submission_finished(tell)

if __name__ == "__main__":
    with TemporaryDirectory() as folder, chdir(folder):
        events.start()
        sockets = {"socketio": {"async_handlers": False, "ping_timeout": 60}}
        server = {"async_mode": "threading", "allow_unsafe_werkzeug": True}
        server |= {"server_config": sockets, "state_retention_period": 3600}
        tp.run(gui, tp.Orchestrator(), title="Words", port="auto", **server)
