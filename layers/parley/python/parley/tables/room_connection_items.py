"""The connections table.

CONN#<id>   CONN                     a connection, for who knows only its id
ROOM#<id>   CONN#<connection id>     the same, for who sends to all of a room
ROOM#<id>   PRESENCE#<type>#<id>     the connections that a participant has there now

All with TTL: what ends without a sound is forgotten with the longest that a connection can last.
"""

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute

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

    # A connection.
    room_id = UnicodeAttribute(null=True)
    participant_type = UnicodeAttribute(null=True)
    participant_id = UnicodeAttribute(null=True)
    participant_name = UnicodeAttribute(null=True)
    user_id = UnicodeAttribute(null=True)
    connected_at = UnicodeAttribute(null=True)
    state = UnicodeAttribute(null=True)
    after = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    # A participant's presence.
    connections = UnicodeSetAttribute(null=True)


def room_key(room_id: str) -> str:
    return f"ROOM#{room_id}"


def known_key(connection_id: str) -> tuple[str, str]:
    """Where a connection is found by its id."""
    return f"{CONNECTION_PREFIX}{connection_id}", "CONN"


def listed_key(room_id: str, connection_id: str) -> tuple[str, str]:
    return room_key(room_id), f"{CONNECTION_PREFIX}{connection_id}"


def presence_key(room_id: str, participant: Sender) -> tuple[str, str]:
    return room_key(room_id), f"PRESENCE#{participant.type.value}#{participant.id}"


def expiry_of(connection: RoomConnection) -> int:
    """In seconds of the epoch."""
    return int(connection.connected_at.timestamp()) + LIFETIME_SECONDS


def to_row(key: tuple[str, str], connection: RoomConnection) -> RoomConnectionItem:
    return RoomConnectionItem(
        *key,
        room_id=connection.room_id,
        participant_type=connection.participant.type.value,
        participant_id=connection.participant.id,
        participant_name=connection.participant.name,
        user_id=connection.user_id,
        connected_at=to_iso(connection.connected_at),
        state=connection.state.value,
        after=connection.after,
        language=connection.language,
        expires_at_epoch=expiry_of(connection),
    )


def from_row(row: RoomConnectionItem) -> RoomConnection:
    """Its id is in either of its keys."""
    key = row.pk if row.sk == "CONN" else row.sk
    return RoomConnection(
        id=key.removeprefix(CONNECTION_PREFIX),
        room_id=row.room_id or "",
        participant=Sender(
            type=SenderType(row.participant_type),
            id=row.participant_id or "",
            name=row.participant_name or "",
        ),
        user_id=row.user_id or "",
        connected_at=from_iso(row.connected_at or ""),
        state=ConnectionState(row.state),
        after=row.after,
        language=row.language or "zh",
    )
