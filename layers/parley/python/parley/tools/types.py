"""What a tool is, and the outcome of running one."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema


class ToolCategory(StrEnum):
    CRAWLER = "crawler"
    CODE = "code"
    DATA = "data"


class ToolError(Exception):
    """The tool cannot do this with good arguments; the text is for the model and the user to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolContext:
    """For whom a tool runs. A tool that wants to know declares a parameter `context` of this type."""

    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """`run` takes the fields of `arguments_model` by keyword, blocks, and returns what JSON can hold.

    Where `wants_context`, it also takes the `ToolContext`, by the keyword `context`.
    """

    name: str
    description: str
    category: ToolCategory
    arguments_model: type[BaseModel]
    run: Callable[..., Any]
    timeout_seconds: float = 30.0
    wants_context: bool = False

    @property
    def parameters(self) -> dict[str, Any]:
        """JSON Schema of the arguments. Shared: not to be changed."""
        return _json_schema(self.arguments_model)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolOutcome:
    """`result` where `success`, else `error`; never both."""

    success: bool
    duration_ms: int
    result: Any = None
    error: str | None = None


class _WithoutTitles(GenerateJsonSchema):
    """Titles repeat the names, and a model's service bills every token of a schema."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


@cache
def _json_schema(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(schema_generator=_WithoutTitles)
    schema.pop("title", None)
    return schema
