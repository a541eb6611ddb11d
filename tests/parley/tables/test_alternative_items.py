"""What alternatives are in DynamoDB: one stretch of items, moved at once, and none left behind."""

from datetime import timedelta

import pytest
from pynamodb.exceptions import PynamoDBException

from parley.domain.clock import now
from parley.domain.events import TextDelta
from parley.domain.ids import created_at_of
from parley.domain.pages import PageRequest
from tests.examples import a_conversation, a_message, a_reply
from tests.fakes.clock import FakeTime
from tests.tables_on_moto import all_items

LONG = "长" * 200_000


@pytest.fixture
def conversation(tables):
    conversation = a_conversation(message_count=2)
    tables.conversations.add(conversation)
    return conversation


@pytest.fixture
def exchange(tables, conversation):
    question = a_message(conversation)
    reply = a_reply(question, content=LONG)
    for message in (question, reply):
        tables.messages.put(message)
    return question, reply


@pytest.fixture(autouse=True)
def _hasty(monkeypatch):
    monkeypatch.setattr("parley.tables.conflicts._PAUSES_SECONDS", (0.001,) * 4)


def put_anew(tables, question, replaced, **fields):
    reply = a_reply(question, in_place_of=replaced, **fields)
    tables.messages.put(reply, in_place_of=replaced.id)
    return reply


def keys_of(dynamodb):
    return sorted(item["sk"]["S"].split("#")[0] for item in all_items(dynamodb, "conversations"))


def test_a_reply_and_its_alternative_change_places_at_once_or_not_at_all(
    tables, faults, conversation, exchange
):
    question, old = exchange
    faults.fail("TransactWriteItems")
    with pytest.raises(PynamoDBException):
        put_anew(tables, question, old)
    page = tables.messages.list_page(conversation.id, page=PageRequest(), total=2)
    assert page.items == [question, old]


def test_a_place_is_taken_beside_another_transaction(tables, faults, conversation, exchange):
    question, old = exchange
    faults.meet_transaction("TransactWriteItems", times=3)
    newer = put_anew(tables, question, old)
    assert tables.messages.get(conversation.id, newer.id).alternatives == (old,)


def test_a_reply_deleted_while_another_comes_in_its_place_takes_that_with_it(
    tables, faults, conversation, exchange
):
    question, old = exchange
    faults.forestall("TransactWriteItems", lambda: tables.messages.delete("user_1", old))
    newer = put_anew(tables, question, old)
    assert tables.messages.get(conversation.id, newer.id) is None
    assert tables.conversations.get("user_1", conversation.id).message_count == 1


def test_a_reply_replaced_while_it_is_listed_is_no_alternative_of_its_own(
    tables, faults, conversation, exchange
):
    question, old = exchange
    listed = put_anew(tables, question, old)

    def list_anew():
        put_anew(tables, question, listed)

    faults.forestall("Query", lambda: faults.forestall("Query", list_anew))
    page = tables.messages.list_page(conversation.id, page=PageRequest(), total=2)
    assert (page.items[1].id, page.items[1].alternatives) == (listed.id, (old,))


def test_alternatives_cost_one_query_for_a_page_and_none_where_there_are_none(tables, faults, conversation):
    last = None
    for _ in range(5):
        question = a_message(conversation, after=last)
        last = a_reply(question)
        for message in (question, last):
            tables.messages.put(message)
    for number_of_replies, expected in [(0, ["Query"]), (1, ["Query"] * 2), (3, ["Query"] * 2)]:
        page = tables.messages.list_page(conversation.id, page=PageRequest(), total=10).items
        for question, reply in list(zip(page[::2], page[1::2], strict=True))[:number_of_replies]:
            put_anew(tables, question, reply)
        faults.calls.clear()
        tables.messages.list_page(conversation.id, page=PageRequest(), total=10)
        assert faults.calls == expected


def test_a_removed_conversation_leaves_neither_parts_nor_logs_of_replies(
    tables, dynamodb, conversation, monkeypatch
):
    """Also where the reply is newer than its id, which is made out of that of the old one."""
    clock = FakeTime()
    clock.advance(-3 * 24 * 3600)
    monkeypatch.setattr("parley.domain.ids.time", clock)
    question = a_message(conversation)
    old = a_reply(question, content=LONG)
    for message in (question, old):
        tables.messages.put(message)
    newer = put_anew(tables, question, old, content=LONG)
    tables.log.append(newer.id, 1, [TextDelta("Hi")])
    assert created_at_of(newer.id) < now() - timedelta(days=2)
    tables.conversations.delete("user_1", conversation.id)
    assert keys_of(dynamodb) == ["COUNT"]
