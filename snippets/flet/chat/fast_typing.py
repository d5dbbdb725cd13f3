# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["flet==1.0.5", "flet-web==1.0.5"]
# ///
"""A chat that sends what was typed, however fast somebody types on after Enter."""

import asyncio

import flet as ft


@ft.control
class MessageField(ft.TextField):
    focus: int = 0  # asks for the focus when it changes

    def init(self) -> None:
        self.expand, self.shift_enter, self.max_lines = True, True, 5
        self.shown = self.wiped = ""
        self.old = self.turn = 0  # so much of `shown` is sent, or stands for `wiped`
        self.before = self.caret = ft.TextSelection(0, 0)
        self.write, self.moved = None, False
        self.on_selection_change, self.on_change = self.follow_caret, self.follow_text

    def draft(self) -> str:
        return self.wiped + self.shown[self.old :]

    def take(self) -> str:
        self.settle()
        text, self.wiped, self.old = self.draft(), "", len(self.shown)
        self.page.run_task(self.show)
        return text

    def follow_caret(self, event: ft.TextSelectionChangeEvent) -> None:
        self.settle()
        self.before, self.caret, self.moved = self.caret, event.selection, True

    def settle(self) -> None:
        """Without a key, the caret is where our write puts it: the write is shown."""
        end = len(self.write[0]) if self.write else -1
        if self.moved and self.caret.start == self.caret.end == end:
            self.wiped, [self.shown] = self.draft(), self.write
            self.old, self.write = end, None

    async def follow_text(self, event: ft.Event[ft.TextField]) -> None:
        cut = max(0, self.old - min(self.before.start, self.caret.start))
        everything = 0 < len(self.shown) == self.before.end - self.before.start
        self.wiped = "" if everything else self.wiped[: max(0, len(self.wiped) - cut)]
        self.old, self.shown, self.moved = self.old - cut, event.data, False
        await self.show(0.3)

    async def show(self, pause: float = 0) -> None:
        self.turn = turn = self.turn + 1
        await asyncio.sleep(pause)
        self.settle()
        while turn == self.turn and (self.write or self.draft() != self.shown):
            if write := [] if self.write else [self.draft()]:
                self.write, self.moved, self.value = write, False, write[0]
                end, self.focus = len(write[0]), self.focus + 1
                self.selection = ft.TextSelection(end, end, ft.TextAffinity.UPSTREAM)
                self.update()
                await super().focus()  # answered once the browser has it, not yet drawn
            await asyncio.sleep(0.3)
            self.settle()
            self.write = None if self.write is write else self.write


def main(page: ft.Page) -> None:
    async def on_message(text: str) -> None:
        messages.controls.append(ft.Text(text))
        page.update()

    def send() -> None:
        if text := field.take():
            page.pubsub.send_all(text)

    messages = ft.ListView(expand=True, auto_scroll=True)
    field = MessageField(label="Message", autofocus=True, on_submit=send)
    page.pubsub.subscribe(on_message)
    page.add(messages, ft.Row([field, ft.IconButton(ft.Icons.SEND, on_click=send)]))


if __name__ == "__main__":
    ft.run(main, view=ft.AppView.WEB_BROWSER)
