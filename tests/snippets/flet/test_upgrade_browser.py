"""What older Flet calls look like in a browser, and the upgraded chat in two."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, ViewportSize, expect

from livedocs.catalog import Catalog, Snippet
from livedocs.launch import App, launch
from tests.users.base import LOOPBACK
from tests.users.flet import write
from tests.waiting import PATIENCE, wait_until

Start = Callable[[Snippet], App]
Visit = Callable[[App], Page]

# Remembers what comes through web sockets, as far as it is text.
_KEEP_FRAMES = """
    window.received = [];
    window.WebSocket = class extends WebSocket {
        constructor(...rest) {
            super(...rest);
            this.addEventListener("message", async ({data}) => {
                const bytes = await new Response(data).arrayBuffer();
                received.push(new TextDecoder().decode(bytes));
            });
        }
    };
"""

LOW = ViewportSize(width=480, height=400)
"""A window of few pixels, for Flet paints each of them on the processor."""

_ELSEWHERE = re.compile(rf"^(?!blob:|data:|http://({'|'.join(LOOPBACK)})[:/])")


@pytest.fixture
def run() -> Iterator[Start]:
    """Start a program for this test alone."""
    with ExitStack() as apps:
        yield lambda snippet: apps.enter_context(launch(snippet))


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Open a program in a browser of one's own, with its accessibility tree."""
    with ExitStack() as contexts:

        def visit(app: App) -> Page:
            context = contexts.enter_context(browser.new_context(viewport=LOW))
            context.grant_permissions(["clipboard-read", "clipboard-write"])
            context.route(_ELSEWHERE, _refuse)
            context.set_default_timeout(PATIENCE * 1000)
            page = context.new_page()
            page.add_init_script(_KEEP_FRAMES)
            page.goto(app.addresses[0])
            placeholder = page.locator("flt-semantics-placeholder")
            placeholder.wait_for(state="attached")
            placeholder.evaluate("element => element.click()")
            return page

        yield visit


def _refuse(route: Route) -> None:
    route.abort()


def of_lines(folder: Path, *lines: str) -> Snippet:
    """A program whose `main` has these lines."""
    path = folder / "flet/upgrade/lines.py"
    path.parent.mkdir(parents=True)
    body = "\n".join(f"    {line}" for line in lines)
    path.write_text(
        f"import flet as ft\n\n\ndef main(page: ft.Page):\n{body}\n\n\n"
        'if __name__ == "__main__":\n    ft.run(main, view=ft.AppView.WEB_BROWSER)\n'
    )
    return Catalog(folder).find("flet/upgrade/lines")


def shipped(name: str) -> Snippet:
    """One of the page's programs."""
    return Catalog.default().find(f"flet/upgrade/{name}")


def becomes_error(page: Page, message: str) -> None:
    """Wait until the page is an error message, and see that it is this one.

    Flet shows it in a selectable text, so it can be read only on its way there.
    """
    expect(page.get_by_text("Error running app")).to_be_attached()
    page.wait_for_function(
        "message => received.some(frame => frame.includes(message))", arg=message
    )


def test_the_old_program_starts_when_its_last_line_is_mended(
    run: Start, visit: Visit, tmp_path: Path
) -> None:
    old, new = (
        shipped(name).text.splitlines()[-1]
        for name in ("pitfall_old_calls", "old_calls_fixed")
    )
    program = tmp_path / "flet/upgrade/mended.py"
    program.parent.mkdir(parents=True)
    program.write_text(shipped("pitfall_old_calls").text.replace(old, new))
    page = visit(run(Catalog(tmp_path).find("flet/upgrade/mended")))
    becomes_error(page, "module 'flet.controls.border' has no attribute 'all'")


def text_field(page: Page, label: str) -> Locator:
    """The text field with this label."""
    return page.get_by_role("textbox", name=label)


@pytest.mark.fact("flet-old-chat-upgraded")
def test_two_people_join_and_read_each_other(run: Start, visit: Visit) -> None:
    """In the upgraded chat two people join by the dialog, and each reads what the
    other writes.
    """
    app = run(shipped("old_calls_fixed"))
    people = {name: visit(app) for name in ("Alex", "Doppler")}
    for name, page in people.items():
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_text("Enter a name.")).to_be_attached()
        write(text_field(page, "Your name"), name)
        page.get_by_role("button", name="Join").click()
        expect(text_field(page, "Your name")).not_to_be_attached()
    for name, page in people.items():
        draft = text_field(page, "Message")
        write(draft, f"Hello from {name}")
        draft.press("Enter")
        expect(draft).to_have_value("")
        for reader in people.values():
            message = re.compile(rf"^{name[0]}\s{name}\sHello from {name}$")
            expect(reader.get_by_text(message)).to_be_attached()


@pytest.mark.fact("flet-silent-names")
def test_new_names_are_shown(run: Start, visit: Visit) -> None:
    page = visit(run(shipped("silent_names_fixed")))
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("Enter a name.")).to_be_attached()
    write(text_field(page, "Your name"), "Alex")
    page.get_by_role("button", name="Join").click()
    shown = page.locator("flt-semantics-host")
    expect(shown.get_by_text("Welcome, Alex!")).to_be_attached()  # for four seconds
    expect(page.get_by_role("button", name="You are in")).to_be_attached()
    expect(text_field(page, "Message")).to_be_focused()


@pytest.mark.fact("flet-selectable")
def test_what_older_calls_look_like(run: Start, visit: Visit, tmp_path: Path) -> None:
    """To a screen reader, a text with `selectable=True` is an empty, disabled field;
    in a `SelectionArea` the text can be read, selected and copied.

    The other row about looks is shown by the same page: `ft.IconButton(icon="send")`
    puts an error message in its button's place.
    """
    program = of_lines(
        tmp_path,
        'page.add(ft.Text("unheard", selectable=True))',
        'page.add(ft.SelectionArea(ft.Text("heard")))',
        "page.add(ft.IconButton(icon=ft.Icons.SEND))",
        'page.add(ft.IconButton(icon="send"))',
    )
    page = visit(run(program))
    expect(page.get_by_text("IconButton must have either icon")).to_be_attached()
    expect(page.get_by_role("button")).to_have_count(1)
    heard = page.get_by_text("heard", exact=True)
    expect(heard).to_be_attached()
    expect(page.locator("flt-semantics-host")).to_match_aria_snapshot(
        "- textbox [disabled]\n- text: heard\n- button"
    )
    field = page.get_by_role("textbox")
    expect(field).to_have_value("")
    expect(field).to_have_accessible_name("")
    assert "unheard" not in page.locator("flt-semantics-host").inner_html()

    box = heard.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 1, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 1, middle, steps=5)
    page.mouse.up()
    page.keyboard.press("Control+c")
    wait_until(lambda: page.evaluate("navigator.clipboard.readText()") == "heard")
