"""The catalogue filters its cards by framework, subject and word, by keyboard too."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.site.invented.hook import LIVEDOCS
from tests.site.server import Site

ALL = [tutorial.title for tutorial in LIVEDOCS.tutorials]


@pytest.fixture
def catalogue(browser: Browser, invented_site: Site) -> Iterator[Page]:
    page = browser.new_page(base_url=invented_site.address)
    page.goto("tutorials/")
    yield page
    page.close()


@pytest.fixture
def plain_catalogue(browser: Browser, invented_site: Site) -> Iterator[Page]:
    """The catalogue in a browser without JavaScript."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{invented_site.address}tutorials/")
    yield page
    context.close()


def test_every_tutorial_has_a_card_that_leads_to_it(catalogue: Page) -> None:
    expect(_cards(catalogue)).to_have_text(ALL)
    _cards(catalogue).first.click()
    expect(catalogue.get_by_role("heading", level=1)).to_have_text(ALL[0])


def test_keyboard_filters_by_framework_and_subject(catalogue: Page) -> None:
    catalogue.get_by_label("All").first.focus()
    catalogue.keyboard.press("ArrowRight")
    expect(_cards(catalogue)).to_have_text(["One chat", "Own history", "A job ends"])
    expect(catalogue.get_by_role("status")).to_have_text("3 tutorials")
    catalogue.keyboard.press("Tab")
    catalogue.keyboard.press("ArrowLeft")  # around to the last that is offered: Jobs
    expect(_cards(catalogue)).to_have_text(["A job ends"])
    expect(catalogue.get_by_role("status")).to_have_text("1 tutorial")


def test_only_what_leads_to_a_tutorial_is_offered(catalogue: Page) -> None:
    def choose(group: str, title: str) -> None:
        catalogue.get_by_role("group", name=group).get_by_text(
            title, exact=True
        ).click()

    def is_offered(group: str, options: list[SimpleNamespace], ids: set[str]) -> None:
        titles = [it.title for it in options if it.id in ids]
        labels = catalogue.get_by_role("group", name=group).locator("label:visible")
        expect(labels).to_have_text(["All", *titles])

    pairs = {(it.framework, id_) for it in LIVEDOCS.tutorials for id_ in it.subjects}
    for framework in LIVEDOCS.frameworks:
        choose("Framework", framework.title)
        has = {subject for it, subject in pairs if it == framework.id}
        is_offered("Subject", LIVEDOCS.subjects, has)
    choose("Framework", "All")
    is_offered("Subject", LIVEDOCS.subjects, {subject for _, subject in pairs})
    choose("Subject", "Going live")
    is_offered("Framework", LIVEDOCS.frameworks, {"streamlit"})


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("HISTORY", ["One chat", "Own history"]),  # a keyword, and a title
        ("idle", ["No polling"]),  # a description
        ("streamlit hands", ["One slider"]),  # a framework and a description
        ('"one"', ["Five steps"]),
    ],
)
def test_words_are_found_in_all_that_a_card_is_about(
    catalogue: Page, typed: str, titles: list[str]
) -> None:
    catalogue.get_by_label("Find").press_sequentially(typed)
    expect(_cards(catalogue)).to_have_text(titles)


def test_every_keyword_is_offered(catalogue: Page) -> None:
    offered = catalogue.locator("#keywords option").evaluate_all(
        "options => options.map((option) => option.value)"
    )
    assert offered == LIVEDOCS.keywords


def test_nothing_left_says_so_and_offers_all_again(catalogue: Page) -> None:
    catalogue.get_by_label("Find").fill("no such word")
    expect(_cards(catalogue)).to_have_count(0)
    expect(catalogue.get_by_role("status")).to_have_text("0 tutorials")
    expect(catalogue.get_by_text("Nothing matches.")).to_be_visible()
    catalogue.get_by_role("button", name="Show all tutorials").click()
    expect(_cards(catalogue)).to_have_text(ALL)
    expect(catalogue.get_by_label("Find")).to_be_focused()
    expect(catalogue.get_by_text("Nothing matches.")).to_be_hidden()


def test_address_chooses(browser: Browser, invented_site: Site) -> None:
    page = browser.new_page()
    page.goto(f"{invented_site.address}tutorials/?q=presence&framework=flet")
    expect(page.get_by_label("Find")).to_have_value("presence")
    expect(page.get_by_label("Flet")).to_be_checked()
    expect(_cards(page)).to_have_text(["Who is here"])
    page.close()


def test_address_that_nothing_matches_offers_all(
    browser: Browser, invented_site: Site
) -> None:
    page = browser.new_page()
    page.goto(f"{invented_site.address}tutorials/?framework=flet&subject=going-live")
    for chosen in ("Flet", "Going live"):
        expect(page.get_by_label(chosen)).to_be_checked()
    page.get_by_role("button", name="Show all tutorials").click()
    expect(_cards(page)).to_have_text(ALL)
    page.close()


def test_keyword_of_a_tutorial_leads_to_its_kind(catalogue: Page) -> None:
    catalogue.goto(LIVEDOCS.tutorials[0].url)
    catalogue.get_by_role("link", name="history").click()
    expect(_cards(catalogue)).to_have_text(["One chat", "Own history"])


def test_choice_survives_going_back(catalogue: Page) -> None:
    catalogue.get_by_text("Flet", exact=True).first.click()
    _cards(catalogue).first.click()
    catalogue.wait_for_url("**/five-steps/")
    catalogue.go_back()
    expect(catalogue.get_by_label("Flet")).to_be_checked()
    expect(catalogue.get_by_role("status")).to_have_text("2 tutorials")


def test_plain_list_without_javascript(plain_catalogue: Page) -> None:
    expect(_cards(plain_catalogue)).to_have_text(ALL)
    for dead in ("#find", "[role=status]", ".ss-none", ".md-search", "#__palette_0"):
        expect(plain_catalogue.locator(dead).first).to_be_hidden()


def test_radios_work_without_javascript(plain_catalogue: Page) -> None:
    plain_catalogue.locator("label").get_by_text("Flet").click()
    expect(_cards(plain_catalogue)).to_have_text(["Five steps", "Who is here"])
    plain_catalogue.locator("label").get_by_text("Presence").click()
    expect(_cards(plain_catalogue)).to_have_text(["Who is here"])
    expect(plain_catalogue.locator("label").get_by_text("Going live")).to_be_hidden()


def _cards(page: Page) -> Locator:
    """The links of the cards that are to be seen."""
    return page.locator(".ss-card").get_by_role("link")
