"""Connections in memory; the contract tests are those of the table."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from threading import RLock

from parley.domain.room_connections import ConnectionState, RoomConnection

_LIFETIME_SECONDS = 2 * 3600 + 600


class InMemoryRoomConnectionRepository:
    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._connections: dict[str, RoomConnection] = {}
        self._guard = RLock()

    def add(self, connection: RoomConnection) -> bool:
        with self._guard:
            self._connections[connection.id] = connection
            return self._is_alone(connection)

    def find(self, connection_id: str) -> RoomConnection | None:
        with self._guard:
            found = self._connections.get(connection_id)
            return found if found and self._is_alive(found) else None

    def of_room(self, room_id: str, *, since: datetime | None = None) -> list[RoomConnection]:
        with self._guard:
            found = [each for each in self._connections.values() if each.room_id == room_id]
            found = [each for each in found if since is None or each.connected_at >= since]
            return sorted(filter(self._is_alive, found), key=lambda each: (each.connected_at, each.id))

    def mark_ready(self, connection: RoomConnection) -> bool:
        with self._guard:
            if connection.id not in self._connections:
                return False
            found = self._connections[connection.id]
            self._connections[connection.id] = replace(found, state=ConnectionState.READY)
            return True

    def remove(self, connection: RoomConnection) -> bool:
        with self._guard:
            was_there = self._connections.pop(connection.id, None) is not None
            return was_there and self._is_alone(connection)

    def _is_alone(self, connection: RoomConnection) -> bool:
        return not any(
            _who(each) == _who(connection) and each.id != connection.id
            for each in self.of_room(connection.room_id)
        )

    def _is_alive(self, connection: RoomConnection) -> bool:
        return connection.connected_at.timestamp() + _LIFETIME_SECONDS > self._clock()


def _who(connection: RoomConnection) -> tuple[str, str]:
    """Whatever name is shown."""
    return connection.participant.type, connection.participant.id
