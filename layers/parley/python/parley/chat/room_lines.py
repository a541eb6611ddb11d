"""A line to one connection: frames go over it one after another, until it ends."""

import asyncio
import time
from collections.abc import Callable
from itertools import chain, repeat

from parley.domain.room_connections import (
    ConnectionGoneError,
    ConnectionSlowError,
    ConnectionState,
    RoomConnection,
    SocketGateway,
)

POSTS_AT_ONCE = 64
# A post that takes longer than this gives way to others.
SLOW_SECONDS = 0.5
# Until a handshake is over its connection is as good as gone.
OPENING_SECONDS = 5.0
# For how long a service that is out of order is asked again.
PATIENCE_SECONDS = 10.0
_PAUSES_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8)


class LineEndedError(Exception):
    """The connection has gone, or was closed because it did not keep up."""


class SocketLine:
    """`is_slow` while a frame is on its way for longer than usual."""

    def __init__(
        self,
        connection: RoomConnection,
        *,
        gateway: SocketGateway,
        slots: asyncio.Semaphore,
        clock: Callable[[], float],
    ) -> None:
        self.connection = connection
        self.is_slow = False
        self._gateway = gateway
        self._slots = slots
        self._clock = clock
        self._has_opened = connection.state is ConnectionState.READY

    async def send(self, frame: bytes) -> None:
        """Raises `LineEndedError`; an `OSError` where the service stays out of reach or out of order."""
        try:
            await self._send(frame)
        finally:
            self.is_slow = False

    async def _send(self, frame: bytes) -> None:
        give_up_at = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        for pause_seconds in chain(_PAUSES_SECONDS, repeat(_PAUSES_SECONDS[-1])):
            try:
                await self._post(frame)
            except ConnectionGoneError:
                if self._has_opened or not self._may_be_opening():
                    raise LineEndedError from None
            except ConnectionSlowError:
                break
            except OSError:
                if asyncio.get_running_loop().time() > give_up_at:
                    break
            else:
                self._has_opened = True
                return
            self.is_slow = True
            await asyncio.sleep(pause_seconds)
        await self._gateway.close(self.connection.id)
        raise LineEndedError

    async def _post(self, frame: bytes) -> None:
        """A slow one does not count among those at once: it must not hold up the others."""
        await self._slots.acquire()
        post = asyncio.ensure_future(self._gateway.post(self.connection.id, frame))
        try:
            await asyncio.wait((post,), timeout=SLOW_SECONDS)
        except asyncio.CancelledError:
            post.cancel()
            raise
        finally:
            self._slots.release()
        self.is_slow = not post.done()
        await post

    def _may_be_opening(self) -> bool:
        return self._clock() - self.connection.connected_at.timestamp() < OPENING_SECONDS


class SocketLines:
    """Opens lines. All of a process share the number of posts at once; they belong to one event loop."""

    def __init__(
        self,
        gateway: SocketGateway,
        *,
        posts_at_once: int = POSTS_AT_ONCE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._gateway = gateway
        self._posts_at_once = posts_at_once
        self._clock = clock
        self._slots: asyncio.Semaphore | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self, connection: RoomConnection) -> SocketLine:
        loop = asyncio.get_running_loop()
        if self._slots is None or self._loop is not loop:
            self._slots, self._loop = asyncio.Semaphore(self._posts_at_once), loop
        return SocketLine(connection, gateway=self._gateway, slots=self._slots, clock=self._clock)
