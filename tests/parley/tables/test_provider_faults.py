"""Providers when DynamoDB fails, or another write comes between."""

import pytest
from pynamodb.exceptions import PynamoDBException

from parley.errors import ProviderNotFoundError
from tests.examples import a_provider
from tests.parley.tables.test_providers import added, defaults, listed
from tests.tables_on_moto import all_items


def test_all_that_may_answer_are_read_with_one_query(tables, faults):
    added(tables.providers, 3)
    for operation in ("GetItem", "BatchGetItem", "Query"):
        faults.fail(operation)
    with pytest.raises(PynamoDBException):
        tables.providers.enabled("user_1")
    assert len(tables.providers.enabled("user_1")) == 3


def test_a_change_that_is_forestalled_by_another_default_or_the_removal_tries_again(tables, faults):
    first, second = added(tables.providers, 2)
    tables.providers.change("user_1", first.id, {"is_default": True})
    steal = {"is_default": True}
    faults.forestall("TransactWriteItems", lambda: tables.providers.change("user_1", second.id, steal))
    assert not tables.providers.change("user_1", first.id, {"is_default": False}).is_default
    assert defaults(tables.providers) == [second.id]
    faults.forestall("TransactWriteItems", lambda: tables.providers.change("user_1", first.id, steal))
    tables.providers.delete("user_1", second.id)
    assert (defaults(tables.providers), listed(tables.providers).total) == ([first.id], 1)
    faults.forestall("UpdateItem", lambda: tables.providers.delete("user_1", first.id))
    with pytest.raises(ProviderNotFoundError):
        tables.providers.change("user_1", first.id, {"name": "late"})


def test_a_creation_that_fails_leaves_nothing_and_a_transaction_is_waited_for(
    tables, dynamodb, faults, monkeypatch
):
    monkeypatch.setattr("parley.tables.conflicts._PAUSES_SECONDS", (0.001,) * 4)
    faults.fail("TransactWriteItems")
    with pytest.raises(PynamoDBException):
        tables.providers.add(a_provider())
    assert all_items(dynamodb, "providers") == []
    faults.meet_transaction("TransactWriteItems", times=2)
    tables.providers.add(a_provider())
    assert listed(tables.providers).total == 1
