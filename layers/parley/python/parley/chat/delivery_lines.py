"""What a deliverer sends over one line: a welcome where the connection is new, then message after message."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from parley.chat.room_lines import LineEndedError, SocketLine
from parley.domain.room_connections import RoomConnection


class Welcome(Protocol):
    """What a new connection is told before all else."""

    def frames(self) -> AsyncIterator[bytes]: ...

    def become_ready(self) -> AsyncIterator[bytes]:
        """Once all that came meanwhile is sent; what there is to tell then. Raises `LineEndedError`."""


class Watcher(Protocol):
    """Who minds the line."""

    async def may_send(self) -> None:
        """Awaited before each frame."""

    async def ended(self, line: SocketLine) -> None:
        """The connection is not there any more."""

    def rests(self, line: "DeliveryLine") -> None:
        """It has nothing more to send, or has failed."""


class DeliveryLine:
    """`sent` is the place up to which its connection has everything, `failure` why it could not go on."""

    def __init__(
        self, line: SocketLine, *, sent: int, watcher: Watcher, welcome: Welcome | None = None
    ) -> None:
        self.sent = sent
        self.failure: Exception | None = None
        self.has_ended = False
        self._line = line
        self._watcher = watcher
        self._welcome = welcome
        self._waiting: deque[tuple[int, Sequence[bytes]]] = deque()
        self._task: asyncio.Task[None] | None = None
        if welcome is not None:
            self._start()

    @property
    def connection(self) -> RoomConnection:
        return self._line.connection

    @property
    def is_done(self) -> bool:
        """All that was added is sent, or it has ended."""
        return self._task is None or self._task.done()

    @property
    def counts(self) -> bool:
        """Whether nothing is delivered that it does not have; a new one would be welcomed again."""
        return not self.has_ended and self._welcome is None

    @property
    def is_prompt(self) -> bool:
        return self.counts and not self._line.is_slow

    def add(self, place: int, frames: Sequence[bytes]) -> None:
        """What there is up to this place, in the order of the calls."""
        if self.has_ended:
            return
        if self.is_done and not frames:
            self.sent = place
            return
        self._waiting.append((place, frames))
        if self.is_done:
            self._start()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    def _start(self) -> None:
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(lambda _: self._watcher.rests(self))

    async def _run(self) -> None:
        try:
            await self._send_all()
        except LineEndedError:
            self.has_ended = True
            self._waiting.clear()
            await self._report_end()
        except Exception as error:  # the run decides what becomes of it
            self.failure = error

    async def _send_all(self) -> None:
        welcome = self._welcome
        if welcome is not None:
            async for frame in welcome.frames():
                await self._send(frame)
            await self._send_waiting()
            self._welcome = None  # from here on it counts
            async for frame in welcome.become_ready():
                await self._send(frame)
        await self._send_waiting()

    async def _send_waiting(self) -> None:
        while self._waiting:
            place, frames = self._waiting.popleft()
            for frame in frames:
                await self._send(frame)
            self.sent = place

    async def _send(self, frame: bytes) -> None:
        await self._watcher.may_send()
        await self._line.send(frame)

    async def _report_end(self) -> None:
        try:
            await self._watcher.ended(self._line)
        except Exception as error:
            self.failure = error
