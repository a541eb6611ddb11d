"""Reads out of a refusal how many tokens a model may be asked for."""

import re

_NAMED = re.compile(r"max_?tokens|maximum tokens|output tokens", re.IGNORECASE)
# "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000"
_CONTEXT = re.compile(r"(\d+) \+ (\d+) > (\d+)")
_STATUS = re.compile(r"answered \d{3}\b")
_NUMBER = re.compile(r"\d+")

# No model has a lower limit; smaller numbers are parts of its name.
_LEAST_TOKENS = 256
# Where the reason names no limit: every model of today can write as much.
_MODEST_TOKENS = 4096


def lower_token_limit(asked: int, reason: str) -> int | None:
    """The limit that the reason names, or a modest one; None where it speaks of something else.

    Of "max_tokens: 65536 > 8192, which is the maximum …" it is the highest number below what was asked for.
    """
    if not _NAMED.search(reason):
        return None
    if context := _CONTEXT.search(reason):
        room = int(context[3]) - int(context[1])
        return room if 0 < room < asked else None
    numbers = map(int, _NUMBER.findall(_STATUS.sub("", reason)))
    named = max((number for number in numbers if _LEAST_TOKENS <= number < asked), default=None)
    return named or (_MODEST_TOKENS if asked > _MODEST_TOKENS else None)
