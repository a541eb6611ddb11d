"""Finds who does an operation on a text: these modules, or a child process where it could take long."""

from typing import Any

from parley.tools.child_calls import call_in_child
from parley.tools.text_changes import CHANGES, lines_of, truncated
from parley.tools.text_findings import FINDINGS
from parley.tools.types import MAX_RESULT_BYTES, ToolError

SECONDS = 5.0

_PATTERNS = "parley.tools.text_patterns"
_NEED_FIND = {"count", "replace", "regex_replace", "regex_find"}


def process(
    text: str, operation: str, *, find: str, replace_with: str, separator: str, other: str, length: int
) -> Any:
    """A text, a number, a list or an object, as the operation has it. Raises `ToolError`."""
    if operation in _NEED_FIND and not find:
        raise ToolError(f"The operation {operation!r} needs 'find'.")
    match operation:
        case "truncate":
            return truncated(text, length)
        case "count":
            return text.count(find)
        case "replace":
            return _replaced(text, find, replace_with)
        case "split":
            return text.split(separator or None)
        case "join":
            return _replaced("\n".join(lines_of(text)), "\n", separator or " ")
        case "diff" | "regex_find" | "regex_replace":
            return _in_child(operation, text, find=find, replace_with=replace_with, other=other)
        case _:
            return (CHANGES | FINDINGS)[operation](text)


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
    return call_in_child(_PATTERNS, function, seconds=SECONDS, text=text, **arguments)
