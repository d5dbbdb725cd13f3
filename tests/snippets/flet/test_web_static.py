"""The small chat as static files: what `flet publish` writes, and what becomes of it.

The servers that a published page needs are not asked. Those of Pyodide and of the
drawing engine are stood in for with the same files from the package `flet-web`; what
the page would fetch from PyPI is put into its archive instead.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.metadata import distribution
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route

from tests.snippets.flet.test_web import (
    CHAT,
    DRAWING,
    Visit,
    Visitor,
    run,
    save_programs,
    serving,
)

PUBLISH = 'uv run --with "flet[cli,web]==1.0.5" flet publish chat.py'
SHOW = "python -m http.server 8000 --bind 127.0.0.1 --directory dist"

WEB = Path(str(distribution("flet-web").locate_file("flet_web/web")))
PYODIDE = json.loads((WEB / "pyodide/package.json").read_text())["version"]

START = 120.0
"""Seconds that Python may take to start in a browser, where all is compiled anew."""

# The hub that Flet makes in a browser lacks the event loop that it sends with.
MENDED = "    page.session.connection.pubsubhub._PubSubHub__loop = page.loop\n"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the program was published."""
    folder = save_programs(tmp_path_factory.mktemp("published"))
    (folder / "diary.txt").write_text("Dear diary, my password is swordfish.")
    run("python brand.py", folder)
    publish(folder)
    return folder


def publish(folder: Path, options: str = "") -> None:
    """Type the command of the page.

    It asks github.com for the Python versions to choose from, unless a file says so.
    """
    versions = folder.with_name("versions.json")
    python = {"full_version": "3.14.2", "pyodide_version": PYODIDE, "android_abis": []}
    versions.write_text(
        json.dumps({"default_python_version": "3.14", "pythons": {"3.14": python}})
    )
    run(f"FLET_PYTHON_BUILD_MANIFEST={versions} {PUBLISH}{options}", folder)


def packed(folder: Path) -> dict[str, str]:
    """The files of the published archive."""
    with tarfile.open(folder / "dist/app.tar.gz") as archive:
        opened = {member.name: archive.extractfile(member) for member in archive}
        return {
            name.lstrip("/"): file.read().decode()
            for name, file in opened.items()
            if file  # folders are not
        }


@pytest.mark.timeout(600)
@pytest.mark.claim(
    "All files beside the program are packed into `dist/app.tar.gz`, where every "
    "visitor can read them."
)
@pytest.mark.claim(
    "A published page fetches Python from `cdn.jsdelivr.net`, and the packages that "
    "the program needs from PyPI."
)
def test_the_folder_has_the_program_and_names_the_rest(published: Path) -> None:
    files = packed(published)
    assert files["chat.py"] == CHAT.code
    assert "swordfish" in files["diary.txt"]
    assert files["requirements.txt"] == "flet==1.0.5\n"
    index = (published / "dist/index.html").read_text()
    python = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE}/full/pyodide.mjs"
    assert f'flet.pyodideUrl="{python}";' in index
    assert not (published / "dist/pyodide").exists()


@pytest.mark.timeout(600)
@pytest.mark.claim(
    "The files of `assets` are published, too, but the app is called as the folder "
    "is, unless you add `--app-name`."
)
def test_a_published_chat_has_the_files_of_assets(published: Path) -> None:
    dist, assets = published / "dist", published / "assets"
    for file in ("favicon.png", "icons/icon-192.png", "icons/loading-animation.png"):
        assert (dist / file).read_bytes() == (assets / file).read_bytes()
    ours = json.loads((assets / "manifest.json").read_text())
    written = json.loads((dist / "manifest.json").read_text())
    assert written == ours | {"name": published.name, "short_name": published.name}
    publish(published, ' --app-name "Harbour"')
    assert json.loads((dist / "manifest.json").read_text())["name"] == "Harbour"


def bring_packages(folder: Path, program: str) -> None:
    """Put this program into the archive, and what it would fetch from PyPI."""
    with tarfile.open(folder / "dist/app.tar.gz", "w:gz", compresslevel=1) as archive:
        for name in ("flet", "msgpack", "repath", "six"):
            for file in distribution(name).files or ():
                if file.suffix in (".py", ".json") and ".." not in file.parts:
                    archive.add(file.locate(), f"__pypackages__/{file}")
        code = tarfile.TarInfo("chat.py")
        code.size = len(program.encode())
        archive.addfile(code, io.BytesIO(program.encode()))


def stand_in(route: Route) -> None:
    """Answer for a server of the CDN."""
    *_, folder, file = route.request.url.split("/")
    place = WEB / ("pyodide" if folder == "full" else "canvaskit")
    path = next(path for path in place.rglob(file))
    route.fulfill(path=path, headers={"Access-Control-Allow-Origin": "*"})


@pytest.fixture
def open_published(browser: Browser) -> Iterator[Visit]:
    """Open a published page in a new browser; it need not be ready yet."""
    with ExitStack() as contexts:

        def visit(address: str) -> Visitor:
            context = contexts.enter_context(browser.new_context())
            visitor = Visitor(context, "about:blank")
            context.route("https://cdn.jsdelivr.net/pyodide/**", stand_in)
            context.route("https://www.gstatic.com/flutter-canvaskit/**", stand_in)
            visitor.page.goto(address)
            return visitor

        yield visit


@pytest.mark.timeout(600)
@pytest.mark.claim(
    "In a page published by Flet 1.0.5 `page.pubsub.send_all` raises an error, and "
    "“Error running app” takes the place of the chat."
)
def test_a_published_chat_fails_at_the_first_message(
    open_published: Visit, published: Path
) -> None:
    bring_packages(published, CHAT.code)
    with serving(SHOW.replace("8000", "{port}"), published) as server:
        alex = open_published(server.address)
        alex.enter(START)
        with alex.page.expect_console_message(
            lambda line: "RuntimeError: PubSub event loop is not set" in line.text
        ):
            alex.send("Is this seat taken?")
        alex.page.get_by_text("Error running app").wait_for(state="attached")
        assert alex.message("Is this seat taken?").count() == 0


@pytest.mark.timeout(600)
@pytest.mark.claim(
    "Even with this error mended, two people who open a published page do not see "
    "each other."
)
def test_each_published_page_is_alone(open_published: Visit, published: Path) -> None:
    first = "def main(page: ft.Page) -> None:\n"
    assert first in CHAT.code
    bring_packages(published, CHAT.code.replace(first, first + MENDED))
    with serving(SHOW.replace("8000", "{port}"), published) as server:
        alex, doppler = (open_published(server.address) for _ in range(2))
        for one in (alex, doppler):
            one.enter(START)
        for one, text in ((alex, "Is this seat taken?"), (doppler, "Hello?")):
            one.send(text)
            one.sees(text)
        alex.send("Anybody?")
        alex.sees("Anybody?")
        assert alex.message("Hello?").count() == 0
        assert doppler.message("Is this seat taken?").count() == 0


@pytest.mark.timeout(600)
@pytest.mark.claim(
    "With the `index.html` that `offline.py` writes, a published page never finishes "
    "loading."
)
def test_the_policy_forbids_what_a_published_page_needs(
    open_published: Visit, tmp_path: Path
) -> None:
    folder = save_programs(tmp_path)
    run("python offline.py", folder)
    publish(folder)
    with serving(SHOW.replace("8000", "{port}"), folder) as server:
        alex = open_published("about:blank")
        alex.gives_up_loading(server.address)
        assert set(alex.forbidden) == {DRAWING}
