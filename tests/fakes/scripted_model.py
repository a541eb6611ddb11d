"""A model that says what a test has written down, and remembers what it was asked."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping

from parley.chat.model_choice import ChosenModel
from parley.domain.events import FinishReason, TextDelta, ThinkingDelta, Usage
from parley.models.types import ChatModel, ModelError, ModelEvent, ModelFinished, ModelRequest, ToolRequest

type Step = ModelEvent | Exception | asyncio.Event | Callable[[], object]

STOP = ModelFinished(
    finish_reason=FinishReason.STOP, usage=Usage(prompt_tokens=10, completion_tokens=2), tool_requests=()
)


def asks_for(*requests: ToolRequest) -> ModelFinished:
    usage = Usage(prompt_tokens=10, completion_tokens=2)
    return ModelFinished(finish_reason=FinishReason.STOP, usage=usage, tool_requests=requests)


class ScriptedModel:
    """One script for each round; the last one is repeated. An exception in it is raised, an event waited for,
    a function called.
    """

    def __init__(self, *rounds: list[Step]) -> None:
        self._rounds = rounds
        self.requests: list[ModelRequest] = []
        self.open_streams = 0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent]:
        self.requests.append(request)
        self.open_streams += 1
        try:
            for step in self._rounds[min(len(self.requests), len(self._rounds)) - 1]:
                if isinstance(step, TextDelta | ThinkingDelta | ModelFinished):
                    yield step
                else:
                    await _take(step)
        finally:
            self.open_streams -= 1


async def _take(step: Exception | asyncio.Event | Callable[[], object]) -> None:
    if isinstance(step, Exception):
        raise step
    if isinstance(step, asyncio.Event):
        await step.wait()
    else:
        step()


class OnlyModel:
    """Chooses the same client for every model; `names` are those that it knows by another name."""

    def __init__(
        self,
        model: ChatModel,
        *,
        names: Mapping[str, str] | None = None,
        failure: ModelError | None = None,
    ) -> None:
        self._model = model
        self._names = names or {}
        self._failure = failure

    def choose(self, user_id: str, wanted: str, *, provider_id: str | None = None) -> ChosenModel:
        if self._failure:
            raise self._failure
        return ChosenModel(self._model, self._names.get(wanted, wanted))
