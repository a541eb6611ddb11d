"""A reply service on repositories in memory, with a scripted model."""

from dataclasses import dataclass, field
from datetime import date

import pytest

from parley.chat.replies import ReplyService
from parley.domain.conversations import Conversation
from parley.domain.events import ReplyEvent, TextDelta, Usage
from parley.domain.usage import Period
from tests.examples import a_conversation
from tests.fakes.clock import FakeTime
from tests.fakes.mortality import Life, Mortal
from tests.fakes.repositories import (
    InMemoryConversationRepository,
    InMemoryMessageRepository,
    InMemoryReplyLock,
    Memory,
)
from tests.fakes.scripted_model import STOP, OnlyModel, ScriptedModel
from tests.fakes.tools import registry
from tests.fakes.usage import InMemoryUsageRepository


@dataclass
class World:
    """What is stored, and the processes that work with it."""

    memory: Memory = field(default_factory=Memory)

    def __post_init__(self):
        self.conversations = InMemoryConversationRepository(self.memory)
        self.messages = InMemoryMessageRepository(self.memory)
        self.lock = InMemoryReplyLock(self.memory)
        self.usage = InMemoryUsageRepository()

    def process(self, model: ScriptedModel | None = None, life: Life | None = None) -> ReplyService:
        life = life or Life()
        return ReplyService(
            conversations=Mortal("conversations", self.conversations, life),
            messages=Mortal("messages", self.messages, life),
            lock=Mortal("lock", self.lock, life),
            usage=Mortal("usage", self.usage, life),
            models=OnlyModel(model or ScriptedModel([TextDelta("Fine."), STOP])),
            tools=registry(),
        )

    def converse(self, **fields) -> Conversation:
        conversation = a_conversation(**fields)
        self.conversations.add(conversation)
        return conversation

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


async def all_events(run) -> list[ReplyEvent]:
    return [event async for batch in run.events() for event in batch]


async def send(service: ReplyService, conversation, content="How are you?", *, tools_enabled=True):
    exchange = service.post_message(conversation.user_id, conversation.id, content)
    run = service.start(exchange, tools_enabled=tools_enabled)
    return await all_events(run), *await run.result()


@pytest.fixture
def world():
    return World()


@pytest.fixture
def clock(monkeypatch):
    """The clock of leases."""
    clock = FakeTime()
    monkeypatch.setattr("parley.chat.leases.time", clock)
    return clock
