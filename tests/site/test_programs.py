"""Programs on a page can be copied exactly, and their variants chosen once for all."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from livedocs.catalog import Catalog
from tests.site.conftest import PAGES, SHOWCASE, pages_of, parsed
from tests.site.server import Site


def test_copy_buttons_give_exactly_the_code_beside_them(
    browser: Browser, site: Site
) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(site.address + PAGES["taipy chat"])
    buttons = page.locator(".ss-copy:visible").all()
    assert buttons
    for button in buttons:
        box = button.locator("xpath=ancestor::*[self::figure or @class='ss-run'][1]")
        shown = box.locator("[data-copy]").first.text_content()
        button.click()
        expect(button).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == shown
    context.close()


def test_run_command_is_copied_without_its_prompt(browser: Browser, site: Site) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(site.address + PAGES["taipy chat"])
    page.locator(".ss-run:visible .ss-copy").first.click()
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith("uv run ")
    context.close()


def test_copy_selects_the_code_where_the_clipboard_is_refused(
    browser: Browser, invented_site: Site
) -> None:
    page = browser.new_page()
    page.add_init_script("delete Navigator.prototype.clipboard")
    page.goto(invented_site.address + SHOWCASE)
    figure = page.locator(".ss-snippet:visible").first
    figure.locator(".ss-copy").first.click()
    expect(figure.locator(".ss-copy").first).to_have_text("Selected")
    selected = page.evaluate("getSelection().toString()")
    shown = figure.locator("[data-copy]").first.text_content() or ""
    assert selected.strip() == shown.strip()
    page.close()


def test_diff_copies_the_whole_new_file(browser: Browser, invented_site: Site) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(invented_site.address + SHOWCASE)
    diff = page.locator(".ss-diff")
    expect(diff.get_by_text("⋯").first).to_be_visible()
    diff.locator(".ss-bar .ss-copy").click()
    expect(diff.locator(".ss-bar .ss-copy")).to_have_text("Copied")
    new_file = Catalog.default().find("taipy/chat/broadcast_builder")
    assert page.evaluate("navigator.clipboard.readText()") == new_file.code
    context.close()


def test_tabs_work_without_javascript(browser: Browser, invented_site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(invented_site.address + SHOWCASE)
    for tabs in page.locator(".tabbed-set").all():
        blocks = tabs.locator("> .tabbed-content > .tabbed-block")
        expect(blocks.nth(0)).to_be_visible()
        expect(blocks.nth(1)).to_be_hidden()
        tabs.locator("> .tabbed-labels > label").nth(1).click()
        expect(blocks.nth(0)).to_be_hidden()
        expect(blocks.nth(1)).to_be_visible()
    context.close()


def test_chosen_variant_is_shown_all_over_the_page_and_after_a_reload(
    browser: Browser, invented_site: Site
) -> None:
    page = browser.new_page()
    page.goto(invented_site.address + SHOWCASE)
    choices = page.get_by_role("radio", name="Markdown")
    expect(choices).to_have_count(2)
    page.locator("label").get_by_text("Markdown").first.click()
    for choice in choices.all():
        expect(choice).to_be_checked()
    page.reload()
    expect(choices.first).to_be_checked()
    page.close()


def test_materials_script_finds_no_tabs_to_measure(built_site: Path) -> None:
    pages = [path.read_text("utf-8") for path in pages_of(built_site)]
    assert any('class="tabbed-set' in page for page in pages)
    assert not any("data-tabs" in page for page in pages)


def test_no_id_stands_twice_on_a_page(built_site: Path) -> None:
    for path in pages_of(built_site):
        ids = [element["id"] for element in parsed(path).select("[id]")]
        assert len(ids) == len(set(ids)), path
