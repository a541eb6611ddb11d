"""One worker: a process with its Runtime API, held to the function's limits while it runs something."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local.invocations import FunctionError, Invocation, InvocationResult
from infra.local.plan import Limits
from infra.local.reaper import Reaper
from infra.local.reports import Report, exit_error, init_timeout_error, memory_error, timeout_error
from infra.local.runtime_api import RuntimeApi
from infra.local.worker_process import WorkerProcess
from infra.topology import Function

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """How a function's workers are started; `environment` is given the Runtime API's address each time."""

    function: Function
    arn: str
    command: Sequence[str]
    environment: Callable[[str], Awaitable[Mapping[str, str]]]
    folder: Path
    limits: Limits
    print_line: Callable[[str], None]
    reaper: Reaper | None = None


class Worker:
    """Starts its process with the first invocation, and takes one invocation at a time.

    All of them are for `tenant_id`, where there is one.
    """

    def __init__(self, settings: WorkerSettings, tenant_id: str | None = None) -> None:
        self.tenant_id = tenant_id
        self.started_at = time.time()
        self._settings = settings
        self._runtime = RuntimeApi()
        self._process: WorkerProcess | None = None
        self._supervision: asyncio.Task[None] | None = None
        self._ended = False
        self._request_id = ""
        self._init_ms: float | None = None
        self._peak_bytes = 0

    @property
    def usable(self) -> bool:
        """Whether it can take a further invocation."""
        if self._ended or self._process is None or not self._process.running:
            return False
        return self._runtime.init_error is None

    async def invoke(self, event: bytes, *, request_id: str, trace_id: str) -> InvocationResult:
        """Returns with the answer, or as soon as a stream has begun."""
        self._request_id = request_id
        if self._process is None:
            try:
                await self._start()
            except OSError as error:
                return FunctionError(type="Runtime.InvalidEntrypoint", message=str(error))
        timeout_seconds = self._settings.function.timeout_seconds
        invocation = Invocation(
            request_id=request_id,
            event=event,
            deadline_epoch_ms=int((time.time() + timeout_seconds) * 1000),
            function_arn=self._settings.arn,
            trace_id=trace_id,
            tenant_id=self.tenant_id,
        )
        # Tasks begin in the order of their creation: there is an invocation when supervision looks for one.
        answer = asyncio.create_task(self._runtime.invoke(invocation))
        self._supervision = asyncio.create_task(self._supervise(timeout_seconds))
        return await answer

    async def finished(self) -> None:
        """Returns when the invocation is over, which may be long after its answer."""
        if self._supervision is not None:
            await self._supervision

    async def close(self) -> None:
        self._ended = True
        if self._process is not None:
            await self._process.close()
        await self._runtime.close()

    def kill(self, error: FunctionError) -> None:
        """Whatever is pending fails with `error`; does not wait for the process to end."""
        self._ended = True
        self._runtime.worker_gone(error)
        if self._process is not None:
            self._process.kill()

    async def _start(self) -> None:
        settings = self._settings
        address = await self._runtime.start()
        self.started_at = time.time()
        environment = await settings.environment(address)
        begin = time.monotonic()
        self._process = await WorkerProcess.start(
            settings.command,
            environment,
            settings.folder,
            print_line=settings.print_line,
            on_exit=self._on_exit,
        )
        if self._ended:
            self._process.kill()
        if settings.reaper is not None and self._process.running:
            settings.reaper.watch(self._process.pid)
        try:
            await asyncio.wait_for(self._runtime.initialised(), settings.limits.init_timeout_seconds)
        except TimeoutError:
            self._abort(init_timeout_error(self._request_id, settings.limits.init_timeout_seconds))
        self._init_ms = (time.monotonic() - begin) * 1000

    async def _supervise(self, timeout_seconds: float) -> None:
        begin = time.monotonic()
        deadline = begin + timeout_seconds
        while not await self._finishes_by(deadline):
            self._measure_memory()
            if error := self._exceeded(timeout_seconds, deadline):
                self._abort(error)
                break
        self._measure_memory()
        self._report((time.monotonic() - begin) * 1000)

    async def _finishes_by(self, deadline: float) -> bool:
        """Waits no longer than until the next look at the memory."""
        patience = min(deadline - time.monotonic(), self._settings.limits.memory_poll_seconds)
        try:
            await asyncio.wait_for(self._runtime.finished(), patience)
        except TimeoutError:
            return False
        return True

    def _exceeded(self, timeout_seconds: float, deadline: float) -> FunctionError | None:
        """The limit that the invocation is over by now, if it is."""
        if time.monotonic() >= deadline:
            return timeout_error(self._request_id, timeout_seconds)
        if self._peak_bytes > self._settings.function.memory_mb * _MEGABYTE:
            return memory_error(self._request_id)
        return None

    def _measure_memory(self) -> None:
        resident_bytes = self._process.resident_bytes() if self._process else None
        self._peak_bytes = max(self._peak_bytes, resident_bytes or 0)

    def _abort(self, error: FunctionError) -> None:
        self._settings.print_line(error.message)
        self.kill(error)

    def _report(self, duration_ms: float) -> None:
        report = Report(
            request_id=self._request_id,
            duration_ms=duration_ms,
            memory_mb=self._settings.function.memory_mb,
            max_memory_mb=self._peak_bytes // _MEGABYTE or None,
            init_ms=self._init_ms,
        )
        self._init_ms = None
        self._settings.print_line(str(report))

    def _on_exit(self, status: int) -> None:
        error = exit_error(self._request_id, status)
        if not self._ended:
            self._settings.print_line(f"{error.message} {error.type}")
        self._runtime.worker_gone(error)
        if self._settings.reaper is not None and self._process is not None:
            self._settings.reaper.forget(self._process.pid)
