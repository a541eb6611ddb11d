"""Runs the tools that a model asks for: whatever it asks, never a reason for the reply to fail."""

import json
import time
from typing import Any

from parley.domain.events import ToolCalled, ToolReturned
from parley.errors import InvalidArgumentsError
from parley.models.types import ToolRequest, ToolSpec
from parley.tools.execution import execute_bounded, failed
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
        outcome = await self._outcome(request)
        return ToolReturned(
            id=request.id,
            name=request.name,
            success=outcome.success,
            content=outcome.result if outcome.success else outcome.error or "",
            duration_ms=outcome.duration_ms,
        )

    async def _outcome(self, request: ToolRequest) -> ToolOutcome:
        """Its `result` is JSON text."""
        started = time.perf_counter()
        arguments = _arguments(request)
        if request.name not in self._names:
            return failed(f"There is no tool named {request.name!r}.", started)
        if arguments is None:
            return failed("The arguments are not a JSON object.", started)
        try:
            return await execute_bounded(self._registry, request.name, arguments, self._context)
        except InvalidArgumentsError as error:
            return failed(f"The arguments do not fit: {error}", started)


def _arguments(request: ToolRequest) -> dict[str, Any] | None:
    """None also for what Python reads but nobody could be told as JSON: NaN, half a character."""
    try:
        arguments = json.loads(request.arguments or "{}")
        json.dumps(arguments, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return None
    return arguments if isinstance(arguments, dict) else None
