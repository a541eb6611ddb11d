"""A streamed response on the wire of the Lambda Runtime API: one chunked POST, with plain asyncio.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
"""

import asyncio
import base64
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

PRELUDE_END = bytes(8)
MAX_PRELUDE_BYTES = 16 * 1024
"""The delimiter included.
https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
"""

# A trailer is a header line: it must not outgrow what an HTTP server takes.
_MAX_MESSAGE_CHARACTERS = 500


class RuntimeApiLostError(ConnectionError):
    """The Runtime API does not take the response (any more)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFailure:
    """Why a response that had begun is not whole, as the platform is told. It holds no stack trace."""

    type: str
    message: str


class ResponsePost:
    """The response of one invocation. Writing waits while the Runtime API is behind."""

    def __init__(self, address: str, request_id: str, *, invocation_id: str | None = None) -> None:
        self._address = address
        self._request_id = request_id
        self._invocation_id = invocation_id
        self._unreachable = False
        self._writer: asyncio.StreamWriter | None = None
        self._status: asyncio.Task[int] | None = None

    @property
    def lost(self) -> bool:
        """The other side has ended the exchange: nothing can be written any more."""
        return self._unreachable or (self._status is not None and self._status.done())

    @property
    def own_tasks(self) -> set[asyncio.Task[Any]]:
        return set() if self._status is None else {self._status}

    async def begin(self, prelude: bytes, *, on_lost: Callable[[], None]) -> None:
        """`on_lost` is called once the other side ends the exchange. Raises `OSError`."""
        host, _, port = self._address.partition(":")
        try:
            reader, self._writer = await asyncio.open_connection(host, int(port or 80))
        except OSError:
            self._unreachable = True
            on_lost()
            raise
        self._status = asyncio.create_task(_read_status(reader))
        self._status.add_done_callback(lambda _: on_lost())
        await self._send(self._head(), *_chunk(prelude + PRELUDE_END))

    async def write(self, data: bytes) -> None:
        """Sends one chunk at once (asyncio sets TCP_NODELAY). Raises `OSError`."""
        if data:
            await self._send(*_chunk(data))

    async def finish(self, failure: StreamFailure | None) -> None:
        """Ends the response, with `failure` in the trailers. Raises `OSError` if it is not accepted."""
        await self._send(b"0\r\n", *_trailers(failure), b"\r\n")
        assert self._status is not None
        if (status := await self._status) != HTTPStatus.ACCEPTED:
            raise RuntimeApiLostError(f"The Runtime API answered {status}")

    async def close(self) -> None:
        """Leaves the connection, whether the response is finished or not."""
        if self._status is not None:
            self._status.cancel()
            await asyncio.gather(self._status, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()

    async def _send(self, *parts: bytes) -> None:
        if self._writer is None or self.lost:
            raise RuntimeApiLostError("The Runtime API has ended the exchange")
        # Not writelines: before Python 3.13.2 it ignores back-pressure (CPython issue 127655).
        self._writer.write(b"".join(parts))
        await self._writer.drain()

    def _head(self) -> bytes:
        lines = [
            f"POST /2018-06-01/runtime/invocation/{self._request_id}/response HTTP/1.1",
            f"Host: {self._address}",
            "User-Agent: parley-streaming",
            "Content-Type: application/vnd.awslambda.http-integration-response",
            "Lambda-Runtime-Function-Response-Mode: streaming",
            "Transfer-Encoding: chunked",
            "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body",
            "Connection: close",
        ]
        if self._invocation_id:
            lines.append(f"Lambda-Runtime-Invocation-Id: {self._invocation_id}")
        return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


async def _read_status(reader: asyncio.StreamReader) -> int:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        return int(head.split(b" ", 2)[1])
    except (EOFError, asyncio.LimitOverrunError, ValueError, IndexError) as error:
        raise RuntimeApiLostError("The Runtime API closed the connection") from error


def _chunk(data: bytes) -> tuple[bytes, bytes, bytes]:
    return f"{len(data):x}\r\n".encode(), data, b"\r\n"


def _trailers(failure: StreamFailure | None) -> list[bytes]:
    if failure is None:
        return []
    report = {"errorMessage": failure.message[:_MAX_MESSAGE_CHARACTERS], "errorType": failure.type}
    body = base64.b64encode(json.dumps(report).encode())
    return [
        b"Lambda-Runtime-Function-Error-Type: " + failure.type.encode("ascii", errors="replace") + b"\r\n",
        b"Lambda-Runtime-Function-Error-Body: " + body + b"\r\n",
    ]
