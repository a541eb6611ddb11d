"""The client of services that speak OpenAI's chat completions. To be imported late: httpx takes its time."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

import httpx

from parley.models.openai_reply import ReplyReader
from parley.models.openai_request import completions_url, request_body, without_refused_field
from parley.models.service_client import ServiceClient
from parley.models.service_failures import redacted, timed_out, transport_failure
from parley.models.service_stream import ServiceLimits, ServiceStream
from parley.models.sse import EventTooLargeError, SseDecoder
from parley.models.types import ModelError, ModelEvent, ModelRequest

_MAX_COMPLETION_BYTES = 32 * 1024 * 1024


class OpenAIModel:
    """`base_url` is the API's root (`…/v1`) or the whole address of chat completions.

    `client` gives the httpx client to use, which stays its giver's; by default one is built at the first use.
    """

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str | None = None,
        client: Callable[[], httpx.AsyncClient] | None = None,
        limits: ServiceLimits | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._base_url = base_url
        self._api_key = (api_key or "").strip() or None
        self._service = ServiceClient(client=client, limits=limits or ServiceLimits(), sleep=sleep)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent]:
        """Raises `ModelError`. Closing the generator closes the connection to the service."""
        reader = ReplyReader(thinking_enabled=request.thinking_enabled)
        decoder = SseDecoder()
        answer: ServiceStream | None = None
        try:
            answer = await self._open(request)
            if answer.media_type == "application/json":
                for event in reader.read_whole(await answer.read_all(_MAX_COMPLETION_BYTES)):
                    yield event
            while not reader.is_done:
                chunk = await answer.next_chunk(is_complete=reader.is_complete)
                for data in decoder.close() if chunk is None else decoder.feed(chunk):
                    for event in reader.read(data):
                        yield event
                if chunk is None:
                    break
            yield reader.finished()
        except (ModelError, httpx.HTTPError, httpx.InvalidURL, TimeoutError, EventTooLargeError) as error:
            raise self._failure(error, is_midway=answer is not None) from None
        finally:
            if answer is not None:
                await answer.close(is_ending=reader.is_done)

    async def _open(self, request: ModelRequest) -> ServiceStream:
        headers = [(b"accept", b"text/event-stream"), (b"accept-encoding", b"identity")]
        if self._api_key:
            headers.append((b"authorization", f"Bearer {self._api_key}".encode()))
        answer = await self._service.post(
            completions_url(self._base_url),
            headers=headers,
            body=request_body(request),
            leaner=without_refused_field,
        )
        if answer.media_type == "text/html":
            await answer.close()
            reason = "The model's service answered with a web page; its address may be incomplete."
            raise ModelError(reason, type="model_rejected")
        return answer

    def _failure(self, error: Exception, *, is_midway: bool) -> ModelError:
        if isinstance(error, ModelError):
            return redacted(error, self._api_key)
        if isinstance(error, httpx.HTTPError | httpx.InvalidURL):
            return transport_failure(error, is_midway=is_midway)
        if isinstance(error, TimeoutError):
            return timed_out()
        return ModelError("The model's service sent an event of excessive size.", type="model_stream_broken")
