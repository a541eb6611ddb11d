"""A reply as it grows out of its events."""

from dataclasses import dataclass, field, replace

from parley.domain.events import (
    FinishReason,
    ReplyDone,
    ReplyEvent,
    ReplyFailed,
    TextDelta,
    ThinkingDelta,
    ToolCalled,
    ToolReturned,
    Usage,
)
from parley.domain.messages import Message, MessageStatus, ToolCall


@dataclass(slots=True)
class Draft:
    """Collects what a message keeps. It is `streaming` until a last event has come."""

    status: MessageStatus = MessageStatus.STREAMING
    token_count: int = 0
    usage: Usage = field(default_factory=Usage)
    _text: list[str] = field(default_factory=list)
    _thinking: list[str] = field(default_factory=list)
    _tool_calls: dict[str, ToolCall] = field(default_factory=dict)

    def apply(self, event: ReplyEvent) -> None:
        match event:
            case TextDelta():
                self._text.append(event.content)
            case ThinkingDelta():
                self._thinking.append(event.content)
            case ToolCalled():
                self._tool_calls[event.id] = ToolCall(id=event.id, name=event.name, arguments=event.arguments)
            case ToolReturned():
                self._tool_calls[event.id] = replace(
                    self._tool_calls[event.id],
                    result=event.content,
                    success=event.success,
                    duration_ms=event.duration_ms,
                )
            case ReplyDone():
                stopped = event.finish_reason is FinishReason.STOPPED
                self.status = MessageStatus.STOPPED if stopped else MessageStatus.COMPLETE
                self.token_count, self.usage = event.token_count, event.usage
            case ReplyFailed():
                self.status = MessageStatus.ERROR

    def fill(self, message: Message) -> Message:
        """The message with what has been collected so far."""
        return replace(
            message,
            content="".join(self._text),
            thinking="".join(self._thinking) or None,
            tool_calls=tuple(self._tool_calls.values()),
            status=self.status,
            token_count=self.token_count,
            usage=self.usage,
        )
