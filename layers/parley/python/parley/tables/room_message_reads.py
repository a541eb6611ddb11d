"""How a room's messages are read: never behind a gap, with a query for each page."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from parley.domain.room_messages import RoomMessage
from parley.domain.room_places import MAX_PLACE
from parley.tables.room_bodies import further_parts
from parley.tables.room_items import RoomTableItem as Row
from parley.tables.room_items import head_item, room_key
from parley.tables.room_message_rows import message_key, message_of, place_of_row


def rows_up_to_gap(room_id: str, after: int, **query: Any) -> Iterator[Row]:
    """Those of places that were given up too."""
    first, last = (message_key(room_id, place)[1] for place in (after + 1, MAX_PLACE))
    rows: Iterable[Row] = Row.query(
        room_key(room_id), Row.sk.between(first, last), consistent_read=True, **query
    )
    for place, row in enumerate(rows, start=after + 1):
        if place_of_row(row) != place:
            return
        yield row


def newest_rows(room_id: str, *, until: int, limit: int) -> list[Row]:
    """Of messages up to a place that has no gap before it; oldest first."""
    first, last = (message_key(room_id, place)[1] for place in (1, until))
    if until < 1:
        return []
    rows = Row.query(
        room_key(room_id),
        Row.sk.between(first, last),
        consistent_read=True,
        scan_index_forward=False,
        page_size=limit,
    )
    return list(islice((row for row in rows if not row.is_given_up), limit))[::-1]


def has_more(head: Row) -> bool:
    """Whether a place was taken behind what has been delivered."""
    return int(head.last_place or 0) > int(head.delivered or 0)


def find_head(room_id: str) -> Row | None:
    return _get(head_item(room_id))


def find(room_id: str, place: int) -> Row | None:
    return _get(Row(*message_key(room_id, place)))


def _get(item: Row) -> Row | None:
    try:
        return Row.get(item.pk, item.sk, consistent_read=True)
    except Row.DoesNotExist:
        return None


def message_from(row: Row) -> RoomMessage:
    return message_of(row, further_parts(row))
