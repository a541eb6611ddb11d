"""A worker of a Runtime API that speaks HTTP by hand, so that it can also speak it badly."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from infra.local.invocations import Invocation
from infra.local.runtime_api import RuntimeApi

PATIENCE_SECONDS = 30
INVOCATION = Invocation(
    request_id="r-1",
    event=b'{"a": 1}',
    deadline_epoch_ms=1234,
    function_arn="arn:aws:lambda:eu-west-1:123456789012:function:f",
    trace_id="Root=1",
)
PRELUDE = b'{"statusCode": 200}' + bytes(8)
CHUNKED = {"Transfer-Encoding": "chunked", "Lambda-Runtime-Function-Response-Mode": "streaming"}


class WorkerSide:
    def __init__(self, reader, writer):
        self._reader = reader
        self._writer = writer

    async def send(self, *parts):
        self._writer.write(b"".join(parts))
        await self._writer.drain()

    async def request(self, method, path, headers=None, body=b""):
        await self.begin(method, path, {"Content-Length": str(len(body)), **(headers or {})})
        await self.send(body)
        return await self.response()

    async def begin(self, method, path, headers):
        lines = [f"{method} /2018-06-01/runtime/{path} HTTP/1.1", "Host: api"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        await self.send("".join(f"{line}\r\n" for line in (*lines, "")).encode())

    async def chunk(self, data):
        await self.send(f"{len(data):x}\r\n".encode(), data, b"\r\n")

    async def response(self):
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {line.partition(": ")[0].lower(): line.partition(": ")[2] for line in head[1:] if line}
            body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        return int(head[0].split()[1]), headers, body

    async def close(self):
        self._writer.close()
        await self._writer.wait_closed()


@asynccontextmanager
async def running_api() -> AsyncIterator[tuple[RuntimeApi, str]]:
    api = RuntimeApi()
    address = await api.start()
    try:
        yield api, address
    finally:
        await api.close()


@asynccontextmanager
async def connection_to(address: str) -> AsyncIterator[WorkerSide]:
    worker = WorkerSide(*await asyncio.open_connection(*address.split(":")))
    yield worker
    await worker.close()
