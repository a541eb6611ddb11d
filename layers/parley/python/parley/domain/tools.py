"""A tool as it is described to whoever may call it, and the names of those that the product brings."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

# Here, so that whoever only speaks of tools need not load them; the catalogue brings them in this order.
type ToolName = Literal[
    "web_search",
    "fetch_page",
    "crawl_batch",
    "execute_python",
    "check_python",
    "calculator",
    "text_process",
    "json_query",
    "csv_query",
    "date_time",
    "convert_units",
]

TOOL_NAMES: tuple[str, ...] = get_args(ToolName.__value__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSpec:
    """A tool as a model is told of it; `parameters` is a JSON Schema of type object."""

    name: str
    description: str
    parameters: dict[str, Any]
