"""Puts the blocks of a message together from their deltas."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from parley.domain.events import TextDelta, ThinkingDelta
from parley.models.anthropic_turns import AssistantContent, Block, tool_use
from parley.models.service_json import broken
from parley.models.types import ToolRequest

# The kind of a block whose start a service has left out.
_KINDS = {
    "text_delta": "text",
    "thinking_delta": "thinking",
    "signature_delta": "thinking",
    "input_json_delta": "tool_use",
}


@dataclass(slots=True)
class _Block:
    """`start` is the block as it began; `pieces` are of its text, its thinking or its input's JSON."""

    start: Mapping[str, Any]
    pieces: list[str] = field(default_factory=list)
    signature: str = ""

    @property
    def content(self) -> str:
        return "".join(self.pieces)


class BlockCollector:
    """The blocks by their index, in which they also come."""

    def __init__(self) -> None:
        self._blocks: dict[Any, _Block] = {}

    def __len__(self) -> int:
        return len(self._blocks)

    def start(self, index: Any, block: Mapping[str, Any]) -> TextDelta | ThinkingDelta | None:
        """The delta in it: a block may begin with some of its content, or be whole."""
        self._blocks[index] = _Block(block, signature=block.get("signature") or "")
        kind = block["type"]
        content = block.get(kind) if kind in ("text", "thinking") else None
        return self.add(index, {"type": f"{kind}_delta", kind: content}) if content else None

    def add(self, index: Any, delta: Mapping[str, Any]) -> TextDelta | ThinkingDelta | None:
        """What of it is to be told. Raises `KeyError` and `TypeError` for what is no delta."""
        kind = delta["type"]
        if kind not in _KINDS:
            return None
        block = self._blocks.get(index)
        if block is None:
            block = self._blocks[index] = _Block({"type": _KINDS[kind]})
        if kind == "signature_delta":
            block.signature += delta["signature"]
            return None
        piece = delta["partial_json" if kind == "input_json_delta" else _KINDS[kind]]
        if not isinstance(piece, str):
            raise TypeError
        block.pieces.append(piece)
        if kind == "input_json_delta" or not piece:
            return None
        return TextDelta(piece) if kind == "text_delta" else ThinkingDelta(piece)

    def requests(self) -> tuple[ToolRequest, ...]:
        """The calls in the order of their blocks. Raises `ModelError` for one without a name."""
        return tuple(_request(block) for block in self._blocks.values() if block.start["type"] == "tool_use")

    def continuation(self, requests: tuple[ToolRequest, ...]) -> AssistantContent:
        """All that the next request of the same reply is to repeat; `requests` are the calls in it."""
        calls = iter(requests)
        blocks: list[Block] = []
        for block in self._blocks.values():
            match block.start["type"]:
                case "tool_use":
                    blocks.append(tool_use(next(calls)))
                case "thinking":
                    blocks.append(_thinking(block))
                case "redacted_thinking":
                    blocks.append(dict(block.start))
                case "text" if block.content.strip():
                    blocks.append({"type": "text", "text": block.content})
        return AssistantContent(tuple(blocks))


def _thinking(block: _Block) -> Block:
    thinking = {"type": "thinking", "thinking": block.content}
    return thinking | ({"signature": block.signature} if block.signature else {})


def _request(block: _Block) -> ToolRequest:
    name = block.start.get("name")
    if not name:
        raise broken("The model's service asked for a tool without naming it.")
    # Without pieces, the input is what the block began with: mostly {}.
    arguments = block.content.strip() or json.dumps(block.start.get("input") or {}, ensure_ascii=False)
    id = block.start.get("id") or f"toolu_{uuid4().hex}"
    return ToolRequest(id=str(id), name=str(name), arguments=arguments)
