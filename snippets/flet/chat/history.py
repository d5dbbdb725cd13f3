# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["flet==1.0.5", "flet-web==1.0.5"]
# ///
"""A chat with one past for everybody, late joiners included."""

from dataclasses import dataclass

import flet as ft


@dataclass(frozen=True)
class Message:
    name: str
    text: str


history: list[Message] = []


def main(page: ft.Page) -> None:
    name = f"Guest {page.session.id[:4]}"

    def line(message: Message) -> ft.Text:
        return ft.Text(f"{message.name}: {message.text}")

    async def on_message(message: Message) -> None:
        messages.controls.append(line(message))
        page.update()

    def send() -> None:
        if text := field.value.strip():
            message = Message(name, text)
            history.append(message)
            page.pubsub.send_all(message)
        field.value = ""

    def connect() -> None:
        messages.controls = [line(message) for message in history]
        page.views = [ft.View(page.controls)]
        page.pubsub.subscribe(on_message)

    messages = ft.Column(expand=True, scroll=ft.ScrollMode.AUTO)
    field = ft.TextField(label="Message", shift_enter=True, on_submit=send)
    button = ft.Button("Send", on_click=send)
    page.on_disconnect = page.pubsub.unsubscribe_all
    page.on_connect = connect
    connect()
    page.add(ft.Text(f"You are {name}."), messages, ft.Row([field, button]))


if __name__ == "__main__":
    ft.run(main, view=ft.AppView.WEB_BROWSER)
