# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["flet==1.0.5", "flet-web==1.0.5"]
# ///
"""A proof of concept: who types on right after Enter loses no letter."""

import asyncio

import flet as ft


@ft.control
class MessageField(ft.TextField):
    """Puts back the letters that the server has wiped by clearing the field."""

    focus: int = 0  # workaround for focus(), which does nothing here: count it up

    def init(self) -> None:
        self.expand, self.shift_enter, self.max_lines = True, True, 5
        self.on_selection_change, self.on_change = self.follow_caret, self.follow_text
        self.shown = ""  # the text in the browser
        self.old = 0  # so many letters of it are sent already, or stand for `wiped`
        self.wiped = ""  # the beginning of the draft, which the browser has lost
        self.written = None  # what the server wrote and the browser may not show yet
        self.before = self.caret = ft.TextSelection(0, 0)
        self.turn = 0

    def draft(self) -> str:
        return self.wiped + self.shown[self.old :]

    def take(self) -> str:
        text, self.wiped, self.old = self.draft(), "", len(self.shown)
        self.page.run_task(self.write)
        return text

    def accept(self) -> None:
        """From now on the browser shows what was written."""
        self.wiped, self.shown = self.draft(), self.written
        self.old, self.written = len(self.shown), None

    def follow_caret(self, event: ft.TextSelectionChangeEvent) -> None:
        self.before, self.caret = self.caret, event.selection

    async def follow_text(self, event: ft.Event[ft.TextField]) -> None:
        start = min(self.before.start, self.caret.start)
        typed = event.data[start : self.caret.start]
        if self.written is not None:
            text = self.written[:start] + typed + self.written[self.before.end :]
            if event.data == text:
                self.accept()
        if start < self.old:
            deleted = len(self.shown) + len(typed) - len(event.data)
            end = min(start + deleted, self.old)
            self.wiped = self.wiped[:start] + typed + self.wiped[end:]
            self.old += len(typed) - (end - start)
        self.shown = event.data
        await self.write(pause=0.3)

    async def write(self, pause: float = 0) -> None:
        """Write the draft until the browser shows it; a key may overwrite it there."""
        self.turn = turn = self.turn + 1
        await asyncio.sleep(pause)
        while turn == self.turn and (self.draft(), None) != (self.shown, self.written):
            if self.written is None:
                self.written = self.value = self.draft()
                self.focus += 1
                self.update()
            await super().focus()  # answered once what was written has arrived
            await asyncio.sleep(0.3)
            if turn == self.turn:
                if self.caret.end == len(self.written):
                    self.accept()
                self.written = None


def main(page: ft.Page) -> None:
    async def on_message(text: str) -> None:
        messages.controls.append(ft.Text(text))
        page.update()

    def send() -> None:
        if text := field.take().strip():
            page.pubsub.send_all(text)

    def redraw() -> None:
        page.views = [ft.View(page.controls)]  # workaround: the old view stays as is

    messages = ft.ListView(expand=True, auto_scroll=True)
    field = MessageField(label="Message", autofocus=True, on_submit=send)
    page.pubsub.subscribe(on_message)
    page.on_connect = redraw
    page.add(messages, ft.Row([field, ft.IconButton(ft.Icons.SEND, on_click=send)]))


if __name__ == "__main__":
    ft.run(main, view=ft.AppView.WEB_BROWSER)
