# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["flet==1.0.5", "flet-web==1.0.5"]
# ///
"""The chat at /chat/, as one part of a larger site."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import flet_web.fastapi
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

from chat import main


async def home(request: Request) -> HTMLResponse:
    return HTMLResponse('<a href="/chat/">To the chat</a>')


@asynccontextmanager
async def lifespan(site: Starlette) -> AsyncIterator[None]:
    await flet_web.fastapi.app_manager.start()
    yield
    await flet_web.fastapi.app_manager.shutdown()


chat = flet_web.fastapi.app(main, assets_dir="assets", no_cdn=True)
app = Starlette(routes=[Route("/", home), Mount("/chat", chat)], lifespan=lifespan)

if __name__ == "__main__":
    uvicorn.run(app)
