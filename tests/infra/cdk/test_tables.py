"""Every table of the topology is deployed as described, and no other."""

from typing import Any

import pytest

from infra import topology
from tests.infra.cdk.synthesis import Synthesis

pytestmark = pytest.mark.infra

TABLES = pytest.mark.parametrize("table", topology.TABLES, ids=lambda table: table.name)


def test_the_tables_are_those_of_the_topology(dev: Synthesis) -> None:
    assert sorted(dev.tables) == sorted(table.name for table in topology.TABLES)


@TABLES
def test_a_table_has_the_topologys_keys_and_expiry(dev: Synthesis, table: topology.Table) -> None:
    deployed = dev.tables[table.name]["Properties"]

    assert _keys(deployed) == (table.partition_key, table.sort_key)
    assert deployed["BillingMode"] == "PAY_PER_REQUEST"
    expiry = deployed.get("TimeToLiveSpecification", {"AttributeName": None, "Enabled": True})
    assert expiry == {"AttributeName": table.ttl_attribute, "Enabled": True}
    assert {each["AttributeType"] for each in deployed["AttributeDefinitions"]} == {"S"}


@TABLES
def test_a_table_has_the_topologys_indexes(dev: Synthesis, table: topology.Table) -> None:
    deployed = dev.tables[table.name]["Properties"]
    local = [_index(index, of=table) for index in table.indexes if index.partition_key is None]
    other = [_index(index, of=table) for index in table.indexes if index.partition_key is not None]

    assert [_read_index(each) for each in deployed.get("LocalSecondaryIndexes", [])] == local
    assert [_read_index(each) for each in deployed.get("GlobalSecondaryIndexes", [])] == other


@TABLES
def test_production_keeps_its_data(prod: Synthesis, table: topology.Table) -> None:
    deployed = prod.tables[table.name]

    assert deployed["DeletionPolicy"] == "Retain"
    assert deployed["UpdateReplacePolicy"] == "Retain"
    assert deployed["Properties"]["DeletionProtectionEnabled"] is True
    assert deployed["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


@TABLES
def test_a_stage_for_trying_out_leaves_nothing_behind(dev: Synthesis, table: topology.Table) -> None:
    deployed = dev.tables[table.name]

    assert deployed["DeletionPolicy"] == "Delete"
    assert deployed["Properties"]["DeletionProtectionEnabled"] is False


def test_nothing_at_all_stays_of_a_stage_for_trying_out(dev: Synthesis) -> None:
    policies = {each.get("DeletionPolicy", "Delete") for each in dev.template["Resources"].values()}

    assert policies == {"Delete"}


def test_no_table_needs_a_paid_key(dev: Synthesis) -> None:
    """Without one, DynamoDB encrypts with a key of its own."""
    for table in dev.tables.values():
        assert table["Properties"].get("SSESpecification", {"SSEEnabled": False}) == {"SSEEnabled": False}


def _index(
    index: topology.Index, *, of: topology.Table
) -> tuple[str, tuple[str, str], tuple[str, ...] | None]:
    return (
        index.name,
        (index.partition_key or of.partition_key, index.sort_key),
        tuple(sorted(index.attributes)) or None,
    )


def _read_index(index: dict[str, Any]) -> tuple[str, tuple[str, str], tuple[str, ...] | None]:
    projection = index["Projection"]
    attributes = tuple(sorted(projection.get("NonKeyAttributes", ()))) or None
    assert projection["ProjectionType"] == ("INCLUDE" if attributes else "ALL")
    return index["IndexName"], _keys(index), attributes


def _keys(described: dict[str, Any]) -> tuple[str, str]:
    partition, sort = described["KeySchema"]
    assert (partition["KeyType"], sort["KeyType"]) == ("HASH", "RANGE")
    return partition["AttributeName"], sort["AttributeName"]
