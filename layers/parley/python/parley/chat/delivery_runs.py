"""One deliverer in a room, from taking the lease to giving it back."""

import asyncio
from contextlib import suppress
from functools import partial

from parley.chat.delivery_crowds import Crowd
from parley.chat.delivery_holds import DeliveryHold, LeaseLostError
from parley.chat.delivery_parts import DeliveryParts
from parley.chat.known_connections import KnownConnections
from parley.domain.room_events import MessagePosted
from parley.domain.room_places import place_of
from parley.observability import log_failure

# After this the place of a message that never came is given up.
GAP_SECONDS = 1.0
# Who has been at work for so long has somebody else go on: its function has not much longer to run.
DELIVERING_SECONDS = 15.0
# Between two looks for messages while earlier ones are being sent, or one is missing.
_PAUSES_SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2)
# So many are read at once, and no more while so many are still to be sent: to come to rest takes seconds.
_PAGE_MESSAGES = 20
_MAX_AHEAD = 10


class DeliveryRun:
    """Reads on while it sends: a slow connection delays no other."""

    def __init__(self, parts: DeliveryParts, known: KnownConnections, hold: DeliveryHold) -> None:
        self._parts = parts
        self._hold = hold
        self._room_id = hold.lease.room_id
        self._cursor = hold.lease.delivered
        # How many messages there are up to each place that a line may have come to.
        self._shown = {hold.lease.delivered: hold.lease.shown}
        self._change = asyncio.Event()
        self._crowd = Crowd(parts, known, hold, changed=self._change.set)
        self._calls_seen: int | None = None
        self._is_called = False
        self._gap: tuple[int, float] | None = None
        self._begun_at = _now()
        self.task = asyncio.create_task(self._run())

    def call(self) -> None:
        """Somebody has done something that is to be seen at once."""
        self._is_called = True
        self._change.set()

    async def reached(self, place: int) -> bool:
        """Whether all that are not slow came to have what there is up to `place`; False: it ended before."""
        while not self.task.done() and not self._has_reached(place):
            await asyncio.wait((self.task,), timeout=_PAUSES_SECONDS[0])
        return self._has_reached(place)

    def _has_reached(self, place: int) -> bool:
        return min(self._cursor, self._crowd.prompt_place()) >= place

    async def _run(self) -> None:
        try:
            await self._work()
        except LeaseLostError:
            pass
        except Exception:
            await self._crowd.stop()
            await self._give_up()
            raise
        finally:
            await self._crowd.stop()

    async def _work(self) -> None:
        pauses = 0
        while True:
            self._change.clear()
            if self._parts.hand_over is not None and _now() - self._begun_at > DELIVERING_SECONDS:
                await self._come_to_rest()
                self._crowd.keep_known()
                await self._give_up()
                await asyncio.to_thread(self._parts.hand_over, self._room_id)
                return
            await self._see_connections()
            has_read = await self._read_on()
            await self._tell()
            if has_read:
                pauses = 0
                continue
            if self._crowd.is_idle and await self._leave():
                self._crowd.keep_known()
                return
            await self._mind_gap()
            await self._pause(_PAUSES_SECONDS[pauses])
            pauses = min(pauses + 1, len(_PAUSES_SECONDS) - 1)

    async def _come_to_rest(self) -> None:
        """All have the same then: the next deliverer begins with what the last of them does not have."""
        while not self._crowd.is_idle:
            self._change.clear()
            await self._pause(_PAUSES_SECONDS[-1])
            await self._tell()

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._change.wait(), seconds)

    async def _see_connections(self) -> None:
        """At first, and whenever somebody called: nothing else makes a connection that is new."""
        if self._calls_seen != self._hold.lease.calls:
            self._calls_seen = self._hold.lease.calls
            await self._crowd.look()

    async def _read_on(self) -> bool:
        """While all rest, it is known whether there is anything."""
        is_known = self._crowd.is_idle and self._hold.lease.taken <= self._cursor
        if is_known or self._cursor - self._crowd.prompt_place() > _MAX_AHEAD:
            return False
        follow = partial(self._parts.messages.follow, self._room_id, limit=_PAGE_MESSAGES)
        page = await asyncio.to_thread(follow, after=self._cursor)
        has_read = page.end > self._cursor
        shown = self._shown[self._cursor]
        for message in page.messages:
            place, shown = place_of(self._room_id, message.id) or 0, shown + 1
            self._shown[place] = shown
            self._crowd.add(place, MessagePosted(message=message))
        self._cursor = page.end
        self._shown[page.end] = shown
        self._crowd.add(page.end)
        return has_read

    async def _tell(self) -> None:
        if self._crowd.failure is not None:
            raise self._crowd.failure
        at_once, self._is_called = self._is_called, False
        place, shown = self._progress()
        await self._hold.tell(place, shown, at_once=at_once)
        self._shown = {known: number for known, number in self._shown.items() if known >= place}

    async def _leave(self) -> bool:
        return await self._hold.leave(*self._progress())

    def _progress(self) -> tuple[int, int]:
        """The place up to which all have everything, and how many messages that are."""
        place = self._crowd.sent_place()
        return place, self._shown[place]

    async def _mind_gap(self) -> None:
        """A place was taken behind the last message, but nothing has come to it (yet, or ever)."""
        if self._hold.lease.taken <= self._cursor:
            self._gap = None
        elif self._gap is None or self._gap[0] != self._cursor:
            self._gap = self._cursor, _now()
        elif _now() - self._gap[1] > GAP_SECONDS:
            close_gap = partial(self._parts.messages.close_gap, self._room_id)
            await asyncio.to_thread(close_gap, after=self._cursor)

    async def _give_up(self) -> None:
        try:
            await self._hold.give_up(*self._progress())
        except Exception as error:  # the lease runs out by itself
            log_failure("delivery lease not given up", error, room_id=self._room_id)


def _now() -> float:
    return asyncio.get_running_loop().time()
