"""The `calculator` tool."""

from typing import Annotated

from pydantic import Field

from parley.tools.arithmetic import evaluate
from parley.tools.numbers import presented
from parley.tools.registry import tool
from parley.tools.types import ToolCategory

MAX_EXPRESSION_CHARACTERS = 1_000


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
    return {"expression": expression, "result": presented(evaluate(expression))}
