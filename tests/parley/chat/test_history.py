"""The window that a model is shown: bounded, newest messages kept, the system prompt always."""

import pytest

from parley.chat.history import CUT, MAX_MESSAGES, MAX_TOKENS, read_history
from parley.domain.long_messages import LONG_CHARACTERS
from parley.domain.messages import ToolCall
from parley.models.types import ChatTurn
from tests.examples import a_message, messages_in_order
from tests.fakes.mortality import Life, Mortal


def put(world, conversation, *contents):
    last = None
    for content in contents:
        last = a_message(conversation, after=last, content=content)
        world.messages.put(last)


def history(world, conversation, life=None):
    """Up to the newest message."""
    messages = Mortal("messages", world.messages, life or Life())
    return read_history(messages, conversation, until=world.memory.spoken(conversation.id)[-1].id)


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


def test_an_older_message_that_has_not_room_enough_is_cut_to_its_beginning(world):
    conversation = world.converse()
    put(world, conversation, "the question", "a" * 5_000_000, "Go on")
    turns = history(world, conversation)
    assert contents(turns) == ["the question", "a" * LONG_CHARACTERS + CUT, "Go on"]


def test_a_cut_message_counts_as_what_is_shown_of_it(world):
    conversation = world.converse()
    put(world, conversation, "old", *["字" * 5_000_000] * 3, "Go on")
    assert contents(history(world, conversation)) == ["字" * LONG_CHARACTERS + CUT, "Go on"]


def test_of_long_messages_only_those_that_are_shown_whole_are_read_whole(world):
    conversation, life = world.converse(), Life()
    put(world, conversation, "a" * 5_000_000, "字" * (LONG_CHARACTERS + 1), "a" * 40_000, "Go on")
    turns = history(world, conversation, life)
    assert [len(turn.content) for turn in turns] == [LONG_CHARACTERS + 1, 40_000, len("Go on")]
    assert life.log == ["messages.recent", "messages.get", "messages.get"]


def test_a_short_reply_with_long_results_is_shown_without_reading_these(world):
    conversation, life = world.converse(), Life()
    calls = (ToolCall(id="1", name="fetch_page", arguments={}, result="x" * 1_000_000, success=True),)
    reply = a_message(conversation, role="assistant", content="Here it is.", tool_calls=calls)
    world.messages.put(reply)
    turns = history(world, conversation, life)
    assert (contents(turns), life.log) == (["Here it is."], ["messages.recent"])


@pytest.mark.parametrize("system_prompt", [None, ""])
def test_what_is_empty_is_not_shown(world, system_prompt):
    conversation = world.converse(system_prompt=system_prompt)
    put(world, conversation, "one", "", "two")
    assert contents(history(world, conversation)) == ["one", "two"]
