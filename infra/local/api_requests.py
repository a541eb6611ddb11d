"""HTTP/1.1 as far as AWS's clients need it of the connections API, at a tenth of a general server's cost.

A fan-out posts to hundreds of connections at once, on the cores that everything else runs on too.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

_HEAD_END = b"\r\n\r\n"
_DISCARDED_BYTES = 64 * 1024


class BadRequestError(Exception):
    """What came is no request that is understood here; the connection is of no further use."""


class BodyTooLargeError(Exception):
    """The body was read and thrown away."""


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """`path` is percent-encoded and without the query string; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """`headers` are lines, each with its end."""

    status: int
    body: bytes = b""
    headers: str = ""

    def encoded(self) -> bytes:
        phrase = HTTPStatus(self.status).phrase
        length = "" if self.status == HTTPStatus.NO_CONTENT else f"content-length: {len(self.body)}\r\n"
        return f"HTTP/1.1 {self.status} {phrase}\r\n{length}{self.headers}\r\n".encode() + self.body


async def read_request(reader: asyncio.StreamReader, *, max_body_bytes: int) -> ApiRequest | None:
    """The next one, or None when the client has left. Raises `BadRequestError` and `BodyTooLargeError`."""
    try:
        head = await reader.readuntil(_HEAD_END)
        method, path, headers = _parsed(head)
        length = _body_length(headers)
        if length > max_body_bytes:
            await _discard(reader, length)
            raise BodyTooLargeError
        body = await reader.readexactly(length) if length else b""
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError as error:
        raise BadRequestError from error
    return ApiRequest(method, path, headers, body)


async def _discard(reader: asyncio.StreamReader, length: int) -> None:
    while length > 0:
        size = min(length, _DISCARDED_BYTES)
        await reader.readexactly(size)
        length -= size


def _parsed(head: bytes) -> tuple[str, str, dict[str, str]]:
    first, *lines = head.removesuffix(_HEAD_END).decode("latin-1").split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or parts[2] != "HTTP/1.1":
        raise BadRequestError
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return parts[0], parts[1].partition("?")[0], headers


def _body_length(headers: Mapping[str, str]) -> int:
    """Bodies of unknown length are not taken: AWS's clients know what they send."""
    length = headers.get("content-length", "0")
    if "transfer-encoding" in headers or "expect" in headers or not (length.isascii() and length.isdecimal()):
        raise BadRequestError
    return int(length)
