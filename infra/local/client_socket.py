"""One client's WebSocket, as uvicorn hands it over at the upgrade: frames in and out, within the limits."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from websockets.datastructures import Headers
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol

from infra.local.plan import Limits
from infra.local.socket_endings import GOING_AWAY, LOST, Ending, SocketGoneError, ending_of
from infra.local.socket_inbox import Inbox, UnacceptableFrameError
from infra.local.socket_outbox import Outbox

_WRITE_BUFFER_BYTES = 128 * 1024
# A client that does not answer a close frame, or goes on sending what is thrown away, is cut off.
_CLOSE_SECONDS = 5
_SHUTDOWN_SECONDS = 1


class ClientSocket(asyncio.Protocol):
    """Calls `serve` once there is a valid handshake, which then accepts or refuses it.

    As at API Gateway no compression is offered, and data are text only.
    """

    request: Request

    def __init__(
        self,
        serve: Callable[["ClientSocket"], Awaitable[None]],
        limits: Limits,
        *,
        server_state: Any,
        **_: Any,
    ) -> None:
        self._serve = serve
        self._server = server_state
        self._ws = ServerProtocol(max_size=(limits.socket_message_bytes, limits.socket_frame_bytes))
        self._acceptance: Response | None = None
        self._inbox = Inbox()
        self._ended = False
        self.outbox = Outbox()
        self._cutting: asyncio.TimerHandle | None = None

    @property
    def source_ip(self) -> str:
        return str((self._transport.get_extra_info("peername") or ("",))[0])

    @property
    def is_open(self) -> bool:
        return not self._ended and self._ws.state is State.OPEN

    def accept(self, subprotocol: str | None) -> bool:
        """Whether the client has waited for it. `subprotocol` is one of those that the client has offered."""
        if self._ended or self._acceptance is None:
            return False
        if subprotocol is not None:
            self._acceptance.headers["Sec-WebSocket-Protocol"] = subprotocol
        self._respond(self._acceptance)
        return True

    def refuse(self, status: int, body: bytes = b"") -> None:
        """`body` is JSON."""
        if self._ended or self._acceptance is None:
            return
        headers = {
            "Connection": "close",
            "Content-Length": str(len(body)),
            "Content-Type": "application/json",
        }
        phrase = HTTPStatus(status).phrase if status in HTTPStatus else ""
        self._respond(Response(status, phrase, Headers(headers), body))
        self._end(LOST)

    async def receive(self) -> str | Ending:
        """The next message, or the ending."""
        received = await self._inbox.take()
        if not self._inbox.is_full:
            self._transport.resume_reading()
        return received

    async def send(self, text: bytes, *, patience_seconds: float) -> None:
        """Takes UTF-8; returns when the client's buffer has taken it.

        Raises `SocketGoneError`, and `SlowReaderError` after `patience_seconds`.
        """
        await self.outbox.wait(patience_seconds=patience_seconds)
        if not self.is_open:
            raise SocketGoneError
        self._ws.send_text(text)
        self._flush()

    def close(self, ending: Ending) -> None:
        if self.is_open:
            self._ws.send_close(ending.code, ending.reason)
            self._end(ending)
            self._flush()

    def shutdown(self) -> None:
        """uvicorn calls it when it stops."""
        self.refuse(HTTPStatus.SERVICE_UNAVAILABLE)
        self.close(GOING_AWAY)
        self._cut_off_in(_SHUTDOWN_SECONDS)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=_WRITE_BUFFER_BYTES)
        self._server.connections.add(self)

    def connection_lost(self, _: Exception | None) -> None:
        self._end(LOST)
        self._server.connections.discard(self)
        if self._cutting is not None:
            self._cutting.cancel()

    def pause_writing(self) -> None:
        self.outbox.pause()

    def resume_writing(self) -> None:
        self.outbox.resume()

    def data_received(self, data: bytes) -> None:
        self._ws.receive_data(data)
        for event in self._ws.events_received():
            if isinstance(event, Request):
                self._begin(event)
            elif isinstance(event, Frame) and not self._ended:
                self._take(event)
        if self._ws.parser_exc is not None:
            self._end(ending_of(self._ws.close_sent))
        self._flush()

    def eof_received(self) -> None:
        self._ws.receive_eof()
        self._flush()

    def _begin(self, request: Request) -> None:
        response = self._ws.accept(request)
        if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            self._respond(response)
            return
        self.request = request
        self._acceptance = response
        task = asyncio.ensure_future(self._serve(self))
        self._server.tasks.add(task)
        task.add_done_callback(self._served)

    def _served(self, task: asyncio.Future[None]) -> None:
        self._server.tasks.discard(task)
        if not self._ended:  # whoever served it failed, or was stopped
            self._transport.abort()

    def _take(self, frame: Frame) -> None:
        if frame.opcode is Opcode.CLOSE:
            self._end(ending_of(self._ws.close_rcvd))
            return
        try:
            self._inbox.put(frame)
        except UnacceptableFrameError as error:
            self.close(error.ending)
        if self._inbox.is_full and not self._ended:
            self._transport.pause_reading()

    def _respond(self, response: Response) -> None:
        self._acceptance = None
        self._ws.send_response(response)
        self._flush()

    def _end(self, ending: Ending) -> None:
        """Whoever waits for the client to read is woken; what it still sends is read and thrown away."""
        if not self._ended:
            self._ended = True
            self._inbox.end(ending)
            self.outbox.end()
            self._transport.resume_reading()

    def _flush(self) -> None:
        for data in self._ws.data_to_send():
            if self._transport.is_closing():
                break
            if data:
                self._transport.write(data)
            else:
                self._transport.write_eof()
        if self._ws.close_expected() and self._cutting is None:
            self._cut_off_in(_CLOSE_SECONDS)

    def _cut_off_in(self, seconds: float) -> None:
        if self._cutting is not None:
            self._cutting.cancel()
        self._cutting = asyncio.get_running_loop().call_later(seconds, self._transport.abort)
