"""The connections table.

CONN#<id>   CONN                        a connection, for who knows only its id
ROOM#<id>   CONN#<since when>#<its id>  the same, for who sends to all of a room, or to those that are new
ROOM#<id>   PRESENCE#<type>#<id>        the connections that a participant has there now

All with TTL: what ends without a sound is forgotten with the longest that a connection can last.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic_core import from_json, to_json
from pynamodb.attributes import BinaryAttribute, UnicodeAttribute, UnicodeSetAttribute

from parley.domain.clock import from_iso, to_iso
from parley.domain.room_connections import ConnectionState, RoomConnection
from parley.domain.room_messages import Sender, SenderType
from parley.tables.item import Item

# API Gateway ends a connection after two hours; the rest is for clocks that differ, and a slow handshake.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
LIFETIME_SECONDS = 2 * 3600 + 600
CONNECTION_PREFIX = "CONN#"


class RoomConnectionItem(Item):
    """Any item of the table; each kind fills what it needs."""

    class Meta:
        table_name = "unbound"

    # A connection: a thousand of them are read at once, and each attribute takes its time.
    body = BinaryAttribute(null=True, legacy_encoding=False)
    state = UnicodeAttribute(null=True)
    # A participant's presence.
    connections = UnicodeSetAttribute(null=True)


def room_key(room_id: str) -> str:
    return f"ROOM#{room_id}"


def known_key(connection: RoomConnection | str) -> tuple[str, str]:
    """Where a connection is found by its id."""
    connection_id = connection if isinstance(connection, str) else connection.id
    return f"{CONNECTION_PREFIX}{connection_id}", "CONN"


def listed_key(connection: RoomConnection) -> tuple[str, str]:
    return room_key(connection.room_id), f"{listed_since(connection.connected_at)}#{connection.id}"


def listed_since(moment: datetime) -> str:
    """What the sort keys of later connections are greater than."""
    return f"{CONNECTION_PREFIX}{to_iso(moment)}"


def presence_key(room_id: str, participant: Sender) -> tuple[str, str]:
    return room_key(room_id), f"PRESENCE#{participant.type.value}#{participant.id}"


def expiry_of(connection: RoomConnection) -> int:
    """In seconds of the epoch."""
    return int(connection.connected_at.timestamp()) + LIFETIME_SECONDS


def to_row(key: tuple[str, str], connection: RoomConnection) -> RoomConnectionItem:
    body = {
        "id": connection.id,
        "room_id": connection.room_id,
        "participant": [connection.participant.type, connection.participant.id, connection.participant.name],
        "user_id": connection.user_id,
        "connected_at": to_iso(connection.connected_at),
        "after": connection.after,
        "language": connection.language,
    }
    return RoomConnectionItem(
        *key, body=to_json(body), state=connection.state.value, expires_at_epoch=expiry_of(connection)
    )


def from_row(row: RoomConnectionItem) -> RoomConnection:
    body: dict[str, Any] = from_json(row.body or b"{}")
    kind, participant_id, name = body.pop("participant")
    connected_at = from_iso(body.pop("connected_at"))
    participant = Sender(type=SenderType(kind), id=participant_id, name=name)
    connection = RoomConnection(participant=participant, connected_at=connected_at, **body)
    return replace(connection, state=ConnectionState(row.state))
