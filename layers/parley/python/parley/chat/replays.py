"""A stored reply told again as events, where its log is no more: whole, not word by word."""

from parley.domain.events import (
    INTERRUPTED,
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


def failure_of(reply: Message) -> ReplyFailed | None:
    """Why it failed, if it did."""
    if reply.status in (MessageStatus.ERROR, MessageStatus.INTERRUPTED):
        return reply.failure or INTERRUPTED
    return None


def _last(reply: Message) -> ReplyEvent:
    stopped = reply.status is MessageStatus.STOPPED
    return failure_of(reply) or ReplyDone(
        message_id=reply.id,
        token_count=reply.token_count,
        usage=reply.usage,
        finish_reason=FinishReason.STOPPED if stopped else reply.finish_reason or FinishReason.STOP,
    )
