"""What people do with the programs of Flet's pages."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.stories.scene import Scene, story
from tests.users.base import BrowserUser, Message
from tests.users.flet import FletUser
from tests.users.flet_slow import SlowFletUser, SlowStage
from tests.users.stage import Stage


class ReadyStage(Stage):
    """Who has joined is ready to write.

    In this program it is a matter of chance whether the field has the focus then.
    """

    def lets_in(self, user: BrowserUser, name: str = "", *, joins: bool = True) -> None:
        super().lets_in(user, name, joins=joins)
        assert isinstance(user, FletUser)
        user.step_into(user.field)


@story("flet/chat/step3_broadcast", dark=True)
def broadcast(scene: Scene[FletUser]) -> None:
    """What one sends, all get, and what they are typing stays."""
    alex, doppler = scene.opens(
        does="Alex and Doppler open the program, which calls each of them a guest."
    )
    scene.says(alex, "Is anybody here?")
    with scene.step(
        "Doppler begins to answer. Meanwhile Alex sends “Hello?”: Doppler sees it, and "
        "what Doppler has typed stays."
    ):
        doppler.step_into(doppler.field)
        doppler.types("Yes, ")
        doppler.sees(alex.says("Hello?"))
        doppler.finds_field_with("Yes, ")
    with scene.step("Doppler types on and clicks “Send”. Both see “Yes, I am.”"):
        doppler.types("I am.")
        doppler.finds_field_with("Yes, I am.")
        doppler.click_button("Send")
        for user in (alex, doppler):
            user.sees(Message(doppler.name, "Yes, I am."))


@story("flet/chat/step4_join_dialog", dark=True)
def names(scene: Scene[FletUser]) -> None:
    """Nobody gets in without a name, and all are told who has come."""
    alex, doppler = scene.opens(
        does="Alex and Doppler open the program. It asks for their names.", joins=False
    )
    with scene.step("Alex enters a name and is in."):
        alex.enters("Alex")
        alex.hears("Alex has joined the chat.")
        alex.step_into(alex.field)  # it may have the focus, or not
    with scene.step("Doppler joins without a name. The dialog says “Enter a name.”"):
        doppler.click_button("Join chat")
        expect(doppler.name_field).to_have_accessible_description("Enter a name.")
    with scene.step("Doppler enters a name. Both see “Doppler has joined the chat.”"):
        doppler.enters("Doppler")
        for user in (alex, doppler):
            user.hears("Doppler has joined the chat.")
        doppler.step_into(doppler.field)
    scene.says(alex, "Welcome!")


@story("flet/chat/step5_reusable_control", dark=True, stage=ReadyStage)
def avatars(scene: Scene[FletUser]) -> None:
    """Each has a circle with the name's first letter, in one colour for all to see."""
    alex, doppler = scene.opens(
        does="Alex and Doppler open the program and enter their names."
    )
    with scene.step("Alex sends “I am the A.” Both see it beside a circle with an A."):
        doppler.sees(alex.says("I am the A."))
    with scene.step("Doppler sends “And I the D.” It has a D, in another colour."):
        alex.sees(doppler.says("And I the D."))
    with scene.step("Alex sends “And still.” The circle is as before."):
        doppler.sees(alex.says("And still."))


@story("flet/chat/step6_layout", "flet/chat/declarative", dark=True)
def finished(scene: Scene[FletUser]) -> None:
    """Two people talk, and neither needs a mouse."""
    alex, doppler = scene.opens(
        does="Alex and Doppler open the program and enter their names."
    )
    scene.says(alex, "Hey!")
    scene.says(doppler, "What's up?")
    scene.says(alex, "Did you press anything?")
    scene.says(doppler, "No, it came by itself.")


@story("flet/chat/history", dark=True)
def late_joiner(scene: Scene[FletUser]) -> None:
    """If you join later, you read what was said before."""
    (alex,) = scene.opens("Alex", does="Alex opens the program and enters a name.")
    said = Message(alex.name, "Lunch at one?")
    scene.says(alex, said.text)
    (doppler,) = scene.opens(
        "Doppler", does="Doppler joins later and sees what Alex has sent."
    )
    doppler.sees(said)
    scene.says(doppler, "I'm in.")


@story("flet/chat/pitfall_fast_typing", height=300, dark=True, stage=SlowStage)
def typed_on_and_lost(scene: Scene[SlowFletUser]) -> None:
    """What is typed before the server's answer comes is wiped."""
    alex, doppler = scene.opens()
    with alex.line.held():
        _types_on_after_enter(scene, alex, doppler)
    with scene.step("The answer comes. It empties the field: “Not before” is lost."):
        alex.hears("Lunch?")
        alex.finds_field_with("")
    with scene.step("Alex types “one.” and sends it. Both see “one.” and no more."):
        alex.types("one.\n")
        for user in (alex, doppler):
            user.hears("one.")
        alex.finds_field_with("")


@story("flet/chat/fast_typing", height=300, dark=True, stage=SlowStage)
def typed_on_and_kept(scene: Scene[SlowFletUser]) -> None:
    """What is typed before the server's answer comes is put back."""
    alex, doppler = scene.opens()
    with alex.line.held():
        _types_on_after_enter(scene, alex, doppler)
    with scene.step("The answer comes. “Not before” is wiped, and at once put back."):
        alex.hears("Lunch?")
        alex.finds_field_with("Not before ")
    with scene.step("Alex types “one.” and sends. Both see “Not before one.”"):
        alex.types("one.\n")
        for user in (alex, doppler):
            user.hears("Not before one.")
        alex.finds_field_with("")


def _types_on_after_enter(
    scene: Scene[SlowFletUser], alex: SlowFletUser, doppler: SlowFletUser
) -> None:
    """Send one message and begin another while the server's answer is held back."""
    with scene.step(
        "Alex sends “Lunch?” on a slow line. Doppler sees it. Alex types on, “Not "
        "before”, while the server's answer is on its way."
    ):
        alex.step_into(alex.field)
        alex.types("Lunch?")
        alex.finds_field_with("Lunch?")
        alex.types("\n")
        alex.types("Not before ")
        alex.finds_field_with("Lunch?Not before ")
        alex.line.waits_for_an_answer()
        doppler.hears("Lunch?")


@story("flet/upgrade/old_calls_fixed")  # its BLACK_54 cannot be read on dark
def mended(scene: Scene[FletUser]) -> None:
    """The fixed chat does what the old one did: two join and talk."""
    alex, doppler = scene.opens(
        does="Alex and Doppler open the program. It asks for their names.", joins=False
    )
    with scene.step("Alex enters a name, clicks “Join” and is in."):
        alex.enters("Alex", "Join")
        alex.hears("Alex is here.")
    with scene.step("Doppler does the same. Both see “Doppler is here.”"):
        doppler.enters("Doppler", "Join")
        for user in (alex, doppler):
            user.hears("Doppler is here.")
    scene.says(alex, "Does it work?")
    scene.says(doppler, "Every line of it.")


@story("flet/web/chat", dark=True)
def everybody_reads(scene: Scene[FletUser]) -> None:
    """What one person sends, everybody reads."""
    alex, doppler = scene.opens()
    scene.says(alex, "Hello from here!")
    with scene.step(
        "Doppler types “And from here.” and clicks the arrow. Both see it."
    ):
        doppler.step_into(doppler.field)
        doppler.types("And from here.")
        doppler.finds_field_with("And from here.")
        doppler.click_button()
        for user in (alex, doppler):
            user.sees(Message(doppler.name, "And from here."))
        doppler.finds_field_with("")
    scene.says(alex, "No reload?")
