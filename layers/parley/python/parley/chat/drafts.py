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
    finish_reason: FinishReason | None = None
    failure: ReplyFailed | None = None
    _text: list[str] = field(default_factory=list)
    _thinking: list[str] = field(default_factory=list)
    _tool_calls: list[ToolCall] = field(default_factory=list)

    def apply(self, event: ReplyEvent) -> None:
        match event:
            case TextDelta():
                self._text.append(event.content)
            case ThinkingDelta():
                self._thinking.append(event.content)
            case ToolCalled():
                self._tool_calls.append(ToolCall(id=event.id, name=event.name, arguments=event.arguments))
            case ToolReturned():
                self._finish_call(event)
            case ReplyDone():
                stopped = event.finish_reason is FinishReason.STOPPED
                self.status = MessageStatus.STOPPED if stopped else MessageStatus.COMPLETE
                self.token_count, self.usage = event.token_count, event.usage
                self.finish_reason = event.finish_reason
            case ReplyFailed():
                lost = event.type == "interrupted"
                self.status = MessageStatus.INTERRUPTED if lost else MessageStatus.ERROR
                self.token_count, self.usage = event.usage.completion_tokens, event.usage
                self.failure = replace(event, usage=Usage())

    def _finish_call(self, event: ToolReturned) -> None:
        """The open call of that id: there are services that number their calls anew in each round."""
        for index, call in enumerate(self._tool_calls):
            if call.id == event.id and call.success is None:
                self._tool_calls[index] = replace(
                    call, result=event.content, success=event.success, duration_ms=event.duration_ms
                )
                return

    def fill(self, message: Message) -> Message:
        """The message with what has been collected so far."""
        return replace(
            message,
            content="".join(self._text),
            thinking="".join(self._thinking) or None,
            tool_calls=tuple(self._tool_calls),
            status=self.status,
            token_count=self.token_count,
            usage=self.usage,
            finish_reason=self.finish_reason,
            failure=self.failure,
        )
