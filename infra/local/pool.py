"""The workers of one function: idle ones are used again, more are started while all are busy.

A worker that has served a tenant serves no other one.
"""

import asyncio
import uuid
from collections.abc import Callable, Coroutine
from typing import Any

from infra.local.invocations import FunctionError, InvocationResult, StreamedResult
from infra.local.reports import THROTTLED
from infra.local.worker import Worker

_SETTLING_SECONDS = 0.05


class FunctionPool:
    """`make_worker` is given the tenant; `is_stale` says of an idle worker that it must not be used again.

    Of more than `idle_workers` the one that has been idle longest ends.
    """

    def __init__(
        self,
        make_worker: Callable[[str | None], Worker],
        *,
        concurrency: int,
        idle_seconds: float,
        idle_workers: int,
        is_stale: Callable[[Worker], bool] = lambda _: False,
    ) -> None:
        self._make_worker = make_worker
        self._concurrency = concurrency
        self._idle_seconds = idle_seconds
        self._idle_workers = idle_workers
        self._is_stale = is_stale
        self._idle: dict[Worker, asyncio.TimerHandle] = {}
        self._busy: set[Worker] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._settling: set[asyncio.Task[None]] = set()

    async def invoke(self, event: bytes, *, trace_id: str, tenant_id: str | None) -> InvocationResult:
        """The function runs on if the caller is cancelled, and a stream is then thrown away."""
        running = self._begin(self._run(event, trace_id, tenant_id))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            running.add_done_callback(self._discard)
            raise

    def kill(self) -> None:
        """Ends the processes without waiting for anything."""
        for worker in (*self._busy, *self._idle):
            worker.kill(FunctionError(type="Runtime.Shutdown", message="The local stack was stopped"))

    async def close(self) -> None:
        workers = (*self._busy, *self._idle)
        self.kill()
        for timer in self._idle.values():
            timer.cancel()
        while running := [task for task in self._tasks if not task.done()]:
            await asyncio.wait(running)
        await asyncio.gather(*(worker.close() for worker in workers))

    async def _run(self, event: bytes, trace_id: str, tenant_id: str | None) -> InvocationResult:
        worker = await self._take_worker(tenant_id)
        if worker is None:
            return THROTTLED
        result: InvocationResult | None = None
        try:
            result = await worker.invoke(event, request_id=str(uuid.uuid4()), trace_id=trace_id)
            return result
        finally:
            releasing = self._begin(self._release(worker))
            if not isinstance(result, StreamedResult):
                self._settling.add(releasing)
                releasing.add_done_callback(self._settling.discard)

    async def _take_worker(self, tenant_id: str | None) -> Worker | None:
        """None where the function is at its limit.

        A worker that has answered is given a moment to ask for more: who calls again at once shall not pay
        for another cold start.
        """
        worker = self._take_idle(tenant_id)
        if worker is None and self._settling:
            await asyncio.wait(self._settling, timeout=_SETTLING_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            worker = self._take_idle(tenant_id)
        if worker is None and len(self._busy) < self._concurrency:
            worker = self._make_worker(tenant_id)
        if worker is not None:
            self._busy.add(worker)
        return worker

    async def _release(self, worker: Worker) -> None:
        await worker.finished()
        self._busy.discard(worker)
        if worker.usable:
            loop = asyncio.get_running_loop()
            self._idle[worker] = loop.call_later(self._idle_seconds, self._retire, worker)
            if len(self._idle) > self._idle_workers:
                self._retire(next(iter(self._idle)))
        else:
            await worker.close()

    def _take_idle(self, tenant_id: str | None) -> Worker | None:
        """The tenant's that was used last, so that those beyond the need grow old."""
        for worker in reversed([worker for worker in self._idle if worker.tenant_id == tenant_id]):
            self._idle.pop(worker).cancel()
            if worker.usable and not self._is_stale(worker):
                return worker
            self._begin(worker.close())
        return None

    def _retire(self, worker: Worker) -> None:
        if timer := self._idle.pop(worker, None):
            timer.cancel()
        self._begin(worker.close())

    def _begin[T](self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _discard(self, running: asyncio.Task[InvocationResult]) -> None:
        if not running.cancelled() and running.exception() is None:
            result = running.result()
            if isinstance(result, StreamedResult):
                self._begin(result.chunks.aclose())
