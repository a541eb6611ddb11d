"""Runs the tools that a model asks for: bounded in time, and never a reason for the reply to fail."""

import asyncio
import json
import time
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from parley.domain.events import ToolCalled, ToolReturned
from parley.models.types import ToolRequest, ToolSpec
from parley.tools.registry import ToolRegistry
from parley.tools.types import ToolContext, ToolOutcome


class ToolRunner:
    """The tools that one reply may use; `names` None means all of the registry's."""

    def __init__(
        self,
        registry: ToolRegistry,
        context: ToolContext,
        *,
        enabled: bool,
        names: tuple[str, ...] | None = None,
    ) -> None:
        self._registry = registry
        self._context = context
        known = registry.names if names is None else [name for name in registry.names if name in names]
        self._names = frozenset(known) if enabled else frozenset()

    def specs(self) -> list[ToolSpec]:
        return self._registry.specs(self._names)

    def announce(self, request: ToolRequest) -> ToolCalled:
        """Arguments that are no JSON object show as empty; the result then says so."""
        return ToolCalled(id=request.id, name=request.name, arguments=_arguments(request) or {})

    async def run(self, request: ToolRequest) -> ToolReturned:
        """A thread cannot be stopped: a tool over its time runs on, but its result is not waited for."""
        started = time.perf_counter()
        try:
            outcome = await self._outcome(request)
        except TimeoutError:
            outcome = _failure("the tool took too long", started)
        content = outcome.result if outcome.success else outcome.error or ""
        return ToolReturned(
            id=request.id,
            name=request.name,
            success=outcome.success,
            content=content,
            duration_ms=outcome.duration_ms,
        )

    async def _outcome(self, request: ToolRequest) -> ToolOutcome:
        """Its `result` is JSON text."""
        started = time.perf_counter()
        arguments = _arguments(request)
        if request.name not in self._names:
            return _failure(f"there is no tool named {request.name!r}", started)
        if arguments is None:
            return _failure("the arguments are not a JSON object", started)
        tool = self._registry.get(request.name)
        try:
            outcome = await asyncio.wait_for(
                asyncio.to_thread(self._registry.execute, request.name, arguments, self._context),
                tool.timeout_seconds,
            )
            return replace(outcome, result=_as_json(outcome.result))
        except ValidationError as error:
            problems = "; ".join(
                f"{'.'.join(map(str, entry['loc']))}: {entry['msg']}" for entry in error.errors()
            )
            return _failure(f"the arguments do not fit: {problems}", started)
        except (TypeError, ValueError, RecursionError):
            return _failure("the tool's result cannot be written as JSON", started)


def _arguments(request: ToolRequest) -> dict[str, Any] | None:
    """None also for what Python reads but nobody could be told as JSON: NaN, half a character."""
    try:
        arguments = json.loads(request.arguments or "{}")
        json.dumps(arguments, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return None
    return arguments if isinstance(arguments, dict) else None


def _as_json(result: Any) -> str:
    return json.dumps(result, ensure_ascii=False, default=str).encode(errors="replace").decode()


def _failure(error: str, started: float) -> ToolOutcome:
    return ToolOutcome(success=False, error=error, duration_ms=round((time.perf_counter() - started) * 1000))
