"""Programs are read and not run; problems have places."""

from typing import Any

import pytest

from functions.code_runner.handler import handler


def problems_of(code: str) -> list[dict[str, Any]] | None:
    problems: list[dict[str, Any]] | None = handler({"operation": "check", "code": code}, None)["problems"]
    return problems


def test_a_good_program_has_no_problems_and_is_not_run() -> None:
    assert problems_of("import sys\nprint(sys.argv)\nraise SystemExit(1)\n") == []
    assert problems_of("") == []


def test_names_and_doubts_are_told_in_their_order_by_lines_and_characters() -> None:
    assert problems_of("import os\nprint('é', nothing)\nx = '\\d'\n") == [
        {"line": 1, "column": 1, "message": "'os' imported but unused", "severity": "warning"},
        {"line": 2, "column": 12, "message": "undefined name 'nothing'", "severity": "error"},
        {"line": 3, "column": 1, "message": "invalid escape sequence '\\d'", "severity": "warning"},
    ]


@pytest.mark.parametrize(
    ("code", "line", "column", "message"),
    [
        ("x = 1\ny = = 2", 2, 5, "invalid syntax"),
        ("return 1", 1, 1, "'return' outside function"),
        ("def f():\n  global x\n  nonlocal y\n", 3, 3, "no binding for nonlocal 'y' found"),
        ("print(1)\0", 1, 1, "source code string cannot contain null bytes"),
        ("print('\ud800')", 1, 1, "surrogates not allowed"),
        ("(" * 1000, 1, 200, "too many nested parentheses"),
    ],
)
def test_what_does_not_compile_is_one_error(code: str, line: int, column: int, message: str) -> None:
    [problem] = problems_of(code) or [{}]

    assert (problem["line"], problem["severity"]) == (line, "error")
    assert abs(problem["column"] - column) <= 1
    assert message in problem["message"]


def test_a_thousand_problems_are_cut_at_a_hundred() -> None:
    assert len(problems_of("\n".join(f"print(a{number})" for number in range(1000))) or []) == 100


@pytest.mark.parametrize(
    "code", ["x = " + "-" * 90_000 + "1", "x = " + "[" * 150 + "1" + " for _ in '1']" * 150]
)
def test_code_that_is_too_much_for_the_compiler_does_no_harm(code: str) -> None:
    """The answer is an error or that there is none; what counts is that there is a next one."""
    problems = problems_of(code)

    assert problems is None or isinstance(problems, list)
    assert problems_of("1 +") is not None
