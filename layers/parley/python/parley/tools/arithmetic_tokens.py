"""Cuts an arithmetic expression, as people type it, into tokens."""

import re
from fractions import Fraction
from typing import NamedTuple

from parley.tools.types import ToolError

MAX_POWER_OF_TEN = 1_000

_FULL_WIDTH_TO_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SIGNS = str.maketrans({"×": "*", "✕": "*", "·": "*", "⋅": "*", "÷": "/", "−": "-", "π": "pi", "τ": "tau"})
_SUPERSCRIPT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_SUPERSCRIPT_TO_ASCII = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

_FRACTION_AND_POWER = r"(?:\.\d*+)?(?:[eE][+-]?\d++)?"
_NUMBER = re.compile(rf"\d++{_FRACTION_AND_POWER}|\.\d++(?:[eE][+-]?\d++)?", re.ASCII)
_GROUPED_NUMBER = re.compile(rf"\d{{1,3}}(?:,\d{{3}})++(?![\d,]){_FRACTION_AND_POWER}", re.ASCII)
_NAME_OR_SIGN = re.compile(r"[A-Za-z_]\w*+|\*\*|//|[-+*/%^()!,]", re.ASCII)


class Token(NamedTuple):
    """`value` only for a number. The last token of an expression has no text."""

    text: str
    value: Fraction | None = None

    @property
    def is_name(self) -> bool:
        return self.text.isidentifier()


def tokenize(expression: str) -> list[Token]:
    """The tokens and an empty one behind them. Raises `ToolError` for what belongs to no arithmetic."""
    text = _normalise(expression)
    tokens: list[Token] = []
    in_call: list[bool] = []
    position = 0
    while position < len(text):
        # Between the brackets of a call a comma separates arguments; elsewhere it can only group digits.
        token, position = _read(text, position, grouped=not (in_call and in_call[-1]))
        if token.text == "(":
            in_call.append(bool(tokens) and tokens[-1].is_name)
        elif token.text == ")" and in_call:
            in_call.pop()
        tokens.append(token)
    return [*tokens, Token("")]


def _normalise(expression: str) -> str:
    text = _SUPERSCRIPT.sub(lambda digits: f"**{digits[0].translate(_SUPERSCRIPT_TO_ASCII)}", expression)
    text = text.translate(_FULL_WIDTH_TO_ASCII).translate(_SIGNS)
    return " ".join(text.split()).rstrip("=? ")


def _read(text: str, position: int, *, grouped: bool) -> tuple[Token, int]:
    while text[position] == " ":
        position += 1
    number = (grouped and _GROUPED_NUMBER.match(text, position)) or _NUMBER.match(text, position)
    if number:
        return Token(number[0], _value(number[0])), number.end()
    other = _NAME_OR_SIGN.match(text, position)
    if other:
        return Token(other[0]), other.end()
    raise ToolError(f"{text[position]!r} is not part of an arithmetic expression.")


def _value(number: str) -> Fraction:
    digits, _, power = number.replace(",", "").lower().partition("e")
    if power and abs(int(power)) > MAX_POWER_OF_TEN:
        raise ToolError(f"The number {number} is out of range.")
    return Fraction(digits.removesuffix(".")) * Fraction(10) ** int(power or 0)
