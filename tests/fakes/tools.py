"""Tools that do as little as a test needs."""

import threading
from typing import Any

from parley.models.types import ToolRequest
from parley.tools.registry import ToolRegistry, tool
from parley.tools.types import Tool, ToolCategory, ToolContext, ToolError

CONTEXT = ToolContext(user_id="user_1")


@tool(category=ToolCategory.DATA)
def double(number: int) -> dict[str, int]:
    """Twice the number."""
    return {"result": 2 * number}


@tool(category=ToolCategory.DATA)
def refuse() -> None:
    """Cannot."""
    raise ToolError("not today")


@tool(category=ToolCategory.DATA)
def break_down() -> None:
    """Fails for a reason of its own."""
    raise RuntimeError("secret detail")


@tool(category=ToolCategory.DATA)
def puzzle() -> Any:
    """Returns what JSON cannot hold."""
    return {(1, 2): "pair"}


@tool(category=ToolCategory.DATA)
def who_asks(greeting: str, *, context: ToolContext) -> str:
    """Greets whoever it runs for."""
    return f"{greeting}, {context.user_id}"


def waiting_tool(name: str, gate: threading.Event, *, timeout_seconds: float = 10.0) -> Tool:
    """Returns its name when the gate is opened."""

    def wait() -> str:
        """Waits."""
        assert gate.wait(10)
        return name

    return tool(category=ToolCategory.DATA, name=name, timeout_seconds=timeout_seconds)(wait)


def registry(*further: Tool) -> ToolRegistry:
    return ToolRegistry([double, refuse, break_down, puzzle, *further])


def a_call(identifier: str, name: str, arguments: str = "{}") -> ToolRequest:
    return ToolRequest(id=identifier, name=name, arguments=arguments)
