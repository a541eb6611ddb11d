"""Answers a path in a JSON document: JSONPath, JMESPath, or plain steps. Called in a child process."""

import json
import re
from typing import Any, NoReturn

from parley.tools.types import ToolError

MAX_DEPTH = 100

_SHOWN_NAMES = 20
_SHOWN_CHARACTERS = 60
# Names joined by points, also those that JMESPath wants quoted, and numbers as indexes.
_PLAIN_PATH = re.compile(r"[\w$-]+(?:\.[\w$-]+)*")


def query_json(text: str, path: str) -> dict[str, Any]:
    """`matches` and `count` for JSONPath (it begins with $), else the `result`. Raises `ToolError`.

    Where nothing is found, a `hint` tells what there is.
    """
    document = _parsed(text)
    if path.startswith("$"):
        matches = _json_path(document, path)
        answer: dict[str, Any] = {"matches": matches, "count": len(matches)}
        found = bool(matches)
    else:
        result = _jmes_path(document, path)
        answer = {"result": result}
        found = result is not None
    _check(answer, MAX_DEPTH + 1)
    return answer if found else answer | {"hint": f"There is nothing, or null. {_described(document)}"}


def _parsed(text: str) -> Any:
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except ValueError as error:
        raise ToolError(f"The JSON is not valid: {error}.") from None
    _check([document], MAX_DEPTH)
    return document


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _check(value: Any, levels: int) -> None:
    """Bounds the recursion of whoever reads the answer; a JMESPath function may answer with an expression."""
    if levels < 0:
        raise ToolError(f"The JSON is nested deeper than {MAX_DEPTH} levels.")
    for child in value.values() if isinstance(value, dict) else value:
        if isinstance(child, dict | list):
            _check(child, levels - 1)
        elif child is not None and not isinstance(child, str | int | float):
            raise ToolError("The path answers with something that is no JSON value.")


def _json_path(document: Any, path: str) -> list[Any]:
    """RFC 9535."""
    import jsonpath

    try:
        return list(jsonpath.findall(path, document))
    except (jsonpath.JSONPathError, TypeError, ValueError) as error:  # also for [1e9], count(@)
        raise ToolError(f"The path is not valid JSONPath: {_one_line(error)}.") from None


def _jmes_path(document: Any, path: str) -> Any:
    import jmespath  # type: ignore[import-untyped]  # its stubs are not among the dependencies
    from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]

    path = path.removeprefix(".") or "@"  # as jq begins a path
    try:
        return jmespath.search(path, document)
    except JMESPathError as error:
        if _PLAIN_PATH.fullmatch(path):
            return _walked(document, path.split("."))
        raise ToolError(f"The path is not valid JMESPath: {_one_line(error)}.") from None
    except (TypeError, ValueError) as error:  # where a function does not check what it is given
        raise ToolError(f"The path does not fit the document: {_one_line(error)}.") from None


def _walked(value: Any, steps: list[str]) -> Any:
    for step in steps:
        if isinstance(value, dict):
            value = value.get(step)
        elif (
            isinstance(value, list) and step.lstrip("-").isdecimal() and -len(value) <= int(step) < len(value)
        ):
            value = value[int(step)]
        else:
            return None
    return value


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")


def _described(document: Any) -> str:
    if isinstance(document, dict):
        names = [name[:_SHOWN_CHARACTERS] for name in list(document)[:_SHOWN_NAMES]]
        shown = ", ".join(json.dumps(name, ensure_ascii=False) for name in names)
        more = len(document) - len(names)
        return f"The document is an object with {shown or 'nothing'}" + (
            f" and {more} more." if more else "."
        )
    if isinstance(document, list):
        return f"The document is an array of {len(document)}."
    return "The document is neither an object nor an array."
