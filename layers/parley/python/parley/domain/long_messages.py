"""Long messages: kept whole, and known by their beginning where the whole is not wanted.

A message is long if its content, thinking and tool calls have more than `LONG_CHARACTERS` together. Its
beginning has no more than that.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from parley.domain.messages import Message, ToolCall

LONG_CHARACTERS = 20_000
# As many characters of long messages a page of a list shows whole, the first ones first: 2 to 6 MB.
MAX_PAGE_CHARACTERS = 2_000_000

# What of a beginning is not for the content; the content has all that these leave.
_THINKING_CHARACTERS = 4_000
_CALLS_CHARACTERS = 8_000
_LEAST_CALL_CHARACTERS = 400
# The names of a call's fields, its success and its duration.
_CALL_OVERHEAD_CHARACTERS = 100


def characters_of(message: Message) -> int:
    calls = sum(_frame_of(call) + len(call.result or "") for call in message.tool_calls)
    return len(message.content) + len(message.thinking or "") + calls


def beginning_of(message: Message) -> Message:
    """The message with what it begins with. Arguments are whole or empty, and late calls are left out."""
    calls = tuple(_beginnings(message.tool_calls))
    beginning = replace(
        message,
        thinking=message.thinking and message.thinking[:_THINKING_CHARACTERS],
        tool_calls=calls,
        content="",
        whole_content_characters=len(message.content),
    )
    return replace(beginning, content=message.content[: LONG_CHARACTERS - characters_of(beginning)])


def listed_whole(characters: Iterable[int]) -> Iterator[bool]:
    """Which messages of a page are listed whole, given what `characters_of` says of each."""
    left = MAX_PAGE_CHARACTERS
    for number in characters:
        is_whole = number <= max(left, LONG_CHARACTERS)
        left -= number if is_whole else LONG_CHARACTERS
        yield is_whole


def _beginnings(calls: Sequence[ToolCall]) -> Iterator[ToolCall]:
    """Each has the same share."""
    shown = calls[: _CALLS_CHARACTERS // _LEAST_CALL_CHARACTERS]
    for call in shown:
        share = _CALLS_CHARACTERS // len(shown)
        short = call if _frame_of(call) <= share else replace(call, arguments={})
        if (frame := _frame_of(short)) <= share:
            yield replace(short, result=call.result and call.result[: share - frame])


def _frame_of(call: ToolCall) -> int:
    """The characters of a call but for its result."""
    arguments = json.dumps(call.arguments, ensure_ascii=False)
    return len(call.id) + len(call.name) + len(arguments) + _CALL_OVERHEAD_CHARACTERS
