"""A request in the words of OpenAI-compatible chat completions, with the dialects of its services."""

import re
from typing import Any

from parley.models.service_json import json_object
from parley.models.service_urls import service_url
from parley.models.types import ChatTurn, ModelRequest, ToolRequest, ToolSpec

_PATH = "/chat/completions"
_MODELS_PATH = "/models"

# These models take the name `max_completion_tokens` only, and no temperature but their own.
_REASONING_MODELS = re.compile(r"(?:o\d|gpt-5)")
# These services switch thinking by a field of its own; others would refuse a field they do not know.
_THINKING_SWITCHED_MODELS = re.compile(r"(?:glm|deepseek)-")

# Fields that a service may refuse though the rest is good, and how its reason then reads.
_DISPENSABLE = {
    "max_tokens": re.compile(r"max_tokens|maximum context length", re.IGNORECASE),
    "max_completion_tokens": re.compile(r"max_completion_tokens|maximum context length", re.IGNORECASE),
    "stream_options": re.compile(r"stream_options", re.IGNORECASE),
    "tools": re.compile(r"support.{0,40}(?:tool|function)|(?:tool|function).{0,40}support", re.IGNORECASE),
}


def completions_url(base_url: str) -> str:
    """`base_url` is the API's root, with or without a slash, or the whole address; a query stays.

    Raises `ModelError`.
    """
    return service_url(base_url, _PATH, ending=_PATH)


def models_url(base_url: str) -> str:
    """Where the models are listed. Raises `ModelError`."""
    return service_url(base_url, _MODELS_PATH, ending=_PATH)


def request_body(request: ModelRequest) -> dict[str, Any]:
    family = request.model.rsplit("/", 1)[-1].lower()
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [_message(turn) for turn in request.turns],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if _REASONING_MODELS.match(family):
        body["max_completion_tokens"] = request.max_tokens
    else:
        body |= {"max_tokens": request.max_tokens, "temperature": request.temperature}
    if _THINKING_SWITCHED_MODELS.match(family):
        body["thinking"] = {"type": "enabled" if request.thinking_enabled else "disabled"}
    if request.tools:
        body["tools"] = [_tool(spec) for spec in request.tools]
    return body


def without_refused_field(body: dict[str, Any], status: int, reason: str) -> dict[str, Any] | None:
    """The body without the field that the service's reason names, or None where nothing can be left out.

    So a limit of tokens higher than the model's own becomes the model's own, and a model that knows no tools
    answers without them.
    """
    if status not in (400, 404, 422):
        return None
    for field, refused in _DISPENSABLE.items():
        if field in body and refused.search(reason):
            return {name: value for name, value in body.items() if name != field}
    return None


def _message(turn: ChatTurn) -> dict[str, Any]:
    if turn.role == "tool":
        return {"role": "tool", "tool_call_id": turn.tool_request_id, "content": turn.content}
    if not turn.tool_requests:
        return {"role": turn.role, "content": turn.content}
    calls = [_tool_call(request) for request in turn.tool_requests]
    return {"role": turn.role, "content": turn.content or None, "tool_calls": calls}


def _tool_call(request: ToolRequest) -> dict[str, Any]:
    # Services parse the arguments that they are given back, and fail on what the model itself got wrong.
    arguments = request.arguments if json_object(request.arguments) is not None else "{}"
    function = {"name": request.name, "arguments": arguments}
    return {"id": request.id, "type": "function", "function": function}


def _tool(spec: ToolSpec) -> dict[str, Any]:
    function = {"name": spec.name, "description": spec.description, "parameters": spec.parameters}
    return {"type": "function", "function": function}
