"""The open answer of a model's service: its bytes as they come, within limits of time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx

from parley.models.service_limits import TRAILER_SECONDS, ServiceLimits
from parley.models.silence import SilenceTimer

_ENDING_SECONDS = 0.2


class ServiceStream:
    """Owns the response: `close` frees the connection, at once unless the body is known to end."""

    def __init__(self, response: httpx.Response, limits: ServiceLimits) -> None:
        self.status: int = response.status_code
        self.headers = response.headers
        self.has_begun = False
        self._response = response
        self._limits = limits
        self._timer = SilenceTimer()
        # Decoding costs even where there is nothing to decode.
        is_encoded = "content-encoding" in response.headers
        self._chunks: AsyncIterator[bytes] = response.aiter_bytes() if is_encoded else response.aiter_raw()

    @property
    def media_type(self) -> str:
        content_type: str = self.headers.get("content-type", "")
        return content_type.partition(";")[0].strip().lower()

    async def next_chunk(self, *, is_complete: bool = False) -> bytes | None:
        """The next bytes, None at the end. Once all is there, neither silence nor a cut is an error."""
        limits = self._limits
        limit = limits.idle_timeout_seconds if self.has_begun else limits.first_byte_timeout_seconds
        try:
            chunk = await self._timer.wait(
                anext(self._chunks, None), min(limit, TRAILER_SECONDS) if is_complete else limit
            )
        except (TimeoutError, httpx.HTTPError):
            if is_complete:
                return None
            raise
        self.has_begun = True
        return chunk

    async def read_all(self, max_bytes: int) -> bytes:
        """The body, or its first `max_bytes` and a little more."""
        parts: list[bytes] = []
        length = 0
        while length <= max_bytes and (chunk := await self.next_chunk()) is not None:
            parts.append(chunk)
            length += len(chunk)
        return b"".join(parts)

    async def close(self, *, is_ending: bool = False) -> None:
        """A body read to its end leaves a connection that the next round can use."""
        self._timer.stop()
        if is_ending:
            with suppress(TimeoutError, httpx.HTTPError):
                async with asyncio.timeout(_ENDING_SECONDS):
                    while await anext(self._chunks, None) is not None:
                        pass
        await self._response.aclose()
