"""A reply service on repositories in memory, with a scripted model."""

from dataclasses import dataclass, field

import pytest

from parley.chat.replies import ReplyService
from parley.domain.conversations import Conversation
from parley.domain.events import ReplyEvent, TextDelta
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


@dataclass
class World:
    """What is stored, and the processes that work with it."""

    memory: Memory = field(default_factory=Memory)

    def __post_init__(self):
        self.conversations = InMemoryConversationRepository(self.memory)
        self.messages = InMemoryMessageRepository(self.memory)
        self.lock = InMemoryReplyLock(self.memory)

    def process(self, model: ScriptedModel | None = None, life: Life | None = None) -> ReplyService:
        life = life or Life()
        return ReplyService(
            conversations=Mortal("conversations", self.conversations, life),
            messages=Mortal("messages", self.messages, life),
            lock=Mortal("lock", self.lock, life),
            models=OnlyModel(model or ScriptedModel([TextDelta("Fine."), STOP])),
            tools=registry(),
        )

    def converse(self, **fields) -> Conversation:
        conversation = a_conversation(**fields)
        self.conversations.add(conversation)
        return conversation

    def now(self, conversation: Conversation) -> Conversation:
        return self.conversations.get(conversation.user_id, conversation.id)

    def spoken(self, conversation: Conversation) -> list[tuple[str, str, str]]:
        return [
            (message.role, message.status.value, message.content)
            for message in self.memory.spoken(conversation.id)
        ]


async def all_events(run) -> list[ReplyEvent]:
    return [event async for batch in run.events() for event in batch]


@pytest.fixture
def world():
    return World()


@pytest.fixture
def clock(monkeypatch):
    """The clock of leases."""
    clock = FakeTime()
    monkeypatch.setattr("parley.chat.leases.time", clock)
    return clock
