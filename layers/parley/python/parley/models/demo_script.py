"""Writes what the demo model will say in one round, whole, before the first word of it is sent."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from parley.models.demo_phrases import CHINESE, ENGLISH, Phrases
from parley.models.demo_wishes import Wishes, read_wishes
from parley.models.types import ChatTurn, ModelError, ModelRequest, ToolRequest

_WORD = re.compile(r"\s*\S+\s*")
# Chinese has no spaces: a word of ASCII, or two characters at a time.
_CHINESE_WORD = re.compile(r"[!-~]+\s*|[^!-~]{1,2}")
_LONG_WORDS = 420
_WORDS_BEFORE_FAILURE = 5
_QUOTE_CHARACTERS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """`failure` is raised after the words, which are then only the first few."""

    thinking: list[str]
    words: list[str]
    tool_requests: tuple[ToolRequest, ...] = ()
    failure: ModelError | None = None


def write_script(request: ModelRequest) -> Script:
    wishes = read_wishes(request)
    phrases = CHINESE if wishes.is_chinese else ENGLISH
    answers = _tool_answers(request.turns)
    thinking = _split(phrases.thinking, wishes) if request.thinking_enabled and not answers else []
    if wishes.fails_first:
        return Script(thinking=[], words=[], failure=ModelError(phrases.failure, type="model_rejected"))
    if wishes.fails:
        words = _split(_introduction(phrases, wishes), wishes)[:_WORDS_BEFORE_FAILURE]
        failure = ModelError(phrases.failure, type="model_stream_broken")
        return Script(thinking=thinking, words=words, failure=failure)
    requests = () if answers else _tool_requests(request, wishes)
    if requests:
        text = phrases.separator.join([_introduction(phrases, wishes), phrases.uses_tools]) + "\n\n"
        return Script(thinking=thinking, words=_split(text, wishes), tool_requests=requests)
    told = [_told(phrases, *answer) for answer in answers]
    sentences = told or [_introduction(phrases, wishes), *_excuses(phrases, wishes, request)]
    sentences += _remarks(phrases, wishes, is_plain=not answers)
    words = _split(phrases.separator.join(sentences), wishes)
    return Script(thinking=thinking, words=_lengthened(words, phrases, wishes))


def _split(text: str, wishes: Wishes) -> list[str]:
    return (_CHINESE_WORD if wishes.is_chinese else _WORD).findall(text)


def _introduction(phrases: Phrases, wishes: Wishes) -> str:
    return phrases.introduction_as.format(name=wishes.speaker) if wishes.speaker else phrases.introduction


def _tool_requests(request: ModelRequest, wishes: Wishes) -> tuple[ToolRequest, ...]:
    """All that the message needs, at once: the calls run in parallel."""
    enabled = {spec.name for spec in request.tools}
    calls: list[tuple[str, dict[str, str]]] = []
    if "calculator" in enabled:
        calls += [("calculator", {"expression": expression}) for expression in wishes.expressions]
    if "date_time" in enabled and wishes.wants_time:
        zone = {"timezone": wishes.time_zone} if wishes.time_zone else {}
        calls.append(("date_time", {"operation": "now", **zone}))
    return tuple(
        ToolRequest(
            id=f"call_{len(request.turns)}_{index}",
            name=name,
            arguments=json.dumps(arguments, ensure_ascii=False),
        )
        for index, (name, arguments) in enumerate(calls)
    )


def _excuses(phrases: Phrases, wishes: Wishes, request: ModelRequest) -> list[str]:
    enabled = {spec.name for spec in request.tools}
    excuses: list[str] = []
    if wishes.expressions and "calculator" not in enabled:
        excuses.append(phrases.no_calculator.format(expressions=", ".join(wishes.expressions)))
    if wishes.wants_time and "date_time" not in enabled:
        excuses.append(phrases.no_clock)
    return excuses


def _remarks(phrases: Phrases, wishes: Wishes, *, is_plain: bool) -> list[str]:
    """The mentions asked for, and else a quote, in which nobody is mentioned."""
    if wishes.mentions:
        return [phrases.question.format(name=name) for name in wishes.mentions]
    text = " ".join(wishes.text.replace("@", "").replace("＠", "").split())
    if not is_plain or not text:
        return []
    quote = text if len(text) <= _QUOTE_CHARACTERS else text[:_QUOTE_CHARACTERS].rstrip() + "…"
    return [phrases.quote.format(quote=quote)]


def _lengthened(words: list[str], phrases: Phrases, wishes: Wishes) -> list[str]:
    if not wishes.wants_long:
        return words
    words = [*words, "\n\n"] if wishes.is_chinese else [*words[:-1], words[-1] + "\n\n"]
    filler = [word for sentence in phrases.filler for word in _split(sentence + phrases.separator, wishes)]
    rounds = -(-_LONG_WORDS // len(filler))
    return words + filler * rounds


def _tool_answers(turns: Sequence[ChatTurn]) -> list[tuple[ToolRequest, str]]:
    """The calls of the round before with what the tools said, in the order of the calls."""
    contents: dict[str | None, str] = {}
    asked: ChatTurn | None = None
    for turn in reversed(turns):
        if turn.role != "tool":
            asked = turn
            break
        contents[turn.tool_request_id] = turn.content
    if asked is None or not contents:
        return []
    return [(request, contents[request.id]) for request in asked.tool_requests if request.id in contents]


def _told(phrases: Phrases, request: ToolRequest, content: str) -> str:
    try:
        result = json.loads(content)
        if request.name == "calculator":
            return phrases.result.format(expression=result["expression"], result=result["result"])
        weekday = phrases.weekdays[date.fromisoformat(result["date"]).weekday()]
        return phrases.time.format(
            time=result["time"], date=result["date"], weekday=weekday, zone=result["timezone"]
        )
    except (ValueError, TypeError, KeyError):
        return phrases.tool_failed.format(name=request.name, reason=content)
