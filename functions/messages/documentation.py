"""What the event stream looks like, for the OpenAPI document; the example comes out of the real encoder."""

from typing import Any

from parley.domain.events import (
    FinishReason,
    ReplyDone,
    ReplyEvent,
    ReplyStarted,
    TextDelta,
    ToolCalled,
    ToolReturned,
    Usage,
)
from parley.http.event_streams import documented_stream
from parley.http.failures import Responses
from parley.wire import encode_sse

_DESCRIPTION = """\
Server-sent events. Each has `id:` (1, 2, 3 …), `event:` and one `data:` line of JSON; the schema is that of
one event. `start` comes first, and exactly one of `done` and `error` last. A comment line `: ping` breaks a
longer silence.

- `start`: `message_id` of the reply, `user_message_id` of what was sent.
- `thinking`: `content`, a further piece; only where the conversation has `thinking_enabled`.
- `text`: `content`, a further piece of the reply.
- `tool_call`: `id`, `name`, `arguments` (an object).
- `tool_result`: `id` of the call, `name`, `success`, `content` (JSON text, or the reason of the failure).
- `done`: `message_id`, `token_count`, `usage` (`prompt_tokens`, `completion_tokens`, `total_tokens`) and
  `finish_reason`: `stop`, `length`, `stopped` or `tool_limit`.
- `error`: `content`, a reason to show, and `type`, a stable word. What was written so far is kept.
"""
_TEXT, _FLAG, _COUNT = {"type": "string"}, {"type": "boolean"}, {"type": "integer", "minimum": 0}
_USAGE = {
    "type": "object",
    "properties": {"prompt_tokens": _COUNT, "completion_tokens": _COUNT, "total_tokens": _COUNT},
    "required": ["prompt_tokens", "completion_tokens", "total_tokens"],
}
_FINISH_REASON = {"type": "string", "enum": [reason.value for reason in FinishReason]}
EVENT_DATA: dict[str, dict[str, Any]] = {
    "start": {"message_id": _TEXT, "user_message_id": _TEXT},
    "thinking": {"content": _TEXT},
    "text": {"content": _TEXT},
    "tool_call": {"id": _TEXT, "name": _TEXT, "arguments": {"type": "object"}},
    "tool_result": {"id": _TEXT, "name": _TEXT, "success": _FLAG, "content": _TEXT},
    "done": {
        "message_id": _TEXT,
        "token_count": _COUNT,
        "usage": _USAGE,
        "finish_reason": _FINISH_REASON,
    },
    "error": {"content": _TEXT, "type": _TEXT},
}


_REPLY, _MESSAGE = "msg_01M88Z6F0W8QX1T5V9B2C3D4E6", "msg_01M88Z6F0W8QX1T5V9B2C3D4E5"
_EXAMPLE: tuple[ReplyEvent, ...] = (
    ReplyStarted(message_id=_REPLY, user_message_id=_MESSAGE),
    ToolCalled(id="call_1", name="calculator", arguments={"expression": "6 * 7"}),
    ToolReturned(id="call_1", name="calculator", success=True, content='{"result": 42}', duration_ms=3),
    TextDelta("It is "),
    TextDelta("42."),
    ReplyDone(
        message_id=_REPLY,
        token_count=7,
        usage=Usage(prompt_tokens=35, completion_tokens=7),
        finish_reason=FinishReason.STOP,
    ),
)

EVENT_STREAM: Responses = documented_stream(
    _DESCRIPTION,
    EVENT_DATA,
    summary="A reply that calls a tool",
    example=b"".join(encode_sse(number, event) for number, event in enumerate(_EXAMPLE, start=1)),
)

NO_FURTHER_EVENTS: Responses = {
    204: {"description": "All events have been told: an `EventSource` then stops connecting again."}
}
