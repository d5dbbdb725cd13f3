"""What people do with the programs of Taipy's pages."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.stories.scene import Scene, story
from tests.users.base import Message
from tests.users.taipy import TaipyUser
from tests.users.taipy_events import EventsStage, EventsUser


@story("taipy/chat/shared_builder", "taipy/chat/shared_markdown")
def late_joiner(scene: Scene[TaipyUser]) -> None:
    """Who comes later reads what was said before."""
    (alex,) = scene.opens("Alex")
    scene.says(alex, "Can you see this?")
    (doppler,) = scene.opens(
        "Doppler", does="Doppler opens the program and reads what Alex has sent."
    )
    scene.says(doppler, "I can, and nobody pressed reload.")
    scene.says(alex, "Then all of us share one past.")


@story("taipy/chat/broadcast_builder", "taipy/chat/broadcast_markdown", height=470)
def late_joiner_without_past(scene: Scene[TaipyUser]) -> None:
    """Who comes later reads only what is said from then on."""
    (alex,) = scene.opens("Alex")
    beginning = alex.messages()
    scene.says(alex, "Doppler is late.")
    missed = alex.messages()[-1]
    (doppler,) = scene.opens(
        "Doppler",
        does="Doppler opens the program and finds only the two lines with which it "
        "begins, not what Alex has sent.",
    )
    assert doppler.messages() == beginning
    with scene.step("Doppler sends “Did I miss anything?” Both see it."):
        question = doppler.says("Did I miss anything?")
        alex.sees(missed, question)
    with scene.step(
        "Alex sends “Nothing at all.” Both see it. What was said before Doppler came "
        "stands in Alex’s window alone."
    ):
        answer = alex.says("Nothing at all.")
        doppler.sees(question, answer)
        assert doppler.messages() == [*beginning, question, answer]
        assert alex.messages() == [*beginning, missed, question, answer]


@story("taipy/chat/pitfall_overwrite", height=450)
def lost_message(scene: Scene[TaipyUser]) -> None:
    """Who speaks after coming later erases what was said before."""
    (alex,) = scene.opens("Alex")
    beginning = alex.messages()
    scene.says(alex, "Please remember: room 12.")
    (doppler,) = scene.opens(
        "Doppler",
        does="Doppler opens the program. The line that Alex has sent is not there.",
    )
    with scene.step(
        "Doppler sends “Hello!” Both see it, and the line that Alex had sent is gone "
        "from Alex’s window, too."
    ):
        hello = doppler.says("Hello!")
        alex.sees(hello)
        assert alex.messages() == doppler.messages() == [*beginning, hello]
    with scene.step("Alex sends “Which room was it?” Both see it, and nobody knows."):
        question = alex.says("Which room was it?")
        doppler.sees(question)
        left = [*beginning, hello, question]
        assert alex.messages() == doppler.messages() == left


@story(
    "taipy/events/log_events",
    "taipy/events/log_events_markdown",
    width=692,  # the digits of the time lie across cells of the comparison
    height=620,
    stage=EventsStage,
)
def logged(scene: Scene[EventsUser]) -> None:
    """Everybody reads of every event."""
    alex, doppler = users = scene.opens()
    with scene.step("Alex creates a scenario. Both read of that in their logs."):
        alex.press("Create a scenario")
        all_read(users, r"DATA_NODE +CREATION *\n.*SCENARIO +CREATION")
    with scene.step("Doppler writes its data. Both read of the four changes."):
        doppler.press("Write its data")
        all_read(users, r"(UPDATE +(?!edit_in).*\n.*){3}UPDATE +edit_in_progress.*")
    with scene.step("Alex deletes it. Both read of that, too."):
        alex.press("Delete it")
        all_read(users, r"SCENARIO +DELETION *\n.*DATA_NODE +DELETION")


def all_read(users: list[EventsUser], end: str) -> None:
    """Wait until all logs end like this."""
    for user in users:
        expect(user.text).to_have_text(re.compile(rf"{end}\s*$"))


@story("taipy/events/scenario_list", height=460, stage=EventsStage)
def one_list(scene: Scene[EventsUser]) -> None:
    """What one does to the list, both see."""
    alex, doppler = users = scene.opens()
    with scene.step("Alex creates the scenario “Summer”. Both lists show it."):
        alex.types("New scenario", "Summer")
        all_list(users, "Summer")
    with scene.step("Doppler creates “Winter”. Both lists show the two."):
        doppler.types("New scenario", "Winter")
        all_list(users, "Summer", "Winter")
    with scene.step(
        "Alex selects “Summer” and calls it “Spring”. Both lists show the new name."
    ):
        alex.select("Summer")
        alex.types("New name of the selected one", "Spring")
        all_list(users, "Spring", "Winter")


def all_list(users: list[EventsUser], *lines: str) -> None:
    """Wait until all lists hold these lines."""
    for user in users:
        expect(user.lines).to_have_text(lines)


@story("taipy/events/job_failed", stage=EventsStage)
def told_of_failure(scene: Scene[EventsUser]) -> None:
    """One starts a job that fails, and both are told why."""
    alex, doppler = users = scene.opens()
    with scene.step("Alex starts a job that divides 12 by 4. Both see it completed."):
        alex.types("Divide 12 by", "4")
        for user in users:
            expect(user.text).to_have_text("12 / 4: COMPLETED")
    with scene.step(
        "Doppler starts one that divides 12 by 0. Both see that it has failed, and a "
        "notification tells both the reason."
    ):
        doppler.types("Divide 12 by", "0")
        reason = "12 / 0 failed: ZeroDivisionError: float division by zero"
        for user in users:
            user.holds_alert(reason)
        for user in users:
            expect(user.text).to_have_text("12 / 4: COMPLETED\n12 / 0: FAILED")


@story("taipy/events/auto_submit", stage=EventsStage)
def runs_by_itself(scene: Scene[EventsUser]) -> None:
    """Who writes a number starts the calculation, in front of both."""
    alex, doppler = users = scene.opens()
    with scene.step(
        "Alex enters 3. Both see that the calculation runs, and then its result, 9."
    ):
        alex.types("Number", "3")
        for user in users:
            user.finds("Status: RUNNING")
        all_find(users, "Number: 3", "Status: COMPLETED", "Squared: 9")
    with scene.step("Doppler enters 4. It runs again, and both see 16."):
        doppler.types("Number", "4")
        all_find(users, "Number: 4", "Status: COMPLETED", "Squared: 16")


def all_find(users: list[EventsUser], *texts: str) -> None:
    """Wait until all pages show these texts."""
    for user in users:
        for text in texts:
            expect(user.page.get_by_text(text, exact=True)).to_be_visible()


@story("taipy/events/board", height=470, stage=EventsStage)
def counted_words(scene: Scene[EventsUser]) -> None:
    """What one writes, both read and see counted, or are told that it cannot be."""
    alex, doppler = users = scene.opens()
    rose, marks = "A rose is a rose is a rose.", "?!"
    with scene.step(f"Alex writes “{rose}” Both read it, and that it has 8 words."):
        alex.types("Your text", rose)
        for user in users:
            user.sees(Message("Alex", rose))
        all_find(users, "8 words")
    with scene.step(
        f"Doppler writes “{marks}” Both read it, and a notification tells both that "
        "nobody can count its words."
    ):
        doppler.types("Your text", marks)
        for user in users:
            user.holds_alert(f"Nobody can count “{marks}”.")
        for user in users:
            user.sees(Message("Alex", rose), Message("Doppler", marks))
        all_find(users, "8 words")
