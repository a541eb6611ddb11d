"""API Gateway's `@connections` API on a laptop, through which functions send to WebSockets and close them.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from infra.local.api_requests import ApiAnswer, ApiRequest, BadRequestError, BodyTooLargeError, read_request
from infra.local.plan import STAGE, Plan
from infra.local.socket_connections import Connection, Connections
from infra.local.socket_endings import Ending, SocketGoneError
from infra.local.socket_outbox import SlowReaderError

_LOOPBACK = "127.0.0.1"
_ROOT = f"/{STAGE}/@connections/"
_CLOSED_NORMALLY = Ending(1000, "Connection Closed Normally")
_DONE = ApiAnswer(200)


class _RefusedError(Exception):
    def __init__(self, status: int, type: str, message: str) -> None:
        super().__init__(message)
        body = json.dumps({"message": message}).encode()
        self.answer = ApiAnswer(
            status, body, f"content-type: application/json\r\nx-amzn-errortype: {type}\r\n"
        )


_TOO_LARGE = _RefusedError(413, "PayloadTooLargeException", "The message is too large").answer


class ConnectionsApi:
    """`log` is given a line for each request but the posts that succeed: those are the many."""

    def __init__(self, plan: Plan, connections: Connections, log: Callable[[str], None]) -> None:
        self._max_message_bytes = plan.limits.socket_message_bytes
        self._connections = connections
        self._log = log
        self._clients: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        """Returns the API's URL: what `PARLEY_SOCKET_API_URL` is to say."""
        self._server = await asyncio.start_server(self._serve, _LOOPBACK, 0)
        return f"http://{_LOOPBACK}:{self._server.sockets[0].getsockname()[1]}/{STAGE}"

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        try:
            while (answer := await self._next_answer(reader)) is not None:
                writer.write(answer.encoded())
        except BadRequestError:
            writer.write(ApiAnswer(400, headers="connection: close\r\n").encoded())
        except OSError:
            pass  # it has left
        finally:
            self._clients.discard(task)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _next_answer(self, reader: asyncio.StreamReader) -> ApiAnswer | None:
        """None when the client has left. Raises `BadRequestError`."""
        try:
            request = await read_request(reader, max_body_bytes=self._max_message_bytes)
        except BodyTooLargeError:
            return _TOO_LARGE
        if request is None:
            return None
        try:
            answer = await self._answer(request)
        except _RefusedError as refusal:
            answer = refusal.answer
        if answer is not _DONE:
            self._log(f"{request.method} {request.path} {answer.status}")
        return answer

    async def _answer(self, request: ApiRequest) -> ApiAnswer:
        connection = self._connection(request)
        match request.method:
            case "POST":
                await _post(connection, request.body)
                return _DONE
            case "GET":
                body = json.dumps(_described(connection)).encode()
                return ApiAnswer(200, body, "content-type: application/json\r\n")
            case "DELETE":
                connection.socket.close(_CLOSED_NORMALLY)
                return ApiAnswer(204)
        raise _forbidden("Missing Authentication Token")

    def _connection(self, request: ApiRequest) -> Connection:
        """Only whether the request is signed for the API is looked at, not by whom."""
        scope = request.headers.get("authorization", "")
        if not scope.startswith("AWS4-HMAC-SHA256 ") or "/execute-api/aws4_request" not in scope:
            raise _forbidden("Missing Authentication Token")
        path = unquote(request.path)
        if not path.startswith(_ROOT):
            raise _forbidden("Forbidden")
        connection = self._connections.get(path.removeprefix(_ROOT))
        if connection is None or not connection.socket.is_open:
            raise _gone()
        return connection


async def _post(connection: Connection, data: bytes) -> None:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise _RefusedError(400, "BadRequestException", "A text frame holds UTF-8 only") from error
    try:
        await connection.post(data)
    except SocketGoneError as error:
        raise _gone() from error
    except SlowReaderError as error:
        reason = "The client does not read, and its buffer is full"
        raise _RefusedError(429, "LimitExceededException", reason) from error


def _described(connection: Connection) -> dict[str, Any]:
    return {
        "connectedAt": _iso(connection.connected_at),
        "lastActiveAt": _iso(connection.last_active_at),
        "identity": {"sourceIp": connection.source_ip, "userAgent": connection.user_agent or None},
    }


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _gone() -> _RefusedError:
    return _RefusedError(410, "GoneException", "The connection is gone, or not there yet")


def _forbidden(message: str) -> _RefusedError:
    return _RefusedError(403, "ForbiddenException", message)
