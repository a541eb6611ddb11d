"""A room with people, in memory and in virtual time."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from parley.chat.delivery_parts import DeliveryParts
from parley.chat.room_delivery import RoomDelivery
from parley.chat.room_lines import SocketLines
from parley.domain.ids import ROOM, new_id
from parley.domain.messages import MessageStatus
from tests.examples import a_connection, a_new_message, a_room_message, a_sender, an_agent
from tests.fakes.mortality import Life, Mortal
from tests.fakes.room_connections import InMemoryRoomConnectionRepository
from tests.fakes.room_messages import InMemoryDeliveryLeases, InMemoryRoomMessageRepository, RoomMemory
from tests.fakes.sockets import InMemorySockets
from tests.fakes.virtual_time import run_in_virtual_time


class Scene:
    """To be built, and used, in a virtual loop. Clocks are the loop's."""

    def __init__(self, *, post_seconds: float = 0.01) -> None:
        clock = asyncio.get_running_loop().time
        self.clock = clock
        self.room = new_id(ROOM)
        self.memory = RoomMemory(clock)
        self.memory.open(self.room)
        self.messages = InMemoryRoomMessageRepository(self.memory)
        self.leases = InMemoryDeliveryLeases(self.memory)
        self.connections = InMemoryRoomConnectionRepository(clock)
        self.sockets = InMemorySockets(seconds=post_seconds)
        self.agents = [an_agent(name="小帮手")]
        self.handed_over: list[str] = []
        self.by_id = {}

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)

    def parts(self, life: Life | None = None, **changes) -> DeliveryParts:
        def part(name, real):
            return real if life is None else Mortal(name, real, life)

        parts = DeliveryParts(
            messages=part("messages", self.messages),
            leases=part("leases", self.leases),
            connections=part("connections", self.connections),
            lines=SocketLines(part("sockets", self.sockets), clock=self.clock),
            agents_of=lambda room_id: self.agents,
            clock=self.now,
        )
        return replace(parts, **changes)

    def process(self, life: Life | None = None, **changes) -> RoomDelivery:
        """Another one each time, as another function would have."""
        return RoomDelivery(self.parts(life, **changes))

    def connect(self, participant=None, *, after=None, **fields):
        """A client whose `$connect` has returned; nobody has welcomed it."""
        connection = a_connection(
            self.room,
            participant or a_sender(),
            after=after,
            connected_at=self.now(),
            **fields,
        )
        self.connections.add(connection)
        client = self.sockets.connect(connection.id)
        self.by_id[connection.id] = connection
        client.connection = connection
        return client

    async def join(self, participant=None, **fields):
        """A client that is welcomed."""
        client = self.connect(participant, **fields)
        await self.process().welcome(self.room, client.connection.id)
        return client

    def post(self, *contents):
        return [self.messages.post(a_new_message(self.room, content=each)).message for each in contents]

    async def say(self, *contents):
        posted = self.post(*contents)
        await self.process().deliver(self.room)
        return posted

    def begin_reply(self):
        """A reply that is growing; its message is stored."""
        reply = a_room_message(
            self.messages.take_place(self.room), content="", status=MessageStatus.STREAMING
        )
        self.messages.put(reply)
        return reply

    def end_reply(self, reply, content):
        self.messages.put(replace(reply, content=content, status=MessageStatus.COMPLETE))


def in_a_room(test, make_scene=Scene):
    """The test runs in virtual time, in a scene of its own."""

    def run():
        async def main():
            await test(make_scene())

        run_in_virtual_time(main())

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run
