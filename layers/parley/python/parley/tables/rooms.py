"""Rooms in DynamoDB: lists of those that a user owns or is a member of, with exact counters.

Who is in a room stands in the room's own item, so that one read tells whether somebody may do something.
"""

import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from pynamodb.transactions import TransactWrite

from parley.domain.ids import ROOM, is_id
from parley.domain.pages import Page, PageRequest
from parley.domain.rooms import MAX_ROOM_AGENTS, MAX_ROOM_MEMBERS, Room, RoomMember
from parley.errors import (
    InvalidCursorError,
    RoomNotFoundError,
    TooManyRoomAgentsError,
    TooManyRoomMembersError,
)
from parley.tables.conflicts import despite_conflicts
from parley.tables.item import assign
from parley.tables.queries import StartKey, query_page
from parley.tables.room_changes import (
    appended,
    insert_member,
    passes,
    take_member_out,
    update_room,
    without,
)
from parley.tables.room_items import (
    MEMBER_PREFIX,
    ROOM_PREFIX,
    alive,
    count_item,
    from_row,
    head_item,
    listing_item,
    listing_key,
    member_from_row,
    room_key,
    to_row,
)
from parley.tables.room_items import RoomTableItem as Row
from parley.tables.room_removals import hide_room, remove_room

# How often a write is tried that meets others to the same room, and the longest pause between two tries.
_TRIES = 20
_PAUSE_SECONDS = 0.05


class DynamoRoomRepository:
    def add(self, room: Room) -> None:
        despite_conflicts(lambda: self._add(room))

    def _add(self, room: Room) -> None:
        unused = Row.pk.does_not_exist()
        with TransactWrite(connection=Row.connection()) as transaction:
            transaction.save(to_row(room), unused)
            transaction.save(head_item(room.id, last_place=0, delivered=0), unused)
            transaction.save(listing_item(room.owner_id, room.id), unused)
            transaction.update(count_item(room.owner_id), [Row.room_count.add(1)])

    def get(self, room_id: str) -> Room:
        row = _find(room_id)
        if row is None or row.deleting:
            raise RoomNotFoundError
        return from_row(row)

    def list_page(self, user_id: str, *, page: PageRequest) -> Page[Room]:
        """Newest first. A page number reads all pages up to it, a cursor only its own.

        A room that is being deleted is not shown, but may be counted for its members a moment longer.
        """

        def start_key(room_id: str) -> StartKey:
            if not is_id(ROOM, room_id):
                raise InvalidCursorError
            return {"pk": {"S": listing_key(user_id)}, "sk": {"S": room_key(room_id)}}

        listed: list[Row]
        listed, cursor = query_page(
            Row.query,
            listing_key(user_id),
            Row.sk.startswith(ROOM_PREFIX),
            page=page,
            newest_first=True,
            start_key=start_key,
            cursor_of=lambda row: row.sk.removeprefix(ROOM_PREFIX),
        )
        keys = [(row.sk, "ROOM") for row in listed]
        found = {row.pk: row for row in Row.batch_get(keys, consistent_read=True) if not row.deleting}
        rooms = [from_row(found[row.sk]) for row in listed if row.sk in found]
        return Page(items=rooms, total=_total(user_id), next_cursor=cursor)

    def change(self, room_id: str, changes: dict[str, Any]) -> Room:
        actions = [assign(getattr(Row, name), value) for name, value in changes.items()]
        changed = update_room(room_id, actions, alive()) if is_id(ROOM, room_id) else None
        if changed is None:
            raise RoomNotFoundError
        return changed

    def add_agent(self, room_id: str, agent_id: str) -> tuple[Room, bool]:
        def attempt(room: Room) -> tuple[Room, bool] | None:
            if agent_id in room.agent_ids:
                return room, False
            if len(room.agent_ids) >= MAX_ROOM_AGENTS:
                raise TooManyRoomAgentsError
            added, free = appended(Row.agent_ids, agent_id, limit=MAX_ROOM_AGENTS)
            changed = update_room(room_id, [added], free)
            return None if changed is None else (changed, True)

        return self._on_current(room_id, attempt)

    def remove_agent(self, room_id: str, agent_id: str) -> tuple[Room, bool]:
        def attempt(room: Room) -> tuple[Room, bool] | None:
            if agent_id not in room.agent_ids:
                return room, False
            removed, unchanged = without(Row.agent_ids, room.agent_ids, agent_id)
            changed = update_room(room_id, [removed], unchanged)
            return None if changed is None else (changed, True)

        return self._on_current(room_id, attempt)

    def members(self, room_id: str) -> Sequence[RoomMember]:
        rows = Row.query(room_key(room_id), Row.sk.startswith(MEMBER_PREFIX), consistent_read=True)
        return sorted(map(member_from_row, rows), key=lambda member: (member.added_at, member.user_id))

    def add_member(self, room_id: str, member: RoomMember) -> bool:
        def attempt(room: Room) -> bool | None:
            if room.admits(member.user_id):
                return False
            if len(room.member_ids) >= MAX_ROOM_MEMBERS:
                raise TooManyRoomMembersError
            return passes(lambda: insert_member(room_id, member)) or None

        return self._on_current(room_id, attempt)

    def remove_member(self, room_id: str, user_id: str) -> bool:
        def attempt(room: Room) -> bool | None:
            if user_id not in room.member_ids:
                return False
            return passes(lambda: take_member_out(room, user_id)) or None

        return self._on_current(room_id, attempt)

    def delete(self, owner_id: str, room_id: str) -> None:
        row = _find(room_id)
        if row is None or row.owner_id != owner_id:
            raise RoomNotFoundError
        if not row.deleting and not passes(lambda: hide_room(owner_id, room_id)):
            raise RoomNotFoundError
        remove_room(room_id)

    def _on_current[Result](self, room_id: str, attempt: Callable[[Room], Result | None]) -> Result:
        """What `attempt` returns for the room as it is now; None where another write came between."""
        for _ in range(_TRIES):
            result = attempt(self.get(room_id))
            if result is not None:
                return result
            time.sleep(random.uniform(0, _PAUSE_SECONDS))  # noqa: S311
        raise TimeoutError(f"{room_id} changes too fast to be changed")


def _find(room_id: str) -> Row | None:
    if not is_id(ROOM, room_id):
        return None
    try:
        return Row.get(room_key(room_id), "ROOM", consistent_read=True)
    except Row.DoesNotExist:
        return None


def _total(user_id: str) -> int:
    counter = count_item(user_id)
    try:
        counter.refresh(consistent_read=True)
    except Row.DoesNotExist:
        return 0
    return int(counter.room_count or 0)
