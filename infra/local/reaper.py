"""A small process that kills the workers if the stack dies without having done so.

It reads `+pid` and `-pid` lines; at the end of its input it kills every process tree that is still named.
"""

import subprocess
import sys
from typing import IO, Self

from infra.local.processes import kill_tree


class Reaper:
    """The stack's end of the pipe."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @classmethod
    def start(cls) -> Self:
        # A session of its own, so that Ctrl-C in the terminal does not end it before the stack.
        command = [sys.executable, "-m", "infra.local.reaper"]
        return cls(subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True))  # noqa: S603

    def watch(self, pid: int) -> None:
        self._tell(f"+{pid}\n")

    def forget(self, pid: int) -> None:
        """To be called once the process is gone: its number may soon be another's."""
        self._tell(f"-{pid}\n")

    def stop(self) -> None:
        """Whatever is still watched dies. Waits for that."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()
        except OSError:
            pass  # without a reaper the workers still notice that the Runtime API is closed


def reap(orders: IO[str]) -> None:
    watched: set[int] = set()
    for order in orders:
        pid = int(order[1:])
        if order.startswith("+"):
            watched.add(pid)
        else:
            watched.discard(pid)
    for pid in watched:
        kill_tree(pid)


if __name__ == "__main__":
    reap(sys.stdin)
