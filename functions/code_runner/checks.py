"""Finds what is wrong with a program without running it: its syntax, and its names by pyflakes."""

import ast
import warnings
from typing import TYPE_CHECKING, Any

from functions.code_runner.programs import FILE_NAME

if TYPE_CHECKING:
    from pyflakes.messages import Message

_MAX_PROBLEMS = 100
# What stops a program as soon as the line is reached; the rest is doubtful at most.
_FATAL = frozenset({"UndefinedName", "UndefinedLocal", "ForwardAnnotationSyntaxError"})


def check_program(source: str) -> list[dict[str, Any]]:
    """Problems in the order of their lines; lines and columns count from 1."""
    with warnings.catch_warnings(record=True) as doubts:
        warnings.simplefilter("always")
        try:
            tree = ast.parse(source, FILE_NAME)
            compile(source, FILE_NAME, "exec", dont_inherit=True)  # finds more, such as a stray `return`
        except SyntaxError as error:
            return [_problem(error.lineno, error.offset, error.msg, severity="error")]
        except (ValueError, RecursionError, MemoryError) as error:
            return [_problem(1, 1, str(error) or type(error).__name__, severity="error")]
    told = dict.fromkeys(
        (each.lineno, str(each.message)) for each in doubts
    )  # parser and compiler say the same
    problems = [_problem(line, 1, message, severity="warning") for line, message in told]
    problems += _problems_with_names(tree, source.splitlines())
    return sorted(problems, key=lambda each: (each["line"], each["column"]))[:_MAX_PROBLEMS]


def _problems_with_names(tree: ast.Module, lines: list[str]) -> list[dict[str, Any]]:
    from pyflakes.checker import Checker

    return [
        _problem(
            message.lineno,
            _column(message, lines),
            message.message % message.message_args,
            severity="error" if type(message).__name__ in _FATAL else "warning",
        )
        for message in Checker(tree, FILE_NAME).messages
    ]


def _column(message: "Message", lines: list[str]) -> int:
    """The tree counts bytes of UTF-8 from 0."""
    line = lines[message.lineno - 1] if message.lineno <= len(lines) else ""
    return len(line.encode()[: message.col].decode(errors="replace")) + 1


def _problem(line: int | None, column: int | None, message: str, *, severity: str) -> dict[str, Any]:
    return {"line": line or 1, "column": column or 1, "message": message, "severity": severity}
