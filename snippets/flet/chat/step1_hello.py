# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["flet==1.0.5", "flet-web==1.0.5"]
# ///
"""A page that says hello."""

import flet as ft


def main(page: ft.Page) -> None:
    page.add(ft.Text("Hello, world!"))


if __name__ == "__main__":
    ft.run(main, view=ft.AppView.WEB_BROWSER)
