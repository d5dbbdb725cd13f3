# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["flet==1.0.5", "flet-web==1.0.5"]
# ///
"""Old names that Flet 1.0 takes and ignores: nothing of this is ever shown."""

import flet as ft


def main(page: ft.Page):
    def join():
        if not user_name.value:
            user_name.error_text = "Enter a name."
            return
        button.text = "You are in"
        page.snack_bar = ft.SnackBar(ft.Text(f"Welcome, {user_name.value}!"))
        page.snack_bar.open = True
        new_message.focus()

    user_name = ft.TextField(label="Your name")
    button = ft.Button("Join", on_click=join)
    new_message = ft.TextField(label="Message")
    page.add(user_name, button, new_message)


if __name__ == "__main__":
    ft.run(main, view=ft.AppView.WEB_BROWSER)
