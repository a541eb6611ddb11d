"""Events on the wire: an id, a name and one line of data."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.domain.events import (
    FinishReason,
    ReplyDone,
    ReplyFailed,
    ReplyStarted,
    TextDelta,
    ThinkingDelta,
    ToolCalled,
    ToolReturned,
    Usage,
)
from parley.wire import SSE_PING, encode_sse

USAGE = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}

FORMS = [
    (ReplyStarted(message_id="m", user_message_id="u"), "start", {"message_id": "m", "user_message_id": "u"}),
    (TextDelta("好"), "text", {"content": "好"}),
    (ThinkingDelta("hm"), "thinking", {"content": "hm"}),
    (
        ToolCalled(id="1", name="f", arguments={"a": [1]}),
        "tool_call",
        {"id": "1", "name": "f", "arguments": {"a": [1]}},
    ),
    (
        ToolReturned(id="1", name="f", success=True, content="{}", duration_ms=5),
        "tool_result",
        {"id": "1", "name": "f", "success": True, "content": "{}"},
    ),
    (
        ReplyDone(
            message_id="m",
            token_count=2,
            usage=Usage(prompt_tokens=1, completion_tokens=2),
            finish_reason=FinishReason.TOOL_LIMIT,
        ),
        "done",
        {"message_id": "m", "token_count": 2, "usage": USAGE, "finish_reason": "tool_limit"},
    ),
    (ReplyFailed(content="why", type="model_timeout"), "error", {"content": "why", "type": "model_timeout"}),
]


@pytest.mark.parametrize(("event", "name", "data"), FORMS, ids=[form[1] for form in FORMS])
def test_each_event_has_its_form(event, name, data):
    lines = encode_sse(7, event).decode().split("\n")
    assert lines[:2] == ["id: 7", f"event: {name}"]
    assert json.loads(lines[2].removeprefix("data: ")) == data
    assert lines[3:] == ["", ""]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_no_text_breaks_out_of_its_line(text):
    encoded = encode_sse(1, TextDelta(text))
    assert encoded.count(b"\n") == 4
    assert b"\r" not in encoded
    data = encoded.split(b"\n")[2]
    assert json.loads(data.removeprefix(b"data: ")) == {"content": text}


def test_a_ping_is_a_comment():
    assert SSE_PING == b": ping\n\n"
