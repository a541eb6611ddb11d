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
_KNOWN_SECONDS = 60.0
# A handshake may take 29 seconds, and clocks differ.
_HANDSHAKE_SECONDS = 40.0
_MAX_ROOMS = 100


@dataclass(frozen=True, slots=True)
class _Known:
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
        self._rooms: dict[str, _Known] = {}

    async def of_room(self, room_id: str, calls: int) -> Sequence[RoomConnection]:
        """All that are there, and perhaps some that were."""
        known = self._rooms.pop(room_id, None)
        if known is None or _now() - known.read_at > _KNOWN_SECONDS:
            known = await self._read(room_id, calls)
        elif known.calls != calls:
            known = await self._add_new(room_id, calls, known)
        self._rooms[room_id] = known
        if len(self._rooms) > _MAX_ROOMS:
            self._rooms.pop(next(iter(self._rooms)))
        return known.connections

    async def _read(self, room_id: str, calls: int) -> _Known:
        read_at, looked_at = _now(), self._clock()
        connections = await asyncio.to_thread(self._repository.of_room, room_id)
        return _Known(calls, read_at, looked_at, connections)

    async def _add_new(self, room_id: str, calls: int, known: _Known) -> _Known:
        looked_at, since = self._clock(), known.looked_at - timedelta(seconds=_HANDSHAKE_SECONDS)
        latest = await asyncio.to_thread(partial(self._repository.of_room, room_id, since=since))
        ids = {connection.id for connection in known.connections}
        new = [connection for connection in latest if connection.id not in ids]
        return replace(known, calls=calls, looked_at=looked_at, connections=[*known.connections, *new])

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
