"""What a room's event stream looks like, for the OpenAPI document; the real encoder makes the example."""

from datetime import UTC, datetime
from typing import Any

from parley.domain.messages import MessageStatus
from parley.domain.room_events import (
    AgentDone,
    MessagePosted,
    NoticeType,
    RoomEvent,
    StepGrown,
    TypingChanged,
)
from parley.domain.room_messages import RoomMessage, Sender, SenderType
from parley.http.event_streams import documented_stream
from parley.http.failures import Responses
from parley.room_wire import encode_room_sse

_DESCRIPTION = """\
Server-sent events: those that the room's sockets are told of this message and of the replies to it. Each has
`id:` (1, 2, 3 …), `event:` and one `data:` line of JSON; the schema is that of one event. A comment line
`: ping` breaks a longer silence.

- `message`: what was sent comes first. Each reply begins with an empty message, of status `streaming`.
- `typing`: `agent_id`, `is_typing`; before a reply and behind it.
- `process_step`: a piece of a reply's step. Steps are counted by `index`, from 0. Of `thinking` and `text`
  there is `delta`, which begins at the character `offset` of the step's text; `tool_call` and `tool_result`
  come whole.
- `done`: `message_id`, `agent_id`, `token_count`; the reply is whole and stored. One that failed has in its
  place an `error` with `content`, a reason to show, `type`, a stable word, and the ids; and a `system` event.
- `system`: `content`, which may be shown, and `type`: `agent_error`, `turn_limit` where the agents have
  answered as often as they may, `stopped`.

The stream ends behind the last reply, and behind the message where no agent answers it. A stream that cannot
last until then ends with an `error` of type `turn_running`: the turn goes on in the room.
"""
_TEXT, _FLAG, _COUNT = {"type": "string"}, {"type": "boolean"}, {"type": "integer", "minimum": 0}
_MESSAGE_DATA = {
    **dict.fromkeys(("id", "room_id", "sender_id", "sender_name", "content", "created_at"), _TEXT),
    "sender_type": {"type": "string", "enum": ["user", "agent"]},
    "process_steps": {"type": "array", "items": {"type": "object"}},
    "token_count": _COUNT,
    "status": {"type": "string", "enum": [status.value for status in MessageStatus]},
}
_STEP_DATA = {
    "message_id": _TEXT,
    "agent_id": _TEXT,
    "index": _COUNT,
    "type": {"type": "string", "enum": ["thinking", "text", "tool_call", "tool_result"]},
}
_NOTICES = [NoticeType.AGENT_ERROR, NoticeType.TURN_LIMIT, NoticeType.STOPPED]
# What each event's data always has.
EVENT_DATA: dict[str, dict[str, Any]] = {
    "message": _MESSAGE_DATA,
    "typing": {"agent_id": _TEXT, "is_typing": _FLAG},
    "process_step": _STEP_DATA,
    "done": {"message_id": _TEXT, "agent_id": _TEXT, "token_count": _COUNT},
    "error": {"content": _TEXT, "type": _TEXT},
    "system": {"content": _TEXT, "type": {"type": "string", "enum": [notice.value for notice in _NOTICES]}},
}


_ROOM, _AGENT = "room_01M88Z6F0W8QX1T5V9B2C3D4E5", "agent_01M88Z6F0W8QX1T5V9B2C3D4E6"
_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_POET = Sender(type=SenderType.AGENT, id=_AGENT, name="Poet")
_QUESTION = RoomMessage(
    id="msg_0000000001B5X9QW0Z4T7N6M1K01M88Z6F0W8QX1T5V9B2C3D4E5",
    room_id=_ROOM,
    sender=Sender(type=SenderType.USER, id="user_01M88Z6F0W8QX1T5V9B2C3D4E7", name="anna"),
    content="@Poet, when is high tide?",
    created_at=_NOON,
)
_REPLY = RoomMessage(
    id="msg_0000000002K7Y3ZC5R1V8P4N2H01M88Z6F0W8QX1T5V9B2C3D4E5",
    room_id=_ROOM,
    sender=_POET,
    content="",
    created_at=_NOON,
    status=MessageStatus.STREAMING,
)
_EXAMPLE: tuple[RoomEvent, ...] = (
    MessagePosted(message=_QUESTION),
    TypingChanged(participant=_POET, is_typing=True),
    MessagePosted(message=_REPLY),
    StepGrown(message_id=_REPLY.id, agent_id=_AGENT, index=0, type="text", offset=0, delta="At "),
    StepGrown(message_id=_REPLY.id, agent_id=_AGENT, index=0, type="text", offset=3, delta="noon."),
    AgentDone(message_id=_REPLY.id, agent_id=_AGENT, token_count=2),
    TypingChanged(participant=_POET, is_typing=False),
)

EVENT_STREAM: Responses = documented_stream(
    _DESCRIPTION,
    EVENT_DATA,
    summary="A message that one agent answers",
    example=b"".join(encode_room_sse(number, event) for number, event in enumerate(_EXAMPLE, start=1)),
)
