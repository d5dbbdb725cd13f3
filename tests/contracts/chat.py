"""What every chat must do, whatever its framework, written once.

A test module makes the fixtures `alex`, `doppler` and `third`, the first three visitors
of a chat, and `join`, which lets one more arrive; then it runs the classes that fit::

    class TestSharedVariable(BrowserSharedPast): ...

People come and go and the past grows from test to test: each test only looks for the
messages that it has sent itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

import pytest

from tests.users.base import BrowserUser, Message, User
from tests.waiting import wait_until

AS_TYPED = (
    "<b>bold</b> & <script>window.hacked = true</script>",
    '<img src="nowhere" onerror="window.hacked = true">',
    "# *Markdown* with a [link](javascript:window.hacked=true) and `code`",
    "two  spaces: colons: and \\n no line",
    "👩‍👩‍👧‍👦 👋🏽 🇺🇳",
    "שלום, مرحبا, left again",
    "x" * 2000,
)
"""Texts that a careless page would change, or run."""


class Chat:
    """What holds for every chat, with browsers or without."""

    @pytest.mark.claim(
        "A message appears for everybody, in the order in which it was sent, "
        "with its sender."
    )
    def test_a_message_appears_for_everybody_in_order_with_its_sender(
        self, alex: User, doppler: User, third: User
    ) -> None:
        said = [alex.says("one"), doppler.says("two"), alex.says("three")]
        for user in (alex, doppler, third):
            user.sees(*said)
            assert user.latest(3) == said
        assert len({message.sender for message in said}) == 2

    @pytest.mark.claim("Empty and blank messages are not sent.")
    def test_empty_and_blank_messages_are_not_sent(
        self, alex: User, doppler: User
    ) -> None:
        before = alex.says("before the silence")
        for silence in ("", " ", "   "):
            alex.send(silence)
        after = alex.says("after the silence")
        for user in (alex, doppler):
            user.sees(after)
            assert user.latest(2) == [before, after]

    @pytest.mark.claim("The same text sent twice appears twice.")
    def test_the_same_text_sent_twice_appears_twice(
        self, alex: User, doppler: User
    ) -> None:
        first = alex.says("something else")
        again = alex.says("the same words once more")
        alex.send(again.text)
        last = alex.says("and something else again")
        for user in (alex, doppler):
            user.sees(last)
            assert user.latest(4) == [first, again, again, last]

    @pytest.mark.claim(
        "HTML, Markdown, emoji, right-to-left text and 2,000 characters "
        "arrive as typed."
    )
    def test_text_arrives_as_typed(self, alex: User, doppler: User) -> None:
        for text in AS_TYPED:
            alex.paste(text)
        said = [Message(alex.name, text) for text in AS_TYPED]
        for user in (alex, doppler):
            user.sees(*said)


class GivenNames:
    """What holds where visitors are given their names."""

    @pytest.mark.claim(
        "The first visitor is Alex, the second is Doppler, "
        "and every later one gets a name of their own."
    )
    def test_every_visitor_has_a_name_of_their_own(
        self, alex: User, doppler: User, third: User, join: Callable[[], User]
    ) -> None:
        names = [alex.name, doppler.name, third.name, join().name]
        assert names[:2] == ["Alex", "Doppler"]
        assert len(set(names)) == len(names)
        assert all(names)


class BrowserChat(Chat):
    """What only a page can show."""

    @pytest.mark.claim("Enter sends the message and empties the field.")
    def test_enter_sends_the_message_and_empties_the_field(
        self, alex: BrowserUser, doppler: BrowserUser
    ) -> None:
        said = alex.says("a tidy field")
        alex.finds_field_with("")
        doppler.sees(said)

    @pytest.mark.claim("Nothing that somebody wrote runs.")
    def test_nothing_that_somebody_wrote_runs(
        self, alex: BrowserUser, doppler: BrowserUser
    ) -> None:
        for text in AS_TYPED[:3]:
            alex.paste(text)
        said = [Message(alex.name, text) for text in AS_TYPED[:3]]
        said.append(alex.says("and nothing of that runs"))
        for user in (alex, doppler):
            user.sees(*said)
            user.reload()
            user.sees(*said)
            made = user.page.locator("img[src='nowhere'], script:text('hacked')")
            assert made.count() == 0
            assert user.page.evaluate("window.hacked") is None

    @pytest.mark.claim("A reload keeps your name and the messages you have seen.")
    def test_a_reload_keeps_the_name_and_the_messages(
        self, alex: BrowserUser, doppler: BrowserUser
    ) -> None:
        doppler.sees(alex.says("before the reload"))
        name, past = doppler.name, doppler.messages()
        doppler.reload()
        assert doppler.name == name
        wait_until(lambda: doppler.messages() == past, event="the same messages")


class PocketChat(BrowserChat):
    """What has to hold where people come with a telephone."""

    @pytest.mark.claim("Long words wrap, and the page fits a phone 360 pixels wide.")
    def test_the_page_fits_a_phone(
        self, alex: BrowserUser, join: Callable[[], BrowserUser]
    ) -> None:
        guest = join()
        alex.paste("W" * 300)
        guest.sees(Message(alex.name, "W" * 300))
        guest.page.set_viewport_size({"width": 360, "height": 640})
        wait_until(guest.fits_the_window, event="everything in the window")
        guest.reads(Message(alex.name, "W" * 300))
        alex.sees(guest.says("sent from a phone"))


class FinishedChat(PocketChat):
    """What a chat has to do as well before people are let in."""

    @pytest.mark.claim("After 150 messages all of them can be read.")
    def test_after_150_messages_all_of_them_can_be_read(
        self, alex: BrowserUser, doppler: BrowserUser
    ) -> None:
        texts = [f"number {n} of 150" for n in range(1, 151)]
        for text in texts:
            alex.paste(text)
        said = [Message(alex.name, text) for text in texts]
        doppler.sees(*said)
        doppler.reads(*said)


class FastTypists(BrowserChat):
    """What has to hold where people do not wait for their field to be empty."""

    @pytest.mark.claim("Whoever types on at once loses no key.")
    def test_whoever_types_on_at_once_loses_no_key(
        self, alex: BrowserUser, doppler: BrowserUser
    ) -> None:
        alex.field.click()
        alex.type_at_once("a first thought\nand the next")
        doppler.sees(Message(alex.name, "a first thought"))
        alex.sees(Message(alex.name, "a first thought"))
        alex.finds_field_with("and the next")
        alex.press_enter()
        doppler.sees(Message(alex.name, "and the next"))


class SharedPast:
    """What holds where all have one past in common."""

    @pytest.mark.claim("Whoever comes later sees what was said before.")
    def test_a_late_joiner_sees_what_was_said_before(
        self, alex: User, join: Callable[[], User]
    ) -> None:
        said = alex.says("before the late joiner")
        join().sees(said)


class OwnPast:
    """What holds where each user keeps a past of their own."""

    @pytest.mark.claim("Whoever comes later sees only what is said from then on.")
    def test_a_late_joiner_sees_only_what_is_said_from_then_on(
        self, alex: User, join: Callable[[], User]
    ) -> None:
        missed = alex.says("missed by the late joiner")
        late = join()
        heard = alex.says("heard by the late joiner")
        late.sees(heard)
        assert missed not in late.messages()

    @pytest.mark.claim("Nobody’s past changes when a late joiner speaks.")
    def test_nobodys_past_changes_when_a_late_joiner_speaks(
        self, alex: User, doppler: User, join: Callable[[], User]
    ) -> None:
        doppler.sees(alex.says("a past to keep"))
        pasts = [user.messages() for user in (alex, doppler)]
        said = join().says("good evening")
        for user, past in zip((alex, doppler), pasts, strict=True):
            user.sees(said)
            assert user.messages() == [*past, said]


class BrowserSharedPast(SharedPast, FinishedChat, FastTypists):
    """Both, with pages."""

    @pytest.mark.alone
    @pytest.mark.claim(
        "Two people who type as fast as a machine lose no message, "
        "and all pages show them in one order."
    )
    def test_a_burst_is_complete_and_in_one_order(
        self, alex: BrowserUser, doppler: BrowserUser, third: BrowserUser
    ) -> None:
        seen = burst(alex, doppler, third)
        assert seen[0] == seen[1] == seen[2]


class BrowserOwnPast(OwnPast, FinishedChat, FastTypists):
    """Both, with pages."""

    @pytest.mark.alone
    @pytest.mark.claim(
        "Two people who type as fast as a machine lose no message on any page."
    )
    def test_a_burst_is_complete(
        self, alex: BrowserUser, doppler: BrowserUser, third: BrowserUser
    ) -> None:
        burst(alex, doppler, third)


def burst(
    alex: BrowserUser, doppler: BrowserUser, third: BrowserUser
) -> list[list[Message]]:
    """Three times 60 messages, alternating, key by key and without any pause.

    Returns what each of the three sees of it: every message, each sender's in their
    order, and what the server holds for a page that is loaded again as well.
    """
    writers = (alex, doppler)
    said: dict[str, list[Message]] = {user.name: [] for user in writers}
    for user in writers:
        user.field.click()
    for turn in range(3):
        for n in range(30):
            for user in writers:
                text = f"{turn}.{n}"
                user.type_at_once(f"{text}\n")
                said[user.name].append(Message(user.name, text))
        for user in (alex, doppler, third):
            for messages in said.values():
                user.sees(*messages)
    ends = [user.says("that was all") for user in writers]
    for user in (alex, doppler, third):
        user.sees(*ends)  # and with them an echo of the last press
    seen = [_only(user.messages(), said) for user in (alex, doppler, third)]
    for messages in seen:
        for name, own in said.items():
            heard = [message for message in messages if message.sender == name]
            # Heard twice is not lost: a chat may only tell an echo by its time.
            assert list(dict.fromkeys(heard)) == own
    third.reload()
    assert _only(third.messages(), said) == seen[2]
    return seen


def _only(messages: Sequence[Message], said: dict[str, list[Message]]) -> list[Message]:
    wanted = frozenset(chain.from_iterable(said.values()))
    return [message for message in messages if message in wanted]
