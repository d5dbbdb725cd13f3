"""Who may start programs in a page, how many run, and that none is left."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from wsgiref.util import setup_testing_defaults

import pytest

from livedocs import live as module
from livedocs.catalog import Catalog, Snippet
from livedocs.launch import App, launch
from livedocs.live import PREFIX, USERS, Live
from tests.livedocs.test_launch import SERVE, members
from tests.waiting import PATIENCE, wait_until

PORT = 8000
ORIGIN = f"http://127.0.0.1:{PORT}"
SITE = b"the site"
ONE, TWO, THREE = (f"taipy/x/{name}" for name in ("one", "two", "three"))


class Page:
    """A page of the site, or what pretends to be one."""

    def __init__(self, live: Live) -> None:
        self.server = live.around(self._site, PORT)

    @staticmethod
    def _site(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [SITE]

    def send(
        self, action: str, snippet: object, method: str = "POST", **headers: str
    ) -> tuple[int, bytes]:
        """Ask as a browser does; headers in CGI's spelling replace the right ones."""
        body = json.dumps({"snippet": snippet}).encode()
        environ: dict[str, Any] = {
            "PATH_INFO": f"{PREFIX}{action}",
            "REQUEST_METHOD": method,
            "HTTP_HOST": f"127.0.0.1:{PORT}",
            "HTTP_ORIGIN": ORIGIN,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        } | headers
        setup_testing_defaults(environ)
        statuses: list[str] = []
        said = self.server(environ, lambda status, head: statuses.append(status))
        return int(statuses[0].split()[0]), b"".join(said)

    def ask(self, action: str, snippet: object) -> dict[str, Any]:
        """The answer to a question that the page may ask."""
        answer: dict[str, Any] = json.loads(self.send(action, snippet)[1])
        return answer

    def until(self, state: str, snippet: str) -> dict[str, Any]:
        """The answer once the program is in that state."""
        wait_until(lambda: self.ask("state", snippet)["state"] == state)
        return self.ask("state", snippet)


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    """Three programs that start processes of their own."""
    for name in (ONE, TWO, THREE):
        path = tmp_path / "snippets" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SERVE)
    return Catalog(tmp_path / "snippets")


@contextmanager
def opened(catalog: Catalog, **options: Any) -> Iterator[tuple[Live, Page]]:
    live = Live(catalog, **options)
    try:
        yield live, Page(live)
    finally:
        live.close()


@pytest.fixture
def page(catalog: Catalog) -> Iterator[Page]:
    with opened(catalog) as (_, page):
        yield page


class Watched:
    """`launch`, and what runs: the processes of each program that it has started."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.running: list[str] = []
        self.most = 0
        self.groups: list[int] = []
        self._lock = threading.Lock()
        monkeypatch.setattr(module, "launch", self.launch)

    @contextmanager
    def launch(self, snippet: Snippet, *args: Any, **options: Any) -> Iterator[App]:
        with self._lock:
            self.running.append(snippet.id)
            self.most = max(self.most, len(self.running))
        try:
            with launch(snippet, *args, **options) as app:
                self.groups.append(app.process.pid)
                yield app
        finally:
            with self._lock:
                self.running.remove(snippet.id)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(monkeypatch)


@pytest.mark.process
def test_a_page_starts_a_program_for_several_users_and_ends_it(
    page: Page, watched: Watched
) -> None:
    assert page.ask("state", ONE) == {"state": "stopped"}
    assert page.ask("start", ONE) == {"state": "starting"}
    addresses = page.until("running", ONE)["addresses"]
    assert len(set(addresses)) == USERS
    for address in addresses:
        assert urlopen(address, timeout=PATIENCE).status == 200
    assert page.ask("start", ONE) == {"state": "running", "addresses": addresses}
    assert len(watched.groups) == 1
    assert page.ask("stop", ONE) == {"state": "stopped"}
    assert not members(watched.groups[0])
    assert page.ask("state", ONE) == {"state": "stopped"}


@pytest.mark.process
def test_frames_get_addresses_on_the_host_of_their_page(page: Page) -> None:
    names = {
        "HTTP_HOST": f"localhost:{PORT}",
        "HTTP_ORIGIN": f"http://localhost:{PORT}",
    }
    page.send("start", ONE, **names)
    page.until("running", ONE)
    _, said = page.send("state", ONE, **names)
    assert all(
        it.startswith("http://localhost:") for it in json.loads(said)["addresses"]
    )


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"method": "GET"}, HTTPStatus.NOT_FOUND),
        ({"method": "PUT"}, HTTPStatus.NOT_FOUND),
        ({"HTTP_ORIGIN": ""}, HTTPStatus.FORBIDDEN),
        ({"HTTP_ORIGIN": "null"}, HTTPStatus.FORBIDDEN),
        ({"HTTP_ORIGIN": "http://evil.example"}, HTTPStatus.FORBIDDEN),
        ({"HTTP_ORIGIN": "http://127.0.0.1:9000"}, HTTPStatus.FORBIDDEN),
        ({"HTTP_ORIGIN": f"http://localhost:{PORT}"}, HTTPStatus.FORBIDDEN),
        ({"HTTP_HOST": f"evil.example:{PORT}"}, HTTPStatus.FORBIDDEN),
        (
            {
                "HTTP_HOST": f"evil.example:{PORT}",
                "HTTP_ORIGIN": f"http://evil.example:{PORT}",
            },
            HTTPStatus.FORBIDDEN,
        ),
        ({"CONTENT_LENGTH": "1001"}, HTTPStatus.NOT_FOUND),
        ({"CONTENT_LENGTH": "many"}, HTTPStatus.NOT_FOUND),
        ({"CONTENT_LENGTH": "-1"}, HTTPStatus.NOT_FOUND),
        ({"CONTENT_LENGTH": "3"}, HTTPStatus.NOT_FOUND),
        ({"CONTENT_LENGTH": ""}, HTTPStatus.NOT_FOUND),
    ],
)
def test_nothing_but_a_page_of_the_site_starts_anything(
    page: Page, watched: Watched, headers: dict[str, str], status: int
) -> None:
    assert page.send("start", ONE, **headers)[0] == status
    assert page.ask("state", ONE) == {"state": "stopped"}
    assert not watched.groups


@pytest.mark.parametrize(
    "snippet",
    [
        "taipy/x/four",
        "taipy/x/one.py",
        "../snippets/taipy/x/one",
        "taipy/x/../x/one",
        "/etc/passwd",
        "",
        None,
        7,
        [ONE],
        {ONE: ONE},
    ],
)
def test_only_a_snippet_is_started_and_only_by_its_id(
    page: Page, watched: Watched, snippet: object
) -> None:
    assert page.send("start", snippet)[0] == HTTPStatus.NOT_FOUND
    assert not watched.groups


@pytest.mark.parametrize(
    "action", ["", "START", "close", "catalog", "start/", "__init__"]
)
def test_a_guessed_path_leads_nowhere(page: Page, action: str) -> None:
    assert page.send(action, ONE)[0] == HTTPStatus.NOT_FOUND


def test_all_other_paths_are_the_sites(page: Page) -> None:
    assert page.send("start", ONE, PATH_INFO="/tutorials/") == (200, SITE)


def test_a_link_out_of_the_snippets_is_not_followed(
    catalog: Catalog, page: Page, watched: Watched, tmp_path: Path
) -> None:
    (tmp_path / "outside.py").write_text(SERVE)
    (catalog.root / "taipy/x/link.py").symlink_to(tmp_path / "outside.py")
    assert page.send("start", "taipy/x/link")[0] == HTTPStatus.NOT_FOUND
    assert not watched.groups


@pytest.mark.process
@pytest.mark.parametrize(
    ("program", "says"),
    [
        ('raise SystemExit("no such table")', "no such table"),
        ("import no_such_module", "No module named 'no_such_module'"),
    ],
)
def test_a_program_that_fails_says_why(
    catalog: Catalog, page: Page, program: str, says: str
) -> None:
    (catalog.root / f"{ONE}.py").write_text(program)
    page.ask("start", ONE)
    assert says in page.until("failed", ONE)["error"]
    (catalog.root / f"{ONE}.py").write_text(SERVE)
    page.ask("start", ONE)
    page.until("running", ONE)


@pytest.mark.process
def test_a_program_that_ends_later_says_why(catalog: Catalog, page: Page) -> None:
    stop = "\nclass End(http.server.BaseHTTPRequestHandler):\n    def do_GET(self):\n"
    stop += "        self.send_response(200), self.end_headers(), self.wfile.flush()\n"
    stop += "        if self.path == '/end': import os; print('bye', flush=True); "
    stop += "os._exit(3)\n"
    program = SERVE.replace("\nhttp.server.HTTP", stop + "http.server.HTTP").replace(
        "http.server.SimpleHTTPRequestHandler", "End"
    )
    (catalog.root / f"{ONE}.py").write_text(program)
    page.ask("start", ONE)
    address = page.until("running", ONE)["addresses"][0]
    urlopen(f"{address}end", timeout=PATIENCE).close()
    error = page.until("failed", ONE)["error"]
    assert "ended with exit code 3" in error
    assert "bye" in error


@pytest.mark.process
def test_an_edited_program_is_started_anew(
    catalog: Catalog, page: Page, watched: Watched
) -> None:
    page.ask("start", ONE)
    before = page.until("running", ONE)["addresses"]
    (catalog.root / f"{ONE}.py").write_text(f"# edited\n{SERVE}")
    assert page.ask("state", ONE) == {"state": "starting"}
    after = page.until("running", ONE)["addresses"]
    assert before != after
    first, second = watched.groups
    assert not members(first)
    assert members(second)
    assert watched.most == 1


@pytest.mark.process
def test_the_one_that_nobody_looks_at_makes_room(
    catalog: Catalog, watched: Watched
) -> None:
    with opened(catalog, most=2, away=2) as (_, page):
        for name in (ONE, TWO):
            page.ask("start", name)
            page.until("running", name)
        page.ask("state", ONE)
        status, said = page.send("start", THREE)
        assert status == HTTPStatus.SERVICE_UNAVAILABLE
        assert json.loads(said)["error"].startswith("2 programs are in use")

        def third_starts() -> bool:
            page.ask("state", TWO)
            return "starting" in page.ask("start", THREE).values()

        wait_until(third_starts)
        page.until("running", THREE)
        assert sorted(watched.running) == sorted([TWO, THREE])
        assert page.ask("state", ONE) == {"state": "stopped"}
    assert watched.most == 2


@pytest.mark.process
def test_a_flood_of_questions_starts_no_more_than_allowed(
    catalog: Catalog, watched: Watched
) -> None:
    with opened(catalog, most=2, away=0) as (_, page):
        with ThreadPoolExecutor(20) as people:
            names = [ONE, TWO, THREE] * 334
            statuses = {
                s for s, _ in people.map(lambda it: page.send("start", it), names)
            }
        assert statuses <= {HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE}
        assert 1 <= watched.most <= 2
    assert not watched.running
    assert not any(members(group) for group in watched.groups)


@pytest.mark.process
def test_what_nobody_asks_for_any_more_is_stopped(
    catalog: Catalog, watched: Watched
) -> None:
    with opened(catalog, idle=1.5) as (_, page):
        page.ask("start", ONE)
        page.until("running", ONE)
        wait_until(lambda: not watched.running)
        assert page.ask("state", ONE) == {"state": "stopped"}


@pytest.mark.process
def test_nothing_is_left_and_nothing_starts_after_the_end(
    catalog: Catalog, watched: Watched
) -> None:
    with opened(catalog) as (live, page):
        page.ask("start", ONE)
        page.until("running", ONE)
        page.ask("start", TWO)  # is still starting
        live.close()
        assert not watched.running
        assert not any(members(group) for group in watched.groups)
        assert page.send("start", THREE)[0] == HTTPStatus.SERVICE_UNAVAILABLE
