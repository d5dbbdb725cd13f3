"""The rooms, used by two and three people in real browsers."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.snippets.streamlit.conftest import Play
from tests.snippets.streamlit.modes import SHIPPED, program
from tests.users.chromium import CHROMIUM_ARGS, find_chromium
from tests.users.stage import Stage
from tests.users.streamlit import StreamlitSocket, StreamlitUser, at_once
from tests.waiting import wait_until

User = StreamlitUser
WITHIN_5_S = 5
"""So long may it take until all see that somebody has come or gone."""


@program("first_room")
class TestFirstRoom:
    LABEL = "Select a value"

    @pytest.mark.claim(
        "A change in one tab shows in the others, and nobody has to touch them."
    )
    def test_a_change_shows_on_a_page_that_nobody_touches(
        self, alex: User, doppler: User, third: User
    ) -> None:
        alex.sets_slider(self.LABEL, 7)
        for user in (alex, doppler, third):
            user.finds(self.LABEL, "7")
            user.reads_line("7 squared is 49")

    def test_changes_come_back_and_forth(self, alex: User, doppler: User) -> None:
        alex.sets_slider(self.LABEL, 3)
        doppler.reads_line("3 squared is 9")
        doppler.turns(self.LABEL, "ArrowRight")
        alex.reads_line("4 squared is 16")
        alex.turns(self.LABEL, "ArrowRight")
        doppler.reads_line("5 squared is 25")

    def test_own_changes_keep_the_focus(self, alex: User, doppler: User) -> None:
        alex.sets_slider(self.LABEL, 3)
        doppler.reads_line("3 squared is 9")
        alex.page.keyboard.press("ArrowRight")
        doppler.reads_line("4 squared is 16")
        alex.page.keyboard.press("ArrowRight")
        alex.reads_line("5 squared is 25")
        expect(alex.widget(self.LABEL)).to_be_focused()

    def test_a_reload_finds_the_value(self, alex: User) -> None:
        alex.sets_slider(self.LABEL, 6)
        alex.reads_line("6 squared is 36")
        alex.reload()
        alex.finds(self.LABEL, "6")

    def test_whoever_is_cut_off_shows_the_newest_value_when_back(
        self, alex: User, doppler: User
    ) -> None:
        alex.sets_slider(self.LABEL, 1)
        doppler.reads_line("1 squared is 1")
        with doppler.cut_off():
            alex.sets_slider(self.LABEL, 2)
            alex.reads_line("2 squared is 4")
        doppler.reads_line("2 squared is 4")
        doppler.turns(self.LABEL, "ArrowRight")
        alex.reads_line("3 squared is 9")


@pytest.mark.alone
@program("first_room")
class TestPresence:
    """How many are there is right within 5 s, and as soon as somebody comes."""

    @pytest.mark.claim(
        "A tab that is closed, or whose network is cut, is no longer counted five "
        "seconds later."
    )
    def test_a_tab_is_closed(self, stage: Stage, alex: User, doppler: User) -> None:
        for user in (alex, doppler):
            user.sees_present(2)
        doppler.page.close()
        alex.sees_present(1, within=WITHIN_5_S)

    def test_a_browser_is_killed(self, stage: Stage, alex: User) -> None:
        chromium = alex.context.browser
        assert chromium is not None
        other = chromium.browser_type.launch(
            executable_path=find_chromium(), args=list(CHROMIUM_ARGS)
        )
        user = StreamlitUser(other, stage.address)
        user.open()
        user.sees_present(2)
        alex.sees_present(2)
        processes = other.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
        for process in processes["processInfo"]:
            if process["type"] == "browser":
                os.kill(process["id"], signal.SIGKILL)
        alex.sees_present(1, within=WITHIN_5_S)
        user.leave()

    @pytest.mark.claim(
        "A tab that is closed, or whose network is cut, is no longer counted five "
        "seconds later."
    )
    def test_a_network_is_cut_and_mended(self, stage: Stage, alex: User) -> None:
        third = stage.join()
        assert isinstance(third, StreamlitUser)
        alex.sees_present(2)
        third.cable.pull_out()
        alex.sees_present(1, within=WITHIN_5_S)
        third.cable.plug_in()
        alex.sees_present(2)


@program("first_room")
class TestRestart:
    def test_rooms_in_memory_start_anew_and_people_go_on(
        self, stage: Stage, alex: User, doppler: User
    ) -> None:
        alex.sets_slider("Select a value", 7)
        doppler.reads_line("7 squared is 49")
        stage.restart()
        for user in (alex, doppler):
            user.reads_line("0 squared is 0")
        alex.sets_slider("Select a value", 5)
        doppler.reads_line("5 squared is 25")
        doppler.turns("Select a value", "ArrowRight")
        alex.reads_line("6 squared is 36")
        alex.sees_present(2)


@program("chosen_values")
class TestTyping:
    @pytest.mark.claim(
        "A change of one widget leaves all others alone, with the focus and what is "
        "being typed in them."
    )
    def test_others_changes_disturb_nobody_who_types(
        self, alex: User, doppler: User
    ) -> None:
        doppler.types("Notes, for you", "half a ")
        for topic in ("Lunch", "Dinner"):
            alex.enters("Topic, for all", topic)
            alex.presses("Vote")
            doppler.reads_line(f"{topic}: {1 if topic == 'Lunch' else 2} votes")
            expect(doppler.widget("Notes, for you")).to_be_focused()
            doppler.page.keyboard.type("word ")
        doppler.finds("Notes, for you", "half a word word ")

    def test_what_is_being_typed_in_a_shared_field_is_kept(
        self, alex: User, doppler: User
    ) -> None:
        doppler.enters("Topic, for all", "")
        doppler.types("Topic, for all", "Br")
        alex.presses("Vote")
        doppler.reads_line(": 3 votes")
        expect(doppler.widget("Topic, for all")).to_be_focused()
        doppler.page.keyboard.type("eakfast")
        doppler.page.keyboard.press("Enter")
        alex.reads_line("Breakfast: 3 votes")
        alex.finds("Topic, for all", "Breakfast")

    @pytest.mark.claim("With `only`, nothing is shared but the keys that it names.")
    def test_only_what_is_named_is_shared(self, alex: User, doppler: User) -> None:
        alex.enters("Notes, for you", "mine")
        alex.enters("Topic, for all", "Tea")
        doppler.reads_line("Tea: 3 votes")
        assert doppler.widget("Notes, for you").input_value() != "mine"


@program("forms")
class TestForms:
    @pytest.mark.claim("Nobody sees what you enter in a form before you send it.")
    @pytest.mark.claim("All fields of a form arrive together.")
    def test_fields_arrive_when_the_form_is_sent_and_not_before(
        self, alex: User, doppler: User
    ) -> None:
        alex.widget("Where?").fill("There")
        alex.chooses("When?", "Friday")
        doppler.widget("Name").fill("Doppler")
        doppler.presses("I come")
        alex.reads_line("Coming: Doppler")
        doppler.reads_line("Here, on Monday")
        alex.finds("Where?", "There")
        alex.presses("Agree")
        for user in (alex, doppler):
            user.reads_line("There, on Friday")
            user.finds("Where?", "There")
            user.finds("When?", "Friday")

    def test_a_form_that_clears_is_empty_for_its_sender_and_all_read_it(
        self, alex: User, doppler: User
    ) -> None:
        alex.widget("Name").fill("Alex")
        alex.presses("I come")
        for user in (alex, doppler):
            user.reads_line("Coming: Doppler, Alex")
            user.finds("Name", "")

    @pytest.mark.claim(
        "When somebody sends such a form, it is empty for them, and the others keep "
        "their drafts."
    )
    def test_a_draft_survives_what_others_send(self, alex: User, doppler: User) -> None:
        doppler.widget("Name").fill("Third and four")
        doppler.chooses("When?", "Monday")
        doppler.widget("Name").focus()
        alex.widget("Where?").fill("Elsewhere")
        alex.widget("Name").fill("Fifth")
        alex.presses("I come")
        alex.reads_line("Coming: Doppler, Alex, Fifth")
        alex.presses("Agree")
        doppler.reads_line("Elsewhere, on Friday")
        doppler.reads_line("Coming: Doppler, Alex, Fifth")
        doppler.finds("When?", "Monday")
        doppler.finds("Name", "Third and four")
        expect(doppler.widget("Name")).to_be_focused()
        doppler.page.keyboard.press("End")
        doppler.page.keyboard.type("th")
        doppler.presses("I come")
        alex.reads_line("Coming: Doppler, Alex, Fifth, Third and fourth")
        doppler.presses("Agree")
        for user in (alex, doppler):
            user.reads_line("Elsewhere, on Monday")
            user.reads_line("Coming: Doppler, Alex, Fifth, Third and fourth")


@program("table")
class TestTable:
    @pytest.mark.claim(
        "Cells that several people edit at the same time are merged, cell by cell."
    )
    def test_cells_that_two_fill_at_once_are_merged(
        self, alex: User, doppler: User
    ) -> None:
        alex.steps_into_cell(0, 1)
        doppler.steps_into_cell(1, 1)
        alex.open_cell.fill("900")
        doppler.open_cell.fill("400")
        alex.open_cell.press("Enter")
        doppler.open_cell.press("Enter")
        for user in (alex, doppler):
            user.finds_cell(0, 1, "900")
            user.finds_cell(1, 1, "400")
            user.reads_line("To pay: 1420 euro")

    def test_two_cells_of_a_row_are_merged(self, alex: User, doppler: User) -> None:
        alex.fills_cell(2, 0, "Train")
        doppler.finds_cell(2, 0, "Train")
        doppler.ticks_cell(2, 2)
        for user in (alex, doppler):
            user.finds_cell(2, 0, "Train")
            user.finds_cell(2, 2, "true")
            user.reads_line("To pay: 1300 euro")

    def test_a_cell_that_is_changed_twice_shows_the_last_value(
        self, alex: User, doppler: User
    ) -> None:
        alex.fills_cell(0, 1, "1000")
        doppler.finds_cell(0, 1, "1000")
        doppler.fills_cell(0, 1, "850")
        alex.finds_cell(0, 1, "850")
        for user in (alex, doppler):
            user.reads_line("To pay: 1250 euro")


@program("viewers", SHIPPED)
class TestViewers:
    @pytest.fixture(scope="class", autouse=True)
    def word(self) -> Iterator[None]:
        """What the server takes for the presenter's word."""
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("PRESENTER_WORD", "swordfish")
            yield

    @pytest.mark.claim(
        "Viewers see every change, and all widgets are disabled for them."
    )
    def test_viewers_see_everything_and_can_touch_nothing(
        self, alex: User, doppler: User
    ) -> None:
        alex.enters("Word", "swordfish")
        alex.enters("Slide", "3")
        alex.enters("Remark", "Look!")
        alex.presses("Applaud")
        doppler.reads_line("Slide 3: Look! (1 times)")
        for touched in ("Slide", "Remark"):
            expect(alex.widget(touched)).to_be_enabled()
            expect(doppler.widget(touched)).to_be_disabled()
        expect(doppler.button("Applaud")).to_be_disabled()

    @pytest.mark.claim(
        "What a viewer’s browser sends all the same is refused by the server."
    )
    def test_what_a_viewers_browser_forges_is_refused(
        self, stage: Stage, alex: User, doppler: User
    ) -> None:
        with StreamlitSocket(stage.address) as forger:
            forger.sets("Slide", 9)
            forger.sets("Remark", "Forged")
            forger.presses("Applaud")
            alex.enters("Remark", "Still here")
            for reader in (alex, doppler):
                reader.reads_line("Slide 3: Still here (1 times)")
            forger.runs()
            assert forger.lines() == ["Slide 3: Still here (1 times)"]
        with StreamlitSocket(stage.address) as presenter:
            presenter.sets("Word", "swordfish")
            presenter.sets("Slide", 9)
            alex.reads_line("Slide 9: Still here (1 times)")


@program("private_values", SHIPPED)
class TestPrivateValues:
    @pytest.mark.claim(
        "A widget or a value whose key is made by `private` stays in its session."
    )
    def test_private_widgets_are_each_ones_own(self, stage: Stage) -> None:
        alex, doppler = visitor(stage), visitor(stage)
        alex.sets_slider("Zoom, for you", 3)
        alex.sets_slider("Level, for all", 2)
        alex.enters("Your name", "Alex")
        alex.presses("Sign in")
        alex.reads_line("Level 3, seen at zoom 4")
        doppler.reads_line("Level 3, seen at zoom 1")
        doppler.reads_line("Signed in: Alex")
        doppler.finds("Your name", "")


@program("buttons")
class TestButtons:
    @pytest.mark.claim(
        "A click belongs to the session that made it, and what it does to a value "
        "belongs to everybody."
    )
    def test_a_click_is_for_whoever_has_clicked_and_its_effect_for_all(
        self, alex: User, doppler: User
    ) -> None:
        balloons = [user.counts_balloons() for user in (alex, doppler)]
        alex.presses("Send balloons")
        for user in (alex, doppler):
            user.reads_line("Sent 1 times")
        wait_until(lambda: balloons[0]() == 1, event="one flight of balloons")
        assert balloons[1]() == 0


@program("counter")
class TestCounter:
    @pytest.mark.claim("Three people who click at the same time lose no click.")
    def test_clicks_of_three_people_at_once_are_all_counted(
        self, alex: User, doppler: User, third: User
    ) -> None:
        users = (alex, doppler, third)
        for clicks in range(0, 30, 3):
            for user in users:
                user.reads_line(f"Clicked {clicks} times")
            at_once(*((user, "Click") for user in users))
        for user in users:
            user.reads_line("Clicked 30 times")


@program("pitfall_lost_update", SHIPPED)
class TestLostUpdate:
    @pytest.mark.alone
    @pytest.mark.claim("Of two clicks that read the same number, one is lost.")
    def test_of_two_clicks_at_once_one_is_lost(self, alex: User, doppler: User) -> None:
        users = (alex, doppler)
        for user in users:
            user.reads_line("Clicked 0 times")
        at_once(*((user, "Click") for user in users))
        for user in users:  # each has read 0 before the other one has written 1
            user.reads_line("Clicked 1 times")
            user.is_at_rest()
            user.reads_line("Clicked 1 times")


@program("choose_room", SHIPPED)
class TestChooseRoom:
    @pytest.mark.claim(
        "The room is in the page’s address: a link invites, and a reload returns."
    )
    def test_a_room_is_made_and_its_link_invites(
        self, alex: User, doppler: User
    ) -> None:
        alex.makes_room("Garden & house #1")
        expect(alex.page).to_have_url(re.compile(r"\?room=Garden"))
        doppler.follows_link_of(alex)
        for user in (alex, doppler):
            user.sees_title("Garden & house #1")
            user.reads_line("Garden & house #1: 2 here")
        alex.enters("A", "40")
        doppler.reads_line("Their sum is 42")

    @pytest.mark.claim(
        "The room is in the page’s address: a link invites, and a reload returns."
    )
    def test_a_reload_returns_to_the_room(self, doppler: User) -> None:
        doppler.reload()
        doppler.sees_title("Garden & house #1")
        doppler.reads_line("Their sum is 42")

    @pytest.mark.claim("A room keeps its values when all have left.")
    def test_a_room_keeps_its_values_without_you(
        self, alex: User, doppler: User
    ) -> None:
        doppler.presses("Exit room")
        doppler.sees_title("Nobody else is here")
        doppler.reads_line("Their sum is 3")
        alex.reads_line("Garden & house #1: 1 here")
        doppler.enters("A", "5")
        doppler.reads_line("Their sum is 7")
        alex.reads_line("Their sum is 42")
        doppler.chooses("Room", "Garden & house #1")
        doppler.presses("Enter room")
        doppler.reads_line("Their sum is 42")


@program("own_room_ui", SHIPPED)
class TestOwnRoomUi:
    FIELD = "What everybody in the room reads"

    @pytest.mark.alone
    @pytest.mark.claim("Whoever is in a room that is deleted starts anew.")
    def test_rooms_are_entered_left_and_deleted(
        self, alex: User, doppler: User
    ) -> None:
        for user in (alex, doppler):
            user.presses("Enter Red")
        alex.enters(self.FIELD, "red things")
        doppler.finds(self.FIELD, "red things")
        for user in (alex, doppler):
            user.sees_present(2, "in Red")
        doppler.presses("Leave Red")
        alex.sees_present(1, "in Red", within=WITHIN_5_S)
        doppler.presses("Enter Blue")
        doppler.finds(self.FIELD, "")
        doppler.enters(self.FIELD, "blue things")
        alex.finds(self.FIELD, "red things")
        doppler.presses("Delete Red")
        alex.finds(self.FIELD, "")
        doppler.finds(self.FIELD, "blue things")
        alex.enters(self.FIELD, "a new beginning")
        doppler.presses("Enter Red")
        doppler.finds(self.FIELD, "a new beginning")


@program("saved_room", SHIPPED)
class TestSavedRoom:
    @pytest.mark.claim("A room in a file survives a restart of the server.")
    def test_a_restart_loses_nothing(
        self, stage: Stage, alex: User, doppler: User
    ) -> None:
        alex.enters("Notes", "to be kept")
        doppler.finds("Notes", "to be kept")
        with alex.finds_anew("Notes"), doppler.finds_anew("Notes"):
            stage.restart()
        for user in (alex, doppler):
            user.reads_line("3 words, saved in rooms.db")
            user.finds("Notes", "to be kept")
        doppler.enters("Notes", "to be kept and on")
        alex.finds("Notes", "to be kept and on")


def visitor(stage: Stage) -> StreamlitUser:
    """Somebody who opens the program and touches nothing."""
    user = StreamlitUser(stage.browser, stage.address)
    stage.users.append(user)
    user.open()
    return user


class TestReadme:
    """The examples of the README from which the names come, as little changed."""

    def test_the_first_example(self, play: Play) -> None:
        stage = play(
            "from room_sync import select_room_widget, sync\n\n"
            "room_name = select_room_widget()\n\n"
            "with sync(room_name) as st:\n"
            '    y = st.slider("Select a value")\n'
            '    st.write(y, "squared is", y * y)\n'
        )
        alex, doppler = visitor(stage), visitor(stage)
        alex.makes_room("default_room")
        alex.sets_slider("Select a value", 4)
        doppler.finds("Select a value", "0")
        doppler.follows_link_of(alex)
        doppler.reads_line("4 squared is 16")

    def test_values_that_are_synced_and_one_that_is_not(self, play: Play) -> None:
        stage = play(
            "from room_sync import get_not_synced_key, sync\n\n"
            'with sync("default_room") as st:\n'
            '    x = st.slider("Select a value", key=get_not_synced_key("key"))\n'
            '    synced_key = "my_custom_key"\n'
            '    username = get_not_synced_key("username")\n'
            "    st.session_state.setdefault(synced_key, 42)\n"
            '    st.session_state[username] = f"User of {x}"\n'
            '    if st.button("More"):\n'
            "        st.session_state[synced_key] += 1\n"
            "    values = st.session_state\n"
            '    st.text(f"{values[username]}: {values[synced_key]}")\n'
        )
        alex, doppler = visitor(stage), visitor(stage)
        alex.sets_slider("Select a value", 5)
        alex.reads_line("User of 5: 42")
        alex.presses("More")
        alex.reads_line("User of 5: 43")
        doppler.reads_line("User of 0: 43")

    def test_buttons_and_the_number_of_clicks(self, play: Play) -> None:
        stage = play(
            "from room_sync import sync\n\n"
            'with sync("default_room") as st:\n'
            '    if st.button(label="Send balloons"):\n'
            "        st.balloons()\n"
            '    if st.session_state.get("NB_CLICKS") is None:\n'
            '        st.session_state["NB_CLICKS"] = 0\n'
            '    if st.button(label="click"):\n'
            '        st.session_state["NB_CLICKS"] += 1\n'
            '    clicks = st.session_state["NB_CLICKS"]\n'
            '    st.write("Clicked **" + str(clicks) + "** times !")\n'
        )
        alex, doppler = visitor(stage), visitor(stage)
        balloons = [user.counts_balloons() for user in (alex, doppler)]
        alex.presses("Send balloons")
        wait_until(lambda: balloons[0]() == 1, event="one flight of balloons")
        for clicks, user in enumerate((alex, doppler, alex), 1):
            user.presses("click")
            for reader in (alex, doppler):
                reader.reads_line(f"Clicked {clicks} times !")
        assert [count() for count in balloons] == [1, 0]
