"""Posts to a model's service, and asks again where that can help: before anything has been yielded."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from parley.models.http_clients import ClientPerLoop
from parley.models.service_limits import ServiceLimits
from parley.models.service_reasons import refusal
from parley.models.service_stream import ServiceStream
from parley.models.types import ModelError

_MAX_REFUSAL_BYTES = 16 * 1024
# More than any model refuses; a service that refuses for ever is a user's, and not to be trusted.
_MAX_LEAN_TRIES = 6

type Body = dict[str, Any]
type Headers = list[tuple[bytes, bytes]]
type Leaner = Callable[[Body, int, str], Body | None]


class ServiceClient:
    """`client` gives the httpx client to use; whoever made it closes it. `sleep` waits between tries."""

    def __init__(
        self,
        *,
        client: Callable[[], httpx.AsyncClient] | None,
        limits: ServiceLimits,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client or ClientPerLoop()
        self._limits = limits
        self._sleep = sleep

    async def post(self, url: str, *, headers: Headers, body: Body, leaner: Leaner) -> ServiceStream:
        """The answer, if it is a success; else `ModelError`. Raises httpx's errors for what fails on the way.

        A busy service is asked again within the budget, and one that refuses a field is asked at once without
        that field, where `leaner` can leave it out.
        """
        started = time.monotonic()
        tries = lean_tries = 0
        while True:
            tries += 1
            answer = await self._send("POST", url, headers, body)
            if httpx.codes.is_success(answer.status):
                return answer
            failure = await refusal_of(answer)
            lean_body = leaner(body, answer.status, failure.reason)
            if lean_body is not None and lean_tries < _MAX_LEAN_TRIES:
                body, tries, lean_tries = lean_body, tries - 1, lean_tries + 1
                continue
            pause = self._limits.retry.pause_before_next(
                answer.status, answer.headers, tries=tries, elapsed_seconds=time.monotonic() - started
            )
            if pause is None:
                raise failure
            await self._sleep(pause)

    async def get(self, url: str, *, headers: Headers) -> ServiceStream:
        """The answer, whatever its status. Raises httpx's errors for what fails on the way."""
        return await self._send("GET", url, headers)

    async def _send(self, method: str, url: str, headers: Headers, body: Body | None = None) -> ServiceStream:
        client = self._client()
        request = client.build_request(
            method, url, headers=headers, json=body, timeout=_timeout(self._limits)
        )
        try:
            response = await client.send(request, stream=True)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            # A kept connection that the service closed meanwhile (Lambda freezes between invocations).
            response = await client.send(request, stream=True)
        return ServiceStream(response, self._limits)


def _timeout(limits: ServiceLimits) -> httpx.Timeout:
    """The waits between chunks are measured by `ServiceStream`, which tells the first from the others."""
    longest = max(limits.first_byte_timeout_seconds, limits.idle_timeout_seconds)
    return httpx.Timeout(longest, connect=limits.connect_timeout_seconds, pool=limits.connect_timeout_seconds)


async def refusal_of(answer: ServiceStream) -> ModelError:
    """What an answer that is no success says; its connection is closed."""
    try:
        body = await answer.read_all(_MAX_REFUSAL_BYTES)
    except (TimeoutError, httpx.HTTPError):
        body = b""
    finally:
        await answer.close()
    return refusal(answer.status, body)
