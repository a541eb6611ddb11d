"""Real worker processes under the real runtimes, each with a Runtime API of its own."""

import asyncio
import base64
import itertools
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from infra.local.invocations import FunctionError, Invocation, InvocationResult, StreamedResult
from infra.local.runtime_api import RuntimeApi
from tests.streaming.control import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]
BOOTSTRAP = ROOT / "layers" / "streaming" / "streaming-bootstrap"

STREAMING_RUNTIMES = {
    "awslambdaric": [str(BOOTSTRAP), sys.executable, "/var/runtime/bootstrap.py"],
    "plain": [sys.executable, "-m", "infra.local.plain_runtime", "--streaming"],
}
BUFFERED_RUNTIMES = {
    "awslambdaric": [sys.executable, "-m", "awslambdaric"],
    "plain": [sys.executable, "-m", "infra.local.plain_runtime"],
}
if sys.platform != "linux":
    del STREAMING_RUNTIMES["awslambdaric"], BUFFERED_RUNTIMES["awslambdaric"]


class Worker:
    """One process; its output is read all the time, so that it never waits for us."""

    def __init__(self, api: RuntimeApi, process: asyncio.subprocess.Process) -> None:
        self.api = api
        self.process = process
        self.last_request_id = ""
        self._ids = itertools.count(1)
        self._log = bytearray()
        self._logged = asyncio.Event()
        self._reading = asyncio.create_task(self._read_log())

    async def invoke(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> InvocationResult:
        """Waits until the worker is free, then invokes it with API Gateway's proxy event."""
        event = {
            "resource": "/{proxy+}",
            "path": path,
            "httpMethod": method,
            "headers": dict(headers or {}),
            "requestContext": {"identity": {"sourceIp": "127.0.0.1"}},
            "body": base64.b64encode(body).decode() if body is not None else None,
            "isBase64Encoded": body is not None,
        }
        return await self.invoke_with(event)

    async def invoke_with(self, event: Any) -> InvocationResult:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.api.finished()
        self.last_request_id = f"request-{next(self._ids)}"
        return await self.api.invoke(
            Invocation(
                request_id=self.last_request_id,
                event=json.dumps(event).encode(),
                deadline_epoch_ms=int(time.time() * 1000) + 60_000,
                function_arn="arn:aws:lambda:eu-west-1:123456789012:function:streams",
                trace_id="Root=1-5759e988-bd862e3fe1be46a994272793",
            )
        )

    async def logged(self, text: str) -> None:
        """Returns when the worker has written `text`."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while text.encode() not in self._log:
                self._logged.clear()
                await self._logged.wait()

    def log(self) -> str:
        return self._log.decode(errors="replace")

    async def ended(self) -> int:
        return await self.process.wait()

    async def stop(self) -> None:
        self.api.worker_gone(FunctionError(type="Test.Stopped", message="The test is over"))
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._reading
        await self.api.close()

    async def _read_log(self) -> None:
        assert self.process.stdout is not None
        while data := await self.process.stdout.read(65536):
            self._log += data
            self._logged.set()


@asynccontextmanager
async def running_worker(command: Sequence[str], handler: str) -> AsyncIterator[Worker]:
    api = RuntimeApi()
    address = await api.start()
    arguments = [f"tests.streaming.{handler}"] if "awslambdaric" in command else []
    process = await asyncio.create_subprocess_exec(
        *command,
        *arguments,
        env={
            "PATH": os.environ["PATH"],
            "AWS_LAMBDA_RUNTIME_API": address,
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_LAMBDA_FUNCTION_NAME": "streams",
            "_HANDLER": f"tests.streaming.{handler}",
            "PYTHONWARNINGS": "error",
        },
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    worker = Worker(api, process)
    try:
        yield worker
    finally:
        await worker.stop()


async def payload_of(result: InvocationResult) -> bytes:
    assert isinstance(result, StreamedResult), result
    return b"".join([chunk async for chunk in result.chunks])
