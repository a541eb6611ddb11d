"""The `calculator` tool."""

from decimal import Context, Decimal
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from parley.tools.arithmetic import evaluate
from parley.tools.arithmetic_functions import Number
from parley.tools.registry import tool
from parley.tools.types import ToolCategory

MAX_EXPRESSION_CHARACTERS = 1_000

_SIGNIFICANT_DIGITS = 15  # what a double holds for certain
_ROUNDED = Context(prec=_SIGNIFICANT_DIGITS)
_MAX_SAFE_INTEGER = 2**53  # beyond it JavaScript's numbers have gaps


@tool(category=ToolCategory.DATA, timeout_seconds=5)
def calculator(
    expression: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_EXPRESSION_CHARACTERS,
            description="For example: (12.5 + 3) * 2^8, 15% * 80, sqrt(2) / ln(10), 20!",
        ),
    ],
) -> dict[str, str | int | float]:
    """Compute an arithmetic expression: + - * / // (floor) % (remainder, or percent after a number) ^ ! and
    parentheses; the constants pi, e, tau; the functions abs, round, floor, ceil, min, max, sum, mean, sqrt,
    cbrt, pow, exp, ln, log (base 10, or log(x, base)), log2, log10, sin, cos, tan, asin, acos, atan, sinh,
    cosh, tanh (radians), degrees, radians, hypot, factorial, gcd, lcm, comb, perm. Integers and decimals are
    exact.
    """
    return {"expression": expression, "result": _presented(evaluate(expression))}


def _presented(value: Number) -> str | int | float:
    """What JSON and its readers hold without loss: long integers and extreme values become text."""
    if isinstance(value, Fraction) and value.denominator == 1:
        return value.numerator if abs(value.numerator) <= _MAX_SAFE_INTEGER else str(value.numerator)
    rounded = _rounded(value)
    if rounded == rounded.to_integral_value() and abs(rounded) < 10**_SIGNIFICANT_DIGITS:
        return int(rounded)
    number = float(rounded)
    is_extreme = number == 0 or abs(number) == float("inf")
    return str(rounded.normalize()) if is_extreme else number


def _rounded(value: Number) -> Decimal:
    if isinstance(value, Fraction):
        return _ROUNDED.divide(Decimal(value.numerator), Decimal(value.denominator))
    return _ROUNDED.create_decimal(value)
