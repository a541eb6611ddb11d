"""Conversations when DynamoDB fails half-way, or another transaction is on the same item."""

from dataclasses import replace

import pytest
from pynamodb.exceptions import PynamoDBException

from parley.domain.pages import PageRequest
from parley.errors import ConversationNotFoundError
from tests.examples import a_conversation, messages_in_order
from tests.tables_on_moto import all_items


@pytest.fixture(autouse=True)
def _hasty(monkeypatch):
    monkeypatch.setattr("parley.tables.conflicts._PAUSES_SECONDS", (0.001,) * 4)


def totals(tables, *projects):
    return [
        tables.conversations.list_page("user_1", project_id=project_id, page=PageRequest()).total
        for project_id in (None, *projects)
    ]


@pytest.mark.parametrize("operation", ["BatchWriteItem", "DeleteItem", "Query"])
def test_a_removal_that_failed_half_way_is_out_of_sight_and_may_be_repeated(
    tables, dynamodb, faults, operation
):
    conversation = a_conversation(project_id="p")
    tables.conversations.add(conversation)
    for message in messages_in_order(conversation, 30):
        tables.messages.put(message)
    faults.fail(operation)
    with pytest.raises(PynamoDBException):
        tables.conversations.delete("user_1", conversation.id)
    with pytest.raises(ConversationNotFoundError):
        tables.conversations.get("user_1", conversation.id)
    assert totals(tables, "p") == [0, 0]
    tables.conversations.delete("user_1", conversation.id)
    assert totals(tables, "p") == [0, 0]
    assert {item["sk"]["S"].split("#")[0] for item in all_items(dynamodb, "conversations")} == {"COUNT"}


def test_a_removal_leaves_no_part_of_a_long_message(tables, dynamodb):
    conversation = a_conversation()
    tables.conversations.add(conversation)
    for message in messages_in_order(conversation, 3):
        tables.messages.put(replace(message, content="长" * 200_000))
    tables.conversations.delete("user_1", conversation.id)
    assert [item["sk"]["S"] for item in all_items(dynamodb, "conversations")] == ["COUNT"]


def test_a_creation_that_fails_leaves_nothing(tables, dynamodb, faults):
    faults.fail("TransactWriteItems")
    conversation = a_conversation(project_id="p")
    with pytest.raises(PynamoDBException):
        tables.conversations.add(conversation)
    assert all_items(dynamodb, "conversations") == []


def test_a_transaction_met_on_the_way_is_waited_for(tables, faults):
    conversation = a_conversation()
    faults.meet_transaction("TransactWriteItems", times=2)
    tables.conversations.add(conversation)
    faults.meet_transaction("UpdateItem", times=2)
    tables.conversations.change("user_1", conversation.id, {"title": "new"})
    faults.meet_transaction("TransactWriteItems", times=2)
    tables.conversations.change("user_1", conversation.id, {"project_id": "p"})
    assert totals(tables, "p") == [1, 1]
    faults.meet_transaction("TransactWriteItems", times=2)
    tables.conversations.delete("user_1", conversation.id)
    assert totals(tables, "p") == [0, 0]


def test_a_transaction_that_never_ends_is_a_failure_and_not_a_missing_conversation(tables, faults):
    conversation = a_conversation()
    tables.conversations.add(conversation)
    faults.meet_transaction("UpdateItem", times=50)
    with pytest.raises(PynamoDBException):
        tables.conversations.change("user_1", conversation.id, {"title": "new"})


def test_a_removal_that_is_forestalled_by_a_move_counts_where_the_conversation_is(tables, faults):
    conversation = a_conversation(project_id="p")
    tables.conversations.add(conversation)
    move = {"project_id": "q"}
    faults.forestall(
        "TransactWriteItems", lambda: tables.conversations.change("user_1", conversation.id, move)
    )
    tables.conversations.delete("user_1", conversation.id)
    assert totals(tables, "p", "q") == [0, 0, 0]


def test_a_change_that_is_forestalled_by_a_move_leaves_the_conversation_there(tables, faults):
    conversation = a_conversation(project_id="p")
    tables.conversations.add(conversation)
    move = {"project_id": "q"}
    faults.forestall("UpdateItem", lambda: tables.conversations.change("user_1", conversation.id, move))
    changed = tables.conversations.change("user_1", conversation.id, {"title": "new"})
    assert (changed.project_id, changed.title) == ("q", "new")
    (listed,) = tables.conversations.list_page("user_1", project_id="q", page=PageRequest()).items
    assert listed == changed
    assert totals(tables, "p", "q") == [1, 0, 1]


def test_a_change_that_is_forestalled_by_the_removal_finds_nothing(tables, faults):
    conversation = a_conversation()
    tables.conversations.add(conversation)
    faults.forestall("UpdateItem", lambda: tables.conversations.delete("user_1", conversation.id))
    with pytest.raises(ConversationNotFoundError):
        tables.conversations.change("user_1", conversation.id, {"title": "new"})
    assert totals(tables) == [0]
