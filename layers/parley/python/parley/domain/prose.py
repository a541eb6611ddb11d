"""What a text says by itself: neither its code, in blocks or in lines, nor the addresses in it."""

import re
from collections.abc import Iterator

# In place of what is hidden: no letter, no space, and in no name.
HIDDEN = "\0"

# Source: https://spec.commonmark.org/0.31.2/#fenced-code-blocks, also in quotes and in lists.
_FENCE = re.compile(r"[ \t>]*(?P<fence>`{3,}|~{3,})(?P<info>.*)")
_BACKTICKS = re.compile("`+")
# Of an address only the part that may hold an `@`. It ends with ASCII: Chinese goes on without a space.
_ADDRESS = re.compile(r"(?:://|\bwww\.|\.[A-Za-z]{2,24}(?::\d{1,5})?/)[!#-;=?-Z\\^_a-z|~]*", re.IGNORECASE)


def prose_lines(text: str) -> Iterator[str]:
    """Its lines with `HIDDEN` in place of code and addresses. Takes time in proportion to its length."""
    for paragraph in _paragraphs(text):
        yield from _ADDRESS.sub(HIDDEN, _without_code_spans(paragraph)).split("\n")


def _paragraphs(text: str) -> Iterator[str]:
    """A code block ends a paragraph and is in none; one that is never closed goes on to the end."""
    lines: list[str] = []
    fence: str | None = None
    for line in text.splitlines():
        found = _FENCE.match(line)
        if fence is not None:
            if found and found["fence"].startswith(fence) and not found["info"].strip():
                fence = None
            continue
        if found and not (found["fence"][0] == "`" and "`" in found["info"]):
            fence = found["fence"]
        elif line.strip():
            lines.append(line)
            continue
        if lines:
            yield "\n".join(lines)
            lines = []
    yield "\n".join(lines)


def _without_code_spans(paragraph: str) -> str:
    """A span begins and ends with equally many backticks, whatever other runs of them lie in between."""
    runs = list(_BACKTICKS.finditer(paragraph))
    pieces: list[str] = []
    shown_from = index = 0
    ends = _ends_of_spans(runs)
    while index < len(runs):
        end = ends[index]
        if end is not None:
            pieces += [paragraph[shown_from : runs[index].start()], HIDDEN]
            shown_from = runs[end].end()
            index = end
        index += 1
    return "".join([*pieces, paragraph[shown_from:]])


def _ends_of_spans(runs: list[re.Match[str]]) -> list[int | None]:
    """For each run of backticks the next one of its length."""
    ends: list[int | None] = [None] * len(runs)
    next_of_length: dict[int, int] = {}
    for index in range(len(runs) - 1, -1, -1):
        length = len(runs[index][0])
        ends[index] = next_of_length.get(length)
        next_of_length[length] = index
    return ends
