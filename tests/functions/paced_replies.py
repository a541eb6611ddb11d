"""A reply at a reader's pace, in simulated time: what a minute of it costs is measured in a moment."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractContextManager

from parley.chat.drafts import Draft
from parley.chat.log_writers import FLUSH_SECONDS
from parley.chat.replies import ReplyService
from parley.chat.settlements import reply_of, unwritten_reply
from parley.domain.conversations import Conversation, RunningReply
from parley.domain.events import FinishReason, ReplyDone, ReplyEvent, ReplyStarted, TextDelta, Usage
from parley.models.types import ModelEvent, ModelRequest
from tests.fakes.scripted_model import STOP

WORD = "words "
SECONDS_PER_WORD = 0.02
_PATIENCE_SECONDS = 20


def words_between(start_seconds: float, end_seconds: float) -> list[TextDelta]:
    """What is written from one moment to another."""
    first, behind = (round(seconds / SECONDS_PER_WORD) for seconds in (start_seconds, end_seconds))
    return [TextDelta(WORD)] * (behind - first)


class PacedModel:
    """Goes on when the log has what it wrote since the flush before, as if the usual time had passed."""

    def __init__(self, seconds: float, *, logged_chunks: Callable[[], int]) -> None:
        self._flushes = round(seconds / FLUSH_SECONDS)
        self._logged_chunks = logged_chunks

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent]:
        for number in range(self._flushes):
            logged = self._logged_chunks()
            for word in words_between(number * FLUSH_SECONDS, (number + 1) * FLUSH_SECONDS):
                yield word
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while self._logged_chunks() == logged:  # noqa: ASYNC110 (the chunk is written in a thread)
                    await asyncio.sleep(0.0005)
        yield STOP


class GrowingReply:
    """Somebody else writes it while its reader pauses: `for_nothing` keeps that from being measured."""

    def __init__(
        self,
        service: ReplyService,
        conversation: Conversation,
        running: RunningReply,
        *,
        seconds: float,
        for_nothing: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._service, self._conversation, self._running = service, conversation, running
        self._seconds, self._for_nothing = seconds, for_nothing
        self._now, self._logged_until, self._next = 0.0, 0.0, 1
        start = ReplyStarted(message_id=running.reply_id, user_message_id=running.user_message_id)
        self._log([start])

    async def grow(self, pause_seconds: float) -> None:
        self._now += pause_seconds
        while self._logged_until + FLUSH_SECONDS <= min(self._now, self._seconds):
            self._log(words_between(self._logged_until, self._logged_until + FLUSH_SECONDS))
            self._logged_until += FLUSH_SECONDS
        if self._now > self._seconds:
            self._end()

    def _log(self, events: Sequence[ReplyEvent]) -> None:
        with self._for_nothing():
            self._service._log.append(self._running.reply_id, self._next, events)
        self._next += len(events)

    def _end(self) -> None:
        reply_id = self._running.reply_id
        self._log(
            [ReplyDone(message_id=reply_id, token_count=0, usage=Usage(), finish_reason=FinishReason.STOP)]
        )
        with self._for_nothing():
            page = self._service._log.seal(reply_id)
            unwritten = unwritten_reply(self._conversation, self._running)
            self._service._messages.put(reply_of(page, unwritten, Draft()))
            self._service._lock.release(self._conversation, reply_id, added=2, title=None)
