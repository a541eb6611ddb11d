"""Fan-out: how fast a message reaches everybody in a room, and how much is sent for a reply that grows."""

import asyncio
import os
import time
from datetime import datetime
from statistics import median
from typing import cast
from unittest.mock import patch

from parley.bootstrap.rooms import room_messages
from parley.chat.delivery_parts import DeliveryParts
from parley.chat.room_broadcasts import RoomBroadcast
from parley.chat.room_delivery import RoomDelivery
from parley.chat.room_lines import SocketLines
from parley.chat.room_steps import StepSequence
from parley.domain.clock import now
from parley.domain.events import TextDelta
from parley.domain.ids import AGENT, ROOM, USER, new_id
from parley.domain.room_connections import ConnectionState, RoomConnection, RoomConnectionRepository
from parley.domain.room_messages import NewMessage, Sender, SenderType
from parley.domain.room_places import room_message_id
from parley.gateways.socket_posts import build_sockets
from parley.models.demo import DemoModel
from parley.models.types import ChatTurn, ModelRequest
from parley.room_wire import encode_frame
from parley.tables.delivery_leases import DynamoDeliveryLeases
from parley.tables.room_connection_items import RoomConnectionItem
from parley.tables.room_connections import DynamoRoomConnectionRepository
from parley.tables.room_items import head_item
from tests.benchmarks.rig import Rig
from tests.benchmarks.rows import Row, spread
from tests.benchmarks.socket_service import running_socket_service
from tests.tables_on_moto import TABLE_NAMES, TABLE_SETTINGS

CONNECTIONS = 1_000
# What a post takes in AWS, from a function in the same region.
LATENCY_MS = 12
_RUNS = 5
# The sequential reference does a part of the work: it would take a quarter of a minute.
_SEQUENTIAL_POSTS = 250
MIN_SPEED_RATIO = 15
MAX_BYTES_RATIO = 1.5


async def measure(rig: Rig) -> list[Row]:
    with patch.dict(os.environ, {**rig.aws.environment(), **TABLE_SETTINGS}):
        with running_socket_service(LATENCY_MS) as url:
            rows = [await _delivery_row(url)]
        return [*rows, await _bytes_row()]


async def _delivery_row(url: str) -> Row:
    """The whole delivery: lease, messages and connections from their tables, posts, and the progress kept."""
    room_id = await asyncio.to_thread(_crowded_room)
    delivery = RoomDelivery(
        DeliveryParts(
            messages=room_messages(),
            leases=DynamoDeliveryLeases(),
            connections=_connections(),
            lines=SocketLines(build_sockets(url)),
            agents_of=lambda _: (),
        )
    )
    ours = []
    for _ in range(_RUNS + 1):
        await asyncio.to_thread(room_messages().post, _message(room_id))
        begun = time.perf_counter()
        await delivery.deliver(room_id)
        ours.append(time.perf_counter() - begun)
    ours = ours[1:]  # the first one opens its connections
    sequential = await asyncio.to_thread(_sequential_seconds, url)
    return Row(
        what=f"a message to {CONNECTIONS:,} connections, posts of {LATENCY_MS} ms",
        measured=spread(ours, "s"),
        reference=f"boto3 one by one {sequential:.1f} s ({_SEQUENTIAL_POSTS} posts, scaled)",
        ratio=f"{sequential / median(ours):.0f} times as fast",
        goal=f"≥ {MIN_SPEED_RATIO}",
    )


def _sequential_seconds(url: str) -> float:
    import boto3

    client = boto3.client("apigatewaymanagementapi", endpoint_url=url)
    frame = b'{"event":"message","data":{"content":"' + b"x" * 500 + b'"}}'
    client.post_to_connection(ConnectionId="warm=", Data=frame)
    begun = time.perf_counter()
    for number in range(_SEQUENTIAL_POSTS):
        client.post_to_connection(ConnectionId=f"c{number}=", Data=frame)
    return (time.perf_counter() - begun) / _SEQUENTIAL_POSTS * CONNECTIONS


def _crowded_room() -> str:
    room_id, connections = new_id(ROOM), _connections()
    room_messages()  # binds the table
    head_item(room_id).save()
    for number in range(CONNECTIONS):
        connections.add(_connection(room_id, f"c{number}="))
    return room_id


def _connections() -> DynamoRoomConnectionRepository:
    RoomConnectionItem.bind(TABLE_NAMES["connections"])
    return DynamoRoomConnectionRepository()


def _connection(room_id: str, connection_id: str) -> RoomConnection:
    return RoomConnection(
        id=connection_id,
        room_id=room_id,
        participant=Sender(type=SenderType.USER, id=new_id(USER), name="somebody"),
        user_id=new_id(USER),
        connected_at=now(),
        state=ConnectionState.READY,
    )


def _message(room_id: str) -> NewMessage:
    sender = Sender(type=SenderType.USER, id=new_id(USER), name="somebody")
    return NewMessage(room_id=room_id, sender=sender, content="x" * 500)


class _OneConnection:
    """A room with one connection, and a gateway that counts what is sent to it."""

    def __init__(self, connection: RoomConnection) -> None:
        self.connection = connection
        self.sent_bytes = 0
        self.frames = 0

    async def post(self, connection_id: str, frame: bytes) -> None:
        await asyncio.sleep(LATENCY_MS / 1000)
        self.sent_bytes += len(frame)
        self.frames += 1

    async def close(self, connection_id: str) -> None:
        raise AssertionError("it has done nothing wrong")

    def of_room(self, room_id: str, *, since: datetime | None = None) -> list[RoomConnection]:
        return [self.connection]


async def _bytes_row() -> Row:
    """The demo's long reply, word by word as it comes; beside it, what one frame for each word would cost."""
    room = _OneConnection(_connection(new_id(ROOM), "c="))
    room_id = room.connection.room_id
    broadcast = RoomBroadcast(
        room_id,
        connections=cast(RoomConnectionRepository, room),
        lines=SocketLines(room),
        localize=lambda event, _: event,
    )
    sequence = StepSequence(message_id=room_message_id(room_id, 1), agent_id=new_id(AGENT))
    text, single_bytes = 0, 0
    request = ModelRequest(model="demo", turns=[ChatTurn(role="user", content="long, please")])
    async for event in DemoModel().stream(request):
        if isinstance(event, TextDelta) and (step := sequence.take(event)) is not None:
            text += len(event.content.encode())
            single_bytes += len(encode_frame(step))
            await broadcast.tell(step)
    await broadcast.close()
    return Row(
        what=f"bytes sent for a reply of {text:,} bytes in {room.frames} frames",
        measured=f"{room.sent_bytes:,}",
        reference=f"a frame for each word {single_bytes:,}",
        ratio=f"{room.sent_bytes / text:.2f} times the text (each word: {single_bytes / text:.0f})",
        goal=f"≤ {MAX_BYTES_RATIO}",
    )
