"""Invokes the plan's functions by name: what AWS's Lambda service is to its event sources."""

import asyncio
import json
import secrets
import time
from functools import partial
from typing import Any, Protocol

from infra.local.aws import AwsAccess
from infra.local.invocations import FunctionError, InvocationResult
from infra.local.launch import function_arn, worker_command, worker_environment
from infra.local.logs import LogPrinter
from infra.local.openapi_file import OpenApiFile
from infra.local.plan import Limits, Plan
from infra.local.pool import FunctionPool
from infra.local.reaper import Reaper
from infra.local.source_watch import SourceWatch
from infra.local.worker import Worker, WorkerSettings
from infra.topology import OPENAPI_FILE_SETTING, Function

REQUEST_TOO_LARGE = FunctionError(
    type="RequestEntityTooLargeException", message="The event is larger than a function may be given"
)


class Invoker(Protocol):
    async def invoke(
        self,
        function_name: str,
        event: Any,
        *,
        trace_id: str | None = None,
        tenant_id: str | None = None,
    ) -> InvocationResult: ...


def new_trace_id() -> str:
    """X-Ray's format; `Root=` and the like belong to the header, not to it."""
    return f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"


class LambdaService:
    """Belongs to one event loop. Workers are started when they are first needed."""

    def __init__(self, plan: Plan, aws: AwsAccess, logs: LogPrinter, reaper: Reaper | None = None) -> None:
        self._max_event_bytes = plan.limits.function_payload_bytes
        self._sources = SourceWatch(plan.sources, scan_seconds=plan.limits.source_scan_seconds)
        self._pools = {
            function.name: self._pool(plan.limits, _settings(plan, function, aws, logs, reaper))
            for function in plan.functions
        }

    async def invoke(
        self,
        function_name: str,
        event: Any,
        *,
        trace_id: str | None = None,
        tenant_id: str | None = None,
    ) -> InvocationResult:
        """`event` is what JSON can hold. If the caller is cancelled, the function runs on.

        Throttling and an event that is too large are `FunctionError`s too, with AWS's types.
        """
        payload = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        if len(payload) > self._max_event_bytes:
            return REQUEST_TOO_LARGE
        trace_header = f"Root={trace_id or new_trace_id()};Sampled=0"
        pool = self._pools[function_name]
        return await pool.invoke(payload, trace_id=trace_header, tenant_id=tenant_id)

    def kill(self) -> None:
        """Ends the workers without waiting for anything."""
        for pool in self._pools.values():
            pool.kill()

    async def close(self) -> None:
        await asyncio.gather(*(pool.close() for pool in self._pools.values()))

    def _pool(self, limits: Limits, settings: WorkerSettings) -> FunctionPool:
        isolated = settings.function.isolated
        return FunctionPool(
            partial(Worker, settings),
            concurrency=limits.concurrency,
            idle_seconds=limits.idle_worker_seconds,
            idle_workers=limits.idle_tenant_workers if isolated else limits.concurrency,
            is_stale=lambda worker: self._sources.last_change() > worker.started_at,
        )


def _settings(
    plan: Plan, function: Function, aws: AwsAccess, logs: LogPrinter, reaper: Reaper | None
) -> WorkerSettings:
    print_line = partial(logs.print, function.name)
    openapi_file = OpenApiFile(print_line)

    async def environment(runtime_api: str) -> dict[str, str]:
        told = {OPENAPI_FILE_SETTING: str(await openapi_file.path())} if function.openapi_document else {}
        return worker_environment(plan, function, aws, runtime_api=runtime_api) | told

    return WorkerSettings(
        function=function,
        arn=function_arn(function, aws),
        command=worker_command(function, plan.settings),
        environment=environment,
        folder=plan.root,
        limits=plan.limits,
        print_line=print_line,
        reaper=reaper,
    )
