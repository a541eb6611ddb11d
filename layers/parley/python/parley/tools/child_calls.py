"""Calls our own code in a process of its own, where what a user's query or pattern costs can be bounded.

A thread cannot be stopped, and an evil regular expression holds the interpreter's lock; a process is ended by
the kernel. The code that runs there is the product's: a user's programs go to the code runner.
"""

import json
import logging
import os
import sys
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from parley.tools.types import ToolError

if TYPE_CHECKING:
    from subprocess import CompletedProcess

_logger = logging.getLogger(__name__)

_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from parley.tools.child_main import main; main()"
_MEMORY_MB = 256  # address space: the interpreter itself takes 20 to 60
# A model may call many tools at once, and a function of 1,024 MB has to hold all that they take.
_places = BoundedSemaphore(2)


def call_in_child(module: str, function: str, *, seconds: float, **arguments: Any) -> Any:
    """What the module's function returns. Arguments and result travel as JSON.

    The module is named, because only the child has to load it, which takes 40 to 150 ms. Raises the
    `ToolError` that the function raises, or one that says which limit it met.
    Blocks while two others are running.
    """
    call = {
        "module": module,
        "function": function,
        "arguments": arguments,
        "cpu_seconds": round(seconds) + 1,
        "memory_bytes": _MEMORY_MB * 2**20,
    }
    with _places:
        done = _run(json.dumps(call).encode(), seconds)
    if done.returncode < 0:
        raise ToolError("This needs more time or memory than there is; ask for less.")
    if done.returncode > 0:
        _logger.error("A child process failed", extra={"trace": done.stderr.decode(errors="replace")})
        raise RuntimeError("a child process failed")
    answer = json.loads(done.stdout)
    if "error" in answer:
        raise ToolError(answer["error"])
    return answer["result"]


def _run(call: bytes, seconds: float) -> "CompletedProcess[bytes]":
    import subprocess

    try:
        return subprocess.run(  # noqa: S603  # our own interpreter and program
            [sys.executable, "-I", "-S", "-c", _PROGRAM, *_import_path()],
            input=call,
            capture_output=True,
            timeout=seconds,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ToolError(f"This takes longer than {seconds:g} s; ask for less.") from None


def _import_path() -> list[str]:
    return [str(Path(entry).absolute()) for entry in sys.path]


def _environment() -> dict[str, str]:
    """Nothing of ours, but where Lambda's interpreter finds its libraries."""
    return {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
