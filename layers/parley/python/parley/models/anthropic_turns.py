"""A conversation's turns as messages of Anthropic's API."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from parley.models.alternation import alternating
from parley.models.service_json import json_object
from parley.models.types import ChatTurn, ToolRequest

type Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AssistantContent:
    """What the model said in the round before, block by block: signed thinking is only good as it was."""

    blocks: tuple[Block, ...]


def messages(turns: Sequence[ChatTurn]) -> list[dict[str, Any]]:
    return [
        {"role": speaker, "content": [block for turn in group for block in _blocks(turn)]}
        for speaker, group in alternating(turns)
    ]


def tool_use(request: ToolRequest) -> Block:
    """A call with the arguments that the model gave, or with none where they are no JSON object."""
    return {
        "type": "tool_use",
        "id": request.id,
        "name": request.name,
        "input": json_object(request.arguments) or {},
    }


def _blocks(turn: ChatTurn) -> Sequence[Block]:
    if turn.role == "tool":
        return [{"type": "tool_result", "tool_use_id": turn.tool_request_id, "content": turn.content}]
    if isinstance(turn.continuation, AssistantContent):
        return turn.continuation.blocks
    text: list[Block] = [{"type": "text", "text": turn.content}] if turn.content.strip() else []
    return text + [tool_use(request) for request in turn.tool_requests]
