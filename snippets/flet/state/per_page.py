# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["flet==1.0.5", "flet-web==1.0.5"]
# ///
"""One button that counts for everybody, and for the tab in which it is pressed."""

import flet as ft

presses = []  # a name of the module: the process has one


def main(page: ft.Page) -> None:
    mine = []  # a name of `main`: each tab has one

    def show() -> None:
        line.value = f"You: {len(mine)}. Everybody: {len(presses)}."

    def press() -> None:
        presses.append("press")
        mine.append("press")
        show()

    line = ft.Text()
    show()
    page.title = "Who shares what"
    page.add(ft.Button("Press", on_click=press), line)


if __name__ == "__main__":
    ft.run(main, view=ft.AppView.WEB_BROWSER)
