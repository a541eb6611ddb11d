"""Answers of the tools resource. What an execution is asked with is each tool's own schema."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field

from parley.tools.types import Tool, ToolCategory, ToolOutcome


class ToolBody(BaseModel):
    name: str
    description: str
    category: Literal["crawler", "code", "data"]
    parameters: Annotated[dict[str, Any], Field(description="JSON Schema of the arguments.")]

    @classmethod
    def of(cls, tool: Tool) -> Self:
        return cls(
            name=tool.name,
            description=tool.description,
            category=tool.category.value,
            parameters=tool.parameters,
        )


class CategorizedBody(BaseModel):
    crawler: list[ToolBody]
    code: list[ToolBody]
    data: list[ToolBody]


class ToolListBody(BaseModel):
    tools: list[ToolBody]
    categorized: CategorizedBody
    total: int

    @classmethod
    def of(cls, tools: Sequence[Tool]) -> Self:
        bodies = [ToolBody.of(tool) for tool in tools]
        categorized = {
            category.value: [body for body in bodies if body.category == category]
            for category in ToolCategory
        }
        return cls(tools=bodies, categorized=CategorizedBody(**categorized), total=len(bodies))


class ResultBody(BaseModel):
    name: str
    success: Literal[True] = True
    result: Annotated[Any, Field(description="What the tool found: any JSON value.")]
    duration_ms: int


class FailureBody(BaseModel):
    """The arguments fitted, but the tool could not do it."""

    name: str
    success: Literal[False] = False
    result: None = None
    error: str
    duration_ms: int


def outcome_body(name: str, outcome: ToolOutcome) -> ResultBody | FailureBody:
    """`outcome.result` is JSON text."""
    if outcome.success:
        return ResultBody(name=name, result=json.loads(outcome.result), duration_ms=outcome.duration_ms)
    return FailureBody(name=name, error=outcome.error or "", duration_ms=outcome.duration_ms)
