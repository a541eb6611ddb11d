"""A small web server on the loopback interface, which serves what a test tells it to, byte for byte."""

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class WebRequest:
    """Header names are lower-case; `target` is the path with the query."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


# Yields the bytes of a whole answer, its head included; the connection closes after the last.
type Script = Callable[[WebRequest], AsyncIterator[bytes]]


def raw(*parts: bytes) -> Script:
    async def script(request: WebRequest) -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    return script


def page(body: bytes | str, content_type: str = "text/html", status: int = 200, **headers: str) -> Script:
    """Underscores in the names of `headers` stand for hyphens."""
    body = body.encode() if isinstance(body, str) else body
    return raw(_head(status, content_type, headers), body)


def redirect(location: str, status: int = 302, **headers: str) -> Script:
    return raw(_head(status, "text/plain", {"Location": location, **headers}))


def endless(piece: bytes, content_type: str = "text/html", **headers: str) -> Script:
    """The same piece again and again, until the client leaves."""

    async def script(request: WebRequest) -> AsyncIterator[bytes]:
        yield _head(200, content_type, headers)
        while True:
            yield piece

    return script


def stuck(*parts: bytes) -> Script:
    """Nothing more after the parts, until the client leaves."""

    async def script(request: WebRequest) -> AsyncIterator[bytes]:
        for part in parts:
            yield part
        await asyncio.Event().wait()

    return script


def _head(status: int, content_type: str, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", "Connection: close"]
    lines += [f"Content-Type: {content_type}"] if content_type else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class WebServer:
    """A context manager. `scripts` are by path; what has none is a 404."""

    def __init__(self, ssl_context: ssl.SSLContext | None = None) -> None:
        self.scripts: dict[str, Script] = {}
        self.requests: list[WebRequest] = []
        self.port = 0
        self.sent_bytes = 0
        self._ssl_context = ssl_context
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"{'https' if self._ssl_context else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._ssl_context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._answer(reader, writer)
        except (ConnectionError, EOFError, ssl.SSLError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            with suppress(ConnectionError):
                writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await _read_request(reader)
        self.requests.append(request)
        script = self.scripts.get(request.target.partition("?")[0], page("no such page", status=404))
        async for part in script(request):
            writer.write(part)
            await writer.drain()
            self.sent_bytes += len(part)


async def _read_request(reader: asyncio.StreamReader) -> WebRequest:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return WebRequest(method=method, target=target, headers=headers, body=body)
