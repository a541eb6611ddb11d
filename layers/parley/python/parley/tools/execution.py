"""Runs a tool for whoever waits: bounded in time, its result bounded in size and fit for JSON."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from parley.tools.registry import ToolRegistry
from parley.tools.types import MAX_RESULT_BYTES, ToolContext, ToolOutcome


async def execute_bounded(
    registry: ToolRegistry, name: str, arguments: Mapping[str, Any], context: ToolContext
) -> ToolOutcome:
    """The outcome, its `result` as JSON text. A tool's own failure, also to end in time, is an outcome.

    A thread cannot be stopped: a tool over its time runs on, but is not waited for.
    Raises `ToolNotFoundError` and `InvalidArgumentsError`.
    """
    limit_seconds = registry.get(name).timeout_seconds
    started = time.perf_counter()
    try:
        outcome = await asyncio.wait_for(
            asyncio.to_thread(registry.execute, name, arguments, context), limit_seconds
        )
        return replace(outcome, result=_as_json(outcome.result)) if outcome.success else outcome
    except TimeoutError:
        return failed(f"The tool took longer than {limit_seconds:g} s.", started)
    except _TooLargeError:
        return failed(f"The result is too large: over {MAX_RESULT_BYTES:,} bytes as JSON.", started)
    except (TypeError, ValueError, RecursionError):
        return failed("The tool's result cannot be written as JSON.", started)


def failed(error: str, started: float) -> ToolOutcome:
    """`started` as `time.perf_counter` tells it."""
    return ToolOutcome(success=False, error=error, duration_ms=round((time.perf_counter() - started) * 1000))


class _TooLargeError(Exception):
    pass


def _as_json(result: Any) -> str:
    """Half characters, which no encoding can hold, become question marks."""
    text = json.dumps(result, ensure_ascii=False, allow_nan=False, default=str)
    encoded = text.encode(errors="replace")
    if len(encoded) > MAX_RESULT_BYTES:
        raise _TooLargeError
    return encoded.decode()
