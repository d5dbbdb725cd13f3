"""Programs that run in the page under ``make serve``: who may start them, and how many.

A page asks by POST, from the same origin, for a snippet by its id; nothing else starts
anything. Programs are started by `launch`, so that nothing of them outlives the server.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from livedocs.catalog import Catalog, Snippet
from livedocs.errors import SnippetError
from livedocs.launch import HOST, App, launch

PREFIX = "/_live/"
"""The endpoint's paths start with it; what follows is the name of an `ACTIONS`."""

HOSTS = (HOST, "localhost")
"""What the server of such pages may be called; others cannot reach a program."""

USERS = 6
"""How many users of a program have an address."""

_LONGEST_QUESTION = 1_000  # bytes
_PATIENCE = 0.2  # seconds between two looks at a program

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]


class RefusedError(Exception):
    """The endpoint does not do what was asked; the status says why."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(eq=False)
class Program:
    """A snippet that is starting, running, or has failed.

    It has a thread of its own, which ends when nothing of the program is left.
    """

    snippet: Snippet
    after: Program | None = None
    """The program whose place it takes: it starts when that one has ended."""
    asked: float = field(default_factory=time.monotonic)
    """When a page asked for it last."""
    app: App | None = None
    """Set while it runs."""
    error: str = ""
    """What stopped it, with its own last lines."""

    def __post_init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name=f"live {self.snippet.id}"
        )
        self._thread.start()

    def _run(self) -> None:
        if self.after:
            self.after.join()
            self.after = None
        if self._stopping.is_set():
            return
        try:
            with launch(self.snippet, USERS, stop=self._stopping) as self.app:
                while not self._stopping.wait(_PATIENCE):
                    self.app.check()
        except (SnippetError, OSError) as error:
            self.error = str(error)
        finally:
            self.app = None

    @property
    def is_stopping(self) -> bool:
        """Whether it was told to end, or has ended for that."""
        return self._stopping.is_set()

    @property
    def is_alive(self) -> bool:
        """Whether it holds one of the places: anything of it may still run."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Begin to end it."""
        self._stopping.set()

    def join(self) -> None:
        """Wait until nothing of it is left."""
        self._thread.join()

    def state(self, host: str) -> dict[str, Any]:
        """What a page has to know, with addresses on the host that it is on itself."""
        if self.is_stopping:
            return {"state": "stopped"}
        if app := self.app:
            found = (address.replace(HOST, host) for address in app.addresses)
            return {"state": "running", "addresses": list(found)}
        if self.error:
            return {"state": "failed", "error": self.error}
        return {"state": "starting"}


class Live:
    """The programs that pages show, and the endpoint at which pages ask for them.

    Args:
        catalog: what may be started.
        most: how many programs may run together, those that start or end included.
        idle: seconds after which a program that no page asks for is stopped.
        away: seconds after which such a program makes room for another.
    """

    ACTIONS = ("start", "state", "stop")

    def __init__(
        self,
        catalog: Catalog,
        *,
        most: int = 4,
        idle: float = 600,
        away: float = 15,
    ) -> None:
        self.catalog, self.most, self.idle, self.away = catalog, most, idle, away
        self._programs: dict[str, Program] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._janitor = threading.Thread(target=self._stop_idle, name="live janitor")
        self._janitor.start()

    def start(self, snippet: Snippet) -> Program:
        """The program, which runs already or starts now.

        Raises:
            RefusedError: as many as may run are in use.
        """
        with self._lock:
            old = self._programs.get(snippet.id)
            if old and old.is_alive and not old.is_stopping:
                if old.snippet.sha256 == snippet.sha256:
                    old.asked = time.monotonic()
                    return old
                old.stop()
            self._programs[snippet.id] = Program(snippet, self._room(old))
            return self._programs[snippet.id]

    def _room(self, old: Program | None) -> Program | None:
        """Whose place to take, if there is none free; `old` gives way first."""
        if self._closed.is_set():
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "The server is ending.")
        if old and old.is_alive:
            return old
        alive = [it for it in self._programs.values() if it.is_alive]
        if len(alive) < self.most:
            return None
        oldest = min(alive, key=lambda it: it.asked)
        if time.monotonic() - oldest.asked < self.away:
            raise RefusedError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"{self.most} programs are in use, and no more run together. Stop one.",
            )
        oldest.stop()
        del self._programs[oldest.snippet.id]
        return oldest

    def state(self, snippet: Snippet) -> Program | None:
        """The program if a page has started it; started again if it was edited."""
        with self._lock:
            program = self._programs.get(snippet.id)
            if program is None:
                return None
            program.asked = time.monotonic()
            changed = not program.is_stopping and (
                program.snippet.sha256 != snippet.sha256
            )
        return self.start(snippet) if changed else program

    def stop(self, snippet: Snippet) -> Program | None:
        """End the program, if there is one."""
        with self._lock:
            program = self._programs.get(snippet.id)
        if program:
            program.stop()
            program.join()
        return program

    def close(self) -> None:
        """End all programs, and start none any more; nothing is left afterwards."""
        self._closed.set()
        with self._lock:
            programs = list(self._programs.values())
        for program in programs:
            program.stop()
        for program in programs:
            program.join()
        self._janitor.join()

    def _stop_idle(self) -> None:
        while not self._closed.wait(min(1.0, self.idle / 4)):
            now = time.monotonic()
            with self._lock:
                for program in self._programs.values():
                    if now - program.asked > self.idle:
                        program.stop()

    def around(self, site: Wsgi | None, port: int) -> Wsgi:
        """The site on that port, with the endpoint in front of it."""
        assert site is not None  # noqa: S101 -- MkDocs' server comes with one
        hosts = {f"{name}:{port}": name for name in HOSTS}

        def serve(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            path = environ["PATH_INFO"]
            if not path.startswith(PREFIX):
                return site(environ, start_response)
            try:
                status, said = HTTPStatus.OK, self._answer(environ, hosts)
            except RefusedError as refused:
                status, said = (
                    refused.status,
                    {"state": "failed", "error": f"{refused}"},
                )
            start_response(
                f"{status.value} {status.phrase}",
                [("Content-Type", "application/json"), ("Cache-Control", "no-store")],
            )
            return [json.dumps(said).encode()]

        return serve

    def _answer(self, environ: Environ, hosts: dict[str, str]) -> dict[str, Any]:
        action = environ["PATH_INFO"].removeprefix(PREFIX)
        if environ["REQUEST_METHOD"] != "POST" or action not in self.ACTIONS:
            raise RefusedError(HTTPStatus.NOT_FOUND, "There is nothing here.")
        host = environ.get("HTTP_HOST", "")
        if host not in hosts or environ.get("HTTP_ORIGIN") != f"http://{host}":
            raise RefusedError(HTTPStatus.FORBIDDEN, "Only this site's pages may ask.")
        program = getattr(self, action)(self._snippet(environ))
        return program.state(hosts[host]) if program else {"state": "stopped"}

    def _snippet(self, environ: Environ) -> Snippet:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > _LONGEST_QUESTION:
            raise RefusedError(HTTPStatus.NOT_FOUND, "The question is too long.")
        try:
            asked = json.loads(environ["wsgi.input"].read(int(length)))
            name = asked["snippet"]
            if name not in self.catalog.ids:
                raise KeyError(name)
            return self.catalog.find(name)
        except (ValueError, LookupError, TypeError, SnippetError):
            raise RefusedError(HTTPStatus.NOT_FOUND, "No such program.") from None
