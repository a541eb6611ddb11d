"""Whatever JSON a service sends, a reader tells text, or that this is no reply: it never fails otherwise."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.domain.events import TextDelta, ThinkingDelta
from parley.models.anthropic_reply import MessageReader
from parley.models.bedrock_reply import ConverseReader
from parley.models.openai_reply import CompletionReader
from parley.models.types import ModelError, ModelFinished

ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 3) | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=3,
)
TEXT = st.text(max_size=3)
INDEX = st.integers(0, 1)


def word(*words):
    return st.sampled_from(words)


def some(**fields):
    """An object with some of these fields, of which one in a few is not as it should be."""
    return ODD | st.fixed_dictionaries({}, optional={name: value | ODD for name, value in fields.items()})


BLOCK = some(
    type=word("text", "thinking", "redacted_thinking", "tool_use", "new"),
    text=TEXT, thinking=TEXT, signature=TEXT, data=TEXT, id=TEXT, name=TEXT, input=some(x=TEXT),
)  # fmt: skip
DELTA = some(
    type=word("text_delta", "thinking_delta", "signature_delta", "input_json_delta", "new"),
    text=TEXT, thinking=TEXT, signature=TEXT, partial_json=TEXT,
    stop_reason=word("end_turn", "tool_use", "refusal"), stop_details=some(explanation=TEXT),
)  # fmt: skip
USAGE = some(input_tokens=INDEX, output_tokens=INDEX)
ANTHROPIC = some(
    type=word("message_start", "content_block_start", "content_block_delta", "message_delta", "error", "new"),
    index=INDEX, content_block=BLOCK, delta=DELTA, usage=USAGE, message=some(usage=USAGE),
    error=some(message=TEXT),
)  # fmt: skip
WHOLE = some(content=st.lists(BLOCK, max_size=3), stop_reason=word("end_turn", "tool_use"), usage=USAGE)

CALL = some(index=INDEX, id=TEXT, function=some(name=TEXT, arguments=TEXT))
MESSAGE = some(
    content=TEXT, reasoning_content=TEXT, refusal=TEXT, tool_calls=st.lists(CALL, max_size=2),
    function_call=some(name=TEXT, arguments=TEXT),
)  # fmt: skip
CHOICE = some(index=INDEX, delta=MESSAGE, message=MESSAGE, finish_reason=word("stop", "length", "tool_calls"))
OPENAI = some(
    choices=st.lists(CHOICE, max_size=2), usage=some(prompt_tokens=INDEX, completion_tokens=INDEX), error=TEXT
)

REASONING = some(text=TEXT, signature=TEXT, redactedContent=TEXT)
PIECE = some(text=TEXT, reasoningContent=REASONING, toolUse=some(input=TEXT))
START = some(toolUse=some(toolUseId=TEXT, name=TEXT))
BEDROCK = st.fixed_dictionaries(
    {},
    optional={
        "contentBlockStart": some(contentBlockIndex=INDEX, start=START),
        "contentBlockDelta": some(contentBlockIndex=INDEX, delta=PIECE),
        "messageStop": some(stopReason=word("end_turn", "tool_use")),
        "metadata": some(usage=some(inputTokens=INDEX, outputTokens=INDEX)),
    },
)


def check(reader, deltas):
    assert all(isinstance(delta, TextDelta | ThinkingDelta) for delta in deltas)
    assert all(isinstance(delta.content, str) for delta in deltas)
    assert isinstance(reader.finished(), ModelFinished)


@given(st.lists(ANTHROPIC, max_size=4))
def test_of_anthropics_protocol(events):
    reader = MessageReader(thinking_enabled=True)
    with suppress(ModelError):
        check(reader, [delta for event in events for delta in reader.read(json.dumps(event).encode())])


@given(WHOLE)
def test_of_a_whole_message(message):
    reader = MessageReader(thinking_enabled=True)
    with suppress(ModelError):
        check(reader, reader.read_whole(json.dumps(message).encode()))


@given(st.lists(OPENAI, max_size=4))
def test_of_openais_protocol(chunks):
    reader = CompletionReader(thinking_enabled=True)
    with suppress(ModelError):
        check(reader, [delta for chunk in chunks for delta in reader.read(json.dumps(chunk).encode())])


@given(st.lists(BEDROCK, max_size=4))
def test_of_bedrocks_protocol(events):
    reader = ConverseReader(thinking_enabled=True)
    with suppress(ModelError):
        check(reader, list(filter(None, map(reader.read, events))))


@pytest.mark.parametrize("reader", [MessageReader, ConverseReader, CompletionReader])
def test_a_reply_without_an_event_is_a_broken_one(reader):
    with pytest.raises(ModelError) as raised:
        reader(thinking_enabled=False).finished()
    assert raised.value.type == "model_stream_broken"
