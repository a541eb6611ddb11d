"""The `text_process` tool."""

from typing import Annotated, Any, Literal

from pydantic import Field

from parley.tools.child_calls import call_in_child
from parley.tools.registry import tool
from parley.tools.text_changes import CHANGES, lines_of, truncated
from parley.tools.text_findings import FINDINGS
from parley.tools.types import MAX_RESULT_BYTES, ToolCategory, ToolError

MAX_TEXT_CHARACTERS = 200_000

_SECONDS = 5.0
_PATTERNS = "parley.tools.text_patterns"

Operation = Literal[
    "statistics",
    "upper",
    "lower",
    "title",
    "capitalize",
    "trim",
    "collapse_whitespace",
    "reverse",
    "slugify",
    "truncate",
    "count",
    "replace",
    "regex_replace",
    "regex_find",
    "split",
    "join",
    "sort_lines",
    "unique_lines",
    "number_lines",
    "extract_emails",
    "extract_urls",
    "extract_numbers",
    "diff",
    "base64_encode",
    "base64_decode",
    "url_encode",
    "url_decode",
    "html_escape",
    "html_unescape",
    "sha256",
    "md5",
]
_NEED_FIND = {"count", "replace", "regex_replace", "regex_find"}

Text = Annotated[str, Field(max_length=MAX_TEXT_CHARACTERS)]
Find = Annotated[
    str, Field(max_length=1_000, description="What count and replace look for; the pattern of regex_…")
]
ReplaceWith = Annotated[
    str, Field(max_length=10_000, description="Of replace and regex_replace; the latter knows \\1.")
]
Separator = Annotated[
    str, Field(max_length=100, description="Of split (empty: white space) and join (empty: a space).")
]
Other = Annotated[str, Field(max_length=MAX_TEXT_CHARACTERS, description="What diff compares text with.")]
Length = Annotated[int, Field(ge=1, le=MAX_TEXT_CHARACTERS, description="Of truncate, in characters.")]


@tool(category=ToolCategory.DATA, timeout_seconds=_SECONDS + 5)
def text_process(
    text: Text,
    operation: Operation,
    *,
    find: Find = "",
    replace_with: ReplaceWith = "",
    separator: Separator = "",
    other: Other = "",
    length: Length = 100,
) -> dict[str, Any]:
    """Measure, change or search a text. statistics counts words (a Chinese character is one), characters,
    sentences, lines; regex_find lists the matches, or each one's groups, in Python's syntax; split lists the
    parts, join joins the lines; diff is unified; sha256 and md5 (a checksum only) are told in hex.
    """
    if operation in _NEED_FIND and not find:
        raise ToolError(f"The operation {operation!r} needs 'find'.")
    match operation:
        case "truncate":
            result: Any = truncated(text, length)
        case "count":
            result = text.count(find)
        case "replace":
            result = _replaced(text, find, replace_with)
        case "split":
            result = text.split(separator or None)
        case "join":
            result = _replaced("\n".join(lines_of(text)), "\n", separator or " ")
        case "diff" | "regex_find" | "regex_replace":
            result = _in_child(operation, text, find=find, replace_with=replace_with, other=other)
        case _:
            result = (CHANGES | FINDINGS)[operation](text)
    return {"result": result, "count": len(result)} if isinstance(result, list) else {"result": result}


def _replaced(text: str, find: str, replace_with: str) -> str:
    if len(text) + text.count(find) * (len(replace_with) - len(find)) > MAX_RESULT_BYTES:
        raise ToolError("The result is too large; ask for less.")
    return text.replace(find, replace_with)


def _in_child(operation: str, text: str, *, find: str, replace_with: str, other: str) -> Any:
    function, arguments = {
        "diff": ("compare", {"other": other}),
        "regex_find": ("find_pattern", {"pattern": find}),
        "regex_replace": ("replace_pattern", {"pattern": find, "replacement": replace_with}),
    }[operation]
    return call_in_child(_PATTERNS, function, seconds=_SECONDS, text=text, **arguments)
