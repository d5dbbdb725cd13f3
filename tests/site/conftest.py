"""The built sites that these tests look at, served as the web would serve them."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from livedocs.static_live import CACHE, PARTS, PLACE
from tests.conftest import locked
from tests.site.invented.hook import LIVEDOCS
from tests.site.server import Site, serve

ROOT = Path(__file__).parents[2]

TUTORIALS = {
    f"{path.parent.name} {path.stem}": f"tutorials/{path.parent.name}/{path.stem}/"
    for path in sorted((ROOT / "docs/tutorials").glob("*/*.md"))
}
"""The addresses of all tutorials in the site."""

REFERENCES = {name for name in TUTORIALS if name.endswith("-reference")}
"""Those that people look things up in: they begin with that, not with a film."""

CONCEPTS = {
    f"concepts {path.stem}": f"concepts/{path.stem}/"
    for path in sorted((ROOT / "docs/concepts").glob("*.md"))
}
"""The addresses of the pages about all frameworks."""

PAGES = {
    "home": "",
    "catalogue": "tutorials/",
    **TUTORIALS,
    **CONCEPTS,
    "costs": "costs/",
    "contributing": "contributing/",
    "404": "no/such/page/",
}
"""The pages that are looked at one by one, by their address in the site."""

SHOWCASE = LIVEDOCS.tutorials[0].url
"""A page of the invented site: all of them hold everything that a tutorial may."""


Builder = Callable[[str, Path], Path]


@pytest.fixture(scope="session")
def build_once(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Builder:
    """Build a site of that name from its configuration, once in a whole run."""
    folder = tmp_path_factory.getbasetemp()
    if hasattr(pytestconfig, "workerinput"):
        folder = folder.parent  # each of several processes has a folder below it

    def build_once(name: str, config: Path) -> Path:
        built = folder / name
        with locked(folder, fcntl.LOCK_EX):
            if not built.exists():
                build(config, folder / f"{name}-unfinished").rename(built)
        return built

    return build_once


@pytest.fixture(scope="session")
def runtimes() -> None:
    """What runs programs in pages: fetched once, and kept from run to run."""
    cache = ROOT / CACHE
    cache.mkdir(parents=True, exist_ok=True)
    with locked(cache, fcntl.LOCK_EX):
        for part in PARTS:
            part.prepare(ROOT)


@pytest.fixture(scope="session")
def built_site(build_once: Builder, runtimes: None) -> Path:
    """The folder of the site, built as it is published."""
    return build_once("site", ROOT / "mkdocs.yml")


@pytest.fixture(scope="session")
def site(built_site: Path) -> Iterator[Site]:
    """The site, at the root of its host."""
    with serve(built_site) as served:
        yield served


@pytest.fixture(scope="session")
def invented_folder(build_once: Builder) -> Path:
    """The folder of a site in the same theme, with seven invented tutorials."""
    return build_once("invented", ROOT / "tests/site/invented/mkdocs.yml")


@pytest.fixture(scope="session")
def invented_site(invented_folder: Path) -> Iterator[Site]:
    """The invented site, below a path of its host."""
    with serve(invented_folder, "/invented/") as served:
        yield served


@pytest.fixture(params=PAGES, scope="session")
def kind(request: pytest.FixtureRequest) -> str:
    """Each of the pages in turn."""
    name: str = request.param
    return name


def pages_of(site: Path) -> list[Path]:
    """The files of a site's pages, without what runs programs in them."""
    return [it for it in site.rglob("*.html") if it.relative_to(site).parts[0] != PLACE]


@cache
def parsed(page: Path) -> BeautifulSoup:
    """A built page, to be read and not to be changed."""
    return BeautifulSoup(page.read_text("utf-8"), "html.parser")


def build(config: Path, directory: Path) -> Path:
    built = subprocess.run(
        [
            *(sys.executable, "-m", "mkdocs", "build", "--strict"),
            *("--config-file", config, "--site-dir", directory),
        ],
        cwd=ROOT,
        env={
            **os.environ,
            "NO_MKDOCS_2_WARNING": "1",
            "REPO_URL": "https://example.org/source",
            "SITE_URL": "https://example.org/",
        },
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return directory
