"""The topology's tables, keys and queues at moto, in this process."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.responses import DynamoHandler

from infra.local.keys import ensure_keys
from infra.local.plan import ACCOUNT_ID, key_alias, physical_name, queue_name
from infra.local.queues import ensure_queues
from infra.local.tables import ensure_tables
from infra.topology import KEYS, QUEUES, SOCKET_API_SETTING, TABLES

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_kms import KMSClient
    from types_boto3_sqs import SQSClient

TABLE_NAMES = {table.name: physical_name(table.name) for table in TABLES}
TABLE_SETTINGS = {table.environment_variable: TABLE_NAMES[table.name] for table in TABLES}
KEY_SETTINGS = {key.environment_variable: key_alias(key.name) for key in KEYS}
QUEUE_SETTINGS = {
    queue.environment_variable: f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT_ID}/{queue_name(queue.name)}"
    for queue in QUEUES
}
# Where nothing listens: what is sent to connections is looked at before it gets there.
SOCKET_SETTINGS = {SOCKET_API_SETTING: "http://127.0.0.1:9"}


@cache
def _client() -> "DynamoDBClient":
    """One for all tests: to build it takes longer than most of them. Moto meets it wherever it is active."""
    return boto3.client("dynamodb")


@contextmanager
def tables_on_moto() -> Iterator["DynamoDBClient"]:
    """The tables, empty."""
    with mock_aws(), _atomic_writes():
        dynamodb_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].tables.update(deepcopy(_empty_tables()))
        yield _client()


@cache
def _empty_tables() -> dict[str, Any]:
    """As moto keeps them: to copy them takes a hundredth of the time that to make them does."""
    ensure_tables(_client(), TABLES, fresh=False, rebuild=False)
    return deepcopy(dict(dynamodb_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].tables))


@cache
def _key_client() -> "KMSClient":
    return boto3.client("kms")


def make_keys() -> None:
    """Beside the tables, for who needs keys."""
    ensure_keys(_key_client(), KEYS, required=True)


@cache
def _queue_client() -> "SQSClient":
    return boto3.client("sqs")


def make_queues() -> "SQSClient":
    """The same for queues; the client is for looking at what is in them."""
    made, _ = ensure_queues(_queue_client(), QUEUES, fresh=False, required=True)
    assert {each.queue.environment_variable: each.url for each in made.values()} == QUEUE_SETTINGS
    return _queue_client()


@contextmanager
def _atomic_writes() -> Iterator[None]:
    """moto checks a condition and then writes, without a lock: two threads could both pass it."""
    lock, call_action = Lock(), DynamoHandler.call_action

    def one_at_a_time(self: DynamoHandler) -> Any:
        with lock:
            return call_action(self)

    with patch.object(DynamoHandler, "call_action", one_at_a_time):
        yield


def all_items(client: "DynamoDBClient", table: str) -> list[dict[str, Any]]:
    """The whole table, page after page, as the service stores it."""
    pages = client.get_paginator("scan").paginate(TableName=TABLE_NAMES[table])
    return [item for page in pages for item in page["Items"]]


def put_directly(table: str, items: Iterable[dict[str, Any]]) -> None:
    """Thousands of items, as the service stores them, in a moment: past its interface."""
    stored = dynamodb_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].get_table(TABLE_NAMES[table])
    for item in items:
        stored.put_item(item)
