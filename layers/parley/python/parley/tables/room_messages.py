"""A room's messages in DynamoDB: each at its place, which it takes first and is put at then.

A writer that dies in between leaves a gap. Nothing behind a gap is read; whoever delivers gives its place up
after a while, and a writer that finds its place given up takes another. So nothing ever appears before what
was read already.
"""

import time
from collections.abc import Callable

from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.condition import Condition

from parley.domain.clock import now
from parley.domain.room_messages import MessagesBehind, NewMessage, PostedMessage, RoomMessage
from parley.domain.room_places import MAX_PLACE, place_of, room_message_id
from parley.errors import RoomNotFoundError
from parley.tables.conflicts import despite_conflicts
from parley.tables.item import condition_failed
from parley.tables.room_bodies import begin_writing
from parley.tables.room_client_ids import ClientIds
from parley.tables.room_items import RoomTableItem as Row
from parley.tables.room_items import head_item
from parley.tables.room_message_reads import (
    find,
    find_head,
    has_more,
    message_from,
    newest_rows,
    rows_up_to_gap,
)
from parley.tables.room_message_rows import message_key, place_of_row

# How often a writer takes another place that finds its own given up.
_TRIES = 5


class DynamoRoomMessageRepository:
    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._client_ids = ClientIds(clock)

    def post(self, message: NewMessage) -> PostedMessage:
        given_up: str | None = None
        for _ in range(_TRIES):
            message_id = self._claimed(message, instead_of=given_up)
            posted = _put_once(_placed(message, message_id))
            if posted is not None:
                return posted
            given_up = message_id
        raise TimeoutError(f"each place that was taken in {message.room_id} was given up at once")

    def take_place(self, room_id: str) -> str:
        head = head_item(room_id)
        try:
            despite_conflicts(lambda: head.update([Row.last_place.add(1)], Row.pk.exists()))
        except UpdateError as error:
            if not condition_failed(error):
                raise
            raise RoomNotFoundError from None
        return room_message_id(room_id, int(head.last_place or 0))

    def put(self, message: RoomMessage) -> bool:
        writing = begin_writing(_place(message.room_id, message.id), message)
        if _put(writing.row, Row.pk.does_not_exist() | (Row.message_id == message.id)):
            return True
        writing.discard()
        return False

    def get(self, room_id: str, message_id: str) -> RoomMessage | None:
        place = place_of(room_id, message_id)
        row = None if place is None else find(room_id, place)
        return message_from(row) if row is not None and row.message_id == message_id else None

    def newest(self, room_id: str, *, limit: int, before: str | None = None) -> list[RoomMessage]:
        head = find_head(room_id)
        end = MAX_PLACE + 1 if before is None else place_of(room_id, before)
        if head is None or end is None:
            return []
        delivered = int(head.delivered or 0)
        # What has been delivered has no gap; behind it there is seldom anything.
        behind = rows_up_to_gap(room_id, delivered) if has_more(head) else ()
        rows = [row for row in behind if not row.is_given_up and place_of_row(row) < end][-limit:]
        if missing := limit - len(rows):
            rows = newest_rows(room_id, until=min(delivered, end - 1), limit=missing) + rows
        return [message_from(row) for row in rows]

    def since(self, room_id: str, *, after: str | int, limit: int) -> list[RoomMessage]:
        place = after if isinstance(after, int) else place_of(room_id, after)
        return [] if place is None else list(self.follow(room_id, after=place, limit=limit).messages)

    def follow(self, room_id: str, *, after: int, limit: int) -> MessagesBehind:
        messages: list[RoomMessage] = []
        for row in rows_up_to_gap(room_id, after, page_size=limit):
            if len(messages) == limit:
                break
            after = place_of_row(row)
            if not row.is_given_up:
                messages.append(message_from(row))
        return MessagesBehind(messages=tuple(messages), end=after)

    def close_gap(self, room_id: str, *, after: int) -> None:
        _give_up(room_id, after + 1)

    def count(self, room_id: str) -> int:
        head = find_head(room_id)
        if head is None or not has_more(head):
            return 0 if head is None else int(head.shown or 0)
        behind = rows_up_to_gap(room_id, int(head.delivered or 0), attributes_to_get=["sk", "is_given_up"])
        return int(head.shown or 0) + sum(not row.is_given_up for row in behind)

    def _claimed(self, message: NewMessage, *, instead_of: str | None) -> str:
        """The id that the message has, or is to have."""
        if message.client_id is None:
            return self.take_place(message.room_id)
        if (earlier := self._client_ids.find(message)) not in (None, instead_of):
            assert earlier is not None
            return earlier
        message_id = self.take_place(message.room_id)
        if self._client_ids.claim(message, message_id, instead_of=instead_of):
            return message_id
        _give_up(message.room_id, _place(message.room_id, message_id))
        return self._claimed(message, instead_of=instead_of)


def _placed(message: NewMessage, message_id: str) -> RoomMessage:
    return RoomMessage(
        id=message_id,
        room_id=message.room_id,
        sender=message.sender,
        content=message.content,
        created_at=now(),
        status=message.status,
        mentions=message.mentions,
        turn_of=message.turn_of,
        client_id=message.client_id,
    )


def _put_once(message: RoomMessage) -> PostedMessage | None:
    """None where the place was given up. Passes while nothing is there."""
    place = _place(message.room_id, message.id)
    writing = begin_writing(place, message)
    if _put(writing.row, Row.pk.does_not_exist()):
        return PostedMessage(message=message, is_new=True)
    found = find(message.room_id, place)
    if writing.is_stored_as(found):
        return PostedMessage(message=message, is_new=True)
    writing.discard()
    if found is None or found.message_id != message.id:
        return None
    return PostedMessage(message=message_from(found), is_new=False)


def _give_up(room_id: str, place: int) -> None:
    _put(Row(*message_key(room_id, place), is_given_up=True), Row.pk.does_not_exist())


def _put(row: Row, condition: Condition) -> bool:
    """False where the condition does not hold."""
    try:
        row.save(condition)
    except PutError as error:
        if not condition_failed(error):
            raise
        return False
    return True


def _place(room_id: str, message_id: str) -> int:
    place = place_of(room_id, message_id)
    if place is None:
        raise ValueError(f"{message_id} is no message of {room_id}")
    return place
