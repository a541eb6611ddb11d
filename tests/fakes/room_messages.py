"""A room's messages and its delivery lease in memory; the contract tests are those of the tables."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from uuid import uuid4

from parley.domain.clock import now
from parley.domain.room_messages import (
    DeliveryLease,
    MessagesBehind,
    NewMessage,
    PostedMessage,
    RoomMessage,
)
from parley.domain.room_places import place_of, room_message_id
from parley.errors import RoomNotFoundError

_LIFETIME_SECONDS = 24 * 3600


@dataclass
class _Head:
    last_place: int = 0
    delivered: int = 0
    shown: int = 0
    calls: int = 0
    lease_id: str | None = None
    lease_until: float = 0.0
    # None is a place that was given up.
    messages: dict[int, RoomMessage | None] = field(default_factory=dict)
    client_ids: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)

    def up_to_gap(self, after: int) -> list[tuple[int, RoomMessage | None]]:
        found = []
        while after + 1 in self.messages:
            after += 1
            found.append((after, self.messages[after]))
        return found


class RoomMemory:
    """What the repositories of a rooms table share. A room is there once it is `open`."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.heads: dict[str, _Head] = {}
        self.guard = RLock()

    def open(self, room_id: str) -> None:
        self.heads[room_id] = _Head()

    def head(self, room_id: str) -> _Head:
        """Raises `RoomNotFoundError`."""
        if room_id not in self.heads:
            raise RoomNotFoundError
        return self.heads[room_id]


class InMemoryRoomMessageRepository:
    def __init__(self, memory: RoomMemory) -> None:
        self._memory = memory

    def post(self, message: NewMessage) -> PostedMessage:
        with self._memory.guard:
            head = self._memory.head(message.room_id)
            message_id = self._claimed(head, message)
            place = _place(message_id, message.room_id)
            if place in head.messages and head.messages[place] is None:
                return self.post(message)
            if found := head.messages.get(place):
                return PostedMessage(message=found, is_new=False)
            stored = RoomMessage(
                id=message_id,
                created_at=now(),
                **{name: getattr(message, name) for name in NewMessage.__slots__},
            )
            head.messages[place] = stored
            return PostedMessage(message=stored, is_new=True)

    def _claimed(self, head: _Head, message: NewMessage) -> str:
        if message.client_id is None:
            return self.take_place(message.room_id)
        name = (message.sender.id, message.client_id)
        message_id, expires = head.client_ids.get(name, ("", 0.0))
        if (
            expires <= self._memory.clock()
            or head.messages.get(_place(message_id, message.room_id), 0) is None
        ):
            message_id = self.take_place(message.room_id)
            head.client_ids[name] = message_id, self._memory.clock() + _LIFETIME_SECONDS
        return message_id

    def take_place(self, room_id: str) -> str:
        with self._memory.guard:
            head = self._memory.head(room_id)
            head.last_place += 1
            return room_message_id(room_id, head.last_place)

    def put(self, message: RoomMessage) -> bool:
        with self._memory.guard:
            messages = self._memory.head(message.room_id).messages
            found = messages.get(_place(message.id, message.room_id), message)
            if found is None or found.id != message.id:
                return False
            messages[_place(message.id, message.room_id)] = message
            return True

    def get(self, room_id: str, message_id: str) -> RoomMessage | None:
        with self._memory.guard:
            if room_id not in self._memory.heads:
                return None
            place = place_of(room_id, message_id)
            found = self._memory.head(room_id).messages.get(place or 0)
            return found if found is not None and found.id == message_id else None

    def newest(self, room_id: str, *, limit: int, before: str | None = None) -> list[RoomMessage]:
        with self._memory.guard:
            if room_id not in self._memory.heads or (before and place_of(room_id, before) is None):
                return []
            end = place_of(room_id, before) if before else None
            found = self._memory.head(room_id).up_to_gap(0)
            return [each for place, each in found if each and (end is None or place < end)][-limit:]

    def since(self, room_id: str, *, after: str | int, limit: int) -> list[RoomMessage]:
        place = after if isinstance(after, int) else place_of(room_id, after)
        return [] if place is None else list(self.follow(room_id, after=place, limit=limit).messages)

    def follow(self, room_id: str, *, after: int, limit: int) -> MessagesBehind:
        with self._memory.guard:
            messages: list[RoomMessage] = []
            rows = self._memory.head(room_id).up_to_gap(after) if room_id in self._memory.heads else []
            for place, message in rows:
                if len(messages) == limit:
                    break
                after = place
                messages += [message] if message else []
            return MessagesBehind(messages=tuple(messages), end=after)

    def close_gap(self, room_id: str, *, after: int) -> None:
        with self._memory.guard:
            self._memory.head(room_id).messages.setdefault(after + 1, None)

    def count(self, room_id: str) -> int:
        with self._memory.guard:
            if room_id not in self._memory.heads:
                return 0
            return sum(message is not None for _, message in self._memory.head(room_id).up_to_gap(0))


class InMemoryDeliveryLeases:
    def __init__(self, memory: RoomMemory) -> None:
        self._memory = memory

    def call(self, room_id: str) -> None:
        with self._memory.guard:
            if head := self._memory.heads.get(room_id):
                head.calls += 1

    def take(self, room_id: str, *, seconds: float) -> DeliveryLease | None:
        with self._memory.guard:
            head = self._memory.heads.get(room_id)
            if head is None or (head.lease_id and head.lease_until > self._memory.clock()):
                return None
            head.lease_id, head.lease_until = uuid4().hex, self._memory.clock() + seconds
            return _lease(room_id, head)

    def renew(self, lease: DeliveryLease, *, seconds: float) -> DeliveryLease | None:
        with self._memory.guard:
            head = self._memory.heads.get(lease.room_id)
            if head is None or head.lease_id != lease.id:
                return None
            head.delivered, head.shown = lease.delivered, lease.shown
            head.lease_until = self._memory.clock() + seconds
            return _lease(lease.room_id, head)

    def release(self, lease: DeliveryLease, *, seconds: float) -> DeliveryLease | None:
        with self._memory.guard:
            renewed = self.renew(lease, seconds=seconds)
            if renewed and renewed.taken <= lease.delivered and renewed.calls == lease.calls:
                self._memory.heads[lease.room_id].lease_id = None
                return None
            return renewed

    def delivered(self, room_id: str) -> int | None:
        head = self._memory.heads.get(room_id)
        return head.delivered if head else None


def _lease(room_id: str, head: _Head) -> DeliveryLease:
    return DeliveryLease(
        room_id=room_id,
        id=head.lease_id or "",
        delivered=head.delivered,
        shown=head.shown,
        taken=head.last_place,
        calls=head.calls,
    )


def _place(message_id: str, room_id: str) -> int:
    place = place_of(room_id, message_id)
    assert place is not None
    return place
