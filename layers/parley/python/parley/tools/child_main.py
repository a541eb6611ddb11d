"""The child's side of `child_calls`: one call, read from standard input, answered on standard output."""

import json
import resource
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any

from parley.tools.types import MAX_RESULT_BYTES, ToolError

_MAX_ERROR_CHARACTERS = 2_000  # it may quote what it was given


def main() -> None:
    call = json.load(sys.stdin.buffer)
    function = getattr(import_module(call["module"]), call["function"])
    _limit(cpu_seconds=call["cpu_seconds"], memory_bytes=call["memory_bytes"])
    sys.stdout.buffer.write(_answer(function, call["arguments"]))


def _limit(*, cpu_seconds: int, memory_bytes: int) -> None:
    """The processor's time too: the parent, which ends us, may itself be frozen or dead."""
    for name, limit in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # macOS knows no limit of the address space
            resource.setrlimit(name, (limit, limit))


def _answer(function: Any, arguments: Mapping[str, Any]) -> bytes:
    try:
        answer = _as_json({"result": function(**arguments)})
    except ToolError as error:
        return _as_json({"error": str(error)[:_MAX_ERROR_CHARACTERS]})
    except MemoryError:
        return _as_json({"error": "This needs more memory than there is; ask for less."})
    except RecursionError:
        return _as_json({"error": "This is nested too deeply."})
    if len(answer) > MAX_RESULT_BYTES:
        return _as_json({"error": "The result is too large; ask for less."})
    return answer


def _as_json(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode(errors="surrogatepass")
