"""The `demo` kind: answers any model name from a script, with no network, and exercises every event."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

from parley.domain.events import FinishReason, TextDelta, ThinkingDelta, Usage
from parley.models.demo_script import write_script
from parley.models.tokens import estimate_tokens
from parley.models.types import ModelEvent, ModelFinished, ModelRequest

_NAME = "demo"


class DemoModel:
    """Does what the user's words ask for (see `demo_wishes`); the same request gives the same events.

    `sleep` paces the words, `delay_seconds` apart.
    """

    def __init__(
        self, *, delay_seconds: float = 0.02, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._delay_seconds = delay_seconds
        self._sleep = sleep

    async def list_models(self) -> list[str]:
        """One of the names that it answers to, which are all."""
        return [_NAME]

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent]:
        """Raises `ModelError` where the message says `fail`. Words over `max_tokens` are not said."""
        script = write_script(request)
        events: list[TextDelta | ThinkingDelta] = [
            *(ThinkingDelta(word) for word in script.thinking),
            *(TextDelta(word) for word in script.words),
        ]
        is_cut = len(events) > request.max_tokens
        for index, event in enumerate(events[: request.max_tokens]):
            if index:
                await self._sleep(self._delay_seconds)
            yield event
        if script.failure and not is_cut:
            raise script.failure
        yield ModelFinished(
            finish_reason=FinishReason.LENGTH if is_cut else FinishReason.STOP,
            usage=Usage(
                prompt_tokens=sum(estimate_tokens(turn.content) for turn in request.turns),
                completion_tokens=min(len(events), request.max_tokens),
            ),
            tool_requests=() if is_cut else script.tool_requests,
        )
