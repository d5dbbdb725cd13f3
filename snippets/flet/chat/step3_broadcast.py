# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["flet==1.0.5", "flet-web==1.0.5"]
# ///
"""A chat between all who have the page open."""

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

    def send() -> None:
        if text := field.value.strip():
            page.pubsub.send_all(Message(name, text))
        field.value = ""

    messages = ft.Column(expand=True, scroll=ft.ScrollMode.AUTO)
    field = ft.TextField(label="Message", shift_enter=True, on_submit=send)
    button = ft.Button("Send", on_click=send)
    page.pubsub.subscribe(on_message)
    page.add(ft.Text(f"You are {name}."), messages, ft.Row([field, button]))


if __name__ == "__main__":
    ft.run(main, view=ft.AppView.WEB_BROWSER)
