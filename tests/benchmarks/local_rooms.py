"""How soon a message is at each of a hundred connections, through a whole running stack on this machine."""

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any
from unittest.mock import patch

from tests.benchmarks.rig import Rig
from tests.benchmarks.rows import Row, spread
from tests.e2e.stack import RunningStack, environment_of, running_stack
from tests.e2e.storm import crowded_room, open_all
from tests.e2e.storm_clients import Client

CONNECTIONS = 100
_MESSAGES = 40
_WARM_UP_MESSAGES = 5
_SEQUENTIAL_MESSAGES = 10
# About as fast as people talk at their busiest: what one message leaves to be done is done before the next.
_PAUSE_SECONDS = 0.2
MAX_P95_MS = 150


async def measure(_: Rig) -> list[Row]:
    return await asyncio.to_thread(_measure)


def _measure() -> list[Row]:
    with (
        tempfile.TemporaryDirectory() as data,
        running_stack(Path(data)) as stack,
        crowded_room(stack, people=5) as (_, room_id, tokens),
        _sockets_client(stack) as sockets,
    ):
        return [asyncio.run(_compare(stack, room_id, tokens, sockets))]


async def _compare(stack: RunningStack, room_id: str, tokens: list[str], sockets: Any) -> Row:
    """Both in turn: the machine's speed drifts."""
    clients = [Client(stack.url, room_id, tokens[number % len(tokens)]) for number in range(CONNECTIONS)]
    await open_all(clients)
    ours: list[float] = []
    sequential: list[float] = []
    for number in range(_WARM_UP_MESSAGES + _MESSAGES):
        await asyncio.sleep(_PAUSE_SECONDS)
        begun = time.monotonic()
        await clients[0].say(number)
        delays = await _delays_ms(clients, str(number), begun)
        ours += delays if number >= _WARM_UP_MESSAGES else []
        if number < _SEQUENTIAL_MESSAGES:
            name = f"sequential {number}"
            await asyncio.sleep(_PAUSE_SECONDS)
            begun = time.monotonic()
            await asyncio.to_thread(_post_one_by_one, sockets, clients, name)
            sequential += await _delays_ms(clients, name, begun)
    await asyncio.gather(*(client.close() for client in clients))
    return Row(
        what=f"a message from its sender to {CONNECTIONS} local connections, p95",
        measured=f"{_p95(ours):.0f} ms (all: {spread(ours, 'ms')})",
        reference=f"frames posted one by one with boto3 {_p95(sequential):.0f} ms",
        ratio=f"{_p95(sequential) / _p95(ours):.1f} times as fast",
        goal=f"≤ {MAX_P95_MS} ms",
    )


async def _delays_ms(clients: list[Client], client_id: str, begun: float) -> list[float]:
    return [(await client.arrival(client_id) - begun) * 1000 for client in clients]


def _post_one_by_one(sockets: Any, clients: list[Client], client_id: str) -> None:
    message = {"id": client_id, "client_id": client_id, "content": f"message {client_id}"}
    frame = json.dumps({"event": "message", "data": message}).encode()
    for client in clients:
        sockets.post_to_connection(ConnectionId=client.connection_id, Data=frame)


@contextmanager
def _sockets_client(stack: RunningStack) -> Iterator[Any]:
    """As the stack's functions have it: with what a worker that has run is told."""
    import boto3

    pid = stack.worker_pids("chat_rooms")[0]
    told = dict(line.decode().split("=", 1) for line in environment_of(pid) if b"=" in line)
    aws = {name: value for name, value in told.items() if name.startswith("AWS_")}
    with patch.dict(os.environ, aws):
        yield boto3.client("apigatewaymanagementapi", endpoint_url=told["PARLEY_SOCKET_API_URL"])


def _p95(values: list[float]) -> float:
    return quantiles(values, n=100)[94]
