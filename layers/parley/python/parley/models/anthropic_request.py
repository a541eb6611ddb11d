"""A request in the words of Anthropic's Messages API, and what of it can be given up."""

import re
from typing import Any
from urllib.parse import quote

from parley.models.alternation import system_prompt
from parley.models.anthropic_turns import messages
from parley.models.claude_thinking import thinking_for, with_room, without_refused_thinking
from parley.models.service_urls import service_url
from parley.models.token_limits import lower_token_limit
from parley.models.types import ModelRequest, ToolSpec

VERSION = "2023-06-01"

_PATH = "/messages"
_PAGE_SIZE = 1000
_DEFAULT_TEMPERATURE = 1.0

_REFUSED_TEMPERATURE = re.compile(r"temperature", re.IGNORECASE)
_REFUSED_TOOLS = re.compile(r"support.{0,40}tool|tool.{0,40}support", re.IGNORECASE)

type Body = dict[str, Any]


def messages_url(base_url: str) -> str:
    """`base_url` is the service's root, with or without `/v1`, or the whole address. Raises `ModelError`."""
    return service_url(base_url, _PATH, ending=_PATH, version="/v1")


def models_url(base_url: str, after: str | None) -> str:
    """The list of models, from the one after `after`. Raises `ModelError`."""
    url = service_url(base_url, "/models", ending=_PATH, version="/v1")
    page = f"limit={_PAGE_SIZE}" + (f"&after_id={quote(after, safe='')}" if after else "")
    return url + ("&" if "?" in url else "?") + page


def request_body(request: ModelRequest) -> Body:
    body: Body = {
        "model": request.model,
        "max_tokens": request.max_tokens,
        "messages": messages(request.turns),
        "stream": True,
    }
    if system := system_prompt(request.turns):
        body["system"] = system
    if request.tools:
        body["tools"] = [_tool(spec) for spec in request.tools]
    thinking = thinking_for(request.model, request.max_tokens) if request.thinking_enabled else None
    if thinking:
        body["thinking"] = thinking
    # Ours goes to 2, and a model that thinks takes none but its default.
    elif request.temperature < _DEFAULT_TEMPERATURE:
        body["temperature"] = request.temperature
    return body


def without_refused_field(body: Body, status: int, reason: str) -> Body | None:
    """The body with what the service's reason names made smaller or left out, None where nothing can be.

    So a limit of tokens higher than the model's own becomes the model's own, and a model that thinks in
    another way, has a temperature of its own or knows no tools answers all the same.
    """
    if status not in (400, 422):
        return None
    limit = lower_token_limit(body["max_tokens"], reason)
    if limit is not None:
        return _with_limit(body, limit)
    if "temperature" in body and _REFUSED_TEMPERATURE.search(reason):
        return _without(body, "temperature")
    if "thinking" in body:
        other = without_refused_thinking(
            body["thinking"], reason, model=body["model"], max_tokens=body["max_tokens"]
        )
        if other != body["thinking"]:
            return {**body, "thinking": other} if other else _without(body, "thinking")
    if "tools" in body and _REFUSED_TOOLS.search(reason):
        return _without(body, "tools")
    return None


def _with_limit(body: Body, max_tokens: int) -> Body:
    body = {**body, "max_tokens": max_tokens}
    thinking = with_room(body["thinking"], max_tokens) if "thinking" in body else None
    return {**body, "thinking": thinking} if thinking else _without(body, "thinking")


def _without(body: Body, field: str) -> Body:
    return {name: value for name, value in body.items() if name != field}


def _tool(spec: ToolSpec) -> dict[str, Any]:
    return {"name": spec.name, "description": spec.description, "input_schema": spec.parameters}
