"""A deliverer's hold on its room: a lease that it renews while it works."""

import asyncio
from dataclasses import replace
from typing import Self

from parley.domain.room_messages import DeliveryLease, DeliveryLeases

LEASE_SECONDS = 10.0
# Nothing is begun to be sent when less than this is left: it must not arrive after what another sends.
MARGIN_SECONDS = 4.0
# How often it is told how far the deliverer has come, and that it is still there.
_TELLING_SECONDS = 0.25
_RENEWING_SECONDS = LEASE_SECONDS / 4


class LeaseLostError(Exception):
    """Another deliverer is at it, or the room is gone."""


class DeliveryHold:
    """`lease` is what was known of the room at the last writing."""

    def __init__(self, leases: DeliveryLeases, lease: DeliveryLease, *, asked_at: float) -> None:
        self.lease = lease
        self._leases = leases
        self._asked_at = asked_at
        self._renewed = asyncio.Event()

    @classmethod
    async def take(cls, leases: DeliveryLeases, room_id: str) -> Self | None:
        asked_at = _now()
        lease = await asyncio.to_thread(leases.take, room_id, seconds=LEASE_SECONDS)
        return None if lease is None else cls(leases, lease, asked_at=asked_at)

    async def tell(self, delivered: int, shown: int, *, at_once: bool = False) -> None:
        """Where it is time to. Raises `LeaseLostError`."""
        age_seconds = _now() - self._asked_at
        is_news = delivered > self.lease.delivered and age_seconds > _TELLING_SECONDS
        if at_once or is_news or age_seconds > _RENEWING_SECONDS:
            known = replace(self.lease, delivered=delivered, shown=shown)
            asked_at = _now()
            lease = await asyncio.to_thread(self._leases.renew, known, seconds=LEASE_SECONDS)
            if lease is None:
                raise LeaseLostError
            self._renew(lease, asked_at)

    async def leave(self, delivered: int, shown: int) -> bool:
        """False where there is more to do."""
        known = replace(self.lease, delivered=delivered, shown=shown)
        asked_at = _now()
        lease = await asyncio.to_thread(self._leases.release, known, seconds=LEASE_SECONDS)
        if lease is not None:
            self._renew(lease, asked_at)
        return lease is None

    async def give_up(self, delivered: int, shown: int) -> None:
        """Whoever comes next may go on at once."""
        known = replace(self.lease, delivered=delivered, shown=shown)
        await asyncio.to_thread(self._leases.renew, known, seconds=0)

    async def may_send(self) -> None:
        """Waits where the lease could be another's by the time that something arrives."""
        while _now() > self._asked_at + LEASE_SECONDS - MARGIN_SECONDS:
            await self._renewed.wait()

    def _renew(self, lease: DeliveryLease, asked_at: float) -> None:
        self.lease, self._asked_at = lease, asked_at
        self._renewed.set()
        self._renewed = asyncio.Event()


def _now() -> float:
    return asyncio.get_running_loop().time()
