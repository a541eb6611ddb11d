"""Answers of the tools resource. What an execution is asked with is each tool's own schema."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field

from parley.http.envelope import Answers
from parley.http.fields import Count
from parley.tools.types import Tool, ToolCategory, ToolOutcome

ToolName = Annotated[str, Field(examples=["calculator"])]
DurationMs = Annotated[int, Field(ge=0, description="Milliseconds.", examples=[3])]

_PARAMETERS = {
    "type": "object",
    "properties": {"expression": {"type": "string", "maxLength": 1000}},
    "required": ["expression"],
    "additionalProperties": False,
}


class ToolBody(BaseModel):
    """What a model, or you, may call."""

    name: ToolName
    description: Annotated[str, Field(examples=["Evaluates an arithmetic expression."])]
    category: Annotated[Literal["crawler", "code", "data"], Field(examples=["data"])]
    parameters: Annotated[
        dict[str, Any], Field(description="JSON Schema of the arguments.", examples=[_PARAMETERS])
    ]

    @classmethod
    def of(cls, tool: Tool) -> Self:
        return cls(
            name=tool.name,
            description=tool.description,
            category=tool.category.value,
            parameters=tool.parameters,
        )


class CategorizedToolsBody(BaseModel):
    crawler: list[ToolBody]
    code: list[ToolBody]
    data: list[ToolBody]


class ToolListBody(BaseModel):
    """All tools; they are few, so there are no pages."""

    tools: list[ToolBody]
    categorized: CategorizedToolsBody
    total: Annotated[Count, Field(examples=[1])]

    @classmethod
    def of(cls, tools: Sequence[Tool]) -> Self:
        bodies = [ToolBody.of(tool) for tool in tools]
        categorized = {
            category.value: [body for body in bodies if body.category == category]
            for category in ToolCategory
        }
        return cls(tools=bodies, categorized=CategorizedToolsBody(**categorized), total=len(bodies))


class ToolResultBody(BaseModel):
    """What the tool found."""

    name: ToolName
    success: Literal[True]
    result: Annotated[Any, Field(description="Any JSON value.", examples=[{"result": 42}])]
    duration_ms: DurationMs


class ToolFailureBody(BaseModel):
    """The arguments fitted, but the tool could not do it."""

    name: ToolName
    success: Literal[False]
    result: None
    error: Annotated[str, Field(examples=["division by zero"])]
    duration_ms: DurationMs


def outcome_body(name: str, outcome: ToolOutcome, answers: Answers) -> ToolResultBody | ToolFailureBody:
    """`outcome.result` is JSON text."""
    if outcome.success:
        return ToolResultBody(
            name=name, success=True, result=json.loads(outcome.result), duration_ms=outcome.duration_ms
        )
    error = answers.say(outcome.error or "")
    return ToolFailureBody(
        name=name, success=False, result=None, error=error, duration_ms=outcome.duration_ms
    )
