# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["flet==1.0.5", "flet-web==1.0.5"]
# ///
"""The finished chat once more, with components and hooks."""

import zlib
from contextvars import copy_context
from dataclasses import dataclass

import flet as ft


@dataclass(frozen=True)
class Joined:
    name: str


@dataclass(frozen=True)
class Message:
    name: str
    text: str


@ft.component
def chat_line(message: Joined | Message) -> ft.Control:
    if isinstance(message, Joined):
        return ft.Text(f"{message.name} has joined the chat.", italic=True)
    initials = "".join(word[0] for word in message.name.split()[:2]).upper()
    dark = zlib.crc32(message.name.encode()) & 0x6F6F6F  # white stands out on it
    avatar = ft.CircleAvatar(initials, bgcolor=f"#{dark:06x}", color="#ffffff")
    texts = [ft.Text(message.name, weight=ft.FontWeight.BOLD), ft.Text(message.text)]
    column = ft.Column(texts, expand=True)
    return ft.Row([avatar, column], vertical_alignment=ft.CrossAxisAlignment.START)


@ft.control
class MessageField(ft.TextField):
    shift_enter: bool = True
    focus: int = 0  # workaround for focus(), which does nothing here: count it up


@ft.component
def chat(page: ft.Page) -> list[ft.Control]:
    messages, set_messages = ft.use_state([])
    name, set_name = ft.use_state("")
    error, set_error = ft.use_state(None)
    focus, set_focus = ft.use_state(0)
    draft = ft.use_ref("")

    def subscribe() -> None:
        context = copy_context()

        async def on_message(message: Joined | Message) -> None:
            context.run(set_messages, lambda past: [*past, message])

        page.pubsub.subscribe(on_message)

    def change(event: ft.Event[ft.TextField]) -> None:
        draft.current = event.control.value

    def clear() -> None:
        draft.current = ""
        set_focus(lambda times: times + 1)

    def join() -> None:
        if new_name := draft.current.strip():
            set_name(new_name)
            page.pubsub.send_all(Joined(new_name))
            clear()
        else:
            set_error("Enter a name.")

    def send() -> None:
        if text := draft.current.strip():
            page.pubsub.send_all(Message(name, text))
        clear()

    ft.use_effect(subscribe, [])
    name_field = ft.TextField(label="Your name", autofocus=True, error=error)
    name_field.value = draft.current
    name_field.on_submit = join
    field = MessageField(label="Message", max_lines=5, expand=True, focus=focus)
    field.value = draft.current if name else ""
    name_field.on_change = field.on_change = change
    field.on_submit = send
    join_button = ft.Button("Join chat", on_click=join)
    dialog = ft.AlertDialog(name_field, modal=True, actions=[join_button])
    ft.use_dialog(None if name else dialog)
    lines = [chat_line(message) for message in messages]
    listed = ft.ListView(lines, expand=True, padding=10, spacing=10, auto_scroll=True)
    border = ft.Border.all(1, ft.Colors.OUTLINE)
    box = ft.Container(listed, border=border, expand=True)
    button = ft.IconButton(ft.Icons.SEND, tooltip="Send message", on_click=send)
    return [ft.SelectionArea(box, expand=True), ft.Row([field, button])]


def main(page: ft.Page) -> None:
    def redraw() -> None:
        page.views = [ft.View(page.controls)]  # workaround: the old view stays as is

    page.on_connect = redraw
    page.title = "Flet chat"
    page.render(chat, page)


if __name__ == "__main__":
    ft.run(main, view=ft.AppView.WEB_BROWSER)
