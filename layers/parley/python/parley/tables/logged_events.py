"""A reply's events as a log keeps them: with all that they hold, which is more than the wire shows."""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic_core import from_json, to_json

from parley.domain.events import (
    FinishReason,
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


def _done(*, usage: dict[str, int], finish_reason: str, **fields: Any) -> ReplyDone:
    return ReplyDone(usage=Usage(**usage), finish_reason=FinishReason(finish_reason), **fields)


def _failed(*, usage: dict[str, int], **fields: Any) -> ReplyFailed:
    return ReplyFailed(usage=Usage(**usage), **fields)


_NAMES: dict[type[ReplyEvent], str] = {
    ReplyStarted: "start",
    TextDelta: "text",
    ThinkingDelta: "thinking",
    ToolCalled: "tool_call",
    ToolReturned: "tool_result",
    ReplyDone: "done",
    ReplyFailed: "error",
}
_MAKERS: dict[str, Callable[..., ReplyEvent]] = {name: kind for kind, name in _NAMES.items()} | {
    "done": _done,
    "error": _failed,
}


def encode_events(events: Sequence[ReplyEvent]) -> bytes:
    return to_json([(_NAMES[type(event)], event) for event in events])


def decode_events(body: bytes) -> list[ReplyEvent]:
    return [_MAKERS[name](**fields) for name, fields in from_json(body)]
