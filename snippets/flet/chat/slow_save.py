# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["flet==1.0.5", "flet-web==1.0.5"]
# ///
"""A chat that saves each message in a thread, while the others carry on."""

import asyncio
import time

import flet as ft


def save(text: str) -> None:
    time.sleep(3)  # a busy database may take that long


def main(page: ft.Page) -> None:
    async def on_message(text: str) -> None:
        messages.controls.append(ft.Text(text))
        page.update()

    async def send() -> None:
        text, field.value = field.value.strip(), ""
        field.update()
        if text:
            await asyncio.to_thread(save, text)
            page.pubsub.send_all(text)

    messages = ft.ListView(expand=True, auto_scroll=True)
    field = ft.TextField(label="Message", shift_enter=True, on_submit=send)
    page.pubsub.subscribe(on_message)
    page.add(messages, field)


if __name__ == "__main__":
    ft.run(main, view=ft.AppView.WEB_BROWSER)
