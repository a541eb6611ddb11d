"""Replies' logs, in the table of what they are replies in: a chunk of events is one conditional put.

LOG#<reply id>  <first event>         a chunk, or the mark of somebody who wants an end
LOG#<reply id>  <first event>#<part>  further parts of a long chunk

The put that fails tells the writer of a mark: while nobody asks for an end, that costs no read.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeGuard

from pynamodb.exceptions import PutError
from pynamodb.expressions.condition import Condition

from parley.domain.events import ReplyEvent
from parley.domain.reply_logs import LogPage, LogSealedError, is_last
from parley.tables.bodies import split_body
from parley.tables.item import condition_failed
from parley.tables.log_items import LogItem
from parley.tables.log_pages import ENDED, SEALED, STOP, page_of, place_key
from parley.tables.logged_events import encode_events

LIFETIME_SECONDS = 24 * 3600
_LONGEST_REPLY_SECONDS = 15 * 60

# How often a mark is tried that another write forestalls: a writer takes a place every quarter of a second.
_TRIES = 10
# A page of this many is enough to find a chunk; a whole one would read a megabyte.
_FEW_ITEMS = 2
# What a reader gets at a time, in bodies. An event takes many times its bytes in memory.
READ_BYTES = 1_000_000


class DynamoReplyLog:
    """In the table that the items of this class belong to."""

    def __init__(self, items: type[LogItem], clock: Callable[[], float] = time.time) -> None:
        self._items = items
        self._clock = clock

    def append(self, reply_id: str, first: int, events: Sequence[ReplyEvent]) -> bool:
        parts = split_body(encode_events(events))
        # The first part last: a chunk that was not written whole is not in the log.
        for number, part in enumerate(parts[1:], start=1):
            self._item(reply_id, f"{place_key(first)}#{number:04d}", body=part).save()
        chunk = self._item(
            reply_id,
            place_key(first),
            body=parts[0],
            parts=len(parts) - 1,
            last_event=first + len(events) - 1,
            mark=ENDED if is_last(events[-1]) else None,
        )
        if _put(chunk, LogItem.pk.does_not_exist()):
            return False
        found = self._find(reply_id, first)
        if _is_same(found, chunk):
            return bool(found.has_replaced_stop)
        chunk.has_replaced_stop = True
        if _put(chunk, LogItem.mark == STOP) or _is_same(self._find(reply_id, first), chunk):
            return True
        raise LogSealedError

    def is_stop_requested(self, reply_id: str, place: int) -> bool:
        """At half the price of a consistent read: a mark that is not seen yet is seen with the next look."""
        found = self._find(reply_id, place, consistent=False)
        if found is not None and found.mark != STOP:
            raise LogSealedError
        return found is not None

    def request_stop(self, reply_id: str) -> bool:
        for _ in range(_TRIES):
            place, last = self._end(reply_id)
            if last is not None and last.mark is not None:
                return bool(last.mark == STOP)
            if _put(self._item(reply_id, place_key(place), mark=STOP), LogItem.pk.does_not_exist()):
                return True
        raise TimeoutError(f"the log of {reply_id} grows too fast to be marked")

    def seal(self, reply_id: str, *, beginning: ReplyEvent | None = None) -> LogPage:
        """What has expired counts while it is there: nobody may have looked for a day."""
        free = LogItem.pk.does_not_exist() | (LogItem.mark == STOP)
        for _ in range(_TRIES):
            page = page_of(list(self._items.query(_key(reply_id), consistent_read=True)), after=0, place=1)
            if page.is_ended:
                return page
            if beginning is not None and not page.events:
                _put(self._item(reply_id, place_key(1), body=encode_events([beginning]), last_event=1), free)
                beginning = None
                continue
            if _put(self._item(reply_id, place_key(page.place), mark=SEALED), free):
                return replace(page, length=page.place - 1, is_sealed=True)
        raise TimeoutError(f"the log of {reply_id} grows too fast to be sealed")

    def read(self, reply_id: str, *, after: int = 0) -> LogPage:
        """One query, and more where nothing begins at this place: it may lie within a chunk."""
        place = after + 1
        rows = self._query(reply_id, place)
        if after and (not rows or rows[0].sk != place_key(place)):
            place, rows = self._rows_from_before(reply_id, place)
        return page_of(rows, after=after, place=place)

    def read_on(self, reply_id: str, page: LogPage, *, after: int) -> LogPage:
        """One query, at half the price of a consistent one: what it does not see yet, the next one does."""
        rows = self._query(reply_id, page.place, consistent=False)
        return page_of(rows, after=after, place=page.place)

    def _rows_from_before(self, reply_id: str, place: int) -> tuple[int, list[LogItem]]:
        """From the chunk on that this place may lie within: where it begins, and what is there."""
        before = self._newest(reply_id, LogItem.sk < place_key(place))
        if before is None:
            return 1, []
        begins, is_within = int(before.sk), int(before.last_event or 0) >= place
        return begins, self._query(reply_id, begins) if is_within else [before]

    def discard(self, reply_id: str) -> None:
        with self._items.batch_write() as batch:
            for row in items_of_log(self._items, reply_id):
                batch.delete(row)

    def _item(self, reply_id: str, sort_key: str, **attributes: Any) -> LogItem:
        expires = int(self._clock()) + LIFETIME_SECONDS
        return self._items(_key(reply_id), sort_key, expires_at_epoch=expires, **attributes)

    def _query(self, reply_id: str, place: int, *, consistent: bool = True) -> list[LogItem]:
        """Whole chunks. DynamoDB reaps late, and in no order: what has expired counts as gone."""
        rows: list[LogItem] = []
        size = 0
        for row in self._items.query(
            _key(reply_id), LogItem.sk >= place_key(place), consistent_read=consistent
        ):
            if size >= READ_BYTES and "#" not in row.sk:
                break
            size += len(row.body or b"")
            if int(row.expires_at_epoch or 0) > self._clock():
                rows.append(row)
        return rows

    def _find(self, reply_id: str, place: int, *, consistent: bool = True) -> LogItem | None:
        try:
            return self._items.get(_key(reply_id), place_key(place), consistent_read=consistent)
        except self._items.DoesNotExist:
            return None

    def _end(self, reply_id: str) -> tuple[int, LogItem | None]:
        """The next place, and the item before it (or at it, if that is a mark)."""
        last = self._newest(reply_id)
        return (1, None) if last is None else (int(last.last_event or 0) + 1, last)

    def _newest(self, reply_id: str, condition: Condition | None = None) -> LogItem | None:
        """The last chunk or mark, past the further parts of a long chunk."""
        rows = self._items.query(
            _key(reply_id), condition, consistent_read=True, scan_index_forward=False, page_size=_FEW_ITEMS
        )
        return next((row for row in rows if "#" not in row.sk), None)


def items_of_log(items: type[LogItem], reply_id: str) -> Iterator[LogItem]:
    """The keys of its items."""
    yield from items.query(_key(reply_id), attributes_to_get=["pk", "sk"])


def may_have_log(created_at: datetime) -> bool:
    """Whether a reply is so young that its log has not been reaped by now."""
    age_seconds = time.time() - created_at.timestamp()
    return age_seconds < LIFETIME_SECONDS + _LONGEST_REPLY_SECONDS


def _key(reply_id: str) -> str:
    return f"LOG#{reply_id}"


def _put(item: LogItem, condition: Condition) -> bool:
    """False where the condition does not hold."""
    try:
        item.save(condition)
    except PutError as error:
        if not condition_failed(error):
            raise
        return False
    return True


def _is_same(found: LogItem | None, chunk: LogItem) -> TypeGuard[LogItem]:
    """Whether it was written after all: the answer to an earlier try was lost."""
    return found is not None and (found.body, found.last_event) == (chunk.body, chunk.last_event)
