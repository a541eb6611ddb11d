"""What every model client takes and yields, and how it fails."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from parley.domain.events import FinishReason, TextDelta, ThinkingDelta, Usage
from parley.domain.tools import ToolSpec

__all__ = [
    "ChatModel",
    "ChatTurn",
    "ModelError",
    "ModelEvent",
    "ModelFinished",
    "ModelRequest",
    "ProviderModel",
    "ToolRequest",
    "ToolSpec",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRequest:
    """A call that the model asks for. `arguments` is the text it wrote, which may be no JSON at all."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTurn:
    """One entry of the conversation as the model sees it.

    An assistant's turn may carry `tool_requests`; a tool's turn answers the one named by `tool_request_id`.
    `continuation` is what the client that made the turn's requests gave with them, and nobody else's affair.
    """

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    tool_requests: tuple[ToolRequest, ...] = ()
    tool_request_id: str | None = None
    continuation: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """In a room `speaker` is the name by which the model speaks, and `question` what it answers in the end.

    Both are also said in the turns, for models that can read.
    """

    model: str
    turns: Sequence[ChatTurn]
    temperature: float = 1.0
    max_tokens: int = 65_536
    thinking_enabled: bool = False
    tools: Sequence[ToolSpec] = field(default=())
    speaker: str | None = None
    question: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFinished:
    """The last event of a good stream. `tool_requests` non-empty means: run them and ask again.

    The next request then gives `continuation` back in the turn with these requests: signed thinking, for one,
    which its service wants to see again.
    """

    finish_reason: FinishReason
    usage: Usage | None = None
    tool_requests: tuple[ToolRequest, ...] = ()
    continuation: object = None


type ModelEvent = TextDelta | ThinkingDelta | ModelFinished


class ModelError(Exception):
    """The model's service failed. `reason` is fit for a user: no key, no trace, no internal address.

    `type` is one of `model_unreachable`, `model_timeout`, `model_rate_limited`, `model_rejected` (the service
    answered with an error), `model_stream_broken` (cut or malformed in mid-stream), `provider_unavailable`
    (the user's provider cannot be asked: it is gone, disabled, or its key cannot be opened).
    """

    def __init__(self, reason: str, *, type: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.type = type


class ChatModel(Protocol):
    """A client of one service: yields deltas, then exactly one `ModelFinished`, or raises `ModelError`."""

    def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent]: ...


class ProviderModel(ChatModel, Protocol):
    """A client that can also be asked what there is: for who sets up a provider."""

    async def list_models(self) -> list[str] | None:
        """The names of the service's models; None where it cannot tell. Raises `ModelError`."""
