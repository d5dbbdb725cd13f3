"""What `make serve` shows while pages and programs are edited."""

import os
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.live import PAGE, SNIPPET, Checkout, Live, serve, start

MISTYPED = SNIPPET.replace("word", "words")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return Checkout.create(tmp_path_factory.mktemp("reload"))


@pytest.fixture
def live(checkout: Checkout) -> Iterator[Live]:
    with serve(checkout) as live:
        yield live


@pytest.fixture
def page(browser: Browser, live: Live) -> Iterator[Page]:
    """The tutorial, opened once and left alone."""
    page = browser.new_page()
    page.goto(live.address)
    expect(page.get_by_text("The page says “before”.")).to_be_visible()
    expect(page.locator("[data-copy]").first).to_contain_text('WORD = "before"')
    yield page
    page.close()


def test_an_edit_appears_by_itself_and_a_mistake_is_named_until_it_is_mended(
    checkout: Checkout, live: Live, page: Page
) -> None:
    checkout.write_page("after")
    live.until("Reloading browsers")
    expect(page.get_by_text("The page says “after”.")).to_be_visible()
    checkout.write_program("after")
    live.until("Reloading browsers")
    expect(page.locator("[data-copy]").first).to_contain_text('WORD = "after"')

    checkout.write_page("wrong", shown=MISTYPED)
    said = live.until("An error happened during the rebuild")
    assert_names_the_mistake(said)
    checkout.write_page("mended")
    live.until("Reloading browsers")
    expect(page.get_by_text("The page says “mended”.")).to_be_visible()


@pytest.mark.process
def test_a_mistake_at_the_start_is_named_and_nothing_is_served(
    checkout: Checkout,
) -> None:
    checkout.write_page("wrong", shown=MISTYPED)
    with start(checkout) as process:
        said, _ = process.communicate()
    checkout.write_page("before")  # others use the same
    assert process.returncode != 0
    assert_names_the_mistake(said.splitlines())
    assert "Serving on" not in said
    assert_no_process_is_left(process)


def assert_names_the_mistake(said: list[str]) -> None:
    line = next(line for line in said if "There is no snippet" in line)
    assert f"docs/{PAGE}:12: " in line
    assert line.endswith(f"Did you mean '{SNIPPET}'?")
    assert not any("Traceback" in line for line in said)


def assert_no_process_is_left(process: "subprocess.Popen[str]") -> None:
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)  # whatever it started belongs to its group
