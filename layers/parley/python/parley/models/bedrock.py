"""The client of Amazon Bedrock, through boto3 and the function's role. boto3 is loaded by the first call."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from parley.models.bedrock_calls import Event, ThreadedCall, make_abortable
from parley.models.bedrock_clients import bedrock_client
from parley.models.bedrock_reply import ConverseReader
from parley.models.bedrock_request import converse_arguments, first_terms
from parley.models.service_limits import TRAILER_SECONDS, ServiceLimits
from parley.models.silence import SilenceTimer
from parley.models.types import ModelError, ModelEvent, ModelRequest

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from types_boto3_bedrock_runtime import BedrockRuntimeClient

_MAX_CONCESSIONS = 6
_MAX_TRIES = 3
_MAX_CONNECTIONS = 50


class BedrockModel:
    """`endpoint_url` is for emulators; the credentials are the environment's."""

    def __init__(
        self, *, region: str, endpoint_url: str | None = None, limits: ServiceLimits | None = None
    ) -> None:
        self._region = region
        self._endpoint_url = endpoint_url
        self._limits = limits or ServiceLimits()
        self._lock = threading.Lock()
        self._client: BedrockRuntimeClient | None = None

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent]:
        """Raises `ModelError`. Closing the generator closes the connection and ends the thread."""
        reader = ConverseReader(thinking_enabled=request.thinking_enabled)
        call = ThreadedCall(partial(self._events, request))
        timer = SilenceTimer()
        is_midway = False
        try:
            limit = self._limits.first_byte_timeout_seconds
            while event := await _next_event(call, timer, limit, is_complete=reader.is_complete):
                is_midway, limit = True, self._limits.idle_timeout_seconds
                if delta := reader.read(event):
                    yield delta
            yield reader.finished()
        except Exception as error:
            raise _failure(error, is_midway=is_midway) from None
        finally:
            timer.stop()
            call.abort()

    async def list_models(self) -> list[str]:
        """Models that stream text on demand, then inference profiles. Raises `ModelError`."""
        from parley.models.bedrock_models import read_model_names

        read = partial(read_model_names, region=self._region, endpoint_url=self._endpoint_url)
        try:
            return await asyncio.to_thread(read)
        except Exception as error:
            raise _failure(error, is_midway=False) from None

    def _events(self, request: ModelRequest) -> Generator[Event]:
        """The stream's events, asked for on the terms that the model leaves. Blocks."""
        from botocore.exceptions import ClientError

        from parley.models.bedrock_failures import refusal_reason

        client = self._runtime()
        terms = first_terms(request)
        for concessions in range(_MAX_CONCESSIONS + 1):
            try:
                answer = client.converse_stream(**converse_arguments(request, terms))
                break
            except ClientError as error:
                lesser = terms.conceding(refusal_reason(error)) if _is_refusal(error) else None
                if lesser is None or concessions == _MAX_CONCESSIONS:
                    raise
                terms = lesser
        with closing(answer["stream"]) as stream:
            yield from stream

    def _runtime(self) -> BedrockRuntimeClient:
        """The same for all calls: it keeps its connections."""
        with self._lock:
            if self._client is None:
                self._client = self._build()
            return self._client

    def _build(self) -> BedrockRuntimeClient:
        from botocore.config import Config

        config = Config(
            connect_timeout=self._limits.connect_timeout_seconds,
            read_timeout=self._limits.first_byte_timeout_seconds,
            max_pool_connections=_MAX_CONNECTIONS,
            retries={"mode": "standard", "total_max_attempts": _MAX_TRIES},
            tcp_keepalive=True,
        )
        client: BedrockRuntimeClient = bedrock_client(
            "bedrock-runtime", region=self._region, endpoint_url=self._endpoint_url, config=config
        )
        make_abortable(client)
        return client


async def _next_event(
    call: ThreadedCall, timer: SilenceTimer, limit: float, *, is_complete: bool
) -> Event | None:
    """Once all is there, neither silence nor a cut is an error."""
    if not is_complete:
        return await timer.wait(call.next_event(), limit)
    try:
        return await timer.wait(call.next_event(), min(limit, TRAILER_SECONDS))
    except Exception:
        return None


def _is_refusal(error: ClientError) -> bool:
    return error.response.get("Error", {}).get("Code") == "ValidationException"


def _failure(error: Exception, *, is_midway: bool) -> ModelError:
    from parley.models.bedrock_failures import bedrock_failure

    return bedrock_failure(error, is_midway=is_midway)
