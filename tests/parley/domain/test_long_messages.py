"""Where a message counts as long, what it begins with, and how many of them a page shows whole."""

import pytest

from parley.domain.long_messages import (
    LONG_CHARACTERS,
    MAX_PAGE_CHARACTERS,
    beginning_of,
    characters_of,
    listed_whole,
)
from parley.domain.messages import ToolCall
from tests.examples import a_conversation, a_message

MUCH = 3_000_000


def a_reply(**fields):
    return a_message(a_conversation(), role="assistant", **fields)


def calls(*results, arguments=None):
    return tuple(
        ToolCall(
            id=f"call_{number}",
            name="fetch_page",
            arguments=arguments or {"url": "x"},
            result=result,
            success=True,
            duration_ms=1,
        )
        for number, result in enumerate(results)
    )


def test_a_text_alone_begins_with_as_much_as_is_not_long():
    beginning = beginning_of(a_reply(content="长" * MUCH))
    assert beginning.content == "长" * LONG_CHARACTERS
    assert (beginning.is_beginning, beginning.is_content_cut) == (True, True)


def test_what_is_whole_is_no_beginning():
    reply = a_reply(content="")
    assert (reply.is_beginning, reply.is_content_cut) == (False, False)


def test_a_short_text_stays_whole_beside_long_thinking_and_results():
    reply = a_reply(content="short", thinking="想" * MUCH, tool_calls=calls("页" * MUCH, "no", None))
    beginning = beginning_of(reply)
    assert (beginning.content, beginning.is_beginning, beginning.is_content_cut) == ("short", True, False)
    assert reply.thinking.startswith(beginning.thinking)
    first, second, third = beginning.tool_calls
    assert len(first.result) > 1_000
    assert (second, third) == reply.tool_calls[1:]


@pytest.mark.parametrize(
    "tool_calls",
    [
        calls(*["页" * MUCH] * 3),
        calls(*["x"] * 5_000),
        calls("x", arguments={"code": "x" * MUCH}),
        calls("x" * MUCH, arguments={"list": list(range(100_000))}),
        tuple(ToolCall(id="i" * MUCH, name="n" * MUCH, arguments={}) for _ in range(3)),
        (),
    ],
)
@pytest.mark.parametrize("thinking", [None, "", "想" * MUCH])
def test_a_beginning_is_never_long(tool_calls, thinking):
    reply = a_reply(content="长" * MUCH, thinking=thinking, tool_calls=tool_calls)
    beginning = beginning_of(reply)
    assert characters_of(beginning) <= LONG_CHARACTERS < characters_of(reply)
    assert len(beginning.content) >= 8_000
    assert (beginning.thinking is None) == (thinking is None)
    assert beginning.whole_content_characters == MUCH


@pytest.mark.parametrize(
    ("characters", "expected"),
    [
        ([], []),
        ([0, LONG_CHARACTERS], [True, True]),
        ([MAX_PAGE_CHARACTERS], [True]),
        ([MAX_PAGE_CHARACTERS + 1, 200_000], [False, True]),
        ([MAX_PAGE_CHARACTERS - 10, 11, 200_000, LONG_CHARACTERS], [True, True, False, True]),
        ([200_000] * 12, [True] * 10 + [False] * 2),
        ([1_500_000, 600_000, 400_000], [True, False, True]),
    ],
)
def test_a_page_shows_long_messages_whole_while_there_is_room_and_short_ones_always(characters, expected):
    assert list(listed_whole(characters)) == expected
