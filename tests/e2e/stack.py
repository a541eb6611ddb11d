"""Starts the real local stack as a process of its own, and sees to it that it ends cleanly."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from infra.local.plan import physical_name
from infra.local.processes import process_tree

_PROJECT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60
_STOP_SECONDS = 30
# What a developer may have set; a test says what it wants in `extra_env`.
_NOT_INHERITED = ("AWS_", "PARLEY_")


class RunningStack:
    """`output` is the file with all that the stack has printed so far."""

    def __init__(self, process: subprocess.Popen[bytes], output: Path) -> None:
        self.process = process
        self.output = output
        self.url = ""

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            for line in self.output.read_text().splitlines():
                if line.startswith("Parley is ready at "):
                    self.url = line.split()[4]
                    return
            time.sleep(0.02)
        raise AssertionError(f"The stack did not become ready:\n{self.output.read_text()}")

    def worker_pids(self, function: str) -> list[int]:
        """The processes that run this function now (Linux only)."""
        wanted = f"AWS_LAMBDA_FUNCTION_NAME={physical_name(function)}".encode()
        return [pid for pid in process_tree(self.process.pid) if wanted in environment_of(pid)]

    def stop(self) -> None:
        """Raises `AssertionError` unless it ends by itself with status 0."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(_STOP_SECONDS)
        assert status == 0, f"The stack ended with status {status}:\n{self.output.read_text()}"


def environment_of(pid: int) -> list[bytes]:
    """`NAME=value` (Linux only)."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []  # it has just ended


@contextmanager
def started_stack(
    data_dir: Path,
    extra_env: Mapping[str, str] | None = None,
    arguments: Sequence[str] = (),
    *,
    module: str = "infra.local",
) -> Iterator[RunningStack]:
    """The process once it is ready. Whoever uses it may stop it; it is killed at the end if it still runs."""
    data_dir.mkdir(parents=True, exist_ok=True)
    output = data_dir / "output.log"
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(_NOT_INHERITED)
    } | dict(extra_env or {})
    command = [sys.executable, "-m", module, "--port", "0", "--data", str(data_dir), *arguments]
    with output.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=_PROJECT, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file
        )
    try:
        stack = RunningStack(process, output)
        stack.wait_until_ready()
        yield stack
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


@contextmanager
def running_stack(
    data_dir: Path,
    extra_env: Mapping[str, str] | None = None,
    arguments: Sequence[str] = (),
    *,
    module: str = "infra.local",
) -> Iterator[RunningStack]:
    """A stack with its data in `data_dir` and its output in `data_dir/output.log`.

    At the end it is stopped with SIGTERM and must end with status 0.
    """
    with started_stack(data_dir, extra_env, arguments, module=module) as stack:
        yield stack
        stack.stop()
