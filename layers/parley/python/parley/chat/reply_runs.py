"""One reply being written: its task, its lease, its log, its listener and its last write."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace

from parley.chat.engine import ReplyEngine
from parley.chat.log_writers import Demand, LogWriter
from parley.chat.reply_measures import ReplyMeasures
from parley.chat.reply_ports import ReplyDraft, ReplyStore
from parley.domain.events import FinishReason, ReplyDone, ReplyEvent, ReplyFailed, ReplyStarted, Usage
from parley.domain.messages import Message
from parley.domain.reply_logs import LogSealedError, NumberedEvent
from parley.domain.room_messages import RoomMessage
from parley.errors import ReplyRunningError
from parley.models.types import ModelError, ModelRequest
from parley.observability import log_failure

LOST = ReplyFailed(content="the conversation was deleted or taken over", type="interrupted")
# What is needed to end in order: the model's connection, the last writes and their repetitions. A function
# that has not long to run keeps a part of its time.
RESERVE_SECONDS = 20.0
RESERVE_SHARE = 0.25

_INTERNAL = ReplyFailed(content="the reply could not be finished", type="internal_error")


def writing_seconds(seconds_left: float) -> float:
    """How long a reply may be written by a process that has so long to run."""
    return max(0.0, seconds_left - min(RESERVE_SECONDS, RESERVE_SHARE * seconds_left))


class ReplyRun[Reply: (Message, RoomMessage)]:
    """Runs in a task of its own: a listener that goes away does not end it."""

    def __init__(
        self,
        *,
        prepare: Callable[[], Awaitable[tuple[ReplyEngine, ModelRequest]]],
        store: ReplyStore[Reply],
        log: LogWriter,
        reply: Reply,
        draft: ReplyDraft[Reply],
        user_message_id: str,
        seconds_left: Callable[[], float] | None = None,
    ) -> None:
        """`prepare` chooses the model and reads the history; it may raise `ModelError`.

        `seconds_left` tells how long this process has; the reply ends itself before that.
        """
        self._prepare = prepare
        self._engine: ReplyEngine | None = None
        self._store: ReplyStore[Reply] = store
        self._log = log
        self._seconds_left = seconds_left
        self._reply: Reply = reply
        self._user_message_id = user_message_id
        self._draft: ReplyDraft[Reply] = draft
        self._waiting: list[ReplyEvent] = []
        self._news = asyncio.Event()
        self._has_begun = False
        self._has_ended = False
        self._failure: ReplyFailed | None = None
        self._measures = ReplyMeasures()
        self._task: asyncio.Task[Reply] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def events(self) -> AsyncGenerator[list[NumberedEvent]]:
        """All events once, for one listener, numbered as in the log; those that are waiting come together."""
        number = 1
        while self._waiting or not self._has_ended:
            await self._news.wait()
            self._news.clear()
            batch, self._waiting = self._waiting, []
            yield list(enumerate(batch, start=number))
            number += len(batch)

    async def result(self) -> tuple[Reply, ReplyFailed | None]:
        """The stored reply, and why it failed if it did. Who waits may give up; the reply goes on."""
        assert self._task is not None
        return await asyncio.shield(self._task), self._failure

    async def _run(self) -> Reply:
        last = await self._write_under_lease()
        self._tell_begin()
        reply, last = await self._keep(last)
        # Told only now: whoever has seen the end finds the whole reply stored.
        self._waiting.append(last)
        self._has_ended = True
        self._news.set()
        self._failure = last if isinstance(last, ReplyFailed) else None
        self._measures.report(reply, self._failure)
        return reply

    async def _write_under_lease(self) -> ReplyDone | ReplyFailed:
        """The last event: the engine's, or that of whatever ends the reply before it."""
        writing = asyncio.create_task(self._write())
        keeping = asyncio.create_task(self._keep_lease())
        logging = self._log.start()
        try:
            await asyncio.wait(
                (writing, keeping, logging),
                return_when=asyncio.FIRST_COMPLETED,
                timeout=self._seconds_left and writing_seconds(self._seconds_left()),
            )
            if writing.done():
                return writing.result()
            if keeping.done() or (logging.done() and logging.result() is Demand.GIVE_UP):
                return LOST
            reason = FinishReason.STOPPED if logging.done() else FinishReason.LENGTH
            return self._broken_off(reason)
        except Exception as error:  # the listener and the stored message must learn of anything that fails
            log_failure("reply failed", error)
            return _INTERNAL
        finally:
            writing.cancel()
            keeping.cancel()
            await asyncio.gather(writing, keeping, return_exceptions=True)

    async def _write(self) -> ReplyDone | ReplyFailed:
        try:
            self._engine, request = await self._prepare()
        except ModelError as error:
            return ReplyFailed(content=error.reason, type=error.type)
        self._reply = replace(self._reply, model=request.model)
        self._tell_begin()
        async with aclosing(self._engine.run(request, message_id=self._reply.id)) as events:
            async for event in events:
                if isinstance(event, ReplyDone | ReplyFailed):
                    return event
                self._tell(event)
        raise RuntimeError("the engine ended without a last event")

    def _broken_off(self, reason: FinishReason) -> ReplyDone:
        if self._engine is not None:
            return self._engine.broken_off(self._reply.id, reason)
        return ReplyDone(message_id=self._reply.id, token_count=0, usage=Usage(), finish_reason=reason)

    async def _keep_lease(self) -> None:
        """Returns when the lease is lost."""
        while True:
            await asyncio.sleep(self._store.lease.renewal_seconds)
            try:
                await asyncio.to_thread(self._store.renew)
            except ReplyRunningError:
                return
            except Exception as error:  # a table that is out of reach for a moment must not end a good reply
                log_failure("lease not renewed", error)

    async def _keep(self, last: ReplyDone | ReplyFailed) -> tuple[Reply, ReplyDone | ReplyFailed]:
        """First in the log, which says from then on what the reply is; dying after that loses nothing."""
        self._draft.apply(last)
        reply = self._draft.fill(self._reply)
        try:
            if last is LOST:
                await self._log.close()
                await asyncio.to_thread(self._store.abandon, reply)
            else:
                await self._log.finish(last)
                await asyncio.to_thread(self._store.keep, reply)
        except LogSealedError:
            return reply, LOST
        except Exception as error:  # told as the last event, instead of a stream that ends with none
            log_failure("reply not stored", error)
            return reply, _INTERNAL
        return reply, last

    def _tell_begin(self) -> None:
        """Once, before anything else: as soon as it is known which model is asked, or that none is."""
        if not self._has_begun:
            self._has_begun = True
            self._tell(
                ReplyStarted(
                    message_id=self._reply.id,
                    user_message_id=self._user_message_id,
                    model=self._reply.model,
                )
            )

    def _tell(self, event: ReplyEvent) -> None:
        self._measures.see(event)
        self._draft.apply(event)
        self._log.add(event)
        self._waiting.append(event)
        self._news.set()
