"""A model behind HTTP, whatever its protocol: opens the reply, reads it as it comes, and says what failed."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Protocol

import httpx

from parley.domain.events import TextDelta, ThinkingDelta
from parley.models.model_lists import read_model_names
from parley.models.service_client import Body, Headers, ServiceClient
from parley.models.service_failures import model_failure
from parley.models.service_limits import ServiceLimits
from parley.models.service_stream import ServiceStream
from parley.models.sse import EventTooLargeError, SseDecoder
from parley.models.types import ModelError, ModelEvent, ModelFinished, ModelRequest

_MAX_REPLY_BYTES = 32 * 1024 * 1024
_LIST_SECONDS = 10.0

_FAILURES = (ModelError, httpx.HTTPError, httpx.InvalidURL, TimeoutError, EventTooLargeError)


class ReplyReader(Protocol):
    """Reads one reply. `is_complete` once nothing more is needed, `is_done` once nothing more will come.

    Each method raises `ModelError` for what is no part of a good reply.
    """

    @property
    def is_complete(self) -> bool: ...
    @property
    def is_done(self) -> bool: ...

    def read(self, data: bytes) -> Sequence[TextDelta | ThinkingDelta]:
        """The deltas in one event's data."""

    def read_whole(self, body: bytes) -> Sequence[TextDelta | ThinkingDelta]:
        """Those of a reply that came at once, from a service that does not stream."""

    def finished(self) -> ModelFinished:
        """The end, when the stream has ended."""


class WireProtocol(Protocol):
    """What a service wants to be asked, and how it answers. `api_key` is kept out of every reason."""

    @property
    def api_key(self) -> str | None: ...
    @property
    def headers(self) -> Headers: ...

    def replies_url(self) -> str: ...

    def models_url(self, after: str | None) -> str:
        """The list of models, from the one after `after` where the protocol knows pages."""

    def body(self, request: ModelRequest) -> Body: ...

    def without_refused(self, body: Body, status: int, reason: str) -> Body | None:
        """The body without what the service's reason names, None where nothing can be given up."""

    def reader(self, request: ModelRequest) -> ReplyReader: ...


class ServiceModel:
    """`client` gives the httpx client to use, which stays its giver's; by default it builds one."""

    def __init__(
        self,
        protocol: WireProtocol,
        *,
        client: Callable[[], httpx.AsyncClient] | None = None,
        limits: ServiceLimits | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._protocol = protocol
        self._service = ServiceClient(client=client, limits=limits or ServiceLimits(), sleep=sleep)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent]:
        """Raises `ModelError`. Closing the generator closes the connection to the service."""
        reader = self._protocol.reader(request)
        decoder = SseDecoder()
        answer: ServiceStream | None = None
        try:
            answer = await self._open(request)
            if answer.media_type == "application/json":
                for event in reader.read_whole(await answer.read_all(_MAX_REPLY_BYTES)):
                    yield event
            while not reader.is_done:
                chunk = await answer.next_chunk(is_complete=reader.is_complete)
                for data in decoder.close() if chunk is None else decoder.feed(chunk):
                    for event in reader.read(data):
                        yield event
                if chunk is None:
                    break
            yield reader.finished()
        except _FAILURES as error:
            raise self._failure(error, is_midway=answer is not None) from None
        finally:
            if answer is not None:
                await answer.close(is_ending=reader.is_done)

    async def list_models(self) -> list[str] | None:
        """The names in the service's order; None where the service cannot tell. Raises `ModelError`."""
        try:
            async with asyncio.timeout(_LIST_SECONDS):
                return await read_model_names(
                    lambda after: self._service.get(
                        self._protocol.models_url(after), headers=self._protocol.headers
                    )
                )
        except _FAILURES as error:
            raise self._failure(error, is_midway=False) from None

    async def _open(self, request: ModelRequest) -> ServiceStream:
        protocol = self._protocol
        answer = await self._service.post(
            protocol.replies_url(),
            headers=[
                (b"accept", b"text/event-stream"),
                (b"accept-encoding", b"identity"),
                *protocol.headers,
            ],
            body=protocol.body(request),
            leaner=protocol.without_refused,
        )
        if answer.media_type == "text/html":
            await answer.close()
            reason = "The model's service answered with a web page; its address may be incomplete."
            raise ModelError(reason, type="model_rejected")
        return answer

    def _failure(self, error: Exception, *, is_midway: bool) -> ModelError:
        return model_failure(error, secret=self._protocol.api_key, is_midway=is_midway)
