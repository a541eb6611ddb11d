"""The refusals that operations have in common: by what they take, and by the gateway before them."""

from collections.abc import Iterator
from typing import Any

from infra import topology
from parley.errors import NotAuthenticatedError
from parley.http.failures import Responses, failure, failures, refusal, together

_GATEWAY_WORDS = {
    "REQUEST_TOO_LARGE": "The body is too large: at most 6 MB",
    "THROTTLED": "Too many requests at once, try again later",
    "INTEGRATION_FAILURE": "The function did not answer",
    "INTEGRATION_TIMEOUT": "The function took too long",
}
_DETAILS = [{"field": "body.title", "reason": "长度不能少于 1 个字符"}]
_REQUEST_ID = "5d6f0a3e-9c1b-4f0e-8a57-0f2f9b1c7d11"


def _from_gateway(response_type: str) -> Responses:
    response = next(each for each in topology.GATEWAY_RESPONSES if each.response_type == response_type)
    envelope = {"success": False, "error": response.error, "code": response.status, "type": response.type}
    return refusal(response.status, response.type, _GATEWAY_WORDS[response_type], envelope)


_SHARED: dict[str, Responses] = {
    "MalformedJson": failure(400, "malformed_json"),
    "Unauthorized": failures(NotAuthenticatedError),
    "PayloadTooLarge": _from_gateway("REQUEST_TOO_LARGE"),
    "Invalid": failure(422, "validation_error", details=_DETAILS),
    "TooManyRequests": _from_gateway("THROTTLED"),
    "InternalError": failure(500, "internal_error", request_id=_REQUEST_ID),
    "BadGateway": _from_gateway("INTEGRATION_FAILURE"),
    "GatewayTimeout": _from_gateway("INTEGRATION_TIMEOUT"),
}


def shared_responses() -> dict[str, Any]:
    """For the document's components."""
    return {name: next(iter(responses.values())) for name, responses in _SHARED.items()}


def with_shared_failures(operation: dict[str, Any]) -> dict[str, Any]:
    """The operation's responses by status; a status that only shared cases have refers to the component."""
    own = {key: value for key, value in operation["responses"].items() if not _is_frameworks(value)}
    merged = dict(own)
    for name in _names(operation):
        ((status, response),) = _SHARED[name].items()
        key = str(status)
        if key in own:
            merged[key] = together({status: own[key]}, {status: response})[status]
        else:
            merged[key] = {"$ref": f"#/components/responses/{name}"}
    return dict(sorted(merged.items()))


def _is_frameworks(response: dict[str, Any]) -> bool:
    """FastAPI's own 422, in whose place stands the envelope."""
    schema = response.get("content", {}).get("application/json", {}).get("schema", {})
    return bool(schema.get("$ref", "").endswith("/HTTPValidationError"))


def _names(operation: dict[str, Any]) -> Iterator[str]:
    if "requestBody" in operation:
        yield from ("MalformedJson", "PayloadTooLarge")
    if _takes_values(operation):
        yield "Invalid"
    if "security" in operation:
        yield "Unauthorized"
    yield from ("TooManyRequests", "InternalError", "BadGateway", "GatewayTimeout")


def _takes_values(operation: dict[str, Any]) -> bool:
    """A path's parameter may be anything: what is no id is not found."""
    parameters = operation.get("parameters", [])
    return "requestBody" in operation or any(each.get("in") in ("header", "query") for each in parameters)
