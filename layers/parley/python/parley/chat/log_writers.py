"""Writes a reply's events to its log as they come: often enough to follow, seldom enough for the bill."""

import asyncio
from contextlib import suppress
from enum import Enum, auto

from parley.domain.events import ReplyEvent, TextDelta, ThinkingDelta
from parley.domain.reply_logs import LogSealedError, ReplyLog
from parley.observability import log_failure

# An item of a kilobyte costs one write unit, as a smaller one does.
FLUSH_SECONDS = 0.25
FLUSH_CHARACTERS = 1_000
# Between the tries of the last write, which must not be lost to a service that is out of order for a moment.
_PAUSES_SECONDS = (0.1, 0.5, 2.0)


class Demand(Enum):
    """What the log tells its writer."""

    STOP = auto()
    GIVE_UP = auto()


class LogWriter:
    """One write at a time, each with all that has come meanwhile; in silence it looks for a mark."""

    def __init__(self, log: ReplyLog, reply_id: str) -> None:
        self._log = log
        self._reply_id = reply_id
        self._next = 1
        self._waiting: list[ReplyEvent] = []
        self._waiting_characters = 0
        # Being written: after a failure it is tried again as it was, since it may have arrived after all.
        self._chunk: list[ReplyEvent] = []
        self._is_urgent = asyncio.Event()
        self._is_closing = False
        self._task: asyncio.Task[Demand | None] | None = None

    def start(self) -> asyncio.Task[Demand | None]:
        """The task ends as soon as the log demands an end."""
        self._task = asyncio.create_task(self._run())
        return self._task

    def add(self, event: ReplyEvent) -> None:
        self._waiting.append(event)
        if isinstance(event, TextDelta | ThinkingDelta):
            self._waiting_characters += len(event.content)
            if self._waiting_characters >= FLUSH_CHARACTERS:
                self._is_urgent.set()

    async def close(self) -> None:
        """Write nothing more. What is under way arrives."""
        self._is_closing = True
        self._is_urgent.set()
        if self._task is not None:
            await self._task

    async def finish(self, last: ReplyEvent) -> None:
        """Write what waits and the last event. Raises `LogSealedError`, or why it cannot be written."""
        await self.close()
        self._waiting.append(last)
        for pause_seconds in _PAUSES_SECONDS:
            try:
                await self._flush_all()
            except LogSealedError:
                raise
            except Exception as error:
                log_failure("end not logged", error)
                await asyncio.sleep(pause_seconds)
            else:
                return
        await self._flush_all()

    async def _run(self) -> Demand | None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_urgent.wait(), FLUSH_SECONDS)
            self._is_urgent.clear()
            if self._is_closing:
                return None
            try:
                if await self._write_or_look():
                    return Demand.STOP
            except LogSealedError:
                return Demand.GIVE_UP
            except Exception as error:  # what waits is written with the next try
                log_failure("events not logged", error)

    async def _write_or_look(self) -> bool:
        if self._waiting or self._chunk:
            return await self._flush()
        return await asyncio.to_thread(self._log.is_stop_requested, self._reply_id, self._next)

    async def _flush_all(self) -> None:
        while self._chunk or self._waiting:
            await self._flush()

    async def _flush(self) -> bool:
        """Whether the log demands a stop."""
        if not self._chunk:
            self._chunk, self._waiting, self._waiting_characters = self._waiting, [], 0
        demands_stop = await asyncio.to_thread(self._log.append, self._reply_id, self._next, self._chunk)
        self._next += len(self._chunk)
        self._chunk = []
        return demands_stop
