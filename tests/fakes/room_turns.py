"""Turns in memory; the contract tests are those of the table."""

from dataclasses import replace
from threading import Lock

from parley.domain.room_places import place_of
from parley.domain.room_turns import Turn, TurnTakenOverError


class InMemoryTurnRepository:
    def __init__(self) -> None:
        self._guard = Lock()
        self._turns: dict[tuple[str, int], Turn] = {}

    def begin(self, turn: Turn) -> Turn:
        with self._guard:
            found = self._get(turn.room_id, turn.message_id)
            if found is not None and found.version:
                return found
            return self._put(replace(turn, is_stopped=bool(found and found.is_stopped), version=1))

    def find(self, room_id: str, message_id: str) -> Turn | None:
        found = self._get(room_id, message_id)
        return found if found is not None and found.version else None

    def save(self, turn: Turn) -> Turn:
        with self._guard:
            found = self._get(turn.room_id, turn.message_id)
            if found is None:
                raise TurnTakenOverError
            saved = replace(turn, is_stopped=found.is_stopped, version=turn.version + 1)
            if found not in (saved, replace(found, version=turn.version)):
                raise TurnTakenOverError
            return self._put(saved)

    def request_stop(self, room_id: str, message_id: str) -> Turn | None:
        with self._guard:
            found = self._get(room_id, message_id)
            if found is not None and found.ended:
                return None
            found = found or Turn(room_id=room_id, message_id=message_id, waiting=())
            return self._put(replace(found, is_stopped=True))

    def running(self, room_id: str) -> Turn | None:
        begun = [key for key, turn in self._turns.items() if key[0] == room_id and turn.version]
        newest = self._turns[max(begun)] if begun else None
        return newest if newest is not None and newest.ended is None else None

    def _get(self, room_id: str, message_id: str) -> Turn | None:
        return self._turns.get((room_id, _place(room_id, message_id)))

    def _put(self, turn: Turn) -> Turn:
        self._turns[turn.room_id, _place(turn.room_id, turn.message_id)] = turn
        return turn


def _place(room_id: str, message_id: str) -> int:
    place = place_of(room_id, message_id)
    if place is None:
        raise ValueError(f"{message_id} is no message of {room_id}")
    return place
