"""The connections of rooms as this process has last seen them: it need not read a thousand for each message.

Whoever connects calls the deliverer. So as long as nobody has called, there is nobody new, and after that
only who has connected lately. Whoever has gone is found gone.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from parley.domain.clock import now
from parley.domain.room_connections import ConnectionState, RoomConnection, RoomConnectionRepository

# Then all are read anew: somebody may have been sent away whose socket could not be closed.
_KNOWN_SECONDS = 10.0
# A handshake may take 29 seconds, and clocks differ.
_HANDSHAKE_SECONDS = 40.0
_MAX_ROOMS = 100


@dataclass(frozen=True, slots=True)
class Seen:
    """`read_at` is when all were read, `looked_at` when it was last looked for new ones."""

    calls: int
    read_at: float
    looked_at: datetime
    connections: Sequence[RoomConnection]


class KnownConnections:
    """`calls` is how often the room's deliverer had been called when that was last asked for."""

    def __init__(self, repository: RoomConnectionRepository, clock: Callable[[], datetime] = now) -> None:
        self._repository = repository
        self._clock = clock
        self._rooms: dict[str, Seen] = {}

    async def look(self, room_id: str, calls: int, seen: Seen | None) -> Seen:
        """All that are there, and perhaps some that were. `seen` is what the same deliverer saw before.

        What is not kept at its end is not known to the next.
        """
        seen = seen or self._rooms.pop(room_id, None)
        if seen is None or _now() - seen.read_at > _KNOWN_SECONDS:
            return await self._read(room_id, calls)
        return seen if seen.calls == calls else await self._add_new(room_id, calls, seen)

    async def _read(self, room_id: str, calls: int) -> Seen:
        read_at, looked_at = _now(), self._clock()
        connections = await asyncio.to_thread(self._repository.of_room, room_id)
        return Seen(calls, read_at, looked_at, connections)

    async def _add_new(self, room_id: str, calls: int, seen: Seen) -> Seen:
        looked_at, since = self._clock(), seen.looked_at - timedelta(seconds=_HANDSHAKE_SECONDS)
        latest = await asyncio.to_thread(partial(self._repository.of_room, room_id, since=since))
        ids = {connection.id for connection in seen.connections}
        new = [connection for connection in latest if connection.id not in ids]
        return replace(seen, calls=calls, looked_at=looked_at, connections=[*seen.connections, *new])

    def keep(self, room_id: str, seen: Seen, connections: Sequence[RoomConnection]) -> None:
        """Those of them that are there still, and ready by now."""
        ready = [replace(each, state=ConnectionState.READY) for each in connections]
        self._rooms[room_id] = replace(seen, connections=ready)
        if len(self._rooms) > _MAX_ROOMS:
            self._rooms.pop(next(iter(self._rooms)))


def _now() -> float:
    return asyncio.get_running_loop().time()
