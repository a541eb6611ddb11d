"""What a function returns to a proxy integration, read as API Gateway reads it."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Hop-by-hop (RFC 9110, 7.6.1) and what the gateway sets itself.
_DROPPED_HEADERS = frozenset(
    {
        "connection",
        "content-length",
        "date",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")


class MalformedResponseError(Exception):
    """The function's answer is none that API Gateway understands."""


@dataclass(frozen=True, slots=True)
class Head:
    """`headers` are safe to send: no hop-by-hop ones, no line breaks."""

    status: int
    headers: tuple[tuple[str, str], ...]


def buffered_response(payload: bytes) -> tuple[Head, bytes]:
    """Status, headers and body out of the JSON that a function returned. Raises `MalformedResponseError`."""
    try:
        answer = json.loads(payload)
    except ValueError as error:
        raise MalformedResponseError("no JSON") from error
    if not isinstance(answer, dict):
        raise MalformedResponseError("no JSON object")
    return response_head(answer), _body(answer)


def response_head(answer: Mapping[str, Any]) -> Head:
    """For a buffered answer and a stream's prelude alike. Raises `MalformedResponseError`."""
    status = answer.get("statusCode")
    if not isinstance(status, int) or not 200 <= status <= 599:
        raise MalformedResponseError("statusCode is no HTTP status")
    headers = [pair for pair in _headers(answer) if pair[0].lower() not in _DROPPED_HEADERS]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("content-type", "application/json"))
    return Head(status, tuple(headers))


def _headers(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A pair that stands in both kinds counts once, as AWS merges them."""
    single = _mapping(answer, "headers")
    multiple = _mapping(answer, "multiValueHeaders")
    pairs = [_pair(name, value) for name, values in multiple.items() for value in _list(values)]
    pairs += [pair for name, value in single.items() if (pair := _pair(name, value)) not in pairs]
    return pairs + [_pair("set-cookie", cookie) for cookie in _list(answer.get("cookies") or [])]


def _mapping(answer: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = answer.get(key)
    if value is not None and not isinstance(value, dict):
        raise MalformedResponseError(f"{key} is no object")
    return value or {}


def _list(values: object) -> list[Any]:
    if not isinstance(values, list):
        raise MalformedResponseError("a header's values are no list")
    return values


def _pair(name: str, value: object) -> tuple[str, str]:
    if isinstance(value, bool):
        value = str(value).lower()
    if not isinstance(value, str | int | float):
        raise MalformedResponseError(f"the header {name} is no text")
    text = str(value).strip()
    if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(text):
        raise MalformedResponseError("a header that HTTP does not allow")
    try:
        text.encode("latin-1")
    except UnicodeEncodeError as error:
        raise MalformedResponseError(f"the header {name} is not Latin-1") from error
    return name, text


def _body(answer: Mapping[str, Any]) -> bytes:
    body = answer.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise MalformedResponseError("body is no text")
    if not answer.get("isBase64Encoded"):
        return body.encode("utf-8", "replace")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedResponseError("body is no Base64") from error
