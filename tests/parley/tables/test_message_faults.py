"""Messages when DynamoDB fails half-way, or another transaction is on the same item."""

import pytest
from pynamodb.exceptions import PynamoDBException

from tests.examples import a_conversation, a_message, a_running_reply
from tests.tables_on_moto import all_items


@pytest.fixture
def conversation(tables):
    conversation = a_conversation(message_count=1)
    tables.conversations.add(conversation)
    return conversation


@pytest.fixture(autouse=True)
def _hasty(monkeypatch):
    monkeypatch.setattr("parley.tables.conflicts._PAUSES_SECONDS", (0.001,) * 4)


def keys_of(dynamodb):
    return sorted(item["pk"]["S"].split("#")[0] for item in all_items(dynamodb, "conversations"))


def test_no_item_comes_near_the_limit_of_dynamodb(tables, dynamodb, conversation):
    tables.messages.put(a_message(conversation, content="长" * 500_000))
    sizes = [len(item["body"]["B"]) for item in all_items(dynamodb, "conversations") if "body" in item]
    assert len(sizes) == 1 + 4
    assert max(sizes) < 400_000 - 2_000


@pytest.mark.parametrize("was_there_before", [False, True])
def test_a_message_that_was_not_stored_whole_is_in_no_list(tables, faults, conversation, was_there_before):
    message = a_message(conversation, content="长" * 200_000)
    if was_there_before:
        tables.messages.put(message)
        tables.messages.discard(message)
    faults.fail("PutItem")
    with pytest.raises(PynamoDBException):
        tables.messages.put(message)
    assert list(tables.messages.recent(conversation.id, until=message.id, limit=10)) == []
    assert tables.messages.get(conversation.id, message.id) is None


def test_a_deletion_leaves_no_part(tables, dynamodb, conversation):
    message = a_message(conversation, content="长" * 500_000)
    tables.messages.put(message)
    assert keys_of(dynamodb) == ["CONV", *["PART"] * 4, "USER", "USER"]
    tables.messages.delete("user_1", message)
    assert keys_of(dynamodb) == ["USER", "USER"]


def test_a_deletion_beside_another_transaction_is_done(tables, faults, conversation):
    message = a_message(conversation)
    tables.messages.put(message)
    faults.meet_transaction("TransactWriteItems", times=3)
    assert tables.messages.delete("user_1", message)
    assert tables.conversations.get("user_1", conversation.id).message_count == 0


def test_a_lease_is_renewed_beside_another_transaction(tables, faults, conversation):
    running = a_running_reply(conversation)
    faults.meet_transaction("UpdateItem", times=3)
    tables.lock.acquire(conversation, running)
    faults.meet_transaction("UpdateItem", times=3)
    tables.lock.renew(conversation, running)
    faults.meet_transaction("UpdateItem", times=3)
    assert tables.lock.release(conversation, running.reply_id, added=2, title=None)


def test_a_lock_whose_answer_was_lost_may_be_taken_again_by_the_same_reply(tables, conversation):
    running = a_running_reply(conversation)
    tables.lock.acquire(conversation, running)
    tables.lock.acquire(conversation, running)
