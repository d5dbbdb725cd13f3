"""The small chat with a name, colours and icons of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image, ImageSequence
from playwright.sync_api import Browser, BrowserContext, Error

from tests.snippets.flet.test_web import (
    BRAND,
    FORCED,
    MOUNTED_HERE,
    OFFLINE,
    PREFIXED_HERE,
    WITHOUT_CDN,
    Visitor,
    run,
    save_programs,
    serving,
)
from tests.users.chromium import CHROMIUM_ARGS, find_chromium

EVERYWHERE = pytest.mark.parametrize(
    ("command", "path"),
    [(FORCED, "/"), (PREFIXED_HERE, "/chat/"), (MOUNTED_HERE, "/chat/")],
    ids=["program", "prefixed", "mounted"],
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The page's programs, and the assets that one of them writes."""
    folder = save_programs(tmp_path)
    run("python brand.py", folder)
    return folder


@contextmanager
def own_browser(
    browser: Browser, home: Path, *arguments: str
) -> Iterator[BrowserContext]:
    """A browser that keeps what it learns, as installing needs, and writes only here.

    An installed app gets an entry in the desktop's menu, below the home folder.
    """
    places: dict[str, str | float | bool] = {
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
    }
    with browser.browser_type.launch_persistent_context(
        home / "profile",
        executable_path=find_chromium(),
        args=[*CHROMIUM_ARGS, *arguments],
        env={**os.environ, **places},
    ) as context:
        yield context


@pytest.mark.claim(
    "Chromium finds nothing that keeps the chat from being installed, at `/` and at "
    "`/chat/`."
)
@pytest.mark.claim("Each address is an app of its own.")
@pytest.mark.parametrize(
    ("command", "path"), [(FORCED, "/"), (MOUNTED_HERE, "/chat/")], ids=["/", "/chat/"]
)
def test_the_chat_can_be_installed(
    browser: Browser, folder: Path, tmp_path: Path, command: str, path: str
) -> None:
    manifest = json.loads((folder / "assets/manifest.json").read_text())
    with (
        serving(command, folder, path, WITHOUT_CDN) as server,
        own_browser(browser, tmp_path / "home") as context,
    ):
        alex = Visitor(context, server.address)
        alex.enter()
        ask = context.new_cdp_session(alex.page).send
        found = ask("Page.getAppManifest")
        assert found["errors"] == []
        assert json.loads(found["data"]) == manifest
        assert found["parsed"]["scope"] == server.address
        assert ask("Page.getInstallabilityErrors") == {"installabilityErrors": []}
        assert ask("Page.getAppId")["appId"] == server.address
        ask("PWA.install", {"manifestId": server.address})
        assert ask("PWA.getOsAppState", {"manifestId": server.address})


@pytest.mark.claim(
    "Away from your own machine, a browser installs only what comes over HTTPS."
)
def test_elsewhere_only_https_can_be_installed(
    browser: Browser, folder: Path, tmp_path: Path
) -> None:
    """chat.example is this machine for this browser, but none that it trusts."""
    elsewhere = "--host-resolver-rules=MAP chat.example 127.0.0.1"
    with (
        serving(FORCED, folder, environment=WITHOUT_CDN) as server,
        own_browser(browser, tmp_path / "home", elsewhere) as context,
    ):
        alex = Visitor(context, server.address)
        ask = context.new_cdp_session(alex.page).send
        assert ask("Page.getInstallabilityErrors")["installabilityErrors"] == []
        context.unroute_all()
        alex.page.goto(server.address.replace("127.0.0.1", "chat.example"))
        (error,) = ask("Page.getInstallabilityErrors")["installabilityErrors"]
        assert error["errorId"] == "not-from-secure-origin"


@pytest.mark.claim(
    "The folder stands next to the program; for uvicorn, in the folder where you "
    "start it."
)
@pytest.mark.parametrize(
    ("command", "path", "found"),
    [
        (
            "FLET_FORCE_WEB_SERVER=true FLET_SERVER_PORT={port} python corner/chat.py",
            "/",
            True,
        ),
        (
            "python -m uvicorn --app-dir corner prefixed:app --port {port}",
            "/chat/",
            False,
        ),
        (
            "python -m uvicorn --app-dir corner mounted:app --port {port}",
            "/chat/",
            False,
        ),
    ],
    ids=["program", "prefixed", "mounted"],
)
def test_where_assets_are_looked_for(
    folder: Path, command: str, path: str, found: bool
) -> None:
    """The commands are typed one folder above."""
    name = json.loads((folder / "assets/manifest.json").read_text())["name"]
    with serving(command, folder.parent, path) as server:
        served = json.loads(server.answer("manifest.json"))["name"]
    assert served == (name if found else "Flet")


@pytest.mark.claim("While the page loads, your animation shows.")
@pytest.mark.claim("Files in `assets` win over Flet’s own of the same name.")
@EVERYWHERE
def test_files_in_assets_win_over_those_of_flet(
    browser: Browser, folder: Path, command: str, path: str
) -> None:
    with (
        serving(command, folder, path, WITHOUT_CDN) as server,
        browser.new_context() as context,
    ):
        files = [file for file in (folder / "assets").rglob("*.*") if file.is_file()]
        assert len(files) == 8
        for file in set(files) - {folder / "assets/manifest.json"}:
            name = file.relative_to(folder / "assets").as_posix()
            assert (
                context.request.get(server.address + name).body() == file.read_bytes()
            )
        context.route("**/main.dart.*", lambda route: None)  # never loaded
        alex = Visitor(context, "about:blank")
        alex.page.goto(server.address, wait_until="commit")  # it never ends loading
        shown = alex.page.locator("#loading img")
        address = shown.evaluate("async img => { await img.decode(); return img.src }")
        ours = folder / "assets/icons/loading-animation.png"
        assert context.request.get(address).body() == ours.read_bytes()
        icon = alex.page.locator("link[rel=icon]")
        assert icon.evaluate("link => link.href") == f"{server.address}favicon.png"


@pytest.mark.claim("Flet registers no service worker.")
@pytest.mark.claim("While the server is away, a reload shows the browser’s error page.")
def test_without_its_server_the_chat_does_not_load(
    browser: Browser, folder: Path, tmp_path: Path
) -> None:
    with own_browser(browser, tmp_path / "home") as context:
        with serving(FORCED, folder, environment=WITHOUT_CDN) as server:
            alex = Visitor(context, server.address)
            alex.enter()
            alex.page.reload()
            alex.enter()
            registered = "navigator.serviceWorker.getRegistrations()"
            assert alex.page.evaluate(registered) == []
        with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
            alex.page.reload()


@pytest.mark.claim(
    "The arguments `app_name`, `app_short_name` and `app_description` of "
    "`flet_web.fastapi.app` win over your manifest."
)
@pytest.mark.claim("The function has no argument for the colours.")
@pytest.mark.claim("The name is also the title that the page starts with.")
def test_arguments_win_over_the_manifest(folder: Path) -> None:
    program = folder / "mounted.py"
    code = program.read_text()
    words = 'app_name="Harbour", app_short_name="Quay", app_description="Gulls."'
    program.write_text(
        code.replace('assets_dir="assets"', f'assets_dir="assets", {words}')
    )
    ours = json.loads((folder / "assets/manifest.json").read_text())
    with serving(MOUNTED_HERE, folder, "/chat/") as server:
        served = json.loads(server.answer("manifest.json"))
        title = re.findall("<title>(.*)</title>", server.answer())
    arguments = (
        "import inspect, flet_web.fastapi as web; print(inspect.signature(web.app))"
    )
    signature = subprocess.check_output([sys.executable, "-c", arguments], text=True)
    assert "app_short_name" in signature
    assert "color" not in signature
    changed = {"name": "Harbour", "short_name": "Quay", "description": "Gulls."}
    assert served == ours | changed
    assert title == ["Harbour"]


@pytest.mark.timeout(600)
def test_the_commands_write_the_assets(tmp_path: Path) -> None:
    """Typed as the page shows them, they do what the other tests do without uv."""
    folder = save_programs(tmp_path)
    run(BRAND, folder)
    run(OFFLINE, folder)
    assets = folder / "assets"
    assert {path.name for path in assets.iterdir()} == {
        *("favicon.png", "icons", "index.html", "manifest.json")
    }
    manifest = json.loads((assets / "manifest.json").read_text())
    for icon in manifest["icons"]:
        with Image.open(assets / icon["src"]) as image:
            assert icon["sizes"] == f"{image.width}x{image.height}"
    with Image.open(assets / "icons/loading-animation.png") as animation:
        assert len(list(ImageSequence.Iterator(animation))) == 4
