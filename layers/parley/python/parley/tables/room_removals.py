"""The removal of a room with all that it holds, in steps that are safe to repeat.

First the room goes out of everybody's reach and out of its owner's list, then out of the members' lists, then
its head: from then on no message gets a place. What was on its way meanwhile is met by looking again.
"""

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from parley.domain.clock import from_iso
from parley.domain.room_messages import SenderType
from parley.tables.conflicts import despite_conflicts
from parley.tables.item import condition_failed
from parley.tables.reply_logs import may_have_log
from parley.tables.room_items import (
    MEMBER_PREFIX,
    alive,
    count_item,
    head_item,
    listing_item,
    member_item,
    room_item,
    room_key,
)
from parley.tables.room_items import RoomTableItem as Row

_NEEDED_TO_REMOVE = ["pk", "sk", "message_id", "sender_type", "created_at", "parts"]


def hide_room(owner_id: str, room_id: str) -> None:
    """Passes while the room is there and not being deleted."""
    with TransactWrite(connection=Row.connection()) as transaction:
        transaction.update(room_item(room_id), [Row.deleting.set(True)], alive())
        transaction.delete(listing_item(owner_id, room_id))
        transaction.update(count_item(owner_id), [Row.room_count.add(-1)])


def remove_room(room_id: str) -> None:
    """What `hide_room` has hidden; the room's own item last."""
    for row in Row.query(room_key(room_id), Row.sk.startswith(MEMBER_PREFIX), consistent_read=True):
        _remove_member(room_id, row.sk.removeprefix(MEMBER_PREFIX))
    head_item(room_id).delete()
    while _remove_contents(room_id):
        pass
    room_item(room_id).delete()


def _remove_member(room_id: str, user_id: str) -> None:
    """Passes while the member is there: of two simultaneous removals one counts it out."""

    def write() -> None:
        with TransactWrite(connection=Row.connection()) as transaction:
            transaction.delete(member_item(room_id, user_id), Row.pk.exists())
            transaction.delete(listing_item(user_id, room_id))
            transaction.update(count_item(user_id), [Row.room_count.add(-1)])

    try:
        despite_conflicts(write)
    except TransactWriteError as error:
        if not condition_failed(error):
            raise


def _remove_contents(room_id: str) -> bool:
    """Whether there was anything but the room's own item."""
    found = False
    with Row.batch_write() as batch:
        rows = Row.query(room_key(room_id), consistent_read=True, attributes_to_get=_NEEDED_TO_REMOVE)
        for row in rows:
            if row.sk == "ROOM":
                continue
            found = True
            for partition in _beside(row):
                for item in Row.query(partition, attributes_to_get=["pk", "sk"]):
                    batch.delete(item)
            batch.delete(row)
    return found


def _beside(row: Row) -> list[str]:
    """The partitions that may hold more of a message. A reply may have had another body before its own."""
    is_reply = row.sender_type == SenderType.AGENT
    partitions = [f"PART#{row.message_id}"] if row.parts or is_reply else []
    if is_reply and may_have_log(from_iso(row.created_at or "")):
        partitions.append(f"LOG#{row.message_id}")
    return partitions
