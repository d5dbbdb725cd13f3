# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["flet==1.0.5", "flet-web==1.0.5"]
# ///
"""The chat as an ASGI app, at /chat/."""

import flet as ft
import uvicorn


def main(page: ft.Page) -> None:
    async def receive(text: str) -> None:
        messages.controls.append(ft.Text(text))
        page.update()

    async def send() -> None:
        page.pubsub.send_all(field.value)
        field.value = ""
        await field.focus()

    page.title = "Corner chat"
    page.pubsub.subscribe(receive)
    messages = ft.ListView(expand=True, auto_scroll=True)
    field = ft.TextField(label="Message", on_submit=send, expand=True)
    button = ft.IconButton(ft.Icons.SEND, tooltip="Send", on_click=send)
    page.add(messages, ft.Row([field, button]))


app = ft.run(main, export_asgi_app=True, name="chat", no_cdn=True)

if __name__ == "__main__":
    uvicorn.run(app)
