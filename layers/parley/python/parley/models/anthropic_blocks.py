"""What the events of Anthropic's API say of a message's blocks."""

from collections.abc import Mapping
from typing import Any

from parley.domain.events import TextDelta, ThinkingDelta
from parley.models.reply_blocks import BlockCollector

type _Delta = TextDelta | ThinkingDelta | None


def begin(blocks: BlockCollector, index: Any, block: Mapping[str, Any]) -> _Delta:
    """The delta in it: a block may begin with some of its content, or be whole. Other kinds are left out."""
    match block["type"]:
        case "text":
            return blocks.add_text(index, block.get("text") or "")
        case "thinking":
            blocks.sign(index, block.get("signature") or "")
            return blocks.add_thinking(index, block.get("thinking") or "")
        case "redacted_thinking":
            blocks.add_redacted(index, block["data"])
        case "tool_use":
            blocks.begin_call(index, id=block.get("id"), name=block.get("name"), arguments=block.get("input"))
    return None


def extend(blocks: BlockCollector, index: Any, delta: Mapping[str, Any]) -> _Delta:
    match delta["type"]:
        case "text_delta":
            return blocks.add_text(index, delta["text"])
        case "thinking_delta":
            return blocks.add_thinking(index, delta["thinking"])
        case "signature_delta":
            blocks.sign(index, delta["signature"])
        case "input_json_delta":
            blocks.add_arguments(index, delta["partial_json"])
    return None
