"""What the log of a reply costs its stream: the same reply, in this process, with the log and without."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from statistics import median
from typing import cast
from unittest.mock import patch

from parley.bootstrap.replies import replies
from parley.chat.exchanges import Exchange
from parley.chat.model_choice import ModelChoice
from parley.chat.replies import ReplyService
from parley.domain.clock import now
from parley.domain.conversations import Conversation
from parley.domain.events import FinishReason, ReplyEvent, TextDelta, Usage
from parley.domain.ids import CONVERSATION, USER, new_id
from parley.domain.reply_logs import LogPage
from parley.models.types import ModelEvent, ModelFinished, ModelRequest
from parley.tables.conversations import DynamoConversationRepository
from tests.benchmarks.rig import Rig
from tests.benchmarks.rows import Row, spread
from tests.fakes.scripted_model import OnlyModel
from tests.tables_on_moto import KEY_SETTINGS, TABLE_SETTINGS

type Figure = Callable[[ReplyService, _Flood], Awaitable[float]]

_RUNS = 15
_FLOOD_EVENTS = 20_000
_PACED_EVENTS = 200
_PACE_SECONDS = 0.005


class _Flood:
    """Words as fast as they are taken, or at a pace."""

    def __init__(self, events: int, *, pace_seconds: float = 0) -> None:
        self._events = events
        self._pace_seconds = pace_seconds

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent]:
        for number in range(self._events):
            if self._pace_seconds:
                await asyncio.sleep(self._pace_seconds)
            elif number % 50 == 0:
                await asyncio.sleep(0)  # as between two chunks of a real stream
            yield TextDelta(f"word{number} ")
        yield ModelFinished(finish_reason=FinishReason.STOP, usage=Usage(completion_tokens=self._events))


class _NoLog:
    """A reply that nobody can follow."""

    def append(self, reply_id: str, first: int, events: Sequence[ReplyEvent]) -> bool:
        return False

    def is_stop_requested(self, reply_id: str, place: int) -> bool:
        return False

    def request_stop(self, reply_id: str) -> bool:
        return False

    def seal(self, reply_id: str, *, beginning: ReplyEvent | None = None) -> LogPage:
        return LogPage()

    def read(self, reply_id: str, *, after: int = 0) -> LogPage:
        return LogPage()

    def read_on(self, reply_id: str, page: LogPage, *, after: int) -> LogPage:
        return LogPage()

    def discard(self, reply_id: str) -> None:
        pass


async def measure(rig: Rig) -> list[Row]:
    with patch.dict(os.environ, {**rig.aws.environment(), **TABLE_SETTINGS, **KEY_SETTINGS}):
        logged, unlogged = replies(), replies()
        unlogged._log = _NoLog()
        rates = [await _pair(logged, unlogged, _Flood(_FLOOD_EVENTS), _rate) for _ in range(_RUNS)]
        model = _Flood(_PACED_EVENTS, pace_seconds=_PACE_SECONDS)
        firsts = [await _pair(logged, unlogged, model, _first_ms) for _ in range(_RUNS)]
    return [_rate_row(rates), _first_row(firsts)]


async def _pair(
    logged: ReplyService, unlogged: ReplyService, model: _Flood, figure: Figure
) -> tuple[float, float]:
    """With the log, and at once without: the machine's speed drifts."""
    return await figure(logged, model), await figure(unlogged, model)


async def _rate(service: ReplyService, model: _Flood) -> float:
    """Events a second, up to the last one of the model."""
    begun = time.perf_counter()
    events = 0
    async for batch in _told(service, model):
        events += len(batch)
        if events > _FLOOD_EVENTS:
            break
    return events / (time.perf_counter() - begun)


async def _first_ms(service: ReplyService, model: _Flood) -> float:
    """From the beginning of the reply to its first word."""
    begun = time.perf_counter()
    first = 0.0
    async for batch in _told(service, model):
        if not first and any(isinstance(event, TextDelta) for _, event in batch):
            first = time.perf_counter() - begun
    return first * 1000


async def _told(service: ReplyService, model: _Flood) -> AsyncGenerator[list[tuple[int, ReplyEvent]]]:
    conversation = _conversation()
    DynamoConversationRepository().add(conversation)
    service._models = cast(ModelChoice, OnlyModel(model))
    exchange = await asyncio.to_thread(service.post_message, conversation.user_id, conversation.id, "Tell me")
    assert isinstance(exchange, Exchange)
    run = service.start(exchange, tools_enabled=False)
    async for batch in run.events():
        yield batch
    await run.result()


def _conversation() -> Conversation:
    return Conversation(
        id=new_id(CONVERSATION),
        user_id=new_id(USER),
        project_id=None,
        title="a benchmark",
        model="glm-5",
        system_prompt=None,
        temperature=1.0,
        max_tokens=65_536,
        thinking_enabled=False,
        message_count=0,
        created_at=now(),
        updated_at=now(),
    )


def _rate_row(pairs: list[tuple[float, float]]) -> Row:
    logged, unlogged = zip(*pairs, strict=True)
    return Row(
        what="flood of events with the reply's log",
        measured=spread([rate / 1000 for rate in logged], "k/s"),
        reference=f"without {spread([rate / 1000 for rate in unlogged], 'k/s')}",
        ratio=f"{median(mine / theirs for mine, theirs in pairs):.2f}",
        goal=">= 0.90",
    )


def _first_row(pairs: list[tuple[float, float]]) -> Row:
    logged, unlogged = zip(*pairs, strict=True)
    return Row(
        what="first word of a reply with its log",
        measured=spread(logged, "ms"),
        reference=f"without {spread(unlogged, 'ms')}",
        ratio=f"{median(mine - theirs for mine, theirs in pairs):+.1f} ms",
        goal="<= +5 ms",
    )
