# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["flet==1.0.5", "flet-web==1.0.5"]
# ///
"""A chat as tutorials for Flet 0.x write it; Flet 1.0 does not start it."""

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
        self.vertical_alignment = "start"
        name = ft.Text(message.user_name, weight="bold")
        text = ft.Text(message.text, selectable=True)
        self.controls = [
            ft.CircleAvatar(
                content=ft.Text(message.user_name[:1].upper()),
                color=ft.colors.WHITE,
                bgcolor=avatar_color(message.user_name),
            ),
            ft.Column([name, text], spacing=5, expand=True),
        ]


def avatar_color(user_name: str):
    colors = [ft.colors.BLUE, ft.colors.GREEN, ft.colors.PURPLE, ft.colors.TEAL]
    return colors[hash(user_name) % len(colors)]


def main(page: ft.Page):
    page.title = "Chat"

    def on_message(message: Message):
        if message.message_type == "chat":
            chat.controls.append(ChatMessage(message))
        else:
            chat.controls.append(ft.Text(message.text, color=ft.colors.BLACK54))
        page.update()

    def join(e):
        if not user_name.value:
            user_name.error_text = "Enter a name."
            user_name.update()
            return
        page.session.set("user_name", user_name.value)
        page.dialog.open = False
        page.pubsub.send_all(Message("", f"{user_name.value} is here.", "join"))
        draft.focus()
        page.update()

    def send(e):
        sender = page.session.get("user_name")
        page.pubsub.send_all(Message(sender, draft.value, "chat"))
        draft.value = ""
        draft.focus()
        page.update()

    page.pubsub.subscribe(on_message)
    user_name = ft.TextField(label="Your name", on_submit=join)
    draft = ft.TextField(label="Message", expand=True, on_submit=send)
    chat = ft.ListView(expand=True, spacing=10, auto_scroll=True)
    page.add(
        ft.Container(chat, border=ft.border.all(1, ft.colors.OUTLINE), expand=True),
        ft.Row([draft, ft.IconButton(ft.icons.SEND, on_click=send, tooltip="Send")]),
    )
    button = ft.ElevatedButton(text="Join", on_click=join)
    page.dialog = ft.AlertDialog(modal=True, content=user_name, actions=[button])
    page.dialog.open = True
    page.update()


if __name__ == "__main__":
    ft.app(target=main, view=ft.WEB_BROWSER)
