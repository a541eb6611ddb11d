"""Makes tools of plain typed functions and runs them by name. Time limits are for who waits to enforce."""

import inspect
import logging
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Annotated, Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from parley.domain.tools import ToolSpec
from parley.errors import InvalidArgumentsError, ToolNotFoundError
from parley.tools.types import Tool, ToolCategory, ToolContext, ToolError, ToolOutcome

_logger = logging.getLogger(__name__)

_CONTEXT = "context"


def tool(
    *, category: ToolCategory, name: str | None = None, timeout_seconds: float = 30.0
) -> Callable[[Callable[..., Any]], Tool]:
    """Turn a function into a `Tool`: its signature becomes the schema, its docstring the description.

    Parameters are described with `Annotated[..., Field(...)]`; one named `context` is not an argument but the
    `ToolContext` of the call. An argument whose name Python or pydantic keeps for itself is declared with an
    underscore behind it: `from_` is `from` to whoever calls. What the function returns must fit into JSON; it
    raises `ToolError` where good arguments cannot be served.
    """

    def declare(function: Callable[..., Any]) -> Tool:
        tool_name = name or function.__name__
        return Tool(
            name=tool_name,
            description=" ".join((function.__doc__ or "").split()),
            category=category,
            arguments_model=_arguments_model(tool_name, function),
            run=function,
            timeout_seconds=timeout_seconds,
            wants_context=_CONTEXT in inspect.signature(function).parameters,
        )

    return declare


def _arguments_model(tool_name: str, function: Callable[..., Any]) -> type[BaseModel]:
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {
        name: (
            _aliased(name, hints[name]),
            ... if parameter.default is parameter.empty else parameter.default,
        )
        for name, parameter in inspect.signature(function).parameters.items()
        if name != _CONTEXT
    }
    return create_model(f"{tool_name}_arguments", __config__=ConfigDict(extra="forbid"), **fields)


def _aliased(name: str, hint: Any) -> Any:
    return Annotated[hint, Field(alias=name.removesuffix("_"))] if name.endswith("_") else hint


class ToolRegistry:
    def __init__(self, tools: Iterable[Tool]) -> None:
        self._tools: dict[str, Tool] = {}
        for entry in tools:
            if entry.name in self._tools:
                raise ValueError(f"two tools are named {entry.name!r}")
            self._tools[entry.name] = entry

    @property
    def names(self) -> list[str]:
        """In the order of registration."""
        return list(self._tools)

    @property
    def tools(self) -> list[Tool]:
        return list(self._tools.values())

    def get(self, name: str) -> Tool:
        """Raises `ToolNotFoundError`."""
        try:
            return self._tools[name]
        except KeyError:
            raise ToolNotFoundError(name) from None

    def specs(self, names: Collection[str] | None = None) -> list[ToolSpec]:
        """The named tools as a model is told of them, all for None. A name that is no tool's is left out."""
        return [
            ToolSpec(name=entry.name, description=entry.description, parameters=entry.parameters)
            for entry in self._tools.values()
            if names is None or entry.name in names
        ]

    def validate(self, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments as `run` takes them. Raises `ToolNotFoundError` and `InvalidArgumentsError`."""
        model = self.get(name).arguments_model
        try:
            validated = model.model_validate(arguments)
        except ValidationError as error:
            raise InvalidArgumentsError(error.errors(include_url=False, include_input=False)) from None
        return {field: getattr(validated, field) for field in model.model_fields}

    def execute(self, name: str, arguments: Mapping[str, Any], context: ToolContext) -> ToolOutcome:
        """Validate and run; blocks. Raises what `validate` raises: a tool's own failure is an outcome."""
        keywords = self.validate(name, arguments)
        if self._tools[name].wants_context:
            keywords[_CONTEXT] = context
        run = self._tools[name].run
        started = time.perf_counter()
        try:
            result = run(**keywords)
        except ToolError as error:
            return ToolOutcome(success=False, duration_ms=_milliseconds_since(started), error=str(error))
        except Exception:
            _logger.exception("The tool failed unexpectedly", extra={"tool": name})
            reason = "The tool failed for a reason of its own."
            return ToolOutcome(success=False, duration_ms=_milliseconds_since(started), error=reason)
        return ToolOutcome(success=True, duration_ms=_milliseconds_since(started), result=result)


def _milliseconds_since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
