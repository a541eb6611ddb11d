"""Turns in the rooms table: one item for each, at its message's place, with one writer at a time."""

import time
from collections.abc import Callable
from typing import Any

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from parley.domain.room_places import place_of
from parley.domain.room_turns import GivenReply, Turn, TurnEnd, TurnTakenOverError
from parley.tables.item import assign, condition_failed
from parley.tables.room_items import RoomTableItem as Row
from parley.tables.room_items import room_key

# Longer than the queue keeps its work, so that a turn that is delivered again is known to have ended.
LIFETIME_SECONDS = 15 * 24 * 3600
_PREFIX = "TURN#"
# Turns that were stopped before they began lie in front of the one that is running.
_FEW_ITEMS = 3


class DynamoTurnRepository:
    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock

    def begin(self, turn: Turn) -> Turn:
        begun = self._write(turn, 1, Row.version.does_not_exist())
        found = begun or _find(turn.room_id, turn.message_id)
        if found is None:
            raise TurnTakenOverError  # it was removed in this moment, with its room
        return found

    def find(self, room_id: str, message_id: str) -> Turn | None:
        found = _find(room_id, message_id)
        return found if found is not None and found.version else None

    def save(self, turn: Turn) -> Turn:
        """Passes where the turn is as it was read, or as it is to be: the answer to the write was lost."""
        saved = self._write(turn, turn.version + 1, Row.version == turn.version)
        if saved is not None:
            return saved
        found = _find(turn.room_id, turn.message_id)
        if found is None or _content(found, turn.version + 1) != _content(turn, found.version):
            raise TurnTakenOverError
        return found

    def request_stop(self, room_id: str, message_id: str) -> Turn | None:
        row = _row(room_id, message_id)
        try:
            row.update([Row.is_stopped.set(True), *self._kept(message_id)], Row.ended.does_not_exist())
        except UpdateError as error:
            if not condition_failed(error):
                raise
            return None
        return _from_row(room_id, row)

    def running(self, room_id: str) -> Turn | None:
        """Turns are run in the order of their messages, so that the newest one counts."""
        rows = Row.query(
            room_key(room_id),
            Row.sk.startswith(_PREFIX),
            consistent_read=True,
            scan_index_forward=False,
            page_size=_FEW_ITEMS,
        )
        newest = next((_from_row(room_id, row) for row in rows if row.version), None)
        return newest if newest is not None and newest.ended is None else None

    def _write(self, turn: Turn, version: int, condition: Condition) -> Turn | None:
        """The turn as it is then; None where the condition does not hold. A stop is never written here."""
        row = _row(turn.room_id, turn.message_id)
        current = turn.current
        actions = [
            Row.waiting.set(list(turn.waiting)),
            Row.given_agent_ids.set([each.agent_id for each in turn.given]),
            Row.given_message_ids.set([each.message_id for each in turn.given]),
            assign(Row.current_agent_id, current and current.agent_id),
            assign(Row.current_message_id, current and current.message_id),
            assign(Row.ended, turn.ended and turn.ended.value),
            Row.version.set(version),
            *self._kept(turn.message_id),
        ]
        try:
            row.update(actions, condition)
        except UpdateError as error:
            if not condition_failed(error):
                raise
            return None
        return _from_row(turn.room_id, row)

    def _kept(self, message_id: str) -> list[Action]:
        return [
            Row.message_id.set(message_id),
            Row.expires_at_epoch.set(int(self._clock()) + LIFETIME_SECONDS),
        ]


def _row(room_id: str, message_id: str) -> Row:
    """The item's key. Raises `ValueError` for what is no message of the room."""
    place = place_of(room_id, message_id)
    if place is None:
        raise ValueError(f"{message_id} is no message of {room_id}")
    return Row(room_key(room_id), f"{_PREFIX}{place:012d}")


def _find(room_id: str, message_id: str) -> Turn | None:
    row = _row(room_id, message_id)
    try:
        row.refresh(consistent_read=True)
    except Row.DoesNotExist:
        return None
    return _from_row(room_id, row)


def _from_row(room_id: str, row: Row) -> Turn:
    given = zip(row.given_agent_ids or (), row.given_message_ids or (), strict=True)
    current = row.current_agent_id and row.current_message_id
    return Turn(
        room_id=room_id,
        message_id=row.message_id or "",
        waiting=tuple(row.waiting or ()),
        given=tuple(GivenReply(agent_id=agent, message_id=message) for agent, message in given),
        current=_reply(row) if current else None,
        is_stopped=bool(row.is_stopped),
        ended=TurnEnd(row.ended) if row.ended else None,
        version=int(row.version or 0),
    )


def _reply(row: Row) -> GivenReply:
    return GivenReply(agent_id=row.current_agent_id or "", message_id=row.current_message_id or "")


def _content(turn: Turn, version: int) -> tuple[Any, ...]:
    """All that a runner writes."""
    return turn.waiting, turn.given, turn.current, turn.ended, version
