"""A reply's log in DynamoDB: long chunks, lost answers, gaps, and what expires."""

import pytest

from parley.domain.events import TextDelta
from parley.domain.reply_logs import LogPage
from tests.examples import a_conversation, a_message
from tests.parley.tables.test_reply_logs import DONE, OTHER, REPLY, texts, told


@pytest.mark.parametrize("missing", range(4))
def test_what_is_behind_a_gap_is_not_read(tables, dynamodb, missing):
    """A log that is being removed, or was written while it was read."""
    long = TextDelta("文" * 200_000)
    tables.log.append(REPLY, 1, texts("a"))
    tables.log.append(REPLY, 2, [long])
    tables.log.append(REPLY, 3, texts("c"))
    tables.log.append(REPLY, 4, [DONE])
    remove(dynamodb, ["000000001", "000000002", "000000002#0001", "000000003"][missing])
    whole = [(1, TextDelta("a")), (2, long), (3, TextDelta("c"))]
    page = tables.log.read(REPLY)
    assert list(page.events) == whole[: [0, 1, 1, 2][missing]]
    assert not page.is_ended


def test_a_sealed_log_whose_beginning_is_gone_is_as_good_as_gone(tables, dynamodb):
    tables.log.append(REPLY, 1, texts("a"))
    tables.log.seal(REPLY)
    remove(dynamodb, "000000001")
    assert tables.log.read(REPLY) == LogPage()


def remove(dynamodb, place):
    from tests.tables_on_moto import TABLE_SETTINGS

    key = {"pk": {"S": f"LOG#{REPLY}"}, "sk": {"S": place}}
    dynamodb.delete_item(TableName=TABLE_SETTINGS["PARLEY_CONVERSATIONS_TABLE"], Key=key)


def test_a_mark_that_was_replaced_is_heard_though_the_answer_to_the_write_was_lost(tables, faults):
    tables.log.append(REPLY, 1, texts("a"))
    tables.log.request_stop(REPLY)
    faults.lose_answer("PutItem", after=1)
    assert tables.log.append(REPLY, 2, texts("b")) is True
    assert tables.log.append(REPLY, 2, texts("b")) is True
    assert told(tables.log.read(REPLY)) == [(1, "a"), (2, "b")]


def test_a_write_whose_answer_was_lost_is_no_sign_of_a_seal(tables, faults):
    faults.lose_answer("PutItem")
    assert tables.log.append(REPLY, 1, texts("a")) is False
    faults.lose_answer("PutItem")
    assert tables.log.seal(REPLY).is_sealed
    faults.lose_answer("PutItem")
    assert tables.log.request_stop(OTHER) is True


def test_with_a_conversation_its_replies_logs_go(tables, dynamodb):
    from tests.tables_on_moto import all_items

    conversation = a_conversation()
    tables.conversations.add(conversation)
    reply = a_message(conversation, role="assistant")
    tables.messages.put(reply)
    tables.log.append(reply.id, 1, texts("a"))
    tables.log.append(reply.id, 2, [DONE])
    tables.conversations.delete("user_1", conversation.id)
    assert [item["sk"]["S"] for item in all_items(dynamodb, "conversations")] == ["COUNT"]


def test_a_log_that_has_expired_in_part_is_as_good_as_gone(dynamodb):
    from parley.tables.conversation_items import ConversationTableItem as Row
    from parley.tables.reply_logs import LIFETIME_SECONDS, DynamoReplyLog

    DynamoReplyLog(Row, clock=lambda: 1_000).append(REPLY, 1, texts("a"))
    DynamoReplyLog(Row, clock=lambda: 1_900).append(REPLY, 2, [DONE])
    assert DynamoReplyLog(Row, clock=lambda: LIFETIME_SECONDS + 999).read(REPLY).is_ended
    assert DynamoReplyLog(Row, clock=lambda: LIFETIME_SECONDS + 1_000).read(REPLY) == LogPage()
    assert DynamoReplyLog(Row, clock=lambda: LIFETIME_SECONDS + 2_000).read(REPLY) == LogPage()


def test_a_log_that_nobody_looked_at_for_a_day_is_sealed_with_what_is_still_there(dynamodb):
    from parley.tables.conversation_items import ConversationTableItem as Row
    from parley.tables.reply_logs import LIFETIME_SECONDS, DynamoReplyLog

    DynamoReplyLog(Row, clock=lambda: 1_000).append(REPLY, 1, texts("a"))
    late = DynamoReplyLog(Row, clock=lambda: LIFETIME_SECONDS + 2_000)
    assert told(late.seal(REPLY)) == [(1, "a")]
    assert late.read(REPLY) == LogPage()


def test_a_log_is_reaped_after_a_day(dynamodb):
    from parley.tables.conversation_items import ConversationTableItem as Row
    from parley.tables.reply_logs import DynamoReplyLog
    from tests.tables_on_moto import all_items

    log = DynamoReplyLog(Row, clock=lambda: 1_000_000.9)
    log.append(REPLY, 1, texts("a"))
    log.seal(REPLY)
    assert {item["expires_at_epoch"]["N"] for item in all_items(dynamodb, "conversations")} == {"1086400"}


def test_a_rooms_log_lives_in_the_rooms_table_and_does_all_that_a_log_does(dynamodb):
    from parley.tables.reply_logs import DynamoReplyLog
    from parley.tables.room_items import RoomTableItem
    from tests.tables_on_moto import all_items

    log = DynamoReplyLog(RoomTableItem)
    log.append(REPLY, 1, texts("a", "b"))
    assert all_items(dynamodb, "conversations") == []
    assert len(all_items(dynamodb, "rooms")) == 1
    assert log.request_stop(REPLY)
    assert log.is_stop_requested(REPLY, 3)
    assert log.append(REPLY, 3, texts("c"))
    page = log.read(REPLY)
    assert told(page) == [(1, "a"), (2, "b"), (3, "c")]
    assert log.seal(REPLY).is_sealed
    assert log.read_on(REPLY, page, after=3).is_sealed
    log.discard(REPLY)
    assert all_items(dynamodb, "rooms") == []
