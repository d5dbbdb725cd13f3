"""A static server like GitHub Pages: gzip, ten minutes of cache, the site's own 404.

`python -m tests.site.server DIRECTORY` serves a built site until Ctrl-C.
"""

import argparse
import gzip
import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Event, Thread
from urllib.parse import unquote, urlsplit

_TEXT = ("text/", "application/json", "application/xml", "image/svg+xml")
_COMPRESSIBLE = (*_TEXT, "application/wasm", "font/otf", "font/ttf")


@dataclass(frozen=True)
class Site:
    """A site that is being served."""

    address: str
    """Where it starts, with a slash at the end: http://127.0.0.1:49152/docs/"""

    sent: dict[str, int] = field(default_factory=dict)
    """What went out so far: for each path, bytes of heads and compressed bodies."""


@contextmanager
def serve(directory: Path, prefix: str = "/", port: int = 0) -> Iterator[Site]:
    """Serve `directory` on loopback, below `prefix`; port 0 means a free one."""
    sent: dict[str, int] = {}
    settings = {"directory": directory.resolve(), "prefix": prefix, "sent": sent}
    handler = type("Handler", (_Handler,), settings)
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Site(f"http://127.0.0.1:{server.server_port}{prefix}", sent)
        finally:
            server.shutdown()
            thread.join()


@lru_cache(maxsize=1000)
def _packed(body: bytes) -> bytes:
    """Compressed as web servers are set to, once."""
    return gzip.compress(body, 6)


class _Handler(BaseHTTPRequestHandler):
    directory: Path
    prefix: str
    sent: dict[str, int]
    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        """Answer a connection, unless the browser closes it without a question."""
        with suppress(BrokenPipeError, ConnectionResetError):
            super().handle()

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        file = self._file(path)
        if file and file.is_dir():
            if not path.endswith("/"):
                self._answer(HTTPStatus.FOUND, {"Location": f"{path}/"}, b"")
                return
            file /= "index.html"
        if file and file.is_file():
            self._send(HTTPStatus.OK, file)
        else:
            self._send(HTTPStatus.NOT_FOUND, self.directory / "404.html")

    do_HEAD = do_GET  # noqa: N815 -- uv asks so for a wheel first

    def _file(self, path: str) -> Path | None:
        """The file or folder that a path names, if it lies in the site."""
        if not path.startswith(self.prefix):
            return None
        file = (self.directory / path.removeprefix(self.prefix)).resolve()
        return file if file.is_relative_to(self.directory) else None

    def _send(self, status: HTTPStatus, file: Path) -> None:
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        body = file.read_bytes()
        headers = {"Content-Type": kind, "Cache-Control": "max-age=600"}
        if kind.startswith(_TEXT):
            headers["Content-Type"] += "; charset=utf-8"
        is_asked = "gzip" in self.headers.get("Accept-Encoding", "")
        if is_asked and kind.startswith(_COMPRESSIBLE):
            body = _packed(body)
            headers["Content-Encoding"] = "gzip"
        self._answer(status, headers, body)

    def _answer(self, status: HTTPStatus, headers: dict[str, str], body: bytes) -> None:
        connection, self.wfile = self.wfile, BytesIO()  # to count heads too
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        answer = self.wfile.getvalue() + (body if self.command == "GET" else b"")
        self.wfile = connection
        self.wfile.write(answer)
        self.sent[self.path] = self.sent.get(self.path, 0) + len(answer)

    def log_message(self, *args: object) -> None:
        """Stay silent: tests look at `Site.sent`."""


def _main() -> None:
    parser = argparse.ArgumentParser(description="Serve a built site until Ctrl-C.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--port", type=int, default=0, help="a free one by default")
    options = parser.parse_args()
    with serve(options.directory, port=options.port) as site:
        print(site.address, flush=True)
        with suppress(KeyboardInterrupt):
            Event().wait()


if __name__ == "__main__":
    _main()
