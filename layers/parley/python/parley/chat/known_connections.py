"""The connections of rooms as this process has last seen them: it need not read a thousand for each message.

Whoever connects calls the deliverer. So as long as nobody has called, there is nobody new; and whoever has
gone is found gone.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from parley.domain.room_connections import ConnectionState, RoomConnection, RoomConnectionRepository

# Somebody may have been sent away whose socket could not be closed.
_KNOWN_SECONDS = 10.0
_MAX_ROOMS = 100


@dataclass(frozen=True, slots=True)
class _Known:
    calls: int
    at: float
    connections: Sequence[RoomConnection]


class KnownConnections:
    """`calls` is how often the room's deliverer had been called when that was last asked for."""

    def __init__(self, repository: RoomConnectionRepository) -> None:
        self._repository = repository
        self._rooms: dict[str, _Known] = {}

    async def of_room(self, room_id: str, calls: int) -> Sequence[RoomConnection]:
        """All that are there, and perhaps some that were."""
        known = self._rooms.pop(room_id, None)
        if known is None or known.calls != calls or _now() - known.at > _KNOWN_SECONDS:
            read_at = _now()
            connections = await asyncio.to_thread(self._repository.of_room, room_id)
            known = _Known(calls, read_at, connections)
        self._rooms[room_id] = known
        if len(self._rooms) > _MAX_ROOMS:
            self._rooms.pop(next(iter(self._rooms)))
        return known.connections

    def keep(self, room_id: str, connections: Sequence[RoomConnection]) -> None:
        """Those that are there still, and ready by now."""
        known = self._rooms.get(room_id)
        if known is not None:
            ready = [replace(each, state=ConnectionState.READY) for each in connections]
            self._rooms[room_id] = replace(known, connections=ready)

    def forget(self, room_id: str) -> None:
        """It is not known any more how things stand there."""
        self._rooms.pop(room_id, None)


def _now() -> float:
    return asyncio.get_running_loop().time()
