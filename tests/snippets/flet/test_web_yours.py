"""The small chat with a first page, a name, colours and icons of its own."""

from __future__ import annotations

import inspect
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import flet_web.fastapi  # type: ignore[import-untyped]
import pytest
from bs4 import BeautifulSoup
from PIL import Image, ImageSequence
from playwright.sync_api import Browser, BrowserContext, Page
from starlette.applications import Starlette
from starlette.routing import Mount

from tests.snippets.flet.test_web import (
    BRAND,
    LOW,
    MOUNTED,
    OFFLINE,
    RIVE,
    SERVE,
    STRANGER,
    UVICORN,
    WITHOUT_CDN,
    Caller,
    Server,
    Visitor,
    beside,  # noqa: F401 -- a fixture
    get,
    run,
    save_programs,
    serving,
    they_chat,
)
from tests.users.chromium import CHROMIUM_ARGS, find_chromium

Load = Callable[[str], ModuleType]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The page's programs, and the assets that one of them writes."""
    folder = save_programs(tmp_path)
    run("python brand.py", folder)
    return folder


@pytest.fixture(scope="class")
def context(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """A browser that keeps what it learns, as installing needs.

    An installed app gets an entry in the desktop's menu, below the home folder,
    so that is another one here.
    """
    home = tmp_path_factory.mktemp("home")
    places: dict[str, str | float | bool] = {
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
    }
    stranger = f"--host-resolver-rules=MAP {STRANGER} 127.0.0.1"
    with browser.browser_type.launch_persistent_context(
        home / "profile",
        executable_path=find_chromium(),
        args=[*CHROMIUM_ARGS, stranger],
        env={**os.environ, **places},
        viewport=LOW,
    ) as context:
        yield context


@pytest.fixture(scope="class")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's programs, and all that they write, by its commands."""
    folder = save_programs(tmp_path_factory.mktemp("served"))
    run(BRAND, folder)
    run(OFFLINE, folder)
    return folder


@pytest.fixture(
    scope="class",
    params=[(SERVE, "/"), (UVICORN, "/chat/"), (MOUNTED, "/chat/")],
    ids=["program", "uvicorn", "mounted"],
)
def server(request: pytest.FixtureRequest, furnished: Path) -> Iterator[Server]:
    command, path = request.param
    with serving(command, furnished, path, WITHOUT_CDN) as server:
        yield server


def test_the_first_page_says_what_may_be_asked_for_before_it_asks(
    load: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    load("flet/web/offline").main(tmp_path / "assets")
    page = BeautifulSoup((tmp_path / "assets/index.html").read_text(), "html.parser")
    assert page.head
    first = page.head.find()
    assert first
    assert first["http-equiv"] == "Content-Security-Policy"
    assert "'self'" in first["content"]


@pytest.mark.timeout(600)
class TestServed:
    """The chat with all that the page's programs write, started in three ways."""

    @pytest.mark.fact("flet-started")
    @pytest.mark.fact(
        "flet-offline",
        "With the first page that `offline.py` writes, people chat and their browsers "
        "ask no other server.",
    )
    def test_two_people_chat_and_no_other_server_is_asked(
        self, context: BrowserContext, server: Server
    ) -> None:
        """What one person sends, another one reads, whether one server process runs
        the program itself, `flet run`, `prefixed.py` or `mounted.py`.
        """
        alex = Visitor(context, server.address)
        alex.enter()
        they_chat(alex, Caller(server.address))
        assert alex.asked == set()
        assert RIVE in alex.forbidden
        alex.page.close()

    @pytest.mark.fact("flet-installable")
    @pytest.mark.fact(
        "flet-https",
        "Away from your own machine, Chromium installs only what comes over HTTPS.",
    )
    def test_the_chat_can_be_installed(
        self, context: BrowserContext, furnished: Path, server: Server
    ) -> None:
        """Chromium finds no error that keeps the chat from being installed, at `/` or
        at `/chat/`, and each address is an app of its own.
        """
        manifest = json.loads((furnished / "assets/manifest.json").read_text())
        page = Visitor(context, server.address).page
        ask = context.new_cdp_session(page).send
        found = ask("Page.getAppManifest")
        assert found["errors"] == []
        assert json.loads(found["data"]) == manifest
        assert found["parsed"]["scope"] == server.address
        assert ask("Page.getInstallabilityErrors") == {"installabilityErrors": []}
        assert ask("Page.getAppId")["appId"] == server.address
        ask("PWA.install", {"manifestId": server.address})
        assert ask("PWA.getOsAppState", {"manifestId": server.address})
        page.goto(server.address.replace("127.0.0.1", STRANGER))
        (error,) = ask("Page.getInstallabilityErrors")["installabilityErrors"]
        assert error["errorId"] == "not-from-secure-origin"
        page.close()

    @pytest.mark.fact("flet-assets-win")
    def test_files_in_assets_win_over_those_of_flet(
        self, context: BrowserContext, furnished: Path, server: Server
    ) -> None:
        """A file in `assets` is served instead of Flet’s own of the same name: icons,
        manifest and the animation that shows while the page loads.
        """
        page = context.new_page()
        page.route("**/main.dart.*", lambda route: None)  # never loaded
        page.goto(server.address, wait_until="commit")  # it never ends loading
        assets = {
            path.relative_to(furnished / "assets").as_posix(): path.read_bytes()
            for path in (furnished / "assets").rglob("*.*")
        }
        assert len(assets) == 9
        patched = {"index.html", "manifest.json"}
        assert served(page, server, *assets.keys() - patched) == [
            assets[name] for name in assets.keys() - patched
        ]
        manifest, index = served(page, server, "manifest.json", "index.html")
        assert json.loads(manifest) == json.loads(assets["manifest.json"])
        assert b"Content-Security-Policy" in index
        shown = page.locator("#loading img")
        address = shown.evaluate("async img => { await img.decode(); return img.src }")
        assert address == f"{server.address}icons/loading-animation.png"
        icon = page.locator("link[rel=icon]")
        assert icon.evaluate("link => link.href") == f"{server.address}favicon.png"
        page.close()


@pytest.mark.process
def test_the_commands_write_the_assets(furnished: Path) -> None:
    assets = furnished / "assets"
    assert {path.name for path in assets.iterdir()} == {
        *("favicon.png", "icons", "index.html", "manifest.json")
    }
    manifest = json.loads((assets / "manifest.json").read_text())
    for icon in manifest["icons"]:
        with Image.open(assets / icon["src"]) as image:
            assert icon["sizes"] == f"{image.width}x{image.height}"
    with Image.open(assets / "icons/loading-animation.png") as animation:
        assert len(list(ImageSequence.Iterator(animation))) == 4


def served(page: Page, server: Server, *names: str) -> list[bytes]:
    """The files that the server gives for these names."""
    return [page.request.get(server.address + name).body() for name in names]


@pytest.mark.process
@pytest.mark.fact("flet-assets-folder")
def test_a_program_looks_for_assets_beside_itself(folder: Path) -> None:
    """A program looks for `assets` beside itself, an ASGI app in the folder where you
    start uvicorn.
    """
    name = json.loads((folder / "assets/manifest.json").read_text())["name"]
    command = SERVE.replace("chat.py", f"{folder.name}/chat.py")
    with serving(command, folder.parent) as server:
        assert json.loads(server.answer("manifest.json"))["name"] == name


@pytest.mark.usefixtures("beside")
@pytest.mark.process
@pytest.mark.fact("flet-assets-folder")
@pytest.mark.parametrize("program", ["prefixed", "mounted"])
def test_an_asgi_app_looks_for_assets_where_it_is_started(
    load: Load, monkeypatch: pytest.MonkeyPatch, folder: Path, program: str
) -> None:
    ours = json.loads((folder / "assets/manifest.json").read_text())["name"]
    for place, name in ((folder, ours), (folder.parent, "Flet")):
        monkeypatch.chdir(place)
        app = load(f"flet/web/{program}").app
        (manifest,) = get(app, "/chat/manifest.json")
        assert manifest.json()["name"] == name


@pytest.mark.usefixtures("beside")
@pytest.mark.process
@pytest.mark.fact("flet-app-arguments")
def test_arguments_win_over_the_manifest(
    load: Load, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """The arguments `app_name`, `app_short_name` and `app_description` of
    `flet_web.fastapi.app` win over your manifest, and the name is also the title that
    the page starts with; it has no argument for the colours.
    """
    monkeypatch.chdir(folder)
    chat = flet_web.fastapi.app(
        load("flet/web/mounted").main,
        assets_dir="assets",
        app_name="Harbour",
        app_short_name="Quay",
        app_description="Gulls.",
    )
    site = Starlette(routes=[Mount("/chat", chat)])
    manifest, page = get(site, "/chat/manifest.json", "/chat/")
    ours = json.loads((folder / "assets/manifest.json").read_text())
    changed = {"name": "Harbour", "short_name": "Quay", "description": "Gulls."}
    assert manifest.json() == ours | changed
    assert re.findall("<title>(.*)</title>", page.text) == ["Harbour"]
    assert not [
        it for it in inspect.signature(flet_web.fastapi.app).parameters if "color" in it
    ]
