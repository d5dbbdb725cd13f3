"""What only a real page shows of the app for a team: its address, and a new server."""

from __future__ import annotations

from contextlib import closing
from typing import cast

import pytest
from playwright.sync_api import Browser, expect

from livedocs.catalog import Catalog
from tests.users.stage import Stage
from tests.users.streamlit import StreamlitUser

PROGRAM = Catalog.default().find("streamlit/my_app/step5_saved")


@pytest.mark.state("step5_saved.py", "region", "one tab", reload="lost", restart="kept")
@pytest.mark.state("step5_saved.py", "name", "one tab", reload="kept", restart="kept")
@pytest.mark.fact("streamlit-app-names")
@pytest.mark.fact("streamlit-app-restart")
def test_the_address_keeps_the_name_and_the_tab_keeps_the_region(
    browser: Browser,
) -> None:
    with closing(Stage(PROGRAM, browser)) as stage:
        alex = cast(StreamlitUser, stage.invite())
        alex.open()
        alex.enters("Your name", "Alex")
        alex.page.wait_for_url("**/?name=Alex")
        north = alex.page.get_by_role("radio", name="North")
        alex.page.get_by_text("North", exact=True).click()
        expect(north).to_be_checked()
        alex.is_at_rest()
        alex.page.reload()
        alex.wait_until_ready()
        alex.finds("Your name", "Alex")
        expect(north).not_to_be_checked()
        alex.page.get_by_text("North", exact=True).click()
        alex.turns("Price change in %", "ArrowRight")
        alex.finds("Elasticity", "1.50")
        alex.enters("Elasticity", "2")
        alex.enters("New plan", "Careful")
        alex.reads_line("Careful (Alex): +1 %, 0 for it")
        expect(alex.button("Vote")).to_be_visible()  # the page has its code
        with alex.finds_anew("Price change in %"):  # a new server has rendered it
            stage.restart()
        alex.presses("Vote")
        alex.reads_line("Careful (Alex): +1 %, 1 for it")
        alex.finds("Elasticity", "2.00")
        expect(north).to_be_checked()
        alex.finds("Your name", "Alex")
        alex.enters("New plan", "Bold")
        alex.reads_line("Bold (Alex): +1 %, 0 for it")
