"""The parts in the order of their start: reaper, AWS, tables, functions, event sources, gateway.

They stop in reverse.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from infra.local.aws import AwsAccess, AwsHost, AwsHostError
from infra.local.connections_api import ConnectionsApi
from infra.local.event_source import EventSource
from infra.local.gateway import Gateway
from infra.local.invoke_api import InvokeApi
from infra.local.keys import ensure_keys
from infra.local.lambda_service import LambdaService
from infra.local.logs import LogPrinter
from infra.local.message_queue import MessageQueue
from infra.local.plan import Plan
from infra.local.ports import claim_port
from infra.local.queues import MadeQueue, dead_letters, ensure_queues
from infra.local.reaper import Reaper
from infra.local.server import GatewayServer, OpenSocket, gateway_server
from infra.local.socket_connections import Connections
from infra.local.socket_gateway import SocketGateway
from infra.local.tables import ensure_tables

_GATEWAY, _LAMBDA, _QUEUES, _CONNECTIONS = "gateway", "lambda", "queues", "connections"
_LOOPBACK = "127.0.0.1"


class Stack:
    def __init__(self, plan: Plan, *, data: Path, fresh: bool = False) -> None:
        self._plan = plan
        self._data = data
        self._fresh = fresh
        self._queues: dict[str, MadeQueue] = {}
        parts = (_GATEWAY, _LAMBDA, _QUEUES, _CONNECTIONS)
        self._logs = LogPrinter([*parts, *(function.name for function in plan.functions)])

    async def run(self, sockets: list[socket.socket], announce: Callable[[], None]) -> None:
        """Runs until it is cancelled; calls `announce` when it is ready. Raises `AwsHostError`."""
        async with AsyncExitStack() as parts:
            reaper = Reaper.start()
            parts.callback(reaper.stop)
            aws, host = await self._start_aws(parts)
            invoking = claim_port(_LOOPBACK, 0)
            invoke_url = f"http://{_LOOPBACK}:{invoking[0].getsockname()[1]}"
            connections: Connections = {}
            connections_api = ConnectionsApi(self._plan, connections, partial(self._logs.print, _CONNECTIONS))
            aws = replace(aws, lambda_endpoint_url=invoke_url, socket_api_url=await connections_api.start())
            parts.push_async_callback(connections_api.close)
            functions = LambdaService(self._plan, aws, self._logs, reaper)
            parts.push_async_callback(functions.close)
            await _serve(
                InvokeApi(self._plan, functions, partial(self._logs.print, _LAMBDA)), invoking, parts
            )
            self._start_event_sources(aws, functions, parts)
            log = partial(self._logs.print, _GATEWAY)
            gateway = Gateway(self._plan, functions, log)
            socket_gateway = SocketGateway(self._plan, functions, connections, log)
            serving = await _serve(gateway, sockets, parts, open_socket=socket_gateway.open)
            announce()
            if host is None:
                await serving
            else:
                raise AwsHostError(f"The AWS host has ended with status {await host.wait()}")

    async def _start_aws(self, parts: AsyncExitStack) -> tuple[AwsAccess, AwsHost | None]:
        """The developer's endpoint or a host of our own, with the tables and keys made."""
        host = None
        aws = AwsAccess.from_environment(self._plan.settings)
        if aws is None:
            host = await AwsHost.start(self._data, fresh=self._fresh)
            parts.push_async_callback(host.stop)
            importing = asyncio.to_thread(import_module, "boto3")  # takes as long as the host does
            own, _ = await asyncio.gather(host.access(), importing)
            aws = own
        await asyncio.to_thread(self._make_resources, aws)
        return replace(aws, queue_urls={name: made.url for name, made in self._queues.items()}), host

    def _make_resources(self, aws: AwsAccess) -> None:
        ensure_tables(aws.dynamodb(), self._plan.tables, fresh=self._fresh, rebuild=aws.own)
        reason = ensure_keys(aws.kms(), self._plan.keys, required=aws.own)
        if reason is not None:
            self._logs.print(_GATEWAY, f"Providers' keys cannot be kept at {aws.endpoint_url}: {reason}")
        if self._plan.queues:
            self._make_queues(aws)

    def _make_queues(self, aws: AwsAccess) -> None:
        client = aws.sqs()
        made, reason = ensure_queues(client, self._plan.queues, fresh=self._fresh, required=aws.own)
        if reason is not None:
            self._logs.print(_QUEUES, f"There are no queues at {aws.endpoint_url}: {reason}")
        for each in made.values():
            if number := dead_letters(client, each):
                self._logs.print(_QUEUES, f"{number} given-up message(s) in {each.dead_letter_url}")
        self._queues = made

    def _start_event_sources(self, aws: AwsAccess, functions: LambdaService, parts: AsyncExitStack) -> None:
        for function in self._plan.functions:
            if function.consumes in self._queues:
                limits, made = self._plan.limits, self._queues[function.consumes]
                source = EventSource(
                    function,
                    MessageQueue(made, aws, wait_seconds=limits.queue_wait_seconds),
                    region=aws.region,
                    invoker=functions,
                    limits=limits,
                    log=partial(self._logs.print, _QUEUES),
                )
                source.start()
                parts.push_async_callback(source.close)


async def _serve(
    application: Any,
    sockets: list[socket.socket],
    parts: AsyncExitStack,
    *,
    open_socket: OpenSocket | None = None,
) -> asyncio.Task[None]:
    """Returns when it can be reached; it ends with `parts`."""
    server = gateway_server(application, open_socket=open_socket)
    serving = asyncio.create_task(server.serve(sockets))
    parts.push_async_callback(_stop_serving, server, serving)
    await _started(server, serving)
    return serving


async def _started(server: GatewayServer, serving: asyncio.Task[None]) -> None:
    while not server.started:
        if serving.done():
            await serving
        await asyncio.sleep(0.01)


async def _stop_serving(server: GatewayServer, serving: asyncio.Task[None]) -> None:
    server.should_exit = True
    with suppress(asyncio.CancelledError):
        await serving
