"""A conversation's turns as messages of Anthropic's API."""

from collections.abc import Iterator, Sequence
from typing import Any

from parley.models.alternation import alternating
from parley.models.reply_blocks import Block, RedactedThought, Thought, blocks_of
from parley.models.service_json import json_object
from parley.models.types import ChatTurn


def messages(turns: Sequence[ChatTurn]) -> list[dict[str, Any]]:
    return [
        {"role": speaker, "content": [block for turn in group for block in _content(turn)]}
        for speaker, group in alternating(turns)
    ]


def _content(turn: ChatTurn) -> Iterator[dict[str, Any]]:
    if turn.role == "tool":
        yield {"type": "tool_result", "tool_use_id": turn.tool_request_id, "content": turn.content}
        return
    for block in blocks_of(turn):
        yield _block(block)


def _block(block: Block) -> dict[str, Any]:
    match block:
        case str():
            return {"type": "text", "text": block}
        case Thought():
            signature = {"signature": block.signature} if block.signature else {}
            return {"type": "thinking", "thinking": block.text, **signature}
        case RedactedThought():
            return {"type": "redacted_thinking", "data": block.data}
    # The arguments are an object here: none where the model wrote no JSON.
    arguments = json_object(block.arguments) or {}
    return {"type": "tool_use", "id": block.id, "name": block.name, "input": arguments}
