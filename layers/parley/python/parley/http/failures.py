"""What an operation may answer besides success, told to the OpenAPI document in the facts' own words.

Plain data: to declare it costs a function nothing worth mentioning at its start.
"""

from typing import Any

from parley.errors import NotAuthenticatedError, ParleyError, RequestRunningError, TooManyAttemptsError
from parley.http.phrases import DEFAULT_LANGUAGE, phrase
from parley.http.statuses import status_of, type_of

type Responses = dict[int | str, dict[str, Any]]

_RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds until it may be tried again.",
        "schema": {"type": "integer", "minimum": 1},
    }
}
_HEADERS: dict[type[ParleyError], dict[str, Any]] = {
    NotAuthenticatedError: {
        "WWW-Authenticate": {"description": "The scheme, `Bearer`.", "schema": {"type": "string"}}
    },
    TooManyAttemptsError: _RETRY_AFTER,
    RequestRunningError: _RETRY_AFTER,
}


def failures(*facts: type[ParleyError]) -> Responses:
    """For a route's `responses`: its facts by the status that each becomes."""
    return together(*(failure(status_of(fact), fact.key, headers=_HEADERS.get(fact, {})) for fact in facts))


def failure(status: int, key: str, *, headers: dict[str, Any] | None = None, **further: Any) -> Responses:
    """One phrase with its status; `further` are the envelope's other fields, as an example shows them."""
    envelope = {
        "success": False,
        "error": phrase(key, DEFAULT_LANGUAGE),
        "code": status,
        "type": type_of(key),
        **further,
    }
    return refusal(status, key, phrase(key, "en"), envelope, headers=headers)


def refusal(
    status: int,
    name: str,
    description: str,
    envelope: dict[str, Any],
    *,
    headers: dict[str, Any] | None = None,
) -> Responses:
    """The response object of one case, which `name` names among those of the same status."""
    content = {
        "schema": {"$ref": "#/components/schemas/Error"},
        "examples": {name: {"summary": description, "value": envelope}},
    }
    response: dict[str, Any] = {"description": description, "content": {"application/json": content}}
    return {status: response | ({"headers": headers} if headers else {})}


def together(*several: Responses) -> Responses:
    """The cases of each status in one response object."""
    merged: Responses = {}
    for responses in several:
        for status, response in responses.items():
            merged[status] = _both(merged[status], response) if status in merged else response
    return merged


def _both(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    first, second = (response["content"]["application/json"] for response in (one, other))
    both = {
        "description": f"{one['description']}, or: {other['description']}",
        "content": {
            "application/json": {
                "schema": first["schema"],
                "examples": {**first["examples"], **second["examples"]},
            }
        },
    }
    headers = {**one.get("headers", {}), **other.get("headers", {})}
    return both | ({"headers": headers} if headers else {})
