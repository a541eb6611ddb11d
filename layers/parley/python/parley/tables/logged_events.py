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
_DELTAS: dict[str, Callable[[str], ReplyEvent]] = {"text": TextDelta, "thinking": ThinkingDelta}
_MAKERS: dict[str, Callable[..., ReplyEvent]] = {name: kind for kind, name in _NAMES.items()} | {
    "done": _done,
    "error": _failed,
}


def encode_events(events: Sequence[ReplyEvent]) -> bytes:
    """Deltas of one kind behind each other share their name: they are many, and short."""
    entries: list[list[Any]] = []
    for event in events:
        name = _NAMES[type(event)]
        if not isinstance(event, TextDelta | ThinkingDelta):
            entries.append([name, event])
        elif entries and entries[-1][0] == name:
            entries[-1].append(event.content)
        else:
            entries.append([name, event.content])
    return to_json(entries)


def decode_events(body: bytes) -> list[ReplyEvent]:
    events: list[ReplyEvent] = []
    for name, *contents in from_json(body):
        if (delta := _DELTAS.get(name)) is not None:
            events += map(delta, contents)
        else:
            events += [_MAKERS[name](**fields) for fields in contents]
    return events
