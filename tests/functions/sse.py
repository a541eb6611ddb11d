"""Reads a whole event stream as strictly as the contract promises it."""

import json
import re
from dataclasses import dataclass
from typing import Any

_EVENT = re.compile(r"id: (\d+)\nevent: (\w+)\ndata: ([^\r\n]*)")


@dataclass(frozen=True)
class SseEvent:
    id: int
    name: str
    data: dict[str, Any]


def read_sse(text: str) -> list[SseEvent]:
    """Each event has its id, name and one line of data, in this order; comments are pings."""
    *blocks, rest = text.split("\n\n")
    assert rest == ""
    events = []
    for block in blocks:
        if block == ": ping":
            continue
        match = _EVENT.fullmatch(block)
        assert match, block
        events.append(SseEvent(int(match[1]), match[2], json.loads(match[3])))
    return events
