"""A streamed response on its way from the worker's connection to one reader."""

import asyncio
import base64
import binascii
import json
from collections.abc import AsyncGenerator, Mapping
from types import TracebackType
from typing import Any

from infra.local.invocations import StreamBrokenError
from infra.topology import STREAM_PRELUDE_MAX_BYTES

PRELUDE_END = bytes(8)
_MAX_BUFFERED_BYTES = 64 * 1024


class InvalidPreludeError(Exception):
    """The stream does not begin as API Gateway requires."""


def split_prelude(head: bytes) -> tuple[dict[str, Any], bytes] | None:
    """The prelude and the payload after it, or None while the prelude is incomplete.

    Raises `InvalidPreludeError`. JSON and delimiter must lie within the first 16 KB:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
    """
    text, delimiter, payload = head.partition(PRELUDE_END)
    prelude_bytes = len(text) + len(PRELUDE_END)
    if prelude_bytes > STREAM_PRELUDE_MAX_BYTES:
        raise InvalidPreludeError(f"No delimiter within the first {STREAM_PRELUDE_MAX_BYTES} bytes")
    if not delimiter:
        return None
    try:
        prelude = json.loads(text)
    except ValueError as error:
        raise InvalidPreludeError(f"The prelude is no JSON: {error}") from error
    if not isinstance(prelude, dict) or not isinstance(prelude.get("statusCode"), int):
        raise InvalidPreludeError("The prelude is no JSON object with a statusCode")
    return prelude, payload


def error_in_trailers(trailers: Mapping[str, str]) -> StreamBrokenError | None:
    """The failure that a runtime reports after the last chunk, if it does."""
    error_type = trailers.get("lambda-runtime-function-error-type")
    if error_type is None:
        return None
    try:
        body = json.loads(base64.b64decode(trailers.get("lambda-runtime-function-error-body", "")))
        message = str(body["errorMessage"])
    except (binascii.Error, ValueError, TypeError, KeyError):
        message = ""
    return StreamBrokenError(type=error_type, message=message)


class ResponseStream(AsyncGenerator[bytes]):
    """At most about 128 KB wait here; then the writer waits, and with it the worker.

    No plain generator, because closing one that was never begun runs none of its code, and the writer would
    wait for ever. Pieces that came while the reader was busy are handed over as one.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._ended = False
        self._abandoned = False
        self._error: StreamBrokenError | None = None
        self._readable = asyncio.Event()
        self._writable = asyncio.Event()

    async def write(self, data: bytes) -> None:
        """Waits while the reader is behind. Once it has left, the data are thrown away."""
        while self._accepts and len(self._buffer) >= _MAX_BUFFERED_BYTES:
            self._writable.clear()
            await self._writable.wait()
        if self._accepts:
            self._buffer += data
            self._readable.set()

    def end(self, error: StreamBrokenError | None = None) -> None:
        """The reader gets what is buffered, then the end or `error`. Only the first call counts."""
        if not self._ended:
            self._ended, self._error = True, error
            self._readable.set()
            self._writable.set()

    def abandon(self) -> None:
        """Nobody reads any more."""
        self._abandoned = True
        self._buffer.clear()
        self._readable.set()
        self._writable.set()

    @property
    def _accepts(self) -> bool:
        return not (self._abandoned or self._ended)

    async def asend(self, value: None) -> bytes:  # noqa: ARG002 - a generator's signature
        while not self._buffer:
            if not self._accepts:
                error, self._error = self._error, None
                raise error if error and not self._abandoned else StopAsyncIteration
            self._readable.clear()
            await self._readable.wait()
        data = bytes(self._buffer)
        self._buffer.clear()
        self._writable.set()
        return data

    async def athrow(
        self,
        typ: type[BaseException] | BaseException,
        val: BaseException | object = None,
        tb: TracebackType | None = None,
    ) -> bytes:
        self.abandon()
        return await super().athrow(typ, val, tb)  # type: ignore[arg-type]

    async def aclose(self) -> None:
        self.abandon()
