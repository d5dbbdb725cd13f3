"""Start a snippet as its reader starts it, with one origin per user, and stop it.

The live demo, the browser tests, the recorder and ``livedocs run`` all use `launch`.
Frameworks keep a user's identity in the browser's storage, which belongs to an origin:
two frames of one origin are one user. So every user gets a port of their own, behind
which a plain TCP forwarder leads to the program.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from livedocs import supervise
from livedocs.catalog import Snippet, nearest
from livedocs.errors import SnippetError

HOST = "127.0.0.1"
_OUTPUT_LINES = 20


class LaunchError(SnippetError):
    """The program did not start; the message ends with its own last lines."""


@dataclass(frozen=True)
class Server:
    """How one framework's programs are served on a port, without opening a browser."""

    arguments: tuple[str, ...]
    """What follows the Python interpreter; ``{file}`` and ``{port}`` are filled in."""
    health: str = "/"
    """The path that answers once the server is ready."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What the framework takes from the environment."""


# Sources: taipy.gui's command line (`--port`, `--no-run-browser`), flet's `run`
# (FLET_* variables in flet/app.py), `streamlit run --help`.
SERVERS: Mapping[str, Server] = {
    "taipy": Server(("{file}", "--port", "{port}", "--no-run-browser")),
    "flet": Server(
        ("{file}",),
        environment={
            "FLET_FORCE_WEB_SERVER": "true",
            "FLET_SERVER_IP": HOST,
            "FLET_SERVER_PORT": "{port}",
            "FLET_WEB_NO_CDN": "true",
        },
    ),
    "streamlit": Server(
        (
            *("-m", "streamlit", "run", "{file}"),
            *("--server.port={port}", f"--server.address={HOST}"),
            *("--server.headless=true", "--server.fileWatcherType=none"),
            "--browser.gatherUsageStats=false",
        ),
        health="/_stcore/health",
    ),
}


@dataclass(frozen=True)
class App:
    """A running program."""

    snippet: Snippet
    """What runs."""
    addresses: tuple[str, ...]
    """One origin per user, ``http://127.0.0.1:PORT/``."""
    process: subprocess.Popen[bytes]
    """The supervisor; its process group holds the program and its children."""
    log: Path
    """Where the program's output goes."""

    def output(self) -> str:
        """Everything that the program has written so far, both streams."""
        return self.log.read_text("utf-8", errors="replace")

    def check(self) -> None:
        """See that the program runs.

        Raises:
            LaunchError: it has ended.
        """
        if (code := self.process.poll()) is not None:
            raise LaunchError(
                f"{self.snippet.file} ended with exit code {code}. "
                f"Its last lines:\n{_last_lines(self)}"
            )


@contextmanager
def launch(
    snippet: Snippet,
    users: int = 1,
    *,
    port: int = 0,
    timeout: float = 60,
    folder: Path | None = None,
    stop: threading.Event | None = None,
    python: str = sys.executable,
) -> Iterator[App]:
    """Run a snippet in a folder of its own until the block is left.

    It is copied there with its companions, as a reader keeps them.

    Args:
        snippet: the program.
        users: how many addresses are wanted.
        port: where the first user finds the program; 0 takes a free one.
        folder: where the program runs, for one that finds there what it has saved
            before; without it, in a temporary folder.
        python: the interpreter, for what other versions do.
        timeout: how long the program may take to answer, in seconds.
        stop: when it is set, the program is no longer waited for.

    Raises:
        LaunchError: the framework is unknown, the port is taken, or the program
            ended, stayed silent or was stopped. Nothing it started is left.
    """
    if snippet.framework not in SERVERS:
        raise LaunchError(
            f"{snippet.file}: no framework is called {snippet.framework!r}. "
            f"{nearest(snippet.framework, SERVERS)}"
        )
    server = SERVERS[snippet.framework]
    with ExitStack() as stack:
        if folder is None:
            temporary = tempfile.TemporaryDirectory(suffix="-livedocs")
            folder = Path(stack.enter_context(temporary))
        for part in (snippet, *snippet.companions):
            (folder / part.place).parent.mkdir(exist_ok=True)
            (folder / part.place).write_text(part.text, "utf-8", newline="")
        port = port or free_port()
        if not is_free(port):
            raise LaunchError(
                f"{snippet.file}: port {port} is taken. Choose another with --port, "
                "or 0 for any free one."
            )
        process = stack.enter_context(_started(server, snippet, port, folder, python))
        app = App(snippet, (_address(port),), process, folder / "output.log")
        _wait_until_ready(app, server.health, timeout, stop or threading.Event())
        ports = stack.enter_context(_forwarded(port, users - 1))
        addresses = (_address(port), *map(_address, ports))
        yield App(snippet, addresses, process, app.log)


def free_port() -> int:
    """A port of the loopback interface that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether nothing listens on this port of the loopback interface."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _address(port: int) -> str:
    return f"http://{HOST}:{port}/"


@contextmanager
def _started(
    server: Server, snippet: Snippet, port: int, folder: Path, python: str
) -> Iterator[subprocess.Popen[bytes]]:
    def fill(text: str) -> str:
        return text.format(file=folder / snippet.name, port=port)

    environment = {key: fill(value) for key, value in server.environment.items()}
    with (folder / "output.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-I", supervise.__file__),
                *(python, "-u", *map(fill, server.arguments)),
            ],
            cwd=folder,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | environment,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None  # noqa: S101 -- asked for above
    with suppress(OSError):
        process.stdin.close()  # the supervisor ends the program when its input ends
    with suppress(subprocess.TimeoutExpired):
        process.wait(supervise.PATIENCE + 2)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for _ in range(100):  # a killed process is there a moment longer
            os.killpg(process.pid, 0)
            time.sleep(0.01)
    process.wait()


def _wait_until_ready(
    app: App, health: str, timeout: float, stop: threading.Event
) -> None:
    deadline = time.monotonic() + timeout
    address = app.addresses[0].rstrip("/") + health
    while not stop.wait(0.05):
        app.check()
        with suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        if time.monotonic() > deadline:
            raise LaunchError(
                f"{app.snippet.file} did not answer at {address} within "
                f"{timeout:.0f} s. Its last lines:\n{_last_lines(app)}"
            )
    raise LaunchError(f"{app.snippet.file} was stopped before it answered.")


def _last_lines(app: App) -> str:
    lines = app.output().rstrip().splitlines()[-_OUTPUT_LINES:]
    return "\n".join(f"    {line}" for line in lines) or "    (it printed nothing)"


@contextmanager
def _forwarded(target: int, count: int) -> Iterator[tuple[int, ...]]:
    """Open `count` further ports that lead to `target`."""
    if count < 1:
        yield ()
        return
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="livedocs-forwarder")
    thread.start()
    servers: list[asyncio.Server] = []
    connections: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = loop.create_task(_forward(target, reader, writer))
        connections.add(task)
        task.add_done_callback(connections.discard)

    async def open_all() -> None:
        for _ in range(count):
            servers.append(await asyncio.start_server(accept, HOST, 0))

    async def close_all() -> None:
        for server in servers:
            server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    try:
        asyncio.run_coroutine_threadsafe(open_all(), loop).result()
        yield tuple(server.sockets[0].getsockname()[1] for server in servers)
    finally:
        asyncio.run_coroutine_threadsafe(close_all(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _forward(
    target: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        far_reader, far_writer = await asyncio.open_connection(HOST, target)
        await asyncio.gather(_pipe(reader, far_writer), _pipe(far_reader, writer))
    except OSError:
        pass  # the program is gone; the browser sees its connection close
    finally:
        writer.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
