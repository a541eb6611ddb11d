"""A request in the words of Bedrock's Converse API."""

from collections.abc import Iterator, Sequence
from typing import Any

from parley.models.alternation import alternating, system_prompt
from parley.models.reply_blocks import Block, RedactedThought, Thought, blocks_of
from parley.models.service_json import json_object
from parley.models.terms import Terms
from parley.models.types import ChatTurn, ModelRequest, ToolSpec


def first_terms(request: ModelRequest) -> Terms:
    """Only Claude's models are asked to think, in their own words; others do so unasked or not at all."""
    return Terms.of(request, can_think="claude" in request.model.lower())


def converse_arguments(request: ModelRequest, terms: Terms) -> dict[str, Any]:
    """The keyword arguments of `converse_stream`."""
    inference: dict[str, Any] = {"maxTokens": terms.max_tokens}
    if terms.temperature is not None:
        inference["temperature"] = terms.temperature
    arguments: dict[str, Any] = {
        "modelId": request.model,
        "messages": _messages(request.turns),
        "inferenceConfig": inference,
    }
    if system := system_prompt(request.turns):
        arguments["system"] = [{"text": system}]
    if terms.has_tools:
        arguments["toolConfig"] = {"tools": [_tool(spec) for spec in request.tools]}
    if terms.thinking:
        arguments["additionalModelRequestFields"] = {"thinking": terms.thinking}
    return arguments


def _messages(turns: Sequence[ChatTurn]) -> list[dict[str, Any]]:
    return [
        {"role": speaker, "content": [block for turn in group for block in _content(turn)]}
        for speaker, group in alternating(turns)
    ]


def _content(turn: ChatTurn) -> Iterator[dict[str, Any]]:
    if turn.role == "tool":
        # No result is without a word: some models refuse an empty text.
        result = {"text": turn.content or "(nothing)"}
        yield {"toolResult": {"toolUseId": turn.tool_request_id, "content": [result]}}
        return
    for block in blocks_of(turn):
        yield _block(block)


def _block(block: Block) -> dict[str, Any]:
    match block:
        case str():
            return {"text": block}
        case Thought():
            signature = {"signature": block.signature} if block.signature else {}
            return {"reasoningContent": {"reasoningText": {"text": block.text, **signature}}}
        case RedactedThought():
            return {"reasoningContent": {"redactedContent": block.data}}
    # The arguments are an object here: none where the model wrote no JSON.
    arguments = json_object(block.arguments) or {}
    return {"toolUse": {"toolUseId": block.id, "name": block.name, "input": arguments}}


def _tool(spec: ToolSpec) -> dict[str, Any]:
    return {
        "toolSpec": {
            "name": spec.name,
            "description": spec.description or spec.name,
            "inputSchema": {"json": spec.parameters},
        }
    }
