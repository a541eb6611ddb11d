"""The one declared form of events on the wire: server-sent events now, socket frames later."""

from typing import Any

from pydantic_core import to_json

from parley.domain.events import (
    ReplyDone,
    ReplyEvent,
    ReplyFailed,
    ReplyStarted,
    TextDelta,
    ThinkingDelta,
    ToolCalled,
    ToolReturned,
    Usage,
)

# A comment line keeps every proxy on the way from taking silence for death.
SSE_PING = b": ping\n\n"
PING_SECONDS = 10.0


def usage_body(usage: Usage) -> dict[str, int]:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.total_tokens,
    }


def event_body(event: ReplyEvent) -> tuple[str, dict[str, Any]]:
    """The event's name and its data, as the contract has them."""
    match event:
        case TextDelta(content):
            return "text", {"content": content}
        case ThinkingDelta(content):
            return "thinking", {"content": content}
        case ReplyStarted():
            return "start", {"message_id": event.message_id, "user_message_id": event.user_message_id}
        case ToolCalled():
            return "tool_call", {"id": event.id, "name": event.name, "arguments": event.arguments}
        case ToolReturned():
            return "tool_result", {
                "id": event.id,
                "name": event.name,
                "success": event.success,
                "content": event.content,
            }
        case ReplyDone():
            return "done", {
                "message_id": event.message_id,
                "token_count": event.token_count,
                "usage": usage_body(event.usage),
                "finish_reason": event.finish_reason.value,
            }
        case ReplyFailed():
            return "error", {"content": event.content, "type": event.type}


def encode_sse(number: int, event: ReplyEvent) -> bytes:
    """One server-sent event; `number` counts a stream's events from 1."""
    return sse_block(number, *event_body(event))


def sse_block(number: int, name: str, data: dict[str, Any]) -> bytes:
    """JSON has no raw line breaks, so one `data:` line is always enough.

    Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
    """
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (number, name.encode(), to_json(data))
