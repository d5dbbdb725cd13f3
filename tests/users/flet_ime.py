"""Writing by an input method, as people do in Japanese, Chinese or Korean.

Chromium's developer tools compose a word as an input method does; the browser marks
the keys that are pressed meanwhile as part of the composition.
"""

from __future__ import annotations

from playwright.sync_api import Page

_BY_THE_INPUT_METHOD = 229
"""The key code of what an input method takes, https://www.w3.org/TR/uievents/."""


def compose(page: Page, text: str) -> None:
    """Begin a word where the caret is, or go on with it."""
    session = page.context.new_cdp_session(page)
    at_the_end = {"selectionStart": len(text), "selectionEnd": len(text)}
    session.send("Input.imeSetComposition", {"text": text, **at_the_end})
    session.detach()


def confirm(page: Page, word: str) -> None:
    """Press Enter, by which the input method takes this word for the composed one."""
    session = page.context.new_cdp_session(page)
    key = {"key": "Enter", "code": "Enter"}
    code = {"windowsVirtualKeyCode": _BY_THE_INPUT_METHOD}
    session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key, **code})
    session.send("Input.insertText", {"text": word})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **key, **code})
    session.detach()
