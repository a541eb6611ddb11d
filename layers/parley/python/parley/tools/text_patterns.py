"""Regular expressions and comparisons: what can take exponential time. Called in a child process."""

import difflib
import re
from typing import Any

from parley.tools.text_changes import lines_of
from parley.tools.types import ToolError


def replace_pattern(text: str, pattern: str, replacement: str) -> str:
    """`replacement` may refer to groups: \\1, \\g<name>. Raises `ToolError`."""
    compiled = _compiled(pattern)
    try:
        return compiled.sub(replacement, text)
    except (re.error, IndexError) as error:
        raise ToolError(f"The replacement is not valid: {error}.") from None


def find_pattern(text: str, pattern: str) -> list[Any]:
    """Each match, or where the pattern has groups the list of theirs. Raises `ToolError`."""
    compiled = _compiled(pattern)
    return [list(match.groups()) if compiled.groups else match[0] for match in compiled.finditer(text)]


def compare(text: str, other: str) -> str:
    """A unified diff, empty where the lines are the same."""
    before, after = lines_of(text), lines_of(other)
    return "\n".join(difflib.unified_diff(before, after, "text", "other", lineterm=""))


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except (re.error, OverflowError) as error:
        raise ToolError(f"The regular expression is not valid: {error}.") from None
