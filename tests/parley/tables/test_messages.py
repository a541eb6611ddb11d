"""Messages: whole whatever their length, in order, and counted out of their conversation once."""

from dataclasses import replace

import pytest

from parley.domain.events import Usage
from parley.domain.messages import MessageStatus, ToolCall
from tests.examples import a_conversation, a_message, messages_in_order
from tests.fakes.threads import all_at_once


@pytest.fixture
def conversation(stores):
    conversation = a_conversation(message_count=3)
    stores.conversations.add(conversation)
    return conversation


def a_reply(conversation, **fields):
    return a_message(conversation, role="assistant", model="glm-5", **fields)


def test_all_of_a_message_is_kept(stores, conversation):
    calls = (
        ToolCall(id="1", name="calculator", arguments={"expression": "1+1", "n": [1, 2.5, None]}),
        ToolCall(id="2", name="x", arguments={}, result='{"a": "好"}', success=True, duration_ms=3),
    )
    reply = a_reply(
        conversation,
        content="two 👩‍🚀",
        thinking="",
        tool_calls=calls,
        token_count=5,
        usage=Usage(prompt_tokens=7, completion_tokens=5),
        status=MessageStatus.STOPPED,
    )
    stores.messages.put(reply)
    assert stores.messages.get(conversation.id, reply.id) == reply


@pytest.mark.parametrize(
    "content",
    ["", "a", "长" * 200_000, "👩‍🚀" * 60_000, '\x00\n\r\t"\\\u2028', "a" * 379_900 + "界" * 100_000],
)
def test_a_content_of_any_length_is_kept_whole(stores, conversation, content):
    message = a_message(conversation, content=content)
    stores.messages.put(message)
    assert stores.messages.get(conversation.id, message.id) == message


@pytest.mark.parametrize(("first", "second"), [(10, 500_000), (500_000, 10), (900_000, 500_000)])
def test_a_message_put_again_is_replaced_whatever_its_length(stores, conversation, first, second):
    message = a_message(conversation, content="a" * first)
    stores.messages.put(message)
    longer = replace(message, content="b" * second)
    stores.messages.put(longer)
    assert stores.messages.get(conversation.id, message.id) == longer


def test_the_newest_up_to_a_message_come_first_and_no_more_than_wanted(stores, conversation):
    messages = messages_in_order(conversation, 5)
    for message in messages:
        stores.messages.put(message)
    for until, limit, expected in [(4, 3, [4, 3, 2]), (4, 50, [4, 3, 2, 1, 0]), (2, 2, [2, 1]), (0, 9, [0])]:
        found = list(stores.messages.recent(conversation.id, until=messages[until].id, limit=limit))
        assert found == [messages[index] for index in expected]


def test_a_message_of_another_conversation_is_not_found(stores, conversation):
    other = a_conversation()
    message = a_message(other)
    stores.messages.put(message)
    assert stores.messages.get(conversation.id, message.id) is None
    assert list(stores.messages.recent(conversation.id, until=message.id, limit=10)) == []


def test_a_deletion_counts_the_message_out(stores, conversation):
    message = a_message(conversation, content="长" * 200_000)
    stores.messages.put(message)
    assert stores.messages.delete("user_1", message)
    assert stores.messages.get(conversation.id, message.id) is None
    assert stores.conversations.get("user_1", conversation.id).message_count == 2
    assert not stores.messages.delete("user_1", message)
    assert stores.conversations.get("user_1", conversation.id).message_count == 2


def test_of_simultaneous_deletions_one_counts(stores, conversation):
    message = a_message(conversation)
    stores.messages.put(message)
    outcomes = all_at_once([lambda: stores.messages.delete("user_1", message)] * 6)
    assert sorted(outcomes) == [False] * 5 + [True]
    assert stores.conversations.get("user_1", conversation.id).message_count == 2


def test_different_messages_are_deleted_at_once(stores, conversation):
    messages = messages_in_order(conversation, 3)
    for message in messages:
        stores.messages.put(message)
    outcomes = all_at_once(
        [lambda message=message: stores.messages.delete("user_1", message) for message in messages]
    )
    assert outcomes == [True] * 3
    assert stores.conversations.get("user_1", conversation.id).message_count == 0


def test_a_discarded_message_is_gone_and_was_never_counted(stores, conversation):
    message = a_message(conversation, content="长" * 200_000)
    stores.messages.put(message)
    stores.messages.discard(message)
    stores.messages.discard(message)
    assert stores.messages.get(conversation.id, message.id) is None
    assert stores.conversations.get("user_1", conversation.id).message_count == 3
