"""What a tool is, and the outcome of running one. Loads no pydantic, which child processes do without."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

# Of JSON: a function may answer 6 MB, and a model has to read it.
MAX_RESULT_BYTES: Final = 1_000_000


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
        from parley.tools.json_schema import json_schema

        return json_schema(self.arguments_model)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolOutcome:
    """`result` where `success`, else `error`; never both."""

    success: bool
    duration_ms: int
    result: Any = None
    error: str | None = None
