"""A room's connections as one list of what they are told."""

import asyncio

from parley.domain.room_events import MessagePosted, RoomEvent
from parley.domain.room_messages import RoomMessageRepository


class ToldRoom:
    """Delivers and broadcasts into `told`.

    `failure` is raised by each delivery, as long as it is set; each waits for the `gate`, where there is one.
    """

    def __init__(self, messages: RoomMessageRepository) -> None:
        self._messages = messages
        self._delivered: dict[str, int] = {}
        self.told: list[RoomEvent] = []
        self.failure: Exception | None = None
        self.gate: asyncio.Event | None = None

    async def deliver(self, room_id: str, *, until: int | None = None) -> None:
        if self.failure:
            raise self.failure
        if self.gate:
            await self.gate.wait()
        found = self._messages.follow(room_id, after=self._delivered.get(room_id, 0), limit=1000)
        self._delivered[room_id] = found.end
        self.told += [MessagePosted(message=message) for message in found.messages]
        if until is not None and found.end < until:
            # A place that was taken and never used is given up after a while.
            self._messages.close_gap(room_id, after=found.end)
            await self.deliver(room_id, until=until)

    def broadcast(self, room_id: str) -> "ToldRoom":
        return self

    async def tell(self, event: RoomEvent) -> None:
        self.told.append(event)

    async def close(self) -> None:
        pass
