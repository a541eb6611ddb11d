"""The operating system's side of a worker: start, output, end."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from infra.local.logs import LineSplitter
from infra.local.processes import kill_tree, resident_bytes

_STANDARD_OUTPUT = 1
_STANDARD_ERROR = 2
# A process that escaped from its group may hold the pipes open for ever.
_LAST_OUTPUT_SECONDS = 0.5


class WorkerProcess(asyncio.SubprocessProtocol):
    """`on_exit` is called with the exit status, or minus the signal, as soon as the process has ended.

    asyncio's own `Process.wait` also waits for the pipes, which a child of the worker may hold open.
    """

    def __init__(self, *, print_line: Callable[[str], None], on_exit: Callable[[int], None]) -> None:
        self._lines = {stream: LineSplitter(print_line) for stream in (_STANDARD_OUTPUT, _STANDARD_ERROR)}
        self._on_exit = on_exit
        self._transport: asyncio.SubprocessTransport | None = None
        self._exited = asyncio.Event()
        self._pipes_closed = asyncio.Event()
        self.pid = 0

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        *,
        print_line: Callable[[str], None],
        on_exit: Callable[[int], None],
    ) -> Self:
        """In a process group of its own, so that whatever it starts ends with it."""
        _, process = await asyncio.get_running_loop().subprocess_exec(
            lambda: cls(print_line=print_line, on_exit=on_exit),
            *command,
            env=environment,
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        return process

    @property
    def running(self) -> bool:
        return not self._exited.is_set()

    def resident_bytes(self) -> int | None:
        """Of the process and all that it started; None where the system does not tell."""
        return resident_bytes(self.pid) if self.running else None

    def kill(self) -> None:
        if self.pid and self.running:
            kill_tree(self.pid)

    async def close(self) -> None:
        """Kills it if it runs, and prints what it said last."""
        self.kill()
        await self._exited.wait()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._pipes_closed.wait(), _LAST_OUTPUT_SECONDS)
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.SubprocessTransport)
        self._transport = transport
        self.pid = transport.get_pid()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._lines[fd].feed(data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:  # noqa: ARG002
        if lines := self._lines.get(fd):
            lines.feed(b"", final=True)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._pipes_closed.set()

    def process_exited(self) -> None:
        assert self._transport is not None
        self._exited.set()
        kill_tree(self.pid)  # children that it left behind in its group
        self._on_exit(self._transport.get_returncode() or 0)
