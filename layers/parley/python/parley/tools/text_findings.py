"""What a text contains: its measures, and the addresses and numbers in it. Each takes linear time."""

import re
from collections.abc import Callable
from itertools import pairwise
from math import isfinite
from typing import Any

from parley.tools.numbers import MAX_SAFE_INTEGER
from parley.tools.text_changes import lines_of

# Chinese characters and Japanese syllables count as words, as in editors; Hangul is written with spaces.
_CJK = (
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_WIDE_SIGNS = "\u3000-\u3004\u3008-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
_CJK_CHARACTER = re.compile(f"[{_CJK}]")
_BETWEEN_WORDS = re.compile(f"[{_CJK}{_WIDE_SIGNS}]")
_SENTENCE_END = re.compile(r"[.!?…]++(?=\s|$)|[。！？｡]++")

# Possessive, and begun only where a run begins: no text makes them go back and forth.
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}+@[\w-]++(?:\.[\w-]++)++", re.ASCII)
_URL = re.compile(r"https?://[\w\-.~:/?#\[\]@!$&'()*+,;=%]{1,2000}+", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(
    r"(?:(?<![\w)\]])[-−+])?"
    r"(?:(?:(?<![\d,])\d{1,3}(?:,\d{3})++(?![\d,])|\d++)(?:\.\d++)?|(?<![\w.])\.\d++)"
    r"(?:[eE][+-]?\d++)?+",
    re.ASCII,
)
_MAX_NUMBER_CHARACTERS = 1_000


def statistics(text: str) -> dict[str, int]:
    """`characters` are code points; a paragraph is what stands between empty lines."""
    lines = lines_of(text)
    has_text = [bool(line.strip()) for line in lines]
    cjk = len(_CJK_CHARACTER.findall(text))
    return {
        "characters": len(text),
        "characters_without_spaces": sum(map(len, text.split())),
        "words": cjk + sum(map(_has_letters, _BETWEEN_WORDS.sub(" ", text).split())),
        "cjk_characters": cjk,
        "sentences": sum(map(_has_letters, _SENTENCE_END.split(text))),
        "lines": len(lines) if text else 0,
        "paragraphs": sum(here and not before for before, here in pairwise([False, *has_text])),
        "utf8_bytes": len(text.encode()),
    }


def _has_letters(text: str) -> bool:
    return any(map(str.isalnum, text))


def _emails(text: str) -> list[str]:
    return list(dict.fromkeys(_EMAIL.findall(text)))


def _urls(text: str) -> list[str]:
    return list(dict.fromkeys(map(_without_the_sentence, _URL.findall(text))))


def _without_the_sentence(url: str) -> str:
    """The point, comma or bracket behind it belongs to the text around it."""
    while url[-1] in ".,;:!?'" or (url[-1] == ")" and url.count("(") < url.count(")")):
        url = url[:-1]
    return url


def _numbers(text: str) -> list[int | float | str]:
    return [_number(found) for found in _NUMBER.findall(text)]


def _number(text: str) -> int | float | str:
    """As it is written where JSON's readers would lose digits."""
    plain = text.replace(",", "").replace("−", "-")
    if len(plain) > _MAX_NUMBER_CHARACTERS:
        return plain
    if plain.lstrip("+-").isdecimal():
        return int(plain) if abs(int(plain)) <= MAX_SAFE_INTEGER else plain
    return float(plain) if isfinite(float(plain)) else plain


FINDINGS: dict[str, Callable[[str], Any]] = {
    "statistics": statistics,
    "extract_emails": _emails,
    "extract_urls": _urls,
    "extract_numbers": _numbers,
}
