"""A request in the words of Anthropic's Messages API."""

from typing import Any
from urllib.parse import quote

from parley.models.alternation import system_prompt
from parley.models.anthropic_turns import messages
from parley.models.service_urls import service_url
from parley.models.terms import Terms
from parley.models.types import ModelRequest, ToolSpec

VERSION = "2023-06-01"

_PATH = "/messages"
_PAGE_SIZE = 1000
_TERMS = ("max_tokens", "temperature", "thinking", "tools")

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
    body: Body = {"model": request.model, "messages": messages(request.turns), "stream": True}
    if system := system_prompt(request.turns):
        body["system"] = system
    return _on_terms(body, Terms.of(request), [_tool(spec) for spec in request.tools])


def without_refused_field(body: Body, status: int, reason: str) -> Body | None:
    """The body on the terms that the service's reason leaves, None where it leaves none."""
    if status not in (400, 422):
        return None
    tools = body.get("tools", [])
    terms = Terms(
        model=body["model"],
        max_tokens=body["max_tokens"],
        temperature=body.get("temperature"),
        thinking=body.get("thinking"),
        has_tools=bool(tools),
    ).conceding(reason)
    return _on_terms(body, terms, tools) if terms else None


def _on_terms(body: Body, terms: Terms, tools: list[dict[str, Any]]) -> Body:
    body = {name: value for name, value in body.items() if name not in _TERMS}
    body["max_tokens"] = terms.max_tokens
    if terms.temperature is not None:
        body["temperature"] = terms.temperature
    if terms.thinking:
        body["thinking"] = terms.thinking
    if terms.has_tools:
        body["tools"] = tools
    return body


def _tool(spec: ToolSpec) -> dict[str, Any]:
    return {"name": spec.name, "description": spec.description, "input_schema": spec.parameters}
