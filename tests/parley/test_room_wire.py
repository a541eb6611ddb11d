"""A room's events on the wire: a name and data, as the contract has them."""

import json
from datetime import UTC, datetime

import pytest

from parley.domain.messages import MessageStatus
from parley.domain.room_events import (
    AgentDone,
    AgentsShown,
    Connected,
    Failed,
    HistoryShown,
    MessagePosted,
    Notice,
    NoticeType,
    Pong,
    StepGrown,
    StepTaken,
    TypingChanged,
)
from parley.domain.room_messages import CallStep, ResultStep, RoomMessage, Sender, SenderType, TextStep
from parley.http.agent_bodies import AgentBody
from parley.room_wire import agent_body, encode_frame, room_event_body
from tests.examples import an_agent

ADA = Sender(type=SenderType.USER, id="user_1", name="Ada")
BOT = Sender(type=SenderType.AGENT, id="agent_1", name="Skipper")
REPLY = RoomMessage(
    id="msg_1",
    room_id="room_1",
    sender=BOT,
    content="It is 4.",
    created_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    status=MessageStatus.STOPPED,
    token_count=3,
    process_steps=(
        TextStep(type="thinking", content="2 + 2"),
        CallStep(id="1", name="calculator", arguments={"expression": "2 + 2"}),
        ResultStep(id="1", name="calculator", success=True, content="4"),
        TextStep(type="text", content="It is 4."),
    ),
)
REPLY_BODY = {
    "id": "msg_1",
    "room_id": "room_1",
    "sender_type": "agent",
    "sender_id": "agent_1",
    "sender_name": "Skipper",
    "content": "It is 4.",
    "process_steps": [
        {"index": 0, "type": "thinking", "content": "2 + 2"},
        {
            "index": 1,
            "type": "tool_call",
            "id": "1",
            "name": "calculator",
            "arguments": {"expression": "2 + 2"},
        },
        {
            "index": 2,
            "type": "tool_result",
            "id": "1",
            "name": "calculator",
            "success": True,
            "content": "4",
        },
        {"index": 3, "type": "text", "content": "It is 4."},
    ],
    "token_count": 3,
    "status": "stopped",
    "created_at": "2026-03-01T12:00:00.000Z",
}
IDS = {"message_id": "msg_1", "agent_id": "agent_1"}

FORMS = [
    (
        Connected(room_id="room_1", connection_id="c", participant=ADA, participants=[ADA, BOT]),
        "connected",
        {
            "room_id": "room_1",
            "type": "user",
            "participant_id": "user_1",
            "connection_id": "c",
            "participants": [
                {"type": "user", "id": "user_1", "name": "Ada"},
                {"type": "agent", "id": "agent_1", "name": "Skipper"},
            ],
        },
    ),
    (HistoryShown(messages=[REPLY]), "history", {"messages": [REPLY_BODY], "has_more": False}),
    (MessagePosted(message=REPLY), "message", REPLY_BODY),
    (TypingChanged(participant=ADA, is_typing=True), "typing", {"user_id": "user_1", "is_typing": True}),
    (TypingChanged(participant=BOT, is_typing=False), "typing", {"agent_id": "agent_1", "is_typing": False}),
    (
        StepGrown(**IDS, index=3, type="text", offset=2, delta="is "),
        "process_step",
        {**IDS, "index": 3, "type": "text", "offset": 2, "delta": "is "},
    ),
    (
        StepTaken(**IDS, index=1, step=CallStep(id="1", name="f", arguments={"a": [1]})),
        "process_step",
        {**IDS, "index": 1, "type": "tool_call", "id": "1", "name": "f", "arguments": {"a": [1]}},
    ),
    (
        StepTaken(**IDS, index=2, step=ResultStep(id="1", name="f", success=False, content="no")),
        "process_step",
        {**IDS, "index": 2, "type": "tool_result", "id": "1", "name": "f", "success": False, "content": "no"},
    ),
    (AgentDone(**IDS, token_count=3), "done", {**IDS, "token_count": 3}),
    (Failed(content="no", type="model_error"), "error", {"content": "no", "type": "model_error"}),
    (
        Failed(content="no", type="model_error", **IDS),
        "error",
        {"content": "no", "type": "model_error", **IDS},
    ),
    (
        Notice(type=NoticeType.USER_JOIN, content="Ada joined", participant=ADA),
        "system",
        {
            "content": "Ada joined",
            "type": "user_join",
            "participant_id": "user_1",
            "participant_name": "Ada",
        },
    ),
    (
        Notice(type=NoticeType.TURN_LIMIT, content="enough"),
        "system",
        {"content": "enough", "type": "turn_limit"},
    ),
]


@pytest.mark.parametrize(("event", "name", "data"), FORMS, ids=lambda each: type(each).__name__)
def test_an_event_has_the_contracts_form(event, name, data):
    assert room_event_body(event) == (name, data)
    assert json.loads(encode_frame(event)) == {"event": name, "data": data}


def test_a_pong_has_no_data():
    assert json.loads(encode_frame(Pong())) == {"event": "pong"}


def test_what_a_sender_called_a_message_comes_back():
    named = RoomMessage(
        id="msg_1", room_id="room_1", sender=ADA, content="hi", created_at=REPLY.created_at, client_id="c-1"
    )

    assert room_event_body(MessagePosted(message=named))[1]["client_id"] == "c-1"
    assert "client_id" not in REPLY_BODY


def test_an_agent_is_shown_with_all_that_the_contract_names():
    agent = an_agent(tools=("calculator",))

    name, data = room_event_body(AgentsShown(agents=[agent]))

    assert name == "agents"
    assert data["agents"][0]["tools"] == ["calculator"]
    assert set(data["agents"][0]) == {
        *("id", "user_id", "name", "description", "system_prompt", "model", "provider_id", "temperature"),
        *("max_tokens", "thinking_enabled", "tools", "kind", "created_at", "updated_at"),
    }


def test_a_room_and_the_list_of_agents_show_an_agent_alike():
    """The one is written without pydantic, which a socket's function does not load."""
    agent = an_agent(tools=("calculator",), description="Counts.")

    assert agent_body(agent) == AgentBody.of(agent).model_dump(mode="json")
