# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["flet==1.0.5", "flet-web==1.0.5"]
# ///
"""A chat that is pleasant to use, with a mouse or with the keyboard alone."""

import zlib
from dataclasses import dataclass

import flet as ft


@dataclass(frozen=True)
class Joined:
    name: str


@dataclass(frozen=True)
class Message:
    name: str
    text: str


@ft.control
class ChatMessage(ft.Row):
    name: str = ""
    text: str = ""

    def init(self) -> None:
        super().init()
        initials = "".join(word[0] for word in self.name.split()[:2]).upper()
        dark = zlib.crc32(self.name.encode()) & 0x6F6F6F  # white stands out on it
        avatar = ft.CircleAvatar(initials, bgcolor=f"#{dark:06x}", color="#ffffff")
        name = ft.Text(self.name, weight=ft.FontWeight.BOLD)
        self.controls = [avatar, ft.Column([name, ft.Text(self.text)], expand=True)]
        self.vertical_alignment = ft.CrossAxisAlignment.START


@ft.control
class MessageField(ft.TextField):
    shift_enter: bool = True
    focus: int = 0  # workaround for focus(), which does nothing here: count it up


def main(page: ft.Page) -> None:
    async def on_message(message: Joined | Message) -> None:
        match message:
            case Joined(name):
                line = ft.Text(f"{name} has joined the chat.", italic=True)
            case Message(name, text):
                line = ChatMessage(name=name, text=text)
        messages.controls.append(line)
        page.update()

    def join() -> None:
        if name := name_field.value.strip():
            page.session.store.set("name", name)
            page.pop_dialog()
            page.pubsub.send_all(Joined(name))
            field.focus += 1
        else:
            name_field.error = "Enter a name."

    def send() -> None:
        if text := field.value.strip():
            page.pubsub.send_all(Message(page.session.store.get("name"), text))
        field.value = ""
        field.focus += 1

    def redraw() -> None:
        page.views = [ft.View(page.controls)]  # workaround: the old view stays as is

    messages = ft.ListView(expand=True, padding=10, spacing=10, auto_scroll=True)
    field = MessageField(label="Message", max_lines=5, expand=True, on_submit=send)
    button = ft.IconButton(ft.Icons.SEND, tooltip="Send message", on_click=send)
    border = ft.Border.all(1, ft.Colors.OUTLINE)
    box = ft.Container(messages, border=border, expand=True)
    page.pubsub.subscribe(on_message)
    page.on_connect = redraw
    page.title = "Flet chat"
    page.add(ft.SelectionArea(box, expand=True), ft.Row([field, button]))
    name_field = ft.TextField(label="Your name", autofocus=True, on_submit=join)
    join_button = ft.Button("Join chat", on_click=join)
    page.show_dialog(ft.AlertDialog(name_field, modal=True, actions=[join_button]))


if __name__ == "__main__":
    ft.run(main, view=ft.AppView.WEB_BROWSER)
