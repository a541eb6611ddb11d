"""One HTTP/1.1 connection of a worker to its Runtime API: requests with trailers in, answers out."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Iterable

import h11

type Headers = Iterable[tuple[str, str]]
type Sink = Callable[[bytes], Awaitable[None]]

# awslambdaric sends an error's X-Ray cause as one header of up to 1 MB.
_MAX_HEAD_BYTES = 2 * 1024 * 1024
_READ_BYTES = 64 * 1024


class WorkerConnectionLostError(Exception):
    """The worker closed the connection within a request, or broke the protocol."""


class WorkerConnection:
    """Reads no further than it is asked to: a body that nobody takes stays in the worker's socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_MAX_HEAD_BYTES)

    async def request(self) -> h11.Request | None:
        """The next request's head, or None when the worker has closed the connection."""
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        if self._http.our_state is h11.MUST_CLOSE:
            return None
        event = await self._next_event()
        return event if isinstance(event, h11.Request) else None

    async def read_body(self, sink: Sink) -> dict[str, str]:
        """Hands the body to `sink` piece by piece and returns the trailers, their names in lower case.

        Raises `WorkerConnectionLostError`.
        """
        while True:
            event = await self._next_event()
            if isinstance(event, h11.Data):
                await sink(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                return {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}
            else:
                raise WorkerConnectionLostError

    async def read_whole_body(self, max_bytes: int) -> bytes | None:
        """None if it is larger; it is then read all the same. Empty if it was read before.

        Raises `WorkerConnectionLostError`.
        """
        if self._http.their_state is h11.DONE:
            return b""
        body = bytearray()
        size = 0

        async def collect(data: bytes) -> None:
            nonlocal size
            size += len(data)
            if size <= max_bytes:
                body.extend(data)

        await self.read_body(collect)
        return bytes(body) if size <= max_bytes else None

    async def respond(self, status: int, body: bytes, headers: Headers = ()) -> None:
        """Raises `WorkerConnectionLostError`."""
        head = [("content-type", "application/json"), ("content-length", str(len(body))), *headers]
        response = h11.Response(status_code=status, headers=head)
        await self._send(response, h11.Data(data=body), h11.EndOfMessage())

    async def accept(self) -> None:
        await self.respond(202, b'{"status":"OK"}')

    async def refuse(self, status: int, error_type: str) -> None:
        """Reads what is left of the body first, so that the worker gets to see the answer."""
        await self.read_whole_body(0)
        await self.respond(status, json.dumps({"errorType": error_type, "errorMessage": error_type}).encode())

    async def close(self) -> None:
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    def abort(self) -> None:
        """Gives up what is not sent yet, so that closing waits for nobody."""
        self._writer.transport.abort()

    async def _next_event(self) -> object:
        try:
            while (event := self._http.next_event()) is h11.NEED_DATA:
                if self._http.they_are_waiting_for_100_continue:
                    await self._send(h11.InformationalResponse(status_code=100, headers=[]))
                self._http.receive_data(await self._reader.read(_READ_BYTES))
        except (h11.RemoteProtocolError, OSError) as error:
            raise WorkerConnectionLostError from error
        return event

    async def _send(self, *events: h11.Event) -> None:
        data = b"".join(self._http.send(event) or b"" for event in events)
        try:
            # Not writelines: before Python 3.13.2 it ignores back-pressure (CPython issue 127655).
            self._writer.write(data)
            await self._writer.drain()
        except OSError as error:
            raise WorkerConnectionLostError from error
