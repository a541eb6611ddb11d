"""What happens while a reply is written. The engine yields these; the outputs only encode them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self


class FinishReason(StrEnum):
    STOP = "stop"
    LENGTH = "length"
    STOPPED = "stopped"
    TOOL_LIMIT = "tool_limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens as the model's service counted them, summed over the rounds of a reply."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def total_tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: Self) -> Self:
        return type(self)(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyStarted:
    """`model` is the one that was really asked; it stays off the wire."""

    message_id: str
    user_message_id: str
    model: str | None = None


@dataclass(frozen=True, slots=True)
class TextDelta:
    content: str


@dataclass(frozen=True, slots=True)
class ThinkingDelta:
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCalled:
    id: str
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolReturned:
    """`content` is the result as JSON text, or the reason of the failure."""

    id: str
    name: str
    success: bool
    content: str
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDone:
    message_id: str
    token_count: int
    usage: Usage
    finish_reason: FinishReason


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyFailed:
    """`content` is a reason that a user may read; `type` is a stable machine word.

    `usage` is what was known to be used until then.
    """

    content: str
    type: str
    usage: Usage = field(default_factory=Usage)


type ReplyEvent = (
    ReplyStarted | TextDelta | ThinkingDelta | ToolCalled | ToolReturned | ReplyDone | ReplyFailed
)

INTERRUPTED = ReplyFailed(content="the reply was interrupted", type="interrupted")
