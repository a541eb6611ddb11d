"""A stored reply told again as events, where its log is no more: whole, not word by word."""

from parley.chat.settlements import INTERRUPTED
from parley.domain.events import (
    FinishReason,
    ReplyDone,
    ReplyEvent,
    ReplyFailed,
    TextDelta,
    ThinkingDelta,
    ToolCalled,
    ToolReturned,
)
from parley.domain.messages import Message, MessageStatus, ToolCall

# Why it failed was told once, and is not kept with the message.
_FAILED = ReplyFailed(content="the reply could not be finished", type="model_error")


def events_of(reply: Message) -> list[ReplyEvent]:
    """Thinking, tools, text, and exactly one last event."""
    events: list[ReplyEvent] = []
    if reply.thinking:
        events.append(ThinkingDelta(reply.thinking))
    for call in reply.tool_calls:
        events += _call_events(call)
    if reply.content:
        events.append(TextDelta(reply.content))
    return [*events, _last(reply)]


def _call_events(call: ToolCall) -> list[ReplyEvent]:
    events: list[ReplyEvent] = [ToolCalled(id=call.id, name=call.name, arguments=call.arguments)]
    if call.success is not None:
        events.append(
            ToolReturned(
                id=call.id,
                name=call.name,
                success=call.success,
                content=call.result or "",
                duration_ms=call.duration_ms or 0,
            )
        )
    return events


def _last(reply: Message) -> ReplyEvent:
    if reply.status is MessageStatus.INTERRUPTED:
        return INTERRUPTED
    if reply.status is MessageStatus.ERROR:
        return _FAILED
    stopped = reply.status is MessageStatus.STOPPED
    return ReplyDone(
        message_id=reply.id,
        token_count=reply.token_count,
        usage=reply.usage,
        finish_reason=FinishReason.STOPPED if stopped else FinishReason.STOP,
    )
