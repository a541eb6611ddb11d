"""What a child process is asked to do in tests, most of it evil."""

import os
import re
import signal
import time
from pathlib import Path
from typing import Any

from parley.tools.types import ToolError


def echo(value: Any) -> Any:
    return value


def refuse(reason: str = "not today") -> None:
    raise ToolError(reason)


def backtrack() -> bool:
    return re.fullmatch("(a+)+b", "a" * 60) is not None


def fill_memory() -> int:
    return len(b"x" * 2**30)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def write_file(path: str) -> None:
    try:
        Path(path).write_bytes(b"x")
    except OSError as error:
        raise ToolError(repr(error)) from None


def environment() -> dict[str, str]:
    return dict(os.environ)


def repeat(times: int) -> str:
    return "x" * times


def nest() -> list[Any]:
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]
    return nested


def work() -> list[float]:
    """When it began and ended, on the clock that all processes share."""
    began = time.monotonic()
    while time.monotonic() < began + 0.05:
        pass
    return [began, time.monotonic()]


def break_down() -> float:
    return 1 / 0
