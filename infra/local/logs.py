"""What functions and gateway say, as lines on standard output, each with the name of whoever said it."""

import codecs
import sys
from collections.abc import Callable, Iterable
from typing import TextIO

_MAX_LINE_CHARACTERS = 256 * 1024


class LogPrinter:
    """Writes `name | line`, the names padded to one width. A closed output is no reason to stop."""

    def __init__(self, names: Iterable[str], output: TextIO | None = None) -> None:
        self._width = max((len(name) for name in names), default=0)
        self._output = output or sys.stdout

    def print(self, name: str, line: str) -> None:
        try:
            self._output.write(f"{name:<{self._width}} | {line}\n")
            self._output.flush()
        except (OSError, ValueError):
            pass


class LineSplitter:
    """Makes lines of the bytes that arrive from a pipe.

    A carriage return ends a line as well: awslambdaric puts it between the lines of a traceback, so that
    CloudWatch keeps them together. A line without an end is given out in pieces of 256 K characters.
    """

    def __init__(self, emit: Callable[[str], None]) -> None:
        self._emit = emit
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._rest = ""

    def feed(self, data: bytes, *, final: bool = False) -> None:
        text = self._rest + self._decoder.decode(data, final).replace("\r", "\n")
        *lines, self._rest = text.split("\n")
        if final or len(self._rest) > _MAX_LINE_CHARACTERS:
            lines.append(self._rest)
            self._rest = ""
        for line in lines:
            if line.strip():
                self._emit(line)
