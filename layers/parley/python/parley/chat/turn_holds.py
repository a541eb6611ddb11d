"""Keeps a turn in the hands of one runner: its work is hidden from others for as long as the runner lives."""

import asyncio
import math
from types import TracebackType
from typing import Self

from parley.chat.leases import Lease
from parley.domain.room_turns import TurnTakenOverError
from parley.domain.room_work import MessageInHand, MessageLostError
from parley.observability import log_failure


class TurnHold:
    """An asynchronous context.

    The work of a runner that was killed comes back with the end of its lease, and not only when a function's
    time would be over.
    """

    def __init__(self, work: MessageInHand, lease: Lease) -> None:
        self._work = work
        self._lease = lease
        self._renewing: asyncio.Task[None] | None = None
        self.is_lost = False

    async def __aenter__(self) -> Self:
        """Raises `TurnTakenOverError`."""
        await self._renew()
        if self.is_lost:
            raise TurnTakenOverError
        self._renewing = asyncio.create_task(self._keep())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._renewing is not None
        self._renewing.cancel()
        await asyncio.gather(self._renewing, return_exceptions=True)

    async def give_back(self) -> None:
        """Others may go on at once."""
        await asyncio.to_thread(self._work.hide_for, 0)

    async def _keep(self) -> None:
        while not self.is_lost:
            await asyncio.sleep(self._lease.renewal_seconds)
            await self._renew()

    async def _renew(self) -> None:
        try:
            await asyncio.to_thread(self._work.hide_for, math.ceil(self._lease.seconds))
        except MessageLostError:
            self.is_lost = True
        except Exception as error:  # a queue that is out of reach for a moment must not end a good turn
            log_failure("work not kept hidden", error)
