"""A reply in its blocks: put together from deltas, and given back whole in the next round of the reply."""

import json
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

from parley.domain.events import TextDelta, ThinkingDelta
from parley.models.service_json import broken
from parley.models.types import ChatTurn, ToolRequest

type Kind = Literal["text", "thinking", "redacted", "call"]


@dataclass(frozen=True, slots=True)
class Thought:
    """Thinking with the service's signature, without which it does not take it back."""

    text: str
    signature: str


@dataclass(frozen=True, slots=True)
class RedactedThought:
    """Thinking that only the service can read, in its own form."""

    data: Any


type Block = str | Thought | RedactedThought | ToolRequest


@dataclass(frozen=True, slots=True)
class SpokenBlocks:
    """The continuation of services whose models want to see what they thought before they called tools."""

    blocks: tuple[Block, ...]


@dataclass(slots=True)
class _Growing:
    """`pieces` are of a text, of a thought, or of the JSON of a call's arguments."""

    kind: Kind
    pieces: list[str] = field(default_factory=list)
    signature: str = ""
    data: Any = None
    id: str = ""
    name: str = ""

    @property
    def content(self) -> str:
        return "".join(self.pieces)


class BlockCollector:
    """Blocks by their index, in the order of their beginning. Raises `TypeError` for what is no text."""

    def __init__(self) -> None:
        self._blocks: dict[Any, _Growing] = {}

    def __len__(self) -> int:
        return len(self._blocks)

    def begin_call(self, index: Any, *, id: Any, name: Any, arguments: Any = None) -> None:
        """`arguments` is what a call began with, which counts where no pieces follow."""
        self._blocks[index] = _Growing("call", data=arguments, id=str(id or ""), name=str(name or ""))

    def add_redacted(self, index: Any, data: Any) -> None:
        self._blocks[index] = _Growing("redacted", data=data)

    def add_text(self, index: Any, piece: str) -> TextDelta | None:
        self._growing(index, "text").pieces.append(_text(piece))
        return TextDelta(piece) if piece else None

    def add_thinking(self, index: Any, piece: str) -> ThinkingDelta | None:
        self._growing(index, "thinking").pieces.append(_text(piece))
        return ThinkingDelta(piece) if piece else None

    def add_arguments(self, index: Any, piece: str) -> None:
        self._growing(index, "call").pieces.append(_text(piece))

    def sign(self, index: Any, signature: str) -> None:
        self._growing(index, "thinking").signature += signature

    def _growing(self, index: Any, kind: Kind) -> _Growing:
        """The beginning of a block says nothing that is needed, but of a call: there are services without."""
        block = self._blocks.get(index)
        if block is None:
            block = self._blocks[index] = _Growing(kind)
        return block

    def requests(self) -> tuple[ToolRequest, ...]:
        """The calls, whole. Raises `ModelError` for one without a name."""
        return tuple(_request(block) for block in self._blocks.values() if block.kind == "call")

    def continuation(self, requests: tuple[ToolRequest, ...]) -> SpokenBlocks | None:
        """All that was said, where `requests` end it; None where nothing has to be given back."""
        calls = iter(requests)
        blocks = [next(calls) if block.kind == "call" else _block(block) for block in self._blocks.values()]
        return SpokenBlocks(tuple(block for block in blocks if block is not None)) if requests else None


def _text(piece: Any) -> str:
    if not isinstance(piece, str):
        raise TypeError(piece)
    return piece


def _block(block: _Growing) -> Block | None:
    match block.kind:
        case "redacted":
            return RedactedThought(block.data)
        case "thinking":
            return Thought(block.content, block.signature)
    # Services refuse a text without a word in it.
    return block.content if block.content.strip() else None


def _request(block: _Growing) -> ToolRequest:
    if not block.name:
        raise broken("The model's service asked for a tool without naming it.")
    arguments = block.content.strip() or json.dumps(block.data or {}, ensure_ascii=False)
    return ToolRequest(id=block.id or f"call_{uuid4().hex}", name=block.name, arguments=arguments)


def blocks_of(turn: ChatTurn) -> tuple[Block, ...]:
    """What a user or an assistant said in this turn; a block without a word in it is none."""
    if isinstance(turn.continuation, SpokenBlocks):
        return turn.continuation.blocks
    text = (turn.content,) if turn.content.strip() else ()
    return (*text, *turn.tool_requests)
