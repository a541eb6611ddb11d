"""Passes a function's response stream on, within API Gateway's limits for STREAM integrations.

https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
"""

import asyncio
import time
from collections.abc import AsyncGenerator

from infra.local.exchange import Exchange
from infra.local.invocations import StreamBrokenError
from infra.local.plan import Limits


class StreamCutError(Exception):
    """The answer cannot be completed: the connection is to be closed as it is."""


class Pacer:
    """The first bytes pass at once, the others at a steady rate."""

    def __init__(self, *, free_bytes: int, bytes_per_second: int) -> None:
        self._free_bytes = free_bytes
        self._bytes_per_second = bytes_per_second
        self._sent_bytes = 0
        self._throttled_since: float | None = None

    async def pace(self, size: int) -> None:
        """Returns when `size` further bytes have had their time."""
        self._sent_bytes += size
        throttled_bytes = self._sent_bytes - self._free_bytes
        if throttled_bytes <= 0:
            return
        if self._throttled_since is None:
            self._throttled_since = time.monotonic()
        due = self._throttled_since + throttled_bytes / self._bytes_per_second
        await asyncio.sleep(max(0.0, due - time.monotonic()))


async def pass_on(chunks: AsyncGenerator[bytes], exchange: Exchange, limits: Limits) -> None:
    """Sends every chunk as it comes. Returns at the end, or when the client has left: the function runs on.

    Raises `StreamCutError` where the function failed or a time limit is reached.
    """
    left = asyncio.create_task(_client_left(exchange))
    pacer = Pacer(free_bytes=limits.stream_unthrottled_bytes, bytes_per_second=limits.stream_bytes_per_second)
    try:
        async with asyncio.timeout(limits.stream_timeout_seconds):
            while chunk := await _next_chunk(chunks, left, limits.stream_idle_seconds):
                await pacer.pace(len(chunk))
                await exchange.send_body(chunk, more=True)
            if not left.done():
                await exchange.send_body(b"", more=False)
    except TimeoutError as error:
        raise StreamCutError("the stream took longer than the gateway allows") from error
    except StreamBrokenError as error:
        raise StreamCutError(str(error)) from error
    finally:
        left.cancel()
        await chunks.aclose()


async def _next_chunk(
    chunks: AsyncGenerator[bytes], left: asyncio.Task[None], idle_seconds: float
) -> bytes | None:
    """None at the end of the stream, or when the client has left. Raises `TimeoutError`."""
    coming = asyncio.ensure_future(_first_of(chunks))
    try:
        done, _ = await asyncio.wait(
            {coming, left}, timeout=idle_seconds, return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        if not coming.done():
            coming.cancel()
            await asyncio.wait({coming})
    if not done:
        raise TimeoutError
    return None if left in done else coming.result()


async def _first_of(chunks: AsyncGenerator[bytes]) -> bytes | None:
    async for chunk in chunks:
        if chunk:
            return chunk
    return None


async def _client_left(exchange: Exchange) -> None:
    while (await exchange.receive())["type"] != "http.disconnect":
        pass
