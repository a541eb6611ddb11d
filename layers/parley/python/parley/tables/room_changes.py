"""Conditional changes of a room's own item, alone or with the items that follow it."""

from collections.abc import Callable, Sequence
from typing import Any

from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition, size
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from parley.domain.clock import now, to_iso
from parley.domain.rooms import MAX_ROOM_MEMBERS, Room, RoomMember
from parley.tables.conflicts import despite_conflicts
from parley.tables.item import condition_failed
from parley.tables.room_items import RoomTableItem as Row
from parley.tables.room_items import (
    alive,
    count_item,
    from_row,
    listing_item,
    member_item,
    room_item,
    to_member_row,
)


def insert_member(room_id: str, member: RoomMember) -> None:
    added, free = appended(Row.member_ids, member.user_id, limit=MAX_ROOM_MEMBERS)
    with TransactWrite(connection=Row.connection()) as transaction:
        transaction.update(room_item(room_id), _touching([added]), free)
        transaction.save(to_member_row(room_id, member))
        transaction.save(listing_item(member.user_id, room_id))
        transaction.update(count_item(member.user_id), [Row.room_count.add(1)])


def take_member_out(room: Room, user_id: str) -> None:
    removed, unchanged = without(Row.member_ids, room.member_ids, user_id)
    with TransactWrite(connection=Row.connection()) as transaction:
        transaction.update(room_item(room.id), _touching([removed]), unchanged)
        transaction.delete(member_item(room.id, user_id))
        transaction.delete(listing_item(user_id, room.id))
        transaction.update(count_item(user_id), [Row.room_count.add(-1)])


def appended(ids: Any, identifier: str, *, limit: int) -> tuple[Action, Condition]:
    """Passes while it is not among them, and there are fewer than `limit`."""
    free = ~ids.contains({"S": identifier}) & (size(ids) < limit)
    return ids.set(ids.append([identifier])), alive() & free


def without(ids: Any, read: Sequence[str], identifier: str) -> tuple[Action, Condition]:
    """Passes while they are those that were read."""
    left = [each for each in read if each != identifier]
    return ids.set(left), alive() & (ids == list(read))


def _touching(actions: list[Action]) -> list[Action]:
    return [*actions, Row.updated_at.set(to_iso(now()))]


def update_room(room_id: str, actions: list[Action], condition: Condition) -> Room | None:
    """None where the condition does not hold."""
    item = room_item(room_id)
    try:
        despite_conflicts(lambda: item.update(_touching(actions), condition))
    except UpdateError as error:
        if not condition_failed(error):
            raise
        return None
    return from_row(item)


def passes(write: Callable[[], None]) -> bool:
    """Whether the transaction's conditions held."""
    try:
        despite_conflicts(write)
    except TransactWriteError as error:
        if not condition_failed(error):
            raise
        return False
    return True
