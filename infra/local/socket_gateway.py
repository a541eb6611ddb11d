"""The WebSocket API on a laptop: what API Gateway does for a connection, from its handshake to its end.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-overview.html
"""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from infra.local.client_socket import ClientSocket
from infra.local.lambda_service import Invoker, new_trace_id
from infra.local.plan import Plan
from infra.local.proxy_events import GatewayRequest
from infra.local.proxy_responses import Head
from infra.local.socket_connections import Connection, Connections, new_socket_id
from infra.local.socket_endings import GOING_AWAY, LOST, Ending, SocketGoneError
from infra.local.socket_events import connect_event, disconnect_event, message_event
from infra.local.socket_functions import SocketFunctions, SocketInvocationError
from infra.local.socket_outbox import SlowReaderError
from infra.local.socket_paths import socket_query

_CONNECT, _DISCONNECT = "$connect", "$disconnect"
_OPEN, _LEFT = 101, 499


class SocketGateway:
    """Puts those that can be posted to into `connections`: from the handshake's end until they are over.

    `log` is given a line for each handshake, message and end, without query strings, headers and contents.
    """

    def __init__(
        self, plan: Plan, invoker: Invoker, connections: Connections, log: Callable[[str], None]
    ) -> None:
        self._limits = plan.limits
        self._functions = SocketFunctions(plan, invoker)
        self._exists = bool(plan.socket_routes)
        self._connections = connections
        self._log = log

    def open(self, **arguments: Any) -> ClientSocket:
        """A protocol for uvicorn."""
        return ClientSocket(self.serve, self._limits, **arguments)

    async def serve(self, socket: ClientSocket) -> None:
        """Returns when the connection is over and all that came over it has been handled."""
        handshake = _handshake(socket)
        connection = Connection(socket, handshake, self._limits)
        begin = time.monotonic()
        status = await self._connect(connection, handshake)
        self._note(connection, f"{_CONNECT} {handshake.path} {status}", begin)
        if status == _OPEN:
            await self._attend(connection)
        elif status == _LEFT:
            await self._disconnect(connection, LOST)

    async def _connect(self, connection: Connection, handshake: GatewayRequest) -> int:
        """Returns the status that the client was told, or that it left after `$connect` had begun.

        Of what `$connect` answers to refuse it, API Gateway passes the status on and not the body.
        """
        socket = connection.socket
        query = socket_query(handshake.path, handshake.query)
        if query is None or not self._exists:
            return _refuse(socket, 403, _frame(connection, "Forbidden", new_socket_id()))
        head = Head(200, ())
        if _CONNECT in self._functions:
            event = connect_event(connection, replace(handshake, query=query))
            try:
                head = await self._functions.invoke(_CONNECT, event)
            except SocketInvocationError as error:
                self._log_failure(connection, _CONNECT, error)
                request_id = event["requestContext"]["requestId"]
                return _refuse(socket, error.status, _frame(connection, error.message, request_id))
        if not 200 <= head.status < 300:
            return _refuse(socket, head.status)
        if not socket.accept(_subprotocol(handshake, head)):
            return _LEFT
        self._connections[connection.id] = connection
        return _OPEN

    async def _attend(self, connection: Connection) -> None:
        try:
            async with asyncio.TaskGroup() as handling:
                ending = await self._take_messages(connection, handling)
                del self._connections[connection.id]
                await self._disconnect(connection, ending)
        finally:
            self._connections.pop(connection.id, None)

    async def _take_messages(self, connection: Connection, handling: asyncio.TaskGroup) -> Ending:
        """Until the connection is over. They are handled side by side, and begun in their order."""
        turns = asyncio.Semaphore(self._limits.socket_connection_invocations)
        while True:
            try:
                async with asyncio.timeout(connection.seconds_left):
                    received = await connection.socket.receive()
            except TimeoutError:
                if connection.seconds_left == 0:
                    connection.socket.close(GOING_AWAY)
                continue
            if isinstance(received, Ending):
                return received
            connection.touch()
            await turns.acquire()
            handling.create_task(self._handle(connection, received)).add_done_callback(
                lambda _: turns.release()
            )

    async def _handle(self, connection: Connection, message: str) -> None:
        begin = time.monotonic()
        route_key = self._functions.route_key(message)
        if route_key is None:
            await _tell(connection, "Forbidden", new_socket_id())
            return
        event = message_event(connection, route_key, message)
        status = await self._invoke(connection, route_key, event)
        self._note(connection, f"{route_key} {status}", begin)

    async def _disconnect(self, connection: Connection, ending: Ending) -> None:
        begin = time.monotonic()
        status = 200
        if _DISCONNECT in self._functions:
            event = disconnect_event(connection, code=ending.code, reason=ending.reason)
            status = await self._invoke(connection, _DISCONNECT, event)
        self._note(connection, f"{_DISCONNECT} {ending.code} {status}", begin)

    async def _invoke(self, connection: Connection, route_key: str, event: dict[str, Any]) -> int:
        """The function's status. The client is told of a failure, but not of what a function answers."""
        try:
            return (await self._functions.invoke(route_key, event)).status
        except SocketInvocationError as error:
            self._log_failure(connection, route_key, error)
            await _tell(connection, error.message, event["requestContext"]["requestId"])
            return error.status

    def _log_failure(self, connection: Connection, route_key: str, error: SocketInvocationError) -> None:
        self._log(f"{connection.id} {route_key} {error.reason}")

    def _note(self, connection: Connection, what: str, begin: float) -> None:
        duration_ms = (time.monotonic() - begin) * 1000
        self._log(f"{connection.source_ip} {what} {duration_ms:.0f} ms {connection.id}")


def _handshake(socket: ClientSocket) -> GatewayRequest:
    path, _, query = socket.request.path.partition("?")
    return GatewayRequest(
        method="GET",
        path=path,
        query=query,
        headers=list(socket.request.headers.raw_items()),
        body=b"",
        source_ip=socket.source_ip,
        http_version="1.1",
        received_at=datetime.now(UTC),
        request_id=new_socket_id(),
        trace_id=new_trace_id(),
    )


def _subprotocol(handshake: GatewayRequest, head: Head) -> str | None:
    """The one that the function chose of those that the client offered."""
    offered = [each.strip() for each in handshake.header("sec-websocket-protocol").split(",")]
    chosen = {name.lower(): value for name, value in head.headers}.get("sec-websocket-protocol")
    return chosen if chosen in offered else None


def _refuse(socket: ClientSocket, status: int, body: bytes = b"") -> int:
    socket.refuse(status, body)
    return status


async def _tell(connection: Connection, message: str, request_id: str) -> None:
    with suppress(SocketGoneError, SlowReaderError):
        await connection.post(_frame(connection, message, request_id))


def _frame(connection: Connection, message: str, request_id: str) -> bytes:
    """What API Gateway itself says to a client."""
    told = {"message": message, "connectionId": connection.id, "requestId": request_id}
    return json.dumps(told).encode()
