"""The functions and constants of an arithmetic expression: exact where they can be, and bounded in work."""

import math
from collections.abc import Callable
from fractions import Fraction

from parley.tools.types import ToolError

# Exact where it is a Fraction; a float once an irrational function has been applied.
type Number = Fraction | float

MAX_BITS = 10_000  # of a numerator or denominator: about 3,000 digits, microseconds of work
_MAX_COUNTED = 1_000  # factorial(1000) has 2,568 digits


def bounded(value: Number) -> Number:
    """The value, or a `ToolError` if it is no number or too long to go on with."""
    if isinstance(value, Fraction):
        if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
            raise ToolError("The result is too large.")
    elif math.isnan(value):
        raise ToolError("The result is not a number.")
    elif math.isinf(value):
        raise ToolError("The result is too large.")
    return value


def power(base: Number, exponent: Number) -> Number:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction):
        if exponent.denominator == 1:
            bits = max(base.numerator.bit_length(), base.denominator.bit_length()) - 1
            if bits * abs(exponent.numerator) > MAX_BITS:
                raise ToolError("The result is too large.")
            return Fraction(base**exponent.numerator)
        if exponent == Fraction(1, 2):
            return square_root(base)
    result: float | complex = float(base) ** float(exponent)
    if isinstance(result, complex):
        raise ToolError("A negative number has no real root of this kind.")
    return result


def square_root(value: Number) -> Number:
    if value < 0:
        raise ToolError("A negative number has no real square root.")
    if isinstance(value, Fraction):
        root = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
        if root * root == value:
            return root
    return math.sqrt(value)


def factorial(value: Number) -> Number:
    return Fraction(math.factorial(_count(value)))


def _whole(value: Number) -> int:
    if value != int(value):
        raise ToolError("A whole number is needed here.")
    return int(value)


def _count(value: Number) -> int:
    number = _whole(value)
    if not 0 <= number <= _MAX_COUNTED:
        raise ToolError(f"A whole number from 0 to {_MAX_COUNTED} is needed here.")
    return number


def _round(value: Number, places: Number = Fraction(0)) -> Number:
    """Half away from zero, as people round; Python rounds half to even."""
    digits = _whole(places)
    if abs(digits) > _MAX_COUNTED:
        raise ToolError("There are too many places to round to.")
    scale = Fraction(10) ** digits
    scaled = abs(Fraction(value)) * scale
    rounded = Fraction(math.floor(scaled + Fraction(1, 2))) / scale
    return rounded if value >= 0 else -rounded


def _logarithm(value: Number, base: Number = Fraction(10)) -> Number:
    if base == 10:
        return math.log10(value)
    return math.log2(value) if base == 2 else math.log(value) / math.log(base)


def _turning(function: Callable[[float], float]) -> Callable[[Number], Number]:
    """Zero where only the rounding of a multiple of pi keeps the result from it."""

    def turned(angle: Number) -> Number:
        radians = float(angle)
        result = function(radians)
        return Fraction(0) if abs(result) < 1e-15 and abs(radians) > 1 else result

    return turned


def _whole_numbers(function: Callable[..., int]) -> Callable[..., Number]:
    return lambda *values: Fraction(function(*map(_whole, values)))


def _counts(function: Callable[..., int]) -> Callable[..., Number]:
    return lambda *values: Fraction(function(*map(_count, values)))


def _real(function: Callable[..., float]) -> Callable[..., Number]:
    return lambda *values: function(*map(float, values))


def _total(*values: Number) -> Number:
    return sum(values, Fraction(0))


CONSTANTS: dict[str, Number] = {"pi": math.pi, "e": math.e, "tau": math.tau}

FUNCTIONS: dict[str, Callable[..., Number]] = {
    "abs": abs,
    "round": _round,
    "floor": lambda value: Fraction(math.floor(value)),
    "ceil": lambda value: Fraction(math.ceil(value)),
    "min": lambda first, *others: min((first, *others)),
    "max": lambda first, *others: max((first, *others)),
    "sum": _total,
    "mean": lambda first, *others: _total(first, *others) / (1 + len(others)),
    "sqrt": square_root,
    "cbrt": _real(math.cbrt),
    "pow": power,
    "exp": _real(math.exp),
    "ln": _real(math.log),
    "log": _logarithm,
    "log2": _real(math.log2),
    "log10": _real(math.log10),
    "sin": _turning(math.sin),
    "cos": _turning(math.cos),
    "tan": _turning(math.tan),
    "asin": _real(math.asin),
    "acos": _real(math.acos),
    "atan": _real(math.atan),
    "sinh": _real(math.sinh),
    "cosh": _real(math.cosh),
    "tanh": _real(math.tanh),
    "degrees": _real(math.degrees),
    "radians": _real(math.radians),
    "hypot": _real(math.hypot),
    "factorial": factorial,
    "gcd": _whole_numbers(math.gcd),
    "lcm": _whole_numbers(math.lcm),
    "comb": _counts(math.comb),
    "perm": _counts(math.perm),
}
