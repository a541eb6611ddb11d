"""A gateway on real sockets, in a thread with its own event loop, before an invoker that a test scripts."""

import asyncio
import http.client
import json
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from infra.local.gateway import Gateway
from infra.local.invocations import BufferedResult, InvocationResult, StreamedResult
from infra.local.plan import Limits, Plan
from infra.local.ports import claim_port
from infra.local.server import gateway_server
from infra.topology import Function, Route
from parley.cors import CorsPolicy

FUNCTIONS = (
    Function(name="plain", memory_mb=256, timeout_seconds=3),
    Function(name="streaming", memory_mb=256, timeout_seconds=3, streaming=True),
)
ROUTES = (
    Route(method="GET", path="/plain", function="plain"),
    Route(method="POST", path="/plain", function="plain"),
    Route(method="POST", path="/streaming", function="streaming"),
)

type Behaviour = Callable[[Mapping[str, Any]], Awaitable[InvocationResult]]


class FakeInvoker:
    """Answers every function by `behaviour`, and remembers the events."""

    def __init__(self) -> None:
        self.events: list[Mapping[str, Any]] = []
        self.behaviour: Behaviour = respond(200, "ok")

    async def invoke(
        self, function_name: str, event: Mapping[str, Any], *, trace_id: str | None = None
    ) -> InvocationResult:
        self.events.append(event)
        return await self.behaviour(event)


class RunningGateway:
    def __init__(self, invoker: FakeInvoker) -> None:
        self.invoker = invoker
        self.log: list[str] = []
        self.port = 0

    def lines_about(self, response: http.client.HTTPResponse) -> str:
        """Everything logged about a request; waits for its last line, the access line."""
        request_id = response.headers["x-amzn-requestid"]
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            lines = [line for line in self.log if request_id in line]
            if any(" ms " in line for line in lines):
                return "\n".join(lines)
            time.sleep(0.01)
        raise AssertionError(f"There is no access line for {request_id}")


def respond(status: int, body: str, **fields: Any) -> Behaviour:
    payload = json.dumps({"statusCode": status, "body": body} | fields).encode()

    async def behaviour(_: Mapping[str, Any]) -> InvocationResult:
        return BufferedResult(payload=payload, content_type="application/json")

    return behaviour


def give(result: InvocationResult) -> Behaviour:
    async def behaviour(_: Mapping[str, Any]) -> InvocationResult:
        return result

    return behaviour


def stream(chunks: Callable[[], AsyncGenerator[bytes]], **prelude: Any) -> Behaviour:
    async def behaviour(_: Mapping[str, Any]) -> InvocationResult:
        return StreamedResult(prelude={"statusCode": 200} | prelude, chunks=chunks())

    return behaviour


@contextmanager
def running_gateway(limits: Limits, cors: CorsPolicy | None = None) -> Iterator[RunningGateway]:
    running = RunningGateway(FakeInvoker())
    plan = Plan(functions=FUNCTIONS, routes=ROUTES, tables=(), limits=limits, cors=cors or CorsPolicy())
    server = gateway_server(Gateway(plan, running.invoker, running.log.append))
    sockets = claim_port("127.0.0.1", 0)
    running.port = sockets[0].getsockname()[1]
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets)))
    thread.start()
    try:
        yield running
    finally:
        server.should_exit = True
        thread.join()
