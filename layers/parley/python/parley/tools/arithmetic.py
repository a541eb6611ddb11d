"""Evaluates arithmetic with a parser of its own: no `eval`, exact fractions, bounded depth and size."""

from collections.abc import Callable
from fractions import Fraction

from parley.tools.arithmetic_functions import CONSTANTS, FUNCTIONS, Number, bounded, factorial, power
from parley.tools.arithmetic_tokens import Token, tokenize
from parley.tools.types import ToolError

_MAX_DEPTH = 60

_SUMS: dict[str, Callable[[Number, Number], Number]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
}
_PRODUCTS: dict[str, Callable[[Number, Number], Number]] = {
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "//": lambda left, right: left // right,
    "%": lambda left, right: left % right,
}


def evaluate(expression: str) -> Number:
    """The value: a `Fraction` where it is exact, else a float. Raises `ToolError`."""
    try:
        return _Parser(tokenize(expression)).whole()
    except ZeroDivisionError:
        raise ToolError("Division by zero.") from None
    except OverflowError:
        raise ToolError("The result is too large.") from None
    except ValueError:
        raise ToolError("A function is not defined for its argument.") from None


class _Parser:
    """Recursive descent that computes as it goes: sum > product > sign > power > postfix > atom."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0

    def whole(self) -> Number:
        value = self._sum()
        if self._next.text:
            raise self._unexpected()
        return value

    @property
    def _next(self) -> Token:
        return self._tokens[self._position]

    def _take(self) -> Token:
        token = self._next
        self._position += 1
        return token

    def _accept(self, text: str) -> bool:
        if self._next.text != text:
            return False
        self._position += 1
        return True

    def _unexpected(self) -> ToolError:
        text = self._next.text
        return ToolError(f"{text!r} is not expected here." if text else "The expression ends too early.")

    def _sum(self) -> Number:
        value = self._product()
        while self._next.text in _SUMS:
            apply = _SUMS[self._take().text]
            value = bounded(apply(value, self._product()))
        return value

    def _product(self) -> Number:
        value = self._signed()
        while self._next.text in _PRODUCTS:
            apply = _PRODUCTS[self._take().text]
            value = bounded(apply(value, self._signed()))
        return value

    def _signed(self) -> Number:
        """-2 ** 2 is -4, as in mathematics."""
        sign = 1
        while self._next.text in _SUMS:
            sign = -sign if self._take().text == "-" else sign
        return sign * self._power()

    def _power(self) -> Number:
        base = self._postfix()
        if not (self._accept("**") or self._accept("^")):
            return base
        return bounded(power(base, self._nested(self._signed)))

    def _postfix(self) -> Number:
        value = self._atom()
        while True:
            if self._accept("!"):
                value = factorial(value)
            elif self._next.text == "%" and not self._operand_follows():
                self._take()
                value = value / 100
            else:
                return value

    def _operand_follows(self) -> bool:
        """`7 % 3` is a remainder, `7%` a percentage; `7% - 3` is read as the latter."""
        token = self._tokens[self._position + 1]
        return token.value is not None or token.is_name or token.text == "("

    def _atom(self) -> Number:
        if self._accept("("):
            value = self._nested(self._sum)
            self._expect_closing()
            return value
        if self._next.value is not None:
            return bounded(self._take().value or Fraction(0))
        if self._next.is_name:
            return self._named(self._take().text.lower())
        raise self._unexpected()

    def _named(self, name: str) -> Number:
        if not self._accept("("):
            if name in CONSTANTS:
                return CONSTANTS[name]
            raise ToolError(f"There is no constant named {name!r}.")
        arguments = [] if self._next.text == ")" else [self._nested(self._sum)]
        while self._accept(","):
            arguments.append(self._nested(self._sum))
        self._expect_closing()
        if name not in FUNCTIONS:
            raise ToolError(f"There is no function named {name!r}.")
        try:
            return bounded(FUNCTIONS[name](*arguments))
        except TypeError:
            raise ToolError(f"{name} does not take {len(arguments)} arguments.") from None

    def _nested(self, parse: Callable[[], Number]) -> Number:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise ToolError("The expression is nested too deeply.")
        value = parse()
        self._depth -= 1
        return value

    def _expect_closing(self) -> None:
        if not self._accept(")"):
            raise self._unexpected()
