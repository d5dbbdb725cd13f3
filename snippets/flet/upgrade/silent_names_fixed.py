# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["flet==1.0.5", "flet-web==1.0.5"]
# ///
"""The same with names that Flet 1.0 knows: all of this is shown."""

import flet as ft


def main(page: ft.Page):
    async def join():
        if not user_name.value:
            user_name.error = "Enter a name."
            return
        button.content = "You are in"
        page.update()
        page.show_dialog(ft.SnackBar(ft.Text(f"Welcome, {user_name.value}!")))
        await new_message.focus()

    user_name = ft.TextField(label="Your name")
    button = ft.Button("Join", on_click=join)
    new_message = ft.TextField(label="Message")
    page.add(user_name, button, new_message)


if __name__ == "__main__":
    ft.run(main, view=ft.AppView.WEB_BROWSER)
