import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from parley.domain.events import TextDelta, ThinkingDelta
from parley.models.anthropic import AnthropicModel
from parley.models.bedrock import BedrockModel
from parley.models.openai import OpenAIModel
from parley.models.service_limits import ServiceLimits
from parley.models.types import (
    ChatTurn,
    ModelError,
    ModelEvent,
    ModelFinished,
    ModelRequest,
    ProviderModel,
)
from tests.fakes.model_server import ModelServer

KEY = "sk-secret-0123456789"


@dataclass
class Outcome:
    """What a stream gave before its end, and its error if it was a bad one."""

    events: list[ModelEvent] = field(default_factory=list)
    error: ModelError | None = None
    pauses: list[float] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(event.content for event in self.events if isinstance(event, TextDelta))

    @property
    def thinking(self) -> str:
        return "".join(event.content for event in self.events if isinstance(event, ThinkingDelta))

    @property
    def finished(self) -> ModelFinished:
        assert self.error is None, self.error
        [finished] = [event for event in self.events if isinstance(event, ModelFinished)]
        assert finished is self.events[-1]
        return finished

    @property
    def failure(self) -> tuple[str, str]:
        assert self.error is not None
        return self.error.type, self.error.reason


@pytest.fixture(scope="session")
def shared_model_server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture
def model_server(shared_model_server: ModelServer) -> ModelServer:
    shared_model_server.requests.clear()
    return shared_model_server


type Ask = Callable[..., Outcome]


@pytest.fixture
def ask(model_server: ModelServer) -> Ask:
    return asker(OpenAIModel, model_server)


@pytest.fixture
def ask_claude(model_server: ModelServer) -> Ask:
    return asker(AnthropicModel, model_server)


@pytest.fixture
def ask_bedrock(model_server: ModelServer, aws_environment: None) -> Ask:
    def build(*, base_url: str, limits: ServiceLimits | None, **_: Any) -> BedrockModel:
        return BedrockModel(region="us-east-1", endpoint_url=base_url.removesuffix("/v1"), limits=limits)

    return asker(build, model_server)


def asker(build: Callable[..., ProviderModel], model_server: ModelServer) -> Ask:
    """Send one message to the fake server and take all that comes; pauses between tries are recorded only."""

    def ask(
        content: str,
        *,
        turns: Sequence[ChatTurn] = (),
        limits: ServiceLimits | None = None,
        base_url: str | None = None,
        **options: Any,
    ) -> Outcome:
        outcome = Outcome()

        async def sleep(seconds: float) -> None:
            outcome.pauses.append(seconds)

        async def run() -> None:
            async with httpx.AsyncClient(trust_env=False) as client:
                model = build(
                    base_url=model_server.url if base_url is None else base_url,
                    api_key=KEY,
                    client=lambda: client,
                    limits=limits,
                    sleep=sleep,
                )
                said = [ChatTurn(role="user", content=content)] if content else []
                request = ModelRequest(**{"model": "fake", "turns": [*turns, *said]} | options)
                try:
                    async for event in model.stream(request):
                        outcome.events.append(event)
                except ModelError as error:
                    outcome.error = error

        asyncio.run(run())
        return outcome

    return ask
