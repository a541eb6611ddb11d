"""Each repository twice: the one in DynamoDB, and the one in memory that stands in for it elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from parley.domain.agents import AgentRepository
from parley.domain.conversations import ConversationRepository, ReplyLock
from parley.domain.idempotency import RequestRecords
from parley.domain.messages import MessageRepository
from parley.domain.providers import ProviderRepository
from parley.domain.reply_logs import ReplyLog
from parley.domain.usage import UsageRepository
from parley.domain.users import SessionRepository, UserRepository
from tests.fakes.account_repositories import InMemorySessionRepository, InMemoryUserRepository
from tests.fakes.agent_repository import InMemoryAgentRepository
from tests.fakes.dynamo_faults import DynamoFaults, dynamo_faults
from tests.fakes.provider_repository import InMemoryProviderRepository
from tests.fakes.reply_logs import InMemoryReplyLog
from tests.fakes.repositories import (
    InMemoryConversationRepository,
    InMemoryMessageRepository,
    InMemoryReplyLock,
    Memory,
)
from tests.fakes.request_records import InMemoryRequestRecords
from tests.fakes.usage import InMemoryUsageRepository


@dataclass(frozen=True)
class Stores:
    users: UserRepository
    sessions: SessionRepository
    conversations: ConversationRepository
    messages: MessageRepository
    lock: ReplyLock
    usage: UsageRepository
    agents: AgentRepository
    log: ReplyLog
    request_records: RequestRecords
    providers: ProviderRepository


def _in_memory() -> Stores:
    memory = Memory()
    return Stores(
        users=InMemoryUserRepository(),
        sessions=InMemorySessionRepository(),
        conversations=InMemoryConversationRepository(memory),
        messages=InMemoryMessageRepository(memory),
        lock=InMemoryReplyLock(memory),
        usage=InMemoryUsageRepository(),
        agents=InMemoryAgentRepository(),
        log=InMemoryReplyLog(),
        request_records=InMemoryRequestRecords(),
        providers=InMemoryProviderRepository(),
    )


def _in_dynamodb() -> Stores:
    from parley.tables.agents import DynamoAgentRepository
    from parley.tables.conversations import DynamoConversationRepository
    from parley.tables.idempotency import DynamoRequestRecords
    from parley.tables.messages import DynamoMessageRepository
    from parley.tables.providers import DynamoProviderRepository
    from parley.tables.reply_locks import DynamoReplyLock
    from parley.tables.reply_logs import DynamoReplyLog
    from parley.tables.usage import DynamoUsageRepository
    from parley.tables.users import DynamoSessionRepository, DynamoUserRepository

    return Stores(
        users=DynamoUserRepository(),
        sessions=DynamoSessionRepository(),
        conversations=DynamoConversationRepository(),
        messages=DynamoMessageRepository(),
        lock=DynamoReplyLock(),
        usage=DynamoUsageRepository(),
        agents=DynamoAgentRepository(),
        log=DynamoReplyLog(),
        request_records=DynamoRequestRecords(),
        providers=DynamoProviderRepository(),
    )


@pytest.fixture(params=["memory", "dynamodb"])
def technology(request):
    if request.param == "dynamodb":
        request.getfixturevalue("dynamodb")
    return request.param


@pytest.fixture
def stores(technology) -> Stores:
    return _in_dynamodb() if technology == "dynamodb" else _in_memory()


@pytest.fixture
def tables(dynamodb) -> Stores:
    """For what only DynamoDB has: items, indexes, a write that fails half-way."""
    return _in_dynamodb()


@pytest.fixture
def faults(dynamodb) -> Iterator[DynamoFaults]:
    from parley.tables.conversation_items import ConversationTableItem

    with dynamo_faults(ConversationTableItem.connection().client) as faults:
        yield faults
