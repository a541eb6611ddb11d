"""Runs the demo model without its pauses."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from parley.domain.events import TextDelta
from parley.models.demo import DemoModel
from parley.models.types import (
    ChatTurn,
    ModelEvent,
    ModelFinished,
    ModelRequest,
    ToolSpec,
)

CALCULATOR = ToolSpec(name="calculator", description="", parameters={})
DATE_TIME = ToolSpec(name="date_time", description="", parameters={})


def user(content: str) -> ChatTurn:
    return ChatTurn(role="user", content=content)


async def collect(turns: Sequence[ChatTurn], into: list[ModelEvent], **options: Any) -> None:
    model = DemoModel(delay_seconds=0)
    async for event in model.stream(ModelRequest(model="any-name", turns=turns, **options)):
        into.append(event)


def stream(*turns: ChatTurn, **options: Any) -> list[ModelEvent]:
    events: list[ModelEvent] = []
    asyncio.run(collect(turns, events, **options))
    return events


def text_of(events: Sequence[ModelEvent]) -> str:
    return "".join(event.content for event in events if isinstance(event, TextDelta))


def finished(events: Sequence[ModelEvent]) -> ModelFinished:
    assert isinstance(events[-1], ModelFinished)
    return events[-1]


def calls(events: Sequence[ModelEvent]) -> list[tuple[str, dict[str, Any]]]:
    return [(request.name, json.loads(request.arguments)) for request in finished(events).tool_requests]
