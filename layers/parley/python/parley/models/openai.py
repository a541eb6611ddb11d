"""The client of services that speak OpenAI's chat completions. To be imported late: httpx takes its time."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import httpx

from parley.models.openai_reply import CompletionReader
from parley.models.openai_request import completions_url, models_url, request_body, without_refused_field
from parley.models.service_client import Headers
from parley.models.service_limits import ServiceLimits
from parley.models.service_model import ServiceModel
from parley.models.types import ModelEvent, ModelRequest


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
        protocol = _ChatCompletions(base_url, api_key)
        self._model = ServiceModel(protocol, client=client, limits=limits, sleep=sleep)

    def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent]:
        """Raises `ModelError`. Closing the generator closes the connection to the service."""
        return self._model.stream(request)

    async def list_models(self) -> list[str] | None:
        """None where the service cannot tell. Raises `ModelError`."""
        return await self._model.list_models()


class _ChatCompletions:
    def __init__(self, base_url: str, api_key: str | None) -> None:
        self._base_url = base_url
        self.api_key = (api_key or "").strip() or None

    @property
    def headers(self) -> Headers:
        return [(b"authorization", f"Bearer {self.api_key}".encode())] if self.api_key else []

    def replies_url(self) -> str:
        return completions_url(self._base_url)

    def models_url(self, after: str | None) -> str:  # noqa: ARG002 (this protocol has one page)
        return models_url(self._base_url)

    def body(self, request: ModelRequest) -> dict[str, Any]:
        return request_body(request)

    def without_refused(self, body: dict[str, Any], status: int, reason: str) -> dict[str, Any] | None:
        return without_refused_field(body, status, reason)

    def reader(self, request: ModelRequest) -> CompletionReader:
        return CompletionReader(thinking_enabled=request.thinking_enabled)
