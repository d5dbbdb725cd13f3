# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["flet==1.0.5", "flet-web==1.0.5"]
# ///
"""The chat of older tutorials, line by line in the words of Flet 1.0."""

import zlib
from dataclasses import dataclass

import flet as ft


@dataclass
class Message:
    user_name: str
    text: str
    message_type: str


class ChatMessage(ft.Row):
    def __init__(self, message: Message):
        super().__init__()
        self.vertical_alignment = ft.CrossAxisAlignment.START
        name = ft.Text(message.user_name, weight=ft.FontWeight.BOLD)
        text = ft.Text(message.text)
        self.controls = [
            ft.CircleAvatar(
                content=ft.Text(message.user_name[:1].upper()),
                color=ft.Colors.WHITE,
                bgcolor=avatar_color(message.user_name),
            ),
            ft.Column([name, text], spacing=5, expand=True),
        ]


def avatar_color(user_name: str):
    colors = [ft.Colors.BLUE, ft.Colors.GREEN, ft.Colors.PURPLE, ft.Colors.TEAL]
    return colors[zlib.crc32(user_name.encode()) % len(colors)]


def main(page: ft.Page):
    page.title = "Chat"

    async def on_message(message: Message):
        if message.message_type == "chat":
            chat.controls.append(ChatMessage(message))
        else:
            chat.controls.append(ft.Text(message.text, color=ft.Colors.BLACK_54))
        page.update()

    async def join():
        if not user_name.value:
            user_name.error = "Enter a name."
            return
        page.session.store.set("user_name", user_name.value)
        page.pop_dialog()
        page.pubsub.send_all(Message("", f"{user_name.value} is here.", "join"))
        await draft.focus()

    async def send():
        sender = page.session.store.get("user_name")
        page.pubsub.send_all(Message(sender, draft.value, "chat"))
        draft.value = ""
        await draft.focus()

    page.pubsub.subscribe(on_message)
    user_name = ft.TextField(label="Your name", on_submit=join)
    draft = ft.TextField(label="Message", expand=True, on_submit=send)
    chat = ft.ListView(expand=True, spacing=10, auto_scroll=True)
    page.add(
        ft.Container(
            ft.SelectionArea(chat),
            border=ft.Border.all(1, ft.Colors.OUTLINE),
            expand=True,
        ),
        ft.Row([draft, ft.IconButton(ft.Icons.SEND, on_click=send, tooltip="Send")]),
    )
    button = ft.Button("Join", on_click=join)
    page.show_dialog(ft.AlertDialog(modal=True, content=user_name, actions=[button]))


if __name__ == "__main__":
    ft.run(main, view=ft.AppView.WEB_BROWSER)
