# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["flet==1.0.5", "flet-web==1.0.5"]
# ///
"""A page that lists what you send, for you alone."""

import flet as ft


def main(page: ft.Page) -> None:
    def send() -> None:
        messages.controls.append(ft.Text(field.value))
        field.value = ""

    messages = ft.Column(expand=True, scroll=ft.ScrollMode.AUTO)
    field = ft.TextField(label="Message", shift_enter=True, on_submit=send)
    button = ft.Button("Send", on_click=send)
    page.add(messages, ft.Row([field, button]))


if __name__ == "__main__":
    ft.run(main, view=ft.AppView.WEB_BROWSER)
