"""Brings a room's messages to its connections, in one order for all, by one deliverer at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import chain, repeat

from parley.chat.delivery_holds import DeliveryHold
from parley.chat.delivery_parts import DeliveryParts
from parley.chat.delivery_runs import DeliveryRun
from parley.chat.known_connections import KnownConnections
from parley.domain.room_connections import ConnectionState
from parley.observability import log_failure

# Between two looks at how far another deliverer has come.
_PAUSES_SECONDS = (0.02, 0.05, 0.1, 0.2)


class RoomDelivery:
    def __init__(self, parts: DeliveryParts) -> None:
        self._parts = parts
        self._known = KnownConnections(parts.connections, parts.clock)
        self._runs: dict[str, DeliveryRun] = {}

    async def deliver(self, room_id: str, *, until: int | None = None) -> None:
        """Until all is delivered, or another deliverer is at it.

        With `until`, the place of a message, it lasts until that is delivered, by whomever: to all that are
        not slow. What is still under way then goes on; a call without `until` waits for it.
        Raises an `OSError` where the sockets are out of reach, and what the tables raise.
        """
        await self._deliver(room_id, until, partial(self._is_delivered, room_id, until))

    async def welcome(self, room_id: str, connection_id: str) -> None:
        """Until the connection has been told what has been said, or is gone. Raises as `deliver` does."""
        await asyncio.to_thread(self._parts.leases.call, room_id)
        await self._deliver(room_id, None, partial(self._is_welcomed, room_id, connection_id))

    async def _deliver(self, room_id: str, until: int | None, is_done: Callable[[], Awaitable[bool]]) -> None:
        pauses = chain(_PAUSES_SECONDS, repeat(_PAUSES_SECONDS[-1]))
        while True:
            running = self._running(room_id)
            run = running or await self._begin(room_id)
            if run is None:
                if await is_done():
                    return
                await asyncio.sleep(next(pauses))
            elif until is not None:
                if await run.reached(until):
                    return
                await asyncio.shield(run.task)
            else:
                await asyncio.shield(run.task)
                if running is None:
                    return  # else it may have been about to go

    def _running(self, room_id: str) -> DeliveryRun | None:
        """One of this process, which looks again then."""
        run = self._runs.get(room_id)
        if run is None or run.task.done():
            return None
        run.call()
        return run

    async def _begin(self, room_id: str) -> DeliveryRun | None:
        """None where another process delivers."""
        hold = await DeliveryHold.take(self._parts.leases, room_id)
        if hold is None:
            return None
        run = self._runs[room_id] = DeliveryRun(self._parts, self._known, hold)
        run.task.add_done_callback(partial(self._forget, room_id))
        return run

    def _forget(self, room_id: str, task: asyncio.Task[None]) -> None:
        """Its failure is in the log though nobody waits for it any more."""
        if self._runs[room_id].task is task:
            del self._runs[room_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            log_failure("delivery failed", error, room_id=room_id)

    async def _is_delivered(self, room_id: str, until: int | None) -> bool:
        if until is None:
            return True
        delivered = await asyncio.to_thread(self._parts.leases.delivered, room_id)
        return delivered is None or delivered >= until

    async def _is_welcomed(self, room_id: str, connection_id: str) -> bool:
        connection = await asyncio.to_thread(self._parts.connections.find, connection_id)
        if connection is None or connection.state is ConnectionState.READY:
            return True
        return await asyncio.to_thread(self._parts.leases.delivered, room_id) is None
