# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["flet==1.0.5", "flet-web==1.0.5"]
# ///
"""A small chat that goes on when a lost connection comes back."""

from dataclasses import dataclass
from itertools import count

import flet as ft


@dataclass(frozen=True)
class Message:
    name: str
    text: str


guests = count(1)


def main(page: ft.Page) -> None:
    name = f"Guest {next(guests)}"

    async def on_message(message: Message) -> None:
        messages.controls.append(ft.Text(f"{message.name}: {message.text}"))
        page.update()

    async def send() -> None:
        if text := field.value.strip():
            page.pubsub.send_all(Message(name, text))
        field.value = ""
        await field.focus()

    def redraw() -> None:
        page.views = [ft.View(page.controls)]  # workaround: the old view stays as is

    messages = ft.ListView(expand=True, auto_scroll=True)
    field = ft.TextField(label="Message", on_submit=send, expand=True)
    button = ft.IconButton(ft.Icons.SEND, tooltip="Send", on_click=send)
    page.pubsub.subscribe(on_message)
    page.on_connect = redraw
    page.title = "Corner chat"
    page.add(ft.Text(f"You are {name}."), messages, ft.Row([field, button]))


if __name__ == "__main__":
    ft.run(main, view=ft.AppView.WEB_BROWSER)
