"""How a computed number is told: JSON's readers are to lose nothing of it."""

from decimal import Context, Decimal
from fractions import Fraction

from parley.tools.arithmetic_functions import Number

MAX_SAFE_INTEGER = 2**53  # beyond it JavaScript's numbers have gaps

_SIGNIFICANT_DIGITS = 15  # what a double holds for certain
_ROUNDED = Context(prec=_SIGNIFICANT_DIGITS)


def presented(value: Number) -> str | int | float:
    """Rounded to 15 significant digits; long integers and extreme values become text."""
    if isinstance(value, Fraction) and value.denominator == 1:
        return value.numerator if abs(value.numerator) <= MAX_SAFE_INTEGER else str(value.numerator)
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
