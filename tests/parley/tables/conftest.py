"""Each repository twice: the one in DynamoDB, and the one in memory that stands in for it elsewhere."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from parley.domain.agents import AgentRepository
from parley.domain.conversations import ConversationRepository, ReplyLock
from parley.domain.idempotency import RequestRecords
from parley.domain.messages import MessageRepository
from parley.domain.providers import ProviderRepository
from parley.domain.reply_logs import ReplyLog
from parley.domain.room_connections import RoomConnectionRepository
from parley.domain.room_messages import DeliveryLeases, RoomMessageRepository
from parley.domain.rooms import RoomRepository
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
from tests.fakes.room_connections import InMemoryRoomConnectionRepository
from tests.fakes.room_messages import InMemoryDeliveryLeases, InMemoryRoomMessageRepository, RoomMemory
from tests.fakes.room_repository import InMemoryRoomRepository
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
    room_messages: RoomMessageRepository
    delivery_leases: DeliveryLeases
    room_connections: RoomConnectionRepository
    # A room with this id is there from then on, with nothing in it.
    open_room: Callable[[str], None]
    rooms: RoomRepository


def in_memory() -> Stores:
    memory, rooms = Memory(), RoomMemory()
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
        room_messages=InMemoryRoomMessageRepository(rooms),
        delivery_leases=InMemoryDeliveryLeases(rooms),
        room_connections=InMemoryRoomConnectionRepository(),
        open_room=rooms.open,
        rooms=InMemoryRoomRepository(),
    )


def in_dynamodb() -> Stores:
    from parley.tables.agents import DynamoAgentRepository
    from parley.tables.conversation_items import ConversationTableItem
    from parley.tables.conversations import DynamoConversationRepository
    from parley.tables.delivery_leases import DynamoDeliveryLeases
    from parley.tables.idempotency import DynamoRequestRecords
    from parley.tables.messages import DynamoMessageRepository
    from parley.tables.providers import DynamoProviderRepository
    from parley.tables.reply_locks import DynamoReplyLock
    from parley.tables.reply_logs import DynamoReplyLog
    from parley.tables.room_connections import DynamoRoomConnectionRepository
    from parley.tables.room_items import head_item
    from parley.tables.room_messages import DynamoRoomMessageRepository
    from parley.tables.rooms import DynamoRoomRepository
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
        log=DynamoReplyLog(ConversationTableItem),
        request_records=DynamoRequestRecords(),
        providers=DynamoProviderRepository(),
        room_messages=DynamoRoomMessageRepository(),
        delivery_leases=DynamoDeliveryLeases(),
        room_connections=DynamoRoomConnectionRepository(),
        open_room=lambda room_id: head_item(room_id).save() and None,
        rooms=DynamoRoomRepository(),
    )


@pytest.fixture(params=["memory", "dynamodb"])
def technology(request):
    if request.param == "dynamodb":
        request.getfixturevalue("dynamodb")
    return request.param


@pytest.fixture
def stores(technology) -> Stores:
    return in_dynamodb() if technology == "dynamodb" else in_memory()


@pytest.fixture
def tables(dynamodb) -> Stores:
    """For what only DynamoDB has: items, indexes, a write that fails half-way."""
    return in_dynamodb()


@pytest.fixture
def faults(dynamodb) -> Iterator[DynamoFaults]:
    from parley.tables.conversation_items import ConversationTableItem

    with dynamo_faults(ConversationTableItem.connection().client) as faults:
        yield faults
