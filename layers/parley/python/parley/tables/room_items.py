"""The rooms table.

ROOM#<id>     ROOM                  the room, with the ids of its agents and members
ROOM#<id>     HEAD                  the last place that was taken, and who delivers how far
ROOM#<id>     MEMBER#<user>         a member
ROOM#<id>     MSG#<place>           a message or its first part, or the mark of a place that was given up
ROOM#<id>     CLIENT#<sender>#<digest>  what a sender's `client_id` has become, with TTL
ROOM#<id>     TURN#<place>          the turn of the message at that place
USER#<user>   ROOM#<id>             that the user owns the room or is a member of it
USER#<user>   COUNT                 how many rooms that are
PART#<message id>  <body id>#<number>  further parts of a long message
LOG#<reply id>     <first event>    a chunk of a reply's log, with TTL: see `reply_logs`

Whoever writes these keeps to it:
- A room exists while its ROOM item is there and is not `deleting`; HEAD goes before ROOM does. So a write
  that needs the room has a condition on one of the two, and nothing ever makes one of them but `add`.
- `member_ids` and `agent_ids` of ROOM are the truth. MEMBER and USER items follow in the same transaction.
- What the room's partition holds, and what PART and LOG items its messages name, goes with the room.
"""

from typing import Any

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.expressions.condition import Condition

from parley.domain.clock import from_iso, to_iso
from parley.domain.rooms import Room, RoomMember
from parley.tables.log_items import LogItem

MEMBER_PREFIX = "MEMBER#"
ROOM_PREFIX = "ROOM#"


class RoomTableItem(LogItem):
    """Any item of the table; each kind fills what it needs."""

    class Meta:
        table_name = "unbound"

    # A room.
    owner_id = UnicodeAttribute(null=True)
    owner_name = UnicodeAttribute(null=True)
    name = UnicodeAttribute(null=True)
    description = UnicodeAttribute(null=True)
    agent_ids: ListAttribute[Any] = ListAttribute(of=UnicodeAttribute, null=True)
    member_ids: ListAttribute[Any] = ListAttribute(of=UnicodeAttribute, null=True)
    max_agent_turns = NumberAttribute(null=True)
    created_at = UnicodeAttribute(null=True)
    updated_at = UnicodeAttribute(null=True)
    deleting = BooleanAttribute(null=True)
    # A head: the order of places, and the lease of whoever delivers.
    last_place = NumberAttribute(null=True)
    delivered = NumberAttribute(null=True)
    shown = NumberAttribute(null=True)
    calls = NumberAttribute(null=True)
    lease_id = UnicodeAttribute(null=True)
    lease_until_ms = NumberAttribute(null=True)
    # A member.
    username = UnicodeAttribute(null=True)
    added_at = UnicodeAttribute(null=True)
    # A counter.
    room_count = NumberAttribute(null=True)
    # A message, or a part of one.
    message_id = UnicodeAttribute(null=True)
    sender_type = UnicodeAttribute(null=True)
    sender_id = UnicodeAttribute(null=True)
    sender_name = UnicodeAttribute(null=True)
    status = UnicodeAttribute(null=True)
    model = UnicodeAttribute(null=True)
    token_count = NumberAttribute(null=True)
    prompt_tokens = NumberAttribute(null=True)
    completion_tokens = NumberAttribute(null=True)
    turn_of = UnicodeAttribute(null=True)
    client_id = UnicodeAttribute(null=True)
    is_given_up = BooleanAttribute(null=True)
    # The body of a message or of a chunk of a log, in parts.
    body_id = UnicodeAttribute(null=True)
    # A turn.
    waiting: ListAttribute[Any] = ListAttribute(of=UnicodeAttribute, null=True)
    given_agent_ids: ListAttribute[Any] = ListAttribute(of=UnicodeAttribute, null=True)
    given_message_ids: ListAttribute[Any] = ListAttribute(of=UnicodeAttribute, null=True)
    current_agent_id = UnicodeAttribute(null=True)
    current_message_id = UnicodeAttribute(null=True)
    is_stopped = BooleanAttribute(null=True)
    ended = UnicodeAttribute(null=True)
    version = NumberAttribute(null=True)


def room_key(room_id: str) -> str:
    return f"{ROOM_PREFIX}{room_id}"


def room_item(room_id: str, **attributes: Any) -> RoomTableItem:
    return RoomTableItem(room_key(room_id), "ROOM", **attributes)


def head_item(room_id: str, **attributes: Any) -> RoomTableItem:
    return RoomTableItem(room_key(room_id), "HEAD", **attributes)


def member_item(room_id: str, user_id: str, **attributes: Any) -> RoomTableItem:
    return RoomTableItem(room_key(room_id), MEMBER_PREFIX + user_id, **attributes)


def listing_key(user_id: str) -> str:
    return f"USER#{user_id}"


def listing_item(user_id: str, room_id: str) -> RoomTableItem:
    return RoomTableItem(listing_key(user_id), room_key(room_id))


def count_item(user_id: str) -> RoomTableItem:
    return RoomTableItem(listing_key(user_id), "COUNT")


def alive() -> Condition:
    """Of a ROOM item: the room exists and is not being deleted."""
    condition: Condition = RoomTableItem.pk.exists() & RoomTableItem.deleting.does_not_exist()
    return condition


def to_row(room: Room) -> RoomTableItem:
    return room_item(
        room.id,
        owner_id=room.owner_id,
        owner_name=room.owner_name,
        name=room.name,
        description=room.description,
        agent_ids=list(room.agent_ids),
        member_ids=list(room.member_ids),
        max_agent_turns=room.max_agent_turns,
        created_at=to_iso(room.created_at),
        updated_at=to_iso(room.updated_at),
    )


def room_id_of(row: RoomTableItem) -> str:
    """Of an item in a room's partition."""
    return row.pk.removeprefix(ROOM_PREFIX)


def from_row(row: RoomTableItem) -> Room:
    return Room(
        id=room_id_of(row),
        owner_id=row.owner_id or "",
        owner_name=row.owner_name or "",
        name=row.name or "",
        description=row.description,
        agent_ids=tuple(row.agent_ids or ()),
        member_ids=tuple(row.member_ids or ()),
        max_agent_turns=int(row.max_agent_turns or 0),
        created_at=from_iso(row.created_at or ""),
        updated_at=from_iso(row.updated_at or ""),
    )


def to_member_row(room_id: str, member: RoomMember) -> RoomTableItem:
    return member_item(room_id, member.user_id, username=member.username, added_at=to_iso(member.added_at))


def member_from_row(row: RoomTableItem) -> RoomMember:
    return RoomMember(
        user_id=row.sk.removeprefix(MEMBER_PREFIX),
        username=row.username or "",
        added_at=from_iso(row.added_at or ""),
    )
