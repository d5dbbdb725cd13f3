# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["flet==1.0.5", "flet-web==1.0.5"]
# ///
"""The chat as an ASGI app, at /chat/."""

import flet as ft
import uvicorn

from chat import main

app = ft.run(main, export_asgi_app=True, name="chat", no_cdn=True)

if __name__ == "__main__":
    uvicorn.run(app)
