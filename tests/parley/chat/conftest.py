"""A reply service on repositories in memory, with a scripted model."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pytest

from parley.chat.leases import Lease
from parley.chat.replies import ReplyService
from parley.chat.settlements import Settlement
from parley.domain.conversations import Conversation
from parley.domain.events import ReplyEvent, TextDelta, Usage
from parley.domain.messages import Message
from parley.domain.usage import Period
from parley.models.types import ModelError
from parley.tools.types import Tool
from tests.examples import a_conversation
from tests.fakes.clock import FakeTime
from tests.fakes.mortality import Life, Mortal
from tests.fakes.reply_logs import InMemoryReplyLog
from tests.fakes.repositories import (
    InMemoryConversationRepository,
    InMemoryMessageRepository,
    InMemoryReplyLock,
    Memory,
)
from tests.fakes.request_records import InMemoryRequestRecords
from tests.fakes.scripted_model import STOP, OnlyModel, ScriptedModel
from tests.fakes.tools import registry
from tests.fakes.usage import InMemoryUsageRepository


@dataclass
class World:
    """What is stored, and the processes that work with it."""

    memory: Memory = field(default_factory=Memory)
    lease: Lease = field(default_factory=Lease)

    def __post_init__(self):
        self.conversations = InMemoryConversationRepository(self.memory)
        self.messages = InMemoryMessageRepository(self.memory)
        self.lock = InMemoryReplyLock(self.memory)
        self.log = InMemoryReplyLog()
        self.usage = InMemoryUsageRepository()
        self.request_records = InMemoryRequestRecords()

    def process(
        self,
        model: ScriptedModel | None = None,
        life: Life | None = None,
        tools: Sequence[Tool] = (),
        *,
        names: Mapping[str, str] | None = None,
        choice_failure: ModelError | None = None,
    ) -> ReplyService:
        life = life or Life()
        model = model or ScriptedModel([TextDelta("Fine."), STOP])
        return ReplyService(
            conversations=Mortal("conversations", self.conversations, life),
            messages=Mortal("messages", self.messages, life),
            lock=Mortal("lock", self.lock, life),
            log=Mortal("log", self.log, life),
            usage=Mortal("usage", self.usage, life),
            request_records=Mortal("request_records", self.request_records, life),
            models=OnlyModel(model, names=names, failure=choice_failure),
            tools=registry(*tools),
            lease=self.lease,
        )

    def converse(self, **fields) -> Conversation:
        conversation = a_conversation(**fields)
        self.conversations.add(conversation)
        return conversation

    def settle(self, conversation: Conversation) -> None:
        """As whoever takes the running reply's writer for dead."""
        running = self.now(conversation).running
        assert running is not None
        settlement = Settlement(messages=self.messages, lock=self.lock, log=self.log, usage=self.usage)
        settlement.settle(conversation, running)

    def now(self, conversation: Conversation) -> Conversation:
        return self.conversations.get(conversation.user_id, conversation.id)

    def used(self) -> list[tuple[str, Usage, int]]:
        """By `user_1`, ever."""
        days = self.usage.list_days("user_1", Period(first=date.min, last=date.max))
        return [(day.model, day.usage, day.replies) for day in days]

    def spoken(self, conversation: Conversation) -> list[tuple[str, str, str]]:
        return [
            (message.role, message.status.value, message.content)
            for message in self.memory.spoken(conversation.id)
        ]


async def told_by(run) -> AsyncGenerator[list[ReplyEvent]]:
    """The batches that a listener gets; their events are numbered from 1."""
    number = 0
    async for batch in run.events():
        assert [each for each, _ in batch] == list(range(number + 1, number + 1 + len(batch)))
        number += len(batch)
        yield [event for _, event in batch]


async def all_events(run) -> list[ReplyEvent]:
    return [event async for batch in told_by(run) for event in batch]


async def send(service: ReplyService, conversation, content="How are you?", *, tools_enabled=True):
    exchange = service.post_message(conversation.user_id, conversation.id, content)
    run = service.start(exchange, tools_enabled=tools_enabled)
    return await all_events(run), *await run.result()


async def regenerate(service: ReplyService, message: Message):
    exchange = service.regeneration.begin("user_1", message.id)
    run = service.start(exchange, tools_enabled=True)
    return await all_events(run), *await run.result()


@pytest.fixture
def world():
    return World()


@pytest.fixture
async def conversation_of_two(world, monkeypatch):
    """Two exchanges, of an hour ago by their ids: `first`, `one`, `second`, `two`."""
    conversation, clock = world.converse(), FakeTime()
    clock.advance(-3600)
    monkeypatch.setattr("parley.domain.ids.time", clock)
    for content, answer in (("first", "one"), ("second", "two")):
        await send(world.process(ScriptedModel([TextDelta(answer), STOP])), conversation, content)
        clock.advance(1)
    return conversation


@pytest.fixture
def one_log_write(monkeypatch):
    """A reply's log is written at its end only, so that the calls of a process can be counted."""
    monkeypatch.setattr("parley.chat.log_writers.FLUSH_SECONDS", 3600)
    monkeypatch.setattr("parley.chat.log_writers._PAUSES_SECONDS", ())


@pytest.fixture
def clock(monkeypatch):
    """The clock of leases."""
    clock = FakeTime()
    monkeypatch.setattr("parley.chat.leases.time", clock)
    return clock


@pytest.fixture
def keyed_clock(monkeypatch, clock):
    """The clock of leases and of records of keyed requests."""
    for module in ("parley.domain.idempotency", "tests.fakes.request_records"):
        monkeypatch.setattr(f"{module}.time", clock)
    return clock
