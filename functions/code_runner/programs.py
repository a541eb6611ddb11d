"""Runs a program the way Python runs a file, in a process that is confined already."""

import builtins
import linecache
import sys
from types import ModuleType
from typing import NoReturn

FILE_NAME = "main.py"


def run_program(source: str) -> None:
    """Returns when the program ends; an exception that it does not catch ends this process with status 1."""
    main = ModuleType("__main__")
    main.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = main
    sys.argv[:] = [FILE_NAME]
    # Tracebacks show the lines of a file that does not exist.
    linecache.cache[FILE_NAME] = (len(source), None, source.splitlines(keepends=True), FILE_NAME)
    try:
        exec(compile(source, FILE_NAME, "exec", dont_inherit=True), main.__dict__)  # noqa: S102 - the purpose
    except SystemExit:
        raise
    except BaseException as error:
        _die_of(error)


def _die_of(error: BaseException) -> NoReturn:
    """With the traceback that begins in the program; there is none for what does not compile."""
    frames = error.__traceback__.tb_next if error.__traceback__ else None
    hook = sys.excepthook  # the program may have set its own
    hook(type(error), error.with_traceback(frames), frames)
    sys.exit(1)
