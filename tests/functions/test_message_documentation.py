"""The documented events are those that are sent."""

from typing import get_args

import pytest
from jsonschema import Draft202012Validator

from functions.messages.documentation import EVENT_DATA, EVENT_STREAM
from parley.domain import events
from parley.domain.events import FinishReason, ReplyEvent, Usage
from parley.wire import event_body

SENT = [
    events.ReplyStarted(message_id="msg_1", user_message_id="msg_0"),
    events.ThinkingDelta("Hm"),
    events.TextDelta("Hi"),
    events.ToolCalled(id="1", name="calculator", arguments={"expression": "1"}),
    events.ToolReturned(id="1", name="calculator", success=False, content="no", duration_ms=1),
    events.ReplyDone(message_id="msg_1", token_count=1, usage=Usage(), finish_reason=FinishReason.LENGTH),
    events.ReplyFailed(content="busy", type="model_rejected"),
]
CONTENT = EVENT_STREAM[200]["content"]["text/event-stream"]


def test_every_event_that_is_sent_is_documented_and_no_other():
    assert {type(event) for event in SENT} == set(get_args(ReplyEvent.__value__))
    assert {event_body(event)[0] for event in SENT} == set(EVENT_DATA)


@pytest.mark.parametrize("event", SENT, ids=lambda event: type(event).__name__)
def test_its_data_are_as_documented(event):
    name, data = event_body(event)
    assert set(data) == set(EVENT_DATA[name])
    for field, value in data.items():
        Draft202012Validator(EVENT_DATA[name][field]).validate(value)


def test_the_example_is_a_stream_of_documented_events():
    example = CONTENT["examples"]["stream"]["value"]
    assert example.endswith("\n\n")
    validator = Draft202012Validator(CONTENT["schema"])
    for block in example.strip().split("\n\n"):
        validator.validate(dict(line.split(": ", 1) for line in block.split("\n")))
