"""Writing by an input method, as people do in Japanese, Chinese or Korean.

Chromium's developer tools compose a word as an input method does; the browser marks
the keys that are pressed meanwhile as part of the composition.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

_BY_THE_INPUT_METHOD = 229
"""The key code of what an input method takes, https://www.w3.org/TR/uievents/."""

_ENTER = {
    "key": "Enter",
    "code": "Enter",
    "windowsVirtualKeyCode": _BY_THE_INPUT_METHOD,
}


def compose(page: Page, text: str) -> None:
    """Begin a word where the caret is, or go on with it."""
    at_the_end = {"selectionStart": len(text), "selectionEnd": len(text)}
    _send(page, "Input.imeSetComposition", {"text": text, **at_the_end})


def press_enter(page: Page) -> None:
    """Press Enter, which the input method takes."""
    _send(page, "Input.dispatchKeyEvent", {"type": "rawKeyDown", **_ENTER})


def take(page: Page, word: str) -> None:
    """Take this word for the composed one, as an input method does upon Enter."""
    _send(page, "Input.insertText", {"text": word})
    _send(page, "Input.dispatchKeyEvent", {"type": "keyUp", **_ENTER})


def _send(page: Page, command: str, options: dict[str, Any]) -> None:
    session = page.context.new_cdp_session(page)
    session.send(command, options)
    session.detach()
