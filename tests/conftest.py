"""What every test may rely on: no network but the loopback interface, and DynamoDB in memory for who asks."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from pytest_socket import socket_allow_hosts

from tests.fakes.dynamo_meter import DynamoMeter, dynamo_meter

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# Nothing of the developer's own account may be reached, nor decide how a test ends.
_AWS_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
_FOREIGN_SETTINGS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_PROFILE", "AWS_SESSION_TOKEN")

# The same examples every time, and no deadline: the machine may be busy with something else.
settings.register_profile("parley", derandomize=True, deadline=None, max_examples=50, database=None)
settings.load_profile("parley")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def loopback_only() -> None:
    """The plugin lifts it after each test."""
    socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


@pytest.fixture
def aws_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in _AWS_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for name in _FOREIGN_SETTINGS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def dynamodb(aws_environment: None) -> Iterator["DynamoDBClient"]:
    """The topology's tables, empty, with the items bound to them."""
    from parley.tables.agent_items import AgentTableItem
    from parley.tables.conversation_items import ConversationTableItem
    from parley.tables.idempotency import IdempotencyItem
    from parley.tables.provider_items import ProviderTableItem
    from parley.tables.room_connection_items import RoomConnectionItem
    from parley.tables.room_items import RoomTableItem
    from parley.tables.usage import UsageTableItem
    from parley.tables.users import UserTableItem
    from tests.tables_on_moto import TABLE_NAMES, tables_on_moto

    with tables_on_moto() as client:
        UserTableItem.bind(TABLE_NAMES["users"])
        ConversationTableItem.bind(TABLE_NAMES["conversations"])
        UsageTableItem.bind(TABLE_NAMES["usage"])
        AgentTableItem.bind(TABLE_NAMES["agents"])
        IdempotencyItem.bind(TABLE_NAMES["idempotency"])
        ProviderTableItem.bind(TABLE_NAMES["providers"])
        RoomTableItem.bind(TABLE_NAMES["rooms"])
        RoomConnectionItem.bind(TABLE_NAMES["connections"])
        yield client


@pytest.fixture
def meter(dynamodb: "DynamoDBClient") -> Callable[[], AbstractContextManager[DynamoMeter]]:
    """Measures what the package's calls to DynamoDB cost while it is open."""
    from parley.tables.conversation_items import ConversationTableItem

    return lambda: dynamo_meter(ConversationTableItem.connection().client, dynamodb)
