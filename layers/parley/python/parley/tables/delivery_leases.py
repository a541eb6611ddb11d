"""The lease of a room's deliverer, on the room's head: each call is one conditional write."""

import secrets
import time
from collections.abc import Callable

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from parley.domain.room_messages import DeliveryLease
from parley.tables.conflicts import despite_conflicts
from parley.tables.item import condition_failed
from parley.tables.room_items import RoomTableItem as Row
from parley.tables.room_items import head_item, room_id_of


class DynamoDeliveryLeases:
    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock

    def call(self, room_id: str) -> None:
        _update(room_id, [Row.calls.add(1)], Row.pk.exists())

    def take(self, room_id: str, *, seconds: float) -> DeliveryLease | None:
        """Passes while nobody holds it, or whoever did let it run out."""
        lease_id = secrets.token_hex(8)
        free = (
            Row.lease_id.does_not_exist()
            | (Row.lease_until_ms <= self._now_ms())
            | (Row.lease_id == lease_id)  # the client repeats a write whose answer was lost
        )
        actions: list[Action] = [Row.lease_id.set(lease_id), self._until(seconds)]
        return _lease(_update(room_id, actions, Row.pk.exists() & free))

    def renew(self, lease: DeliveryLease, *, seconds: float) -> DeliveryLease | None:
        return _lease(_update(lease.room_id, [*_progress(lease), self._until(seconds)], _is_held(lease)))

    def release(self, lease: DeliveryLease, *, seconds: float) -> DeliveryLease | None:
        """Passes while no place is taken behind what was delivered, and nobody has called."""
        nothing_new = (Row.last_place.does_not_exist() | (Row.last_place <= lease.delivered)) & _same_number(
            lease.calls
        )
        actions = [*_progress(lease), Row.lease_id.remove(), Row.lease_until_ms.remove()]
        if _update(lease.room_id, actions, _is_held(lease) & nothing_new):
            return None
        return self.renew(lease, seconds=seconds)

    def delivered(self, room_id: str) -> int | None:
        head = head_item(room_id)
        try:
            head.refresh(consistent_read=True)
        except Row.DoesNotExist:
            return None
        return int(head.delivered or 0)

    def _until(self, seconds: float) -> Action:
        return Row.lease_until_ms.set(self._now_ms() + int(seconds * 1000))

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)


def _progress(lease: DeliveryLease) -> list[Action]:
    return [Row.delivered.set(lease.delivered), Row.shown.set(lease.shown)]


def _is_held(lease: DeliveryLease) -> Condition:
    condition: Condition = Row.lease_id == lease.id
    return condition


def _same_number(calls: int) -> Condition:
    condition: Condition = Row.calls == calls if calls else Row.calls.does_not_exist()
    return condition


def _update(room_id: str, actions: list[Action], condition: Condition) -> Row | None:
    """The head as it is then; None where the condition does not hold."""
    head = head_item(room_id)
    try:
        despite_conflicts(lambda: head.update(actions, condition))
    except UpdateError as error:
        if not condition_failed(error):
            raise
        return None
    return head


def _lease(head: Row | None) -> DeliveryLease | None:
    if head is None:
        return None
    return DeliveryLease(
        room_id=room_id_of(head),
        id=head.lease_id or "",
        delivered=int(head.delivered or 0),
        shown=int(head.shown or 0),
        taken=int(head.last_place or 0),
        calls=int(head.calls or 0),
    )
