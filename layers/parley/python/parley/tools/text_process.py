"""The `text_process` tool."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from parley.tools.registry import tool
from parley.tools.types import ToolCategory

MAX_TEXT_CHARACTERS = 200_000

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

# What models and people write unasked; the schema names one word for each.
_SYNONYMS = {
    "uppercase": "upper",
    "to_upper": "upper",
    "lowercase": "lower",
    "to_lower": "lower",
    "title_case": "title",
    "strip": "trim",
    "word_count": "statistics",
    "count_words": "statistics",
    "stats": "statistics",
    "slug": "slugify",
    "find": "regex_find",
    "sort": "sort_lines",
    "unique": "unique_lines",
    "deduplicate": "unique_lines",
    "html_encode": "html_escape",
    "html_decode": "html_unescape",
}


def _in_our_words(operation: Any) -> Any:
    return _SYNONYMS.get(operation, operation) if isinstance(operation, str) else operation


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


@tool(category=ToolCategory.DATA, timeout_seconds=10)
def text_process(
    text: Text,
    operation: Annotated[Operation, BeforeValidator(_in_our_words)],
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
    from parley.tools.text_operations import process

    result = process(
        text,
        operation,
        find=find,
        replace_with=replace_with,
        separator=separator,
        other=other,
        length=length,
    )
    return {"result": result, "count": len(result)} if isinstance(result, list) else {"result": result}
