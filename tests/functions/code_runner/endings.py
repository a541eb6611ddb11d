"""How the run of a hostile program ends."""

import signal
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Ending:
    """`says` is in one of the streams. An `exit_code` of None means that it does not matter.

    Whatever a program reaches that it must not, it tells by printing REACHED.
    """

    exit_code: int | None
    stopped: str | None = None
    says: str = ""
    seconds: float = 10


def ends(exit_code: int, says: str = "") -> Ending:
    return Ending(exit_code=exit_code, says=says)


def fails(says: str) -> Ending:
    """With a traceback, as any program does."""
    return Ending(exit_code=1, says=says)


FAILS = fails("PermissionError")
HARMLESS = Ending(exit_code=0, says="harmless")
ANY = Ending(exit_code=None)
STOPPED_BY_TIME = Ending(exit_code=-signal.SIGKILL, stopped="timeout", seconds=0.4)
STOPPED_BY_OUTPUT = Ending(exit_code=-signal.SIGKILL, stopped="output")
STOPPED_BY_FILES = Ending(exit_code=-signal.SIGKILL, stopped="files")
