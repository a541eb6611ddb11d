"""Connections in DynamoDB, and with them who is present in a room."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from parley.domain.room_connections import ConnectionState, RoomConnection
from parley.tables.item import condition_failed
from parley.tables.room_connection_items import (
    CONNECTION_PREFIX,
    expiry_of,
    from_row,
    known_key,
    listed_key,
    listed_since,
    presence_key,
    room_key,
    to_row,
)
from parley.tables.room_connection_items import RoomConnectionItem as Row

# `$` is what follows `#`.
_BEHIND_ALL = CONNECTION_PREFIX.replace("#", "$")


class DynamoRoomConnectionRepository:
    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock

    def add(self, connection: RoomConnection) -> bool:
        """Known first: what can be sent to can also be found, and removed, by its id."""
        to_row(known_key(connection), connection).save()
        to_row(listed_key(connection), connection).save()
        presence = _presence(connection)
        presence.update(
            [Row.connections.add({_mark(connection)}), Row.expires_at_epoch.set(expiry_of(connection))]
        )
        return self._others(presence, connection) == 0

    def find(self, connection_id: str) -> RoomConnection | None:
        try:
            row = Row.get(*known_key(connection_id), consistent_read=True)
        except Row.DoesNotExist:
            return None
        return from_row(row) if self._is_alive(int(row.expires_at_epoch or 0)) else None

    def of_room(self, room_id: str, *, since: datetime | None = None) -> list[RoomConnection]:
        first = CONNECTION_PREFIX if since is None else listed_since(since)
        wanted = Row.sk.between(first, _BEHIND_ALL)
        rows: Iterable[Row] = Row.query(room_key(room_id), wanted, consistent_read=True)
        return [from_row(row) for row in rows if self._is_alive(int(row.expires_at_epoch or 0))]

    def mark_ready(self, connection: RoomConnection) -> bool:
        is_ready: list[Action] = [Row.state.set(ConnectionState.READY.value)]
        keys = listed_key(connection), known_key(connection)
        return all(_update(Row(*key), is_ready, Row.pk.exists()) for key in keys)

    def remove(self, connection: RoomConnection) -> bool:
        """Passes for one of those who find it gone: the one that takes its mark off the participant."""
        presence, mark = _presence(connection), _mark(connection)
        was_there = _update(presence, [Row.connections.delete({mark})], Row.connections.contains(mark))
        Row(*listed_key(connection)).delete()
        Row(*known_key(connection)).delete()
        return was_there and self._others(presence, connection) == 0

    def _others(self, presence: Row, connection: RoomConnection) -> int:
        """How many other connections the participant has, without those that ended unheard."""
        marks = set(presence.connections or ()) - {_mark(connection)}
        return sum(self._is_alive(int(mark.partition("#")[0])) for mark in marks)

    def _is_alive(self, expires_at_epoch: int) -> bool:
        """DynamoDB reaps late."""
        return expires_at_epoch > self._clock()


def _presence(connection: RoomConnection) -> Row:
    return Row(*presence_key(connection.room_id, connection.participant))


def _mark(connection: RoomConnection) -> str:
    """The connection in its participant's set, with the time when it counts no more."""
    return f"{expiry_of(connection)}#{connection.id}"


def _update(item: Row, actions: list[Action], condition: Condition) -> bool:
    """False where the condition does not hold."""
    try:
        item.update(actions, condition)
    except UpdateError as error:
        if not condition_failed(error):
            raise
        return False
    return True
