"""A WebSocket API with its connections API on real sockets, before functions that a test scripts."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import cached_property
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from infra.local.connections_api import ConnectionsApi
from infra.local.gateway import Gateway
from infra.local.invocations import InvocationResult
from infra.local.plan import Limits, Plan
from infra.local.ports import claim_port
from infra.local.server import GatewayServer, gateway_server
from infra.local.socket_connections import Connections
from infra.local.socket_gateway import SocketGateway
from infra.topology import Function, SocketRoute
from tests.infra.local.gateways import FUNCTIONS, ROUTES, Behaviour, respond
from tests.infra.local.projects import until

ROOM = Function(name="room", memory_mb=256, timeout_seconds=29)
type Handshake = tuple[asyncio.StreamReader, asyncio.StreamWriter]

EVERY_ROUTE = ("$connect", "$disconnect", "$default", "say")


class ScriptedFunctions:
    """Answers a route by its behaviour, else with 200; remembers the events in the order of their begin."""

    def __init__(self) -> None:
        self.events: list[Mapping[str, Any]] = []
        self.behaviours: dict[str, Behaviour] = {}

    async def invoke(
        self,
        function_name: str,
        event: Mapping[str, Any],
        *,
        trace_id: str | None = None,
        tenant_id: str | None = None,
    ) -> InvocationResult:
        assert function_name == ROOM.name
        self.events.append(event)
        return await self.behaviours.get(event["requestContext"]["routeKey"], respond(200, "")).__call__(
            event
        )

    def of(self, route_key: str) -> list[Mapping[str, Any]]:
        return [event for event in self.events if event["requestContext"]["routeKey"] == route_key]

    async def seen(self, route_key: str, *, times: int = 1) -> list[Mapping[str, Any]]:
        await until(lambda: len(self.of(route_key)) >= times)
        return self.of(route_key)


class RunningSockets:
    def __init__(self, server: GatewayServer, port: int, api_url: str) -> None:
        self.server = server
        self.port = port
        self.api_url = api_url
        self.functions = ScriptedFunctions()
        self.connections: Connections = {}
        self.log: list[str] = []

    def connect(self, path: str = "/ws/chat-room/room_1", **options: Any) -> connect:
        return connect(f"ws://127.0.0.1:{self.port}{path}", proxy=None, close_timeout=5, **options)

    async def handshake(self, *, method: str = "GET", version: int = 13) -> Handshake:
        """A client that has only asked."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = [f"{method} /ws HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: websocket"]
        lines += ["Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", f"Sec-WebSocket-Version: {version}"]
        writer.write("".join(f"{line}\r\n" for line in (*lines, "")).encode())
        return reader, writer

    async def refused(self, path: str = "/ws/chat-room/room_1", **options: Any) -> tuple[int, bytes]:
        """Status and body of the handshake's answer."""
        with pytest.raises(InvalidStatus) as caught:
            async with self.connect(path, **options):
                pass
        return caught.value.response.status_code, bytes(caught.value.response.body or b"")

    @cached_property
    def management(self) -> Any:
        return boto3.client(
            "apigatewaymanagementapi",
            endpoint_url=self.api_url,
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(retries={"total_max_attempts": 1}, proxies={}),
        )

    async def post(self, connection_id: str, data: bytes) -> None:
        await self.call("post_to_connection", ConnectionId=connection_id, Data=data)

    async def call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await asyncio.to_thread(getattr(self.management, operation), **arguments)
        return answer

    async def refusal(self, operation: str, **arguments: Any) -> tuple[int, str]:
        with pytest.raises(ClientError) as caught:
            await self.call(operation, **arguments)
        response = caught.value.response
        return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]

    async def connection_id(self) -> str:
        """Of the only open connection."""
        await until(lambda: len(self.connections) == 1)
        return next(iter(self.connections))


@asynccontextmanager
async def running_sockets(
    *, routes: tuple[str, ...] = EVERY_ROUTE, **limits: Any
) -> AsyncIterator[RunningSockets]:
    plan = Plan(
        functions=(*FUNCTIONS, ROOM),
        routes=ROUTES,
        socket_routes=tuple(SocketRoute(key=key, function=ROOM.name) for key in routes),
        tables=(),
        limits=Limits(**limits),
    )
    sockets = claim_port("127.0.0.1", 0)
    connections: Connections = {}
    log: list[str] = []
    api = ConnectionsApi(plan, connections, log.append)
    functions = ScriptedFunctions()
    gateway = SocketGateway(plan, functions, connections, log.append)
    server = gateway_server(Gateway(plan, functions, log.append), open_socket=gateway.open)
    running = RunningSockets(server, sockets[0].getsockname()[1], await api.start())
    running.functions, running.connections, running.log = functions, connections, log
    serving = asyncio.create_task(server.serve(sockets))
    try:
        await until(lambda: server.started)
        yield running
    finally:
        server.should_exit = True
        await serving
        await api.close()
        running.management.close()


def run_with_sockets(
    test: Callable[[RunningSockets], Any], *, routes: tuple[str, ...] = EVERY_ROUTE, **limits: Any
) -> None:
    async def limited() -> None:
        async with asyncio.timeout(60), running_sockets(routes=routes, **limits) as sockets:
            await test(sockets)

    asyncio.run(limited())


async def close_of(client: ClientConnection) -> tuple[int, str]:
    """Code and reason of the close frame; waits for it and passes over what comes before."""
    with suppress(ConnectionClosed):
        while True:
            await client.recv()
    assert client.close_code is not None
    assert client.close_code != 1006, "the connection was lost"
    return client.close_code, client.close_reason or ""


async def received(client: ClientConnection) -> Any:
    return json.loads(await client.recv())
