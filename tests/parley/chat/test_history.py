"""The window that a model is shown: bounded, newest messages kept, the system prompt always."""

import pytest

from parley.chat.history import MAX_MESSAGES, MAX_TOKENS, read_history
from parley.models.types import ChatTurn
from tests.examples import a_message, messages_in_order


def put(world, conversation, *contents):
    last = None
    for content in contents:
        last = a_message(conversation, after=last, content=content)
        world.messages.put(last)


def history(world, conversation):
    """Up to the newest message."""
    return read_history(world.messages, conversation, until=world.memory.spoken(conversation.id)[-1].id)


def contents(turns):
    return [turn.content for turn in turns]


def test_the_system_prompt_comes_first_and_the_newest_message_last(world):
    conversation = world.converse(system_prompt="Be brief.")
    put(world, conversation, "one", "two")
    assert history(world, conversation) == [
        ChatTurn(role="system", content="Be brief."),
        ChatTurn(role="user", content="one"),
        ChatTurn(role="user", content="two"),
    ]


def test_no_more_than_the_newest_messages_are_read(world):
    conversation = world.converse()
    for message in messages_in_order(conversation, MAX_MESSAGES + 10):
        world.messages.put(message)
    turns = history(world, conversation)
    assert len(turns) == MAX_MESSAGES
    assert (turns[0].content, turns[-1].content) == ("message 10", f"message {MAX_MESSAGES + 9}")


def test_older_messages_are_left_out_where_the_tokens_run_out(world):
    conversation = world.converse()
    put(world, conversation, "old", "长" * (MAX_TOKENS - 10), "字" * 10)
    assert contents(history(world, conversation)) == ["长" * (MAX_TOKENS - 10), "字" * 10]


def test_the_newest_message_is_shown_whatever_its_length(world):
    conversation = world.converse(system_prompt="Be brief.")
    put(world, conversation, "old", "长" * (MAX_TOKENS + 1))
    assert contents(history(world, conversation)) == ["Be brief.", "长" * (MAX_TOKENS + 1)]


@pytest.mark.parametrize("system_prompt", [None, ""])
def test_what_is_empty_is_not_shown(world, system_prompt):
    conversation = world.converse(system_prompt=system_prompt)
    put(world, conversation, "one", "", "two")
    assert contents(history(world, conversation)) == ["one", "two"]
