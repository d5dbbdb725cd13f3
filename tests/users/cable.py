"""A network cable between one person and a server, which can be pulled out."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from livedocs.launch import HOST

_REQUEST = re.compile(rb"(?m)^(GET|POST) (/\S*) (HTTP/1.1\r)$")


class Cable:
    """Another address of a server; nothing passes while the cable is out.

    What is open stays open then on both ends, as with a real one: nobody is told. A
    proxy may be on the way that serves all below a path, of which the server knows
    nothing, as those of Jupyter and of editors in a browser do.
    """

    address: str
    """Where the server is for those who sit at this cable."""

    requests: list[str]
    """What the person's browser has asked for: a method and a path each."""

    def __init__(self, target: int, below: str = "") -> None:
        self.requests = []
        self._below = below
        self._target = target
        self._is_in = asyncio.Event()
        self._is_in.set()
        self._connections: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()

    @classmethod
    @contextmanager
    def to(cls, address: str, below: str = "") -> Iterator[Cable]:
        """Lay a cable to a server and plug it in, until the block is left.

        Args:
            address: the server's.
            below: the path, ``/proxy``, below which a proxy serves it.
        """
        cable = cls(urlsplit(address).port or 80, below)
        thread = threading.Thread(target=cable._loop.run_forever, name="cable")
        thread.start()
        try:
            cable._wait_for(cable._open())
            yield cable
        finally:
            cable._wait_for(cable._close())
            cable._loop.call_soon_threadsafe(cable._loop.stop)
            thread.join()
            cable._loop.close()

    def _wait_for(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def pull_out(self) -> None:
        """Let nothing through, in neither direction."""
        self._loop.call_soon_threadsafe(self._is_in.clear)

    def hang_up(self) -> None:
        """Let nothing through, and let both ends know."""
        self.pull_out()
        self._wait_for(self._hang_up())

    def plug_in(self) -> None:
        """Let everything through, and what has come meanwhile."""
        self._loop.call_soon_threadsafe(self._is_in.set)

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._accept, HOST, 0)
        port = self._server.sockets[0].getsockname()[1]
        self.address = f"http://{HOST}:{port}{self._below}/"

    async def _close(self) -> None:
        self._server.close()
        await self._hang_up()

    async def _hang_up(self) -> None:
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        connection = self._loop.create_task(self._connect(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _connect(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            await self._is_in.wait()
            far_reader, far_writer = await asyncio.open_connection(HOST, self._target)
            await asyncio.gather(
                self._carry(reader, far_writer, self._ask),
                self._carry(far_reader, writer),
            )
        except OSError:
            pass  # the server is gone; the browser sees its connection close
        finally:
            writer.close()

    def _ask(self, data: bytes) -> bytes:
        """Note what is asked for, and ask for it as the server knows it."""

        def ask(request: re.Match[bytes]) -> bytes:
            method, path, version = request.groups()
            self.requests.append(f"{method.decode()} {path.decode()}")
            known = path.removeprefix(self._below.encode())
            return b" ".join([method, known, version])

        return _REQUEST.sub(ask, data)

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        change: Callable[[bytes], bytes] = lambda data: data,
    ) -> None:
        try:
            while data := await reader.read(65536):
                data = change(data)
                await self._is_in.wait()
                writer.write(data)
                await writer.drain()
            await self._is_in.wait()  # that an end has hung up is not heard before
        except OSError:
            pass
        finally:
            writer.close()
