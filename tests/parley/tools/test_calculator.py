import math
from contextlib import suppress

import pytest

from parley.tools.calculator import calculator
from parley.tools.registry import ToolRegistry
from parley.tools.types import ToolError


def compute(expression: str) -> object:
    result = calculator.run(expression=expression)
    assert result["expression"] == expression
    return result["result"]


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("2+2", 4),
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("0.1 + 0.2", 0.3),
        ("1/3", 0.333333333333333),
        ("7 // 2", 3),
        ("-7 // 2", -4),
        ("7 % 3", 1),
        ("-2 ^ 2", -4),
        ("2 ** 3 ** 2", 512),
        ("2 ^ -2", 0.25),
        ("1.5e3", 1500),
        (".5 + 5.", 5.5),
        ("2 - -3", 5),
        ("5!", 120),
        ("3! ^ 2", 36),
    ],
)
def test_arithmetic_is_what_people_expect(expression, result):
    assert compute(expression) == result


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("（１＋２）×３÷４", 2.25),
        ("3 − 1", 2),
        ("2·3⋅4", 24),
        ("3² + 10²³ - 10^23", 9),
        ("1,234,567.89 * 2", 2469135.78),
        ("12 * 12 =？", 144),
        ("2 * π", 6.28318530717959),
        ("２　＋　２", 4),
    ],
)
def test_expressions_are_read_as_people_type_them(expression, result):
    assert compute(expression) == result


@pytest.mark.parametrize(
    ("expression", "result"),
    [("50%", 0.5), ("15% * 80", 12), ("100 + 10% - 5", 95.1), ("7 % (3)", 1), ("7%3", 1)],
)
def test_a_percent_sign_before_an_operand_is_a_remainder_and_else_a_percentage(expression, result):
    assert compute(expression) == result


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("sqrt(16)", 4),
        ("sqrt(1/4)", 0.5),
        ("sqrt(2)", 1.4142135623731),
        ("4 ^ 0.5", 2),
        ("cbrt(-27)", -3),
        ("log(1000)", 3),
        ("log(8, 2)", 3),
        ("ln(e)", 1),
        ("exp(0)", 1),
        ("sin(pi)", 0),
        ("cos(pi)", -1),
        ("degrees(pi)", 180),
        ("round(2.5)", 3),
        ("round(-2.675, 2)", -2.68),
        ("floor(-1.5) + ceil(1.2)", 0),
        ("max(1,234) + min(3, 2, 1)", 235),
        ("max((1,234), 5)", 1234),
        ("gcd(12, 18) + lcm(4, 6)", 18),
        ("comb(5, 2) + perm(5, 2)", 30),
        ("mean(1, 2, 6) - sum(1, 1)", 1),
        ("ABS(-3)", 3),
    ],
)
def test_functions_are_exact_where_they_can_be(expression, result):
    assert compute(expression) == result


def test_integers_beyond_what_a_double_holds_are_told_in_full_as_text():
    assert compute("2^53") == 2**53
    assert compute("2^53 + 1") == str(2**53 + 1)
    assert compute("25!") == str(math.factorial(25))


def test_numbers_beyond_a_double_are_told_as_text():
    assert compute("10^400 + 0.5") == "1E+400"
    assert compute("10^-400") == "1E-400"


@pytest.mark.parametrize("expression", ["1/0", "1 % (2 - 2)", "0 ^ -1", "5 // 0", "mean(1) / sin(0)"])
def test_division_by_zero_is_said_in_these_words(expression):
    with pytest.raises(ToolError, match="Division by zero"):
        compute(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "9^9^9",
        "10^10^10",
        "1001!",
        "3!!!!",
        "exp(1000)",
        "1e1001",
        "1e99999999999",
        "2^10001",
        "round(1, 1e9)",
    ],
)
def test_what_would_take_long_is_refused_at_once(expression):
    with pytest.raises(ToolError):
        compute(expression)


@pytest.mark.parametrize(
    "expression", ["(" * 1000, "-" * 999 + "1", "2^" * 499 + "1", "abs(" * 200, "1!" + "!" * 900]
)
def test_deep_or_long_expressions_end_in_an_answer(expression):
    with suppress(ToolError):
        compute(expression)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("2 +", "ends too early"),
        ("(1", "ends too early"),
        ("2 2", "'2' is not expected"),
        ("2pi", "'pi' is not expected"),
        ("1,23", "',' is not expected"),
        ("two", "no constant named 'two'"),
        ("foo(1)", "no function named 'foo'"),
        ("abs(1, 2)", "does not take 2 arguments"),
        ("min()", "does not take 0 arguments"),
        ("__import__('os')", "not part of an arithmetic expression"),
        ("(1).real", "not part of"),
        ("sqrt(-1)", "no real square root"),
        ("(-8) ^ (1/3)", "no real root"),
        ("ln(0)", "not defined"),
        ("gcd(1.5, 2)", "whole number"),
        ("=", "ends too early"),
    ],
)
def test_what_is_no_arithmetic_is_refused_with_the_reason(expression, reason):
    with pytest.raises(ToolError, match=reason):
        compute(expression)


def test_the_length_of_an_expression_is_part_of_the_schema():
    registry = ToolRegistry([calculator])
    assert registry.get("calculator").parameters["properties"]["expression"]["maxLength"] == 1000
