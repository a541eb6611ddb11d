"""How a turn reaches those who are in the room."""

from typing import Protocol

from parley.domain.room_events import RoomEvent


class Deliverer(Protocol):
    """Brings a room's messages to its connections, in their order."""

    async def deliver(self, room_id: str, *, until: int | None = None) -> None:
        """With `until` it lasts until the messages up to this place have been brought, by whomever."""


class Broadcast(Protocol):
    """Tells a room's connections what is not stored: who types, a reply's steps, how it ended."""

    async def tell(self, event: RoomEvent) -> None:
        """In the order of the calls. Waits for nobody."""

    async def close(self) -> None:
        """Waits until all is told or given up."""
