"""What a message asks of the demo model, read from its words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parley.models.demo_arithmetic import find_expressions
from parley.models.types import ChatTurn, ModelRequest

_MAX_READ_CHARACTERS = 20_000

_CJK = re.compile("[\u3400-\u9fff]")
_TIME_QUESTION = re.compile(
    r"\bwhat(?:'s|\sis)?\s(?:the\s)?(?:current\s)?(?:time|date|day)\b|\btime\sis\sit\b|\bwhat\sday\b"
    r"|\b(?:current|present)\s(?:time|date)\b|\btoday's\sdate\b|\bwhich\sday\b|\btell\sme\sthe\s(?:time|date)\b"
    r"|几点|什么时间|什么时候了|(?:现在|当前)的?(?:时间|日期)|报时|星期几|周几|礼拜几|几月几|几号|(?:今天|日期)是"
    r"|今天的日期",
    re.IGNORECASE,
)
_TIME_ZONE = re.compile(r"\b[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?\b")
# Word boundaries of ASCII: in 请long一点 the word stands by itself.
_LONG = re.compile(r"\blong\b", re.IGNORECASE | re.ASCII)
_FAIL = re.compile(r"\bfail(?P<first>\s+first)?\b", re.IGNORECASE | re.ASCII)
# A name may hold spaces, so it ends where the sentence goes on or ends.
_ASK = re.compile(
    r"(?:\bask|问)\s*[@＠](?P<name>[^@＠\s][^@＠\n]{0,99}?)"
    r"(?=\s+(?:and|or|then|to|what|about|whether|if|for|how|why|who|when|where|please|ask)\b"
    r"|\s+[\u3400-\u9fff]|[.,;:!?](?:\s|$)|[，。；：！？、]|\s*(?:[@＠\n]|$))",
    re.IGNORECASE,
)
_NAME = re.compile(r"^You are (?!(?:an?|the) )(?P<name>[^\n@]+?)(?:[.,;:](?:\s.*)?)?\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """`speaker` is the agent's name in a room, else what a line `You are NAME` of the system prompt gives."""

    text: str
    is_chinese: bool
    expressions: tuple[str, ...]
    wants_time: bool
    time_zone: str | None
    wants_long: bool
    fails: bool
    fails_first: bool
    mentions: tuple[str, ...]
    speaker: str | None


def read_wishes(request: ModelRequest) -> Wishes:
    """The newest user's turn counts; in a room the question, for each agent that answers in its turn.

    But only the first of them fails where that is asked for, so that the next one can be seen to answer.
    """
    said_last = next((turn.content for turn in reversed(request.turns) if turn.role == "user"), "")
    question = said_last if request.question is None else request.question
    text = question[:_MAX_READ_CHARACTERS]
    speaker = request.speaker or _speaker(request.turns)
    failure = _FAIL.search(text) if said_last.endswith(question) else None
    zone = _TIME_ZONE.search(text)
    return Wishes(
        text=text,
        is_chinese=_CJK.search(text) is not None,
        expressions=find_expressions(text),
        wants_time=_TIME_QUESTION.search(text) is not None,
        time_zone=zone[0] if zone else None,
        wants_long=_LONG.search(text) is not None,
        fails=failure is not None,
        fails_first=failure is not None and failure["first"] is not None,
        mentions=_mentions(text, speaker),
        speaker=speaker,
    )


def _speaker(turns: Sequence[ChatTurn]) -> str | None:
    for turn in turns:
        match = _NAME.search(turn.content) if turn.role == "system" else None
        if match:
            return match["name"]
    return None


def _mentions(text: str, speaker: str | None) -> tuple[str, ...]:
    """Each once, and never oneself."""
    names = dict.fromkeys(match["name"].strip() for match in _ASK.finditer(text))
    return tuple(name for name in names if speaker is None or name.casefold() != speaker.casefold())
