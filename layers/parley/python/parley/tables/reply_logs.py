"""Replies' logs in the conversations table: a chunk of events is one conditional put, whatever it holds.

LOG#<reply id>  <first event>         a chunk, or the mark of somebody who wants an end
LOG#<reply id>  <first event>#<part>  further parts of a long chunk

The put that fails tells the writer of a mark: while nobody asks for an end, that costs no read.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeGuard

from pynamodb.exceptions import PutError
from pynamodb.expressions.condition import Condition

from parley.domain.events import ReplyEvent
from parley.domain.reply_logs import LogPage, LogSealedError, NumberedEvent, is_last
from parley.tables.bodies import split_body
from parley.tables.conversation_items import ConversationTableItem as Row
from parley.tables.item import condition_failed
from parley.tables.logged_events import decode_events, encode_events

LIFETIME_SECONDS = 24 * 3600
_LONGEST_REPLY_SECONDS = 15 * 60

# What a `mark` says: an end is wanted, there will be none, this chunk has it.
_STOP = "stop"
_SEALED = "sealed"
_ENDED = "ended"
# How often a mark is tried that another write forestalls: a writer takes a place every quarter of a second.
_TRIES = 10
# A page of this many is enough to find a chunk; a whole one would read a megabyte.
_FEW_ITEMS = 2


class DynamoReplyLog:
    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock

    def append(self, reply_id: str, first: int, events: Sequence[ReplyEvent]) -> bool:
        parts = split_body(encode_events(events))
        # The first part last: a chunk that was not written whole is not in the log.
        for number, part in enumerate(parts[1:], start=1):
            self._item(reply_id, f"{_place(first)}#{number:04d}", body=part).save()
        chunk = self._item(
            reply_id,
            _place(first),
            body=parts[0],
            parts=len(parts) - 1,
            last_event=first + len(events) - 1,
            mark=_ENDED if is_last(events[-1]) else None,
        )
        if _put(chunk, Row.pk.does_not_exist()):
            return False
        found = _find(reply_id, first)
        if _is_same(found, chunk):
            return bool(found.has_replaced_stop)
        chunk.has_replaced_stop = True
        if _put(chunk, Row.mark == _STOP) or _is_same(_find(reply_id, first), chunk):
            return True
        raise LogSealedError

    def is_stop_requested(self, reply_id: str, place: int) -> bool:
        found = _find(reply_id, place)
        if found is not None and found.mark != _STOP:
            raise LogSealedError
        return found is not None

    def request_stop(self, reply_id: str) -> bool:
        for _ in range(_TRIES):
            place, last = _end(reply_id)
            if last is not None and last.mark is not None:
                return bool(last.mark == _STOP)
            if _put(self._item(reply_id, _place(place), mark=_STOP), Row.pk.does_not_exist()):
                return True
        raise TimeoutError(f"the log of {reply_id} grows too fast to be marked")

    def seal(self, reply_id: str, *, beginning: ReplyEvent | None = None) -> LogPage:
        """What has expired counts while it is there: nobody may have looked for a day."""
        free = Row.pk.does_not_exist() | (Row.mark == _STOP)
        for _ in range(_TRIES):
            page = _page(list(Row.query(_key(reply_id), consistent_read=True)), after=0)
            if page.is_ended:
                return page
            if beginning is not None and not page.events:
                _put(self._item(reply_id, _place(1), body=encode_events([beginning]), last_event=1), free)
                beginning = None
                continue
            place = len(page.events) + 1
            if _put(self._item(reply_id, _place(place), mark=_SEALED), free):
                return LogPage(events=page.events, length=place - 1, is_sealed=True)
        raise TimeoutError(f"the log of {reply_id} grows too fast to be sealed")

    def read(self, reply_id: str, *, after: int = 0) -> LogPage:
        """One query, and more where nothing begins at this place: it may lie within a chunk."""
        start = _place(after + 1)
        rows = self._query(reply_id, Row.sk >= start)
        if after and (not rows or rows[0].sk != start):
            rows = self._rows_from_before(reply_id, start, after=after)
        return _page(rows, after=after)

    def _rows_from_before(self, reply_id: str, start: str, *, after: int) -> list[Row]:
        before = _newest(reply_id, Row.sk < start)
        if before is None:
            return []
        return self._query(reply_id, Row.sk >= before.sk) if int(before.last_event or 0) > after else [before]

    def discard(self, reply_id: str) -> None:
        with Row.batch_write() as batch:
            for row in items_of_log(reply_id):
                batch.delete(row)

    def _item(self, reply_id: str, sort_key: str, **attributes: Any) -> Row:
        expires = int(self._clock()) + LIFETIME_SECONDS
        return Row(_key(reply_id), sort_key, expires_at_epoch=expires, **attributes)

    def _query(self, reply_id: str, condition: Condition) -> list[Row]:
        """DynamoDB reaps late, and in no order: what has expired counts as gone."""
        rows = Row.query(_key(reply_id), condition, consistent_read=True)
        return [row for row in rows if int(row.expires_at_epoch or 0) > self._clock()]


def items_of_log(reply_id: str) -> Iterator[Row]:
    """The keys of its items."""
    yield from Row.query(_key(reply_id), attributes_to_get=["pk", "sk"])


def may_have_log(created_at: datetime) -> bool:
    """Whether a reply is so young that its log has not been reaped by now."""
    age_seconds = time.time() - created_at.timestamp()
    return age_seconds < LIFETIME_SECONDS + _LONGEST_REPLY_SECONDS


def _page(rows: list[Row], *, after: int) -> LogPage:
    """Up to the first gap: what is behind it is being removed, or was written while the query ran."""
    events: list[NumberedEvent] = []
    further = {row.sk: row.body or b"" for row in rows if "#" in row.sk}
    for row in rows:
        if row.mark == _STOP or "#" in row.sk:
            continue
        first, known = int(row.sk), after + len(events)
        last = int(row.last_event or first - 1)
        if last > known:
            body = _whole_body(row, further)
            if first > known + 1 or body is None:
                break
            events += [each for each in enumerate(decode_events(body), start=first) if each[0] > after]
        if row.mark is not None:
            return LogPage(events=tuple(events), length=last, is_sealed=row.mark == _SEALED)
    return LogPage(events=tuple(events))


def _whole_body(row: Row, further: Mapping[str, bytes]) -> bytes | None:
    """None where a part of it is missing."""
    names = [f"{row.sk}#{number:04d}" for number in range(1, int(row.parts or 0) + 1)]
    if not all(name in further for name in names):
        return None
    return (row.body or b"") + b"".join(further[name] for name in names)


def _key(reply_id: str) -> str:
    return f"LOG#{reply_id}"


def _place(number: int) -> str:
    return f"{number:09d}"


def _put(item: Row, condition: Condition) -> bool:
    """False where the condition does not hold."""
    try:
        item.save(condition)
    except PutError as error:
        if not condition_failed(error):
            raise
        return False
    return True


def _is_same(found: Row | None, chunk: Row) -> TypeGuard[Row]:
    """Whether it was written after all: the answer to an earlier try was lost."""
    return found is not None and (found.body, found.last_event) == (chunk.body, chunk.last_event)


def _find(reply_id: str, place: int) -> Row | None:
    try:
        return Row.get(_key(reply_id), _place(place), consistent_read=True)
    except Row.DoesNotExist:
        return None


def _end(reply_id: str) -> tuple[int, Row | None]:
    """The next place, and the item before it (or at it, if that is a mark)."""
    last = _newest(reply_id)
    return (1, None) if last is None else (int(last.last_event or 0) + 1, last)


def _newest(reply_id: str, condition: Condition | None = None) -> Row | None:
    """The last chunk or mark, past the further parts of a long chunk."""
    rows = Row.query(
        _key(reply_id), condition, consistent_read=True, scan_index_forward=False, page_size=_FEW_ITEMS
    )
    return next((row for row in rows if "#" not in row.sk), None)
