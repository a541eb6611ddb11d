"""The `json_query` tool."""

import json
from typing import Annotated, Any

from pydantic import Field

from parley.tools.child_calls import call_in_child
from parley.tools.registry import tool
from parley.tools.types import ToolCategory, ToolError

MAX_JSON_CHARACTERS = 1_000_000
MAX_PATH_CHARACTERS = 1_000

_SECONDS = 5.0

Json = Annotated[Any, Field(description="The document: JSON as a text, or as it is.")]
Path = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_PATH_CHARACTERS,
        description="$.items[?@.price < 10].name in JSONPath, items[?price < `10`].name in JMESPath.",
    ),
]


@tool(category=ToolCategory.DATA, timeout_seconds=_SECONDS + 5)
def json_query(json_: Json, path: Path) -> dict[str, Any]:
    """Query a JSON document. A path that begins with $ is JSONPath (RFC 9535) and answers with a list of
    matches and their count; any other is JMESPath and answers with one result, also by functions (sum,
    length, keys, sort_by); plain steps such as items.0.name work too.
    """
    text = json_ if isinstance(json_, str) else _written(json_)
    if len(text) > MAX_JSON_CHARACTERS:
        raise ToolError(f"The document is too large: over {MAX_JSON_CHARACTERS:,} characters.")
    result: dict[str, Any] = call_in_child(
        "parley.tools.json_paths", "query_json", seconds=_SECONDS, text=text, path=path
    )
    return result


def _written(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        raise ToolError("The JSON is nested too deeply.") from None
