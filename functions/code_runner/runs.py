"""One run: a fresh process, watched until it has ended or exceeds a limit, and nothing of it left behind."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from functions.code_runner.limits import Limits
from functions.code_runner.output import Capture
from functions.code_runner.processes import children, end_all
from functions.code_runner.scratch import overflows, scratch_folder
from functions.code_runner.time_zones import bundled_time_zones

type Operation = Literal["execute", "check"]
type Stop = Literal["timeout", "output", "files"]

_ROOT = Path(__file__).resolve().parents[2]
_START = (
    "import sys; sys.path.insert(0, {root!r}); from functions.code_runner.child import main; main({report})"
)
_PYTHON_FLAGS = ("-I", "-S", "-B", "-X", "utf8", "-c")
# Starting Python and confining it is not the program's time.
_START_SECONDS = 10.0
_LOOK_SECONDS = 0.05
_READ_BYTES = 64 * 1024


class SandboxError(Exception):
    """The process did not get as far as to the program."""


@dataclass(slots=True)
class Run:
    """How it went. `exit_code` is minus the signal where one ended it; `stopped` names the limit exceeded."""

    stdout: Capture
    stderr: Capture
    exit_code: int = 0
    duration_ms: int = 0
    stopped: Stop | None = None
    missing: list[str] = field(default_factory=list)
    """Confinements that this system does not have."""


def run(operation: Operation, source: str, limits: Limits, *, packages: list[str] | None = None) -> Run:
    """Raises `SandboxError`. `packages` are folders that a check imports from."""
    spared = children()
    reading, writing = _pipe()
    with scratch_folder() as scratch, reading, writing:
        request = {
            "operation": operation,
            "source": source,
            "limits": asdict(limits),
            "scratch": str(scratch),
            "packages": packages or [],
            "time_zones": bundled_time_zones(),
        }
        process = _start(request, writing.fileno())
        try:
            writing.close()  # the process has its own: once that is closed, the report is at its end
            return _Watch(process, reading, limits, scratch).until_it_ends()
        finally:
            end_all(process, spared=spared)
            _close_streams(process)


def _start(request: dict[str, Any], report_end: int) -> subprocess.Popen[bytes]:
    """The request stands in a file, so that nobody has to wait until it is read."""
    with tempfile.TemporaryFile() as file:
        file.write(json.dumps(request).encode())
        file.seek(0)
        return subprocess.Popen(  # noqa: S603 - no shell, and a program of our own
            [sys.executable, *_PYTHON_FLAGS, _START.format(root=str(_ROOT), report=report_end)],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={},
            pass_fds=(report_end,),
            start_new_session=True,
        )


class _Watch:
    def __init__(
        self, process: subprocess.Popen[bytes], report: IO[bytes], limits: Limits, scratch: Path
    ) -> None:
        self._process = process
        self._limits = limits
        self._scratch = scratch
        self._run = Run(stdout=Capture(limits.stream_bytes), stderr=Capture(limits.stream_bytes))
        self._selector = selectors.DefaultSelector()
        for stream, capture in ((process.stdout, self._run.stdout), (process.stderr, self._run.stderr)):
            assert stream is not None
            os.set_blocking(stream.fileno(), False)
            self._selector.register(stream, selectors.EVENT_READ, capture)
        self._report = report

    def until_it_ends(self) -> Run:
        with self._selector:
            self._run.missing = self._await_report()
            begin = time.monotonic()
            while self._process.poll() is None and self._run.stopped is None:
                self._read(_LOOK_SECONDS)
                self._run.stopped = self._exceeded(begin)
            if self._run.stopped is None:
                self._read_rest()
            self._run.exit_code = -signal.SIGKILL if self._run.stopped else self._process.wait()
            self._run.duration_ms = round((time.monotonic() - begin) * 1000)
        return self._run

    def _await_report(self) -> list[str]:
        """Returns what the process tells of its confinement as its last act before the program."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._report, selectors.EVENT_READ)
            told = self._report.read() if selector.select(_START_SECONDS) else b""
        if not told:
            self._read(0)
            raise SandboxError(f"the process did not start: {self._run.stderr.text()}")
        missing: list[str] = json.loads(told)
        return missing

    def _read(self, patience_seconds: float) -> bool:
        """False where nothing came in that time; returns at once when the process ends."""
        if not self._selector.get_map():  # it has closed both streams
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(patience_seconds)
            return False
        came = False
        for key, _ in self._selector.select(patience_seconds):
            data = os.read(key.fd, _READ_BYTES)
            came = came or bool(data)
            if data:
                key.data.feed(data)
            else:
                self._selector.unregister(key.fileobj)
        return came

    def _read_rest(self) -> None:
        """What the pipes still hold; a process that has escaped may keep them open for ever."""
        while self._selector.get_map() and self._read(0):
            pass

    def _exceeded(self, begin: float) -> Stop | None:
        if time.monotonic() - begin >= self._limits.seconds:
            return "timeout"
        if self._run.stdout.total_bytes + self._run.stderr.total_bytes > self._limits.output_bytes:
            return "output"
        return "files" if overflows(self._scratch, self._limits) else None


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb", buffering=0), os.fdopen(writing, "wb", buffering=0)


def _close_streams(process: subprocess.Popen[bytes]) -> None:
    stream: IO[bytes] | None
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
