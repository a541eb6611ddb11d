"""The documented events of a room's stream are those that are sent."""

from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator

from functions.chat_rooms.documentation import EVENT_DATA, EVENT_STREAM
from parley.chat.turn_notices import end_of_reply, end_of_turn
from parley.domain.ids import ROOM, new_id
from parley.domain.messages import MessageStatus
from parley.domain.room_events import MessagePosted, RoomEvent, StepGrown, StepTaken, TypingChanged
from parley.domain.room_messages import CallStep, ResultStep, SenderType
from parley.domain.room_places import room_message_id
from parley.domain.room_turns import TurnEnd
from parley.room_wire import room_event_body
from tests.examples import a_room_message, a_sender

CONTENT = EVENT_STREAM[200]["content"]["text/event-stream"]
IDS = {"message_id": "msg_1", "agent_id": "agent_1"}


def sent() -> Iterator[RoomEvent]:
    agent = a_sender(type=SenderType.AGENT)
    reply = a_room_message(room_message_id(new_id(ROOM), 1), sender=agent)
    yield MessagePosted(message=reply)
    yield TypingChanged(participant=agent, is_typing=True)
    yield StepGrown(**IDS, index=0, type="thinking", offset=0, delta="Hm")
    yield StepTaken(**IDS, index=1, step=CallStep(id="1", name="calculator", arguments={}))
    yield StepTaken(**IDS, index=2, step=ResultStep(id="1", name="calculator", success=True, content="1"))
    yield from end_of_reply(reply)
    failed = a_room_message(reply.id, sender=agent, status=MessageStatus.ERROR, failure="It broke.")
    yield from end_of_reply(failed)
    for ended in TurnEnd:
        yield from end_of_turn(ended)


def test_every_event_that_is_sent_is_documented_and_no_other():
    assert {room_event_body(event)[0] for event in sent()} == set(EVENT_DATA)


@pytest.mark.parametrize("event", list(sent()), ids=lambda event: type(event).__name__)
def test_its_data_are_as_documented(event):
    name, data = room_event_body(event)
    assert set(data) >= set(EVENT_DATA[name])
    for field, schema in EVENT_DATA[name].items():
        Draft202012Validator(schema).validate(data[field])


def test_the_example_is_a_stream_of_documented_events():
    example = CONTENT["examples"]["stream"]["value"]
    assert example.endswith("\n\n")
    validator = Draft202012Validator(CONTENT["schema"])
    for block in example.strip().split("\n\n"):
        validator.validate(dict(line.split(": ", 1) for line in block.split("\n")))
