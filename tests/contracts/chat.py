"""What every chat must do, whatever its framework, written once.

A test module makes the fixtures `alex`, `doppler` and `third`, the first three visitors
of a chat, and `join`, which lets one more arrive; then it runs the classes that fit::

    class TestSharedVariable(BrowserSharedHistory): ...

People come and go and the past grows from test to test: each test only looks for the
messages that it has sent itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

import pytest

from tests.demos import Demo, play
from tests.users.base import BrowserUser, Message, User
from tests.waiting import wait_until

AS_TYPED = (
    "<b>bold</b> & <script>window.hacked = true</script>",
    '<img src="nowhere" onerror="window.hacked = true">',
    "# *Markdown* with a [link](javascript:window.hacked=true) and `code`",
    "&amp; &lt;b&gt; &#x7B;x&#x7D; &#123; &nbsp; &nbsp & AT&T",
    "two  spaces: colons: and \\n no line",
    "C:\\new\\table \\u0041 \\x41 \\\\ \\",
    '"double" \'single\' `back` “curly” \\"both\\"',
    "{user_name} ${name} %s %(name)s %% 100%",
    "👩‍👩‍👧‍👦 👋🏽 🇺🇳",
    "שלום, مرحبا, left again",
    "x" * 2000,
    "{!braces!} {{of}} }every{ {kind!}",
)
"""Texts that a careless page would change, or run."""


class Chat:
    """What holds for every chat, with browsers or without."""

    @pytest.mark.fact("in-order")
    def test_a_message_appears_for_everybody_in_order_with_its_sender(
        self, alex: User, doppler: User, third: User
    ) -> None:
        """Everyone sees each message in the order it was sent, with its sender."""
        said = [alex.says("one"), doppler.says("two"), alex.says("three")]
        for user in (alex, doppler, third):
            user.sees(*said)
            assert user.latest(3) == said
        assert len({message.sender for message in said}) == 2

    @pytest.mark.fact("no-empty-messages")
    def test_empty_and_blank_messages_are_not_sent(
        self, alex: User, doppler: User
    ) -> None:
        """Empty and blank messages are not sent."""
        before = alex.says("before the silence")
        for silence in ("", " ", "   "):
            alex.send(silence)
        after = alex.says("after the silence")
        for user in (alex, doppler):
            user.sees(after)
            assert user.latest(2) == [before, after]

    @pytest.mark.fact("repeated-text")
    def test_the_same_text_sent_twice_appears_twice(
        self, alex: User, doppler: User
    ) -> None:
        """The same text sent twice appears twice."""
        first = alex.says("something else")
        again = alex.says("the same words once more")
        alex.send(again.text)
        last = alex.says("and something else again")
        for user in (alex, doppler):
            user.sees(last)
            assert user.latest(4) == [first, again, again, last]

    @pytest.mark.fact("as-typed")
    def test_text_arrives_as_typed(self, alex: User, doppler: User) -> None:
        """HTML, Markdown, entities, emoji, right-to-left text and 2,000 characters
        arrive as typed.
        """
        for text in AS_TYPED:
            alex.paste(text)
        said = [Message(alex.name, text) for text in AS_TYPED]
        for user in (alex, doppler):
            user.sees(*said)


class Drawn:
    """What a page draws of a chat that has just started, line by line."""

    def test_two_people_see_what_the_two_windows_show(
        self, demo: Demo, alex: User, doppler: User
    ) -> None:
        play(demo, [alex, doppler])


class GivenNames:
    """What holds where visitors are given their names."""

    @pytest.mark.fact("given-names")
    def test_every_visitor_has_a_name_of_their_own(
        self, alex: User, doppler: User, third: User, join: Callable[[], User]
    ) -> None:
        """The first visitor is Alex, the second Doppler; later ones get names too."""
        names = [alex.name, doppler.name, third.name, join().name]
        assert names[:2] == ["Alex", "Doppler"]
        assert len(set(names)) == len(names)
        assert all(names)


class Smoke:
    """What shows that a page belongs to its program, where another proves the rest."""

    def test_what_one_writes_is_drawn_for_the_other_and_after_a_reload(
        self, alex: BrowserUser, doppler: BrowserUser
    ) -> None:
        said = [alex.says("Is anybody there?"), doppler.says("<b>I am.</b> &gt;{!}")]
        alex.finds_field_with("")
        for user in (alex, doppler):
            user.sees(*said)
        doppler.reload()
        doppler.sees(*said)


class BrowserChat(Chat):
    """What only a page can show."""

    @pytest.mark.fact("enter-sends")
    def test_enter_sends_the_message_and_empties_the_field(
        self, alex: BrowserUser, doppler: BrowserUser
    ) -> None:
        """Enter sends the message and empties the field."""
        said = alex.says("a tidy field")
        alex.finds_field_with("")
        doppler.sees(said)

    @pytest.mark.fact("scripts-stay-text")
    def test_nothing_that_somebody_wrote_runs(
        self, alex: BrowserUser, doppler: BrowserUser
    ) -> None:
        """HTML and scripts in a message are shown as text and do not run."""
        for text in AS_TYPED[:4]:
            alex.paste(text)
        said = [Message(alex.name, text) for text in AS_TYPED[:4]]
        said.append(alex.says("and nothing of that runs"))
        for user in (alex, doppler):
            user.sees(*said)
            user.reload()
            user.sees(*said)
            made = user.page.locator("img[src='nowhere'], script:text('hacked')")
            assert made.count() == 0
            assert user.page.evaluate("window.hacked") is None

    @pytest.mark.fact("reload-keeps-chat")
    def test_a_reload_keeps_the_name_and_the_messages(
        self, alex: BrowserUser, doppler: BrowserUser
    ) -> None:
        """A reload keeps your name and the messages you have seen."""
        doppler.sees(alex.says("before the reload"))
        name, past = doppler.name, doppler.messages()
        doppler.reload()
        assert doppler.name == name
        wait_until(lambda: doppler.messages() == past, event="the same messages")


class PocketChat(BrowserChat):
    """What has to hold where people come with a telephone."""

    @pytest.mark.fact("fits-a-phone")
    def test_the_page_fits_a_phone(
        self, alex: BrowserUser, join: Callable[[], BrowserUser]
    ) -> None:
        """Long words wrap, and the page fits a phone 360 pixels wide."""
        guest = join()
        alex.paste("W" * 300)
        guest.sees(Message(alex.name, "W" * 300))
        guest.page.set_viewport_size({"width": 360, "height": 640})
        wait_until(guest.fits_the_window, event="everything in the window")
        guest.reads(Message(alex.name, "W" * 300))
        alex.sees(guest.says("sent from a phone"))


class FinishedChat(PocketChat):
    """What a chat has to do as well before people are let in."""

    @pytest.mark.fact("long-history")
    def test_the_first_of_60_messages_can_still_be_read(
        self, alex: BrowserUser, doppler: BrowserUser
    ) -> None:
        """After 60 messages in a low window, the first can still be read."""
        said = self.says_at_once(alex, [f"number {n} of 60" for n in range(1, 61)])
        doppler.sees(said[-1])
        window = doppler.page.viewport_size
        assert window
        doppler.page.set_viewport_size({**window, "height": 360})
        doppler.reads(said[-1], said[0])
        doppler.page.set_viewport_size(window)

    def says_at_once(self, alex: BrowserUser, texts: Sequence[str]) -> list[Message]:
        """Send messages one after the other: by a page, unless a class knows better."""
        for text in texts:
            alex.paste(text)
        return [Message(alex.name, text) for text in texts]


class FastTypists(BrowserChat):
    """What has to hold where people do not wait for their field to be empty."""

    @pytest.mark.fact("typing-on")
    def test_whoever_types_on_at_once_loses_no_key(
        self, alex: BrowserUser, doppler: BrowserUser
    ) -> None:
        """If you keep typing right after Enter, no key is lost."""
        alex.field.click()
        alex.type_at_once("a first thought\nand the next")
        doppler.sees(Message(alex.name, "a first thought"))
        alex.sees(Message(alex.name, "a first thought"))
        alex.finds_field_with("and the next")
        alex.press_enter()
        doppler.sees(Message(alex.name, "and the next"))


class SharedHistory:
    """What holds where all have one history in common."""

    @pytest.mark.fact("late-joiner")
    def test_a_late_joiner_sees_what_was_said_before(
        self, alex: User, join: Callable[[], User]
    ) -> None:
        """Someone who joins later sees what was said before, as it was typed."""
        alex.paste(text := " ".join(text for text in AS_TYPED if len(text) < 100))
        said = Message(alex.name, text)
        alex.sees(said)
        join().sees(said)


class OwnHistory:
    """What holds where each user keeps a history of their own."""

    @pytest.mark.fact("late-joiner-from-now-on")
    def test_a_late_joiner_sees_only_what_is_said_from_then_on(
        self, alex: User, join: Callable[[], User]
    ) -> None:
        """Someone who joins later sees only what is said from then on."""
        missed = alex.says("missed by the late joiner")
        late = join()
        heard = alex.says("heard by the late joiner")
        late.sees(heard)
        assert missed not in late.messages()

    @pytest.mark.fact("history-untouched")
    def test_nobodys_past_changes_when_a_late_joiner_speaks(
        self, alex: User, doppler: User, join: Callable[[], User]
    ) -> None:
        """A late joiner’s message leaves the others’ histories as they were."""
        doppler.sees(alex.says("a past to keep"))
        pasts = [user.messages() for user in (alex, doppler)]
        said = join().says("good evening")
        for user, past in zip((alex, doppler), pasts, strict=True):
            user.sees(said)
            assert user.messages() == [*past, said]


class BrowserSharedHistory(SharedHistory, FinishedChat, FastTypists):
    """Both, with pages."""

    @pytest.mark.alone
    @pytest.mark.fact("burst-in-order")
    def test_a_burst_is_complete_and_in_one_order(
        self, alex: BrowserUser, doppler: BrowserUser, third: BrowserUser
    ) -> None:
        """Two people typing as fast as a machine lose no message, and their pages
        agree on the order.
        """
        seen = burst(alex, doppler, third)
        assert seen[0] == seen[1] == seen[2]


def burst(
    alex: BrowserUser, doppler: BrowserUser, third: BrowserUser
) -> list[list[Message]]:
    """Twice 40 messages, alternating, key by key and without any pause.

    Returns what each of the three sees of it: every message, each sender's in their
    order, and what the server holds for a page that is loaded again as well.
    """
    writers = (alex, doppler)
    said: dict[str, list[Message]] = {user.name: [] for user in writers}
    for user in writers:
        user.field.click()
    for turn in range(2):
        for n in range(20):
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
