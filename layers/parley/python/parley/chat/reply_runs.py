"""One reply being written: its task, its lease, its listener and its last write."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from parley.chat.drafts import Draft
from parley.chat.engine import ReplyEngine
from parley.chat.leases import LEASE_RENEWAL_SECONDS
from parley.chat.reply_stores import ReplyStore
from parley.domain.events import ReplyDone, ReplyEvent, ReplyFailed, ReplyStarted
from parley.domain.messages import Message
from parley.errors import ReplyRunningError
from parley.models.types import ModelRequest
from parley.observability import log, log_failure

_LOST = ReplyFailed(content="the conversation was deleted or taken over", type="interrupted")
_INTERNAL = ReplyFailed(content="the reply could not be finished", type="internal_error")


class ReplyRun:
    """Runs in a task of its own: a listener that goes away does not end it."""

    def __init__(
        self,
        *,
        engine: ReplyEngine,
        read_request: Callable[[], ModelRequest],
        store: ReplyStore,
        reply: Message,
        user_message_id: str,
    ) -> None:
        self._engine = engine
        self._read_request = read_request
        self._store = store
        self._reply = reply
        self._user_message_id = user_message_id
        self._draft = Draft()
        self._waiting: list[ReplyEvent] = []
        self._news = asyncio.Event()
        self._has_ended = False
        self._failure: ReplyFailed | None = None
        self._task: asyncio.Task[Message] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def events(self) -> AsyncGenerator[list[ReplyEvent]]:
        """All events once, for one listener; those that are waiting come together."""
        while self._waiting or not self._has_ended:
            await self._news.wait()
            self._news.clear()
            batch, self._waiting = self._waiting, []
            yield batch

    async def result(self) -> tuple[Message, ReplyFailed | None]:
        """The stored reply, and why it failed if it did. Who waits may give up; the reply goes on."""
        assert self._task is not None
        return await asyncio.shield(self._task), self._failure

    async def _run(self) -> Message:
        started = time.perf_counter()
        self._tell(ReplyStarted(message_id=self._reply.id, user_message_id=self._user_message_id))
        last = await self._write_under_lease()
        reply, last = await self._keep(last)
        # Told only now: whoever has seen the end finds the whole reply stored.
        self._waiting.append(last)
        self._has_ended = True
        self._news.set()
        self._failure = last if isinstance(last, ReplyFailed) else None
        log(
            "reply",
            message_id=reply.id,
            reply_status=reply.status.value,
            error_type=self._failure and self._failure.type,
            prompt_tokens=reply.usage.prompt_tokens,
            completion_tokens=reply.usage.completion_tokens,
            duration_ms=round((time.perf_counter() - started) * 1000),
        )
        return reply

    async def _write_under_lease(self) -> ReplyDone | ReplyFailed:
        writing = asyncio.create_task(self._write())
        keeping = asyncio.create_task(self._keep_lease())
        try:
            await asyncio.wait((writing, keeping), return_when=asyncio.FIRST_COMPLETED)
            return writing.result() if writing.done() else _LOST
        except Exception as error:  # the listener and the stored message must learn of anything that fails
            log_failure("reply failed", error)
            return _INTERNAL
        finally:
            writing.cancel()
            keeping.cancel()
            await asyncio.gather(writing, keeping, return_exceptions=True)

    async def _write(self) -> ReplyDone | ReplyFailed:
        request = await asyncio.to_thread(self._read_request)
        async with aclosing(self._engine.run(request, message_id=self._reply.id)) as events:
            async for event in events:
                if isinstance(event, ReplyDone | ReplyFailed):
                    return event
                self._tell(event)
        raise RuntimeError("the engine ended without a last event")

    async def _keep_lease(self) -> None:
        """Returns when the lease is lost."""
        while True:
            await asyncio.sleep(LEASE_RENEWAL_SECONDS)
            try:
                await asyncio.to_thread(self._store.renew, self._reply.id, self._user_message_id)
            except ReplyRunningError:
                return
            except Exception as error:  # a table that is out of reach for a moment must not end a good reply
                log_failure("lease not renewed", error)

    async def _keep(self, last: ReplyDone | ReplyFailed) -> tuple[Message, ReplyDone | ReplyFailed]:
        self._draft.apply(last)
        reply = self._draft.fill(self._reply)
        try:
            await asyncio.to_thread(self._store.keep, reply)
        except Exception as error:  # told as the last event, instead of a stream that ends with none
            log_failure("reply not stored", error)
            return reply, _INTERNAL
        return reply, last

    def _tell(self, event: ReplyEvent) -> None:
        self._draft.apply(event)
        self._waiting.append(event)
        self._news.set()
