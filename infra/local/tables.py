"""Makes the topology's tables at an endpoint."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from infra.local.plan import physical_name
from infra.topology import Index, Table

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_BATCH_ITEMS = 25


def ensure_tables(client: "DynamoDBClient", tables: Iterable[Table], *, fresh: bool, rebuild: bool) -> None:
    """Creates what is missing; `fresh` deletes our tables first, and only those.

    `rebuild` makes a table anew, with its items, whose keys or indexes are no longer those of the topology:
    a local index cannot be added to a table that exists.
    """
    pages = client.get_paginator("list_tables").paginate()
    existing = {name for page in pages for name in page["TableNames"]}
    for table in tables:
        name = physical_name(table.name)
        if name not in existing:
            _create(client, table)
        elif fresh:
            _delete(client, name)
            _create(client, table)
        elif rebuild and not _is_current(client, table):
            _rebuild(client, table)


def definition(table: Table) -> dict[str, Any]:
    """The arguments of CreateTable: on demand, all keys strings."""
    arguments: dict[str, Any] = {
        "TableName": physical_name(table.name),
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": _key_schema(table.partition_key, table.sort_key),
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": "S"} for name in _key_attributes(table)
        ],
    }
    local = [_index(table, index) for index in table.indexes if index.partition_key is None]
    global_ = [_index(table, index) for index in table.indexes if index.partition_key is not None]
    if local:
        arguments["LocalSecondaryIndexes"] = local
    if global_:
        arguments["GlobalSecondaryIndexes"] = global_
    return arguments


def _key_attributes(table: Table) -> list[str]:
    names = [table.partition_key, table.sort_key]
    for index in table.indexes:
        names += [name for name in (index.partition_key, index.sort_key) if name]
    return sorted(set(names))


def _key_schema(partition_key: str, sort_key: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition_key, "KeyType": "HASH"},
        {"AttributeName": sort_key, "KeyType": "RANGE"},
    ]


def _index(table: Table, index: Index) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": "ALL"}
    if index.attributes:
        projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(index.attributes)}
    return {
        "IndexName": index.name,
        "KeySchema": _key_schema(index.partition_key or table.partition_key, index.sort_key),
        "Projection": projection,
    }


def _create(client: "DynamoDBClient", table: Table) -> None:
    name = physical_name(table.name)
    client.create_table(**definition(table))
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    if table.ttl_attribute:
        client.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": table.ttl_attribute},
        )


def _delete(client: "DynamoDBClient", name: str) -> None:
    client.delete_table(TableName=name)
    client.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig={"Delay": 1})


def _is_current(client: "DynamoDBClient", table: Table) -> bool:
    found: Any = client.describe_table(TableName=physical_name(table.name))["Table"]
    wanted = definition(table)
    if found["KeySchema"] != wanted["KeySchema"]:
        return False
    kinds = ("LocalSecondaryIndexes", "GlobalSecondaryIndexes")
    return all(_comparable(found.get(kind)) == _comparable(wanted.get(kind)) for kind in kinds)


def _comparable(indexes: list[dict[str, Any]] | None) -> dict[str, Any]:
    return {
        index["IndexName"]: (
            index["KeySchema"],
            index["Projection"]["ProjectionType"],
            sorted(index["Projection"].get("NonKeyAttributes", ())),
        )
        for index in indexes or ()
    }


def _rebuild(client: "DynamoDBClient", table: Table) -> None:
    name = physical_name(table.name)
    pages = client.get_paginator("scan").paginate(TableName=name)
    requests: list[Any] = [{"PutRequest": {"Item": item}} for page in pages for item in page["Items"]]
    _delete(client, name)
    _create(client, table)
    for start in range(0, len(requests), _BATCH_ITEMS):
        client.batch_write_item(RequestItems={name: requests[start : start + _BATCH_ITEMS]})
