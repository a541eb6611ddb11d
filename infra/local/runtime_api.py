"""The Lambda Runtime API for one worker process, as each sandbox has its own.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import asyncio

import h11

from infra.local.invocations import BufferedResult, FunctionError, Invocation, InvocationResult
from infra.local.running_invocation import RunningInvocation, reported_error
from infra.local.worker_connection import Headers, WorkerConnection, WorkerConnectionLostError
from infra.topology import MAX_FUNCTION_PAYLOAD_BYTES

_ROOT = "/2018-06-01/runtime/"
_TRUNCATED = FunctionError(
    type="Runtime.TruncatedResponse", message="The function ended without a whole answer"
)
_TOO_LARGE = FunctionError(
    type="Function.ResponseSizeTooLarge",
    message=(
        f"Response payload size exceeded maximum allowed payload size ({MAX_FUNCTION_PAYLOAD_BYTES} bytes)."
    ),
)


class RuntimeApi:
    """Serves one worker and takes one invocation at a time. Belongs to one event loop."""

    def __init__(self) -> None:
        self.init_error: FunctionError | None = None
        """What the worker reported before it took any invocation."""
        self._gone: FunctionError | None = None
        self._running: RunningInvocation | None = None
        self._queue: asyncio.Queue[RunningInvocation] = asyncio.Queue()
        self._idle = asyncio.Event()
        self._initialised = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._idle.set()

    async def start(self) -> str:
        """Returns the value for the worker's AWS_LAMBDA_RUNTIME_API."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        return f"{host}:{port}"

    async def close(self) -> None:
        """Whatever is pending fails."""
        self.worker_gone(FunctionError(type="Runtime.Shutdown", message="The runtime API was closed"))
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def invoke(self, invocation: Invocation) -> InvocationResult:
        """Returns when the function has answered: as soon as a stream's prelude is in.

        A streamed result must be read to its end or closed. If the caller is cancelled, the function runs on.
        """
        if (error := self._gone or self.init_error) is not None:
            return error
        if self._running is not None:
            raise RuntimeError("The worker has not finished its invocation")
        self._running = RunningInvocation(invocation)
        self._idle.clear()
        self._queue.put_nowait(self._running)
        return await self._running.answer()

    async def initialised(self) -> None:
        """Returns when the worker has asked for its first invocation, failed to, or is gone."""
        await self._initialised.wait()

    async def finished(self) -> None:
        """Returns when no invocation is under way: the worker has asked for the next one, or is gone.

        A stream's last byte, or a buffered answer, comes a moment earlier.
        """
        await self._idle.wait()

    def worker_gone(self, error: FunctionError) -> None:
        """Fails what is pending, and every later invocation, with `error`.

        To be called before the worker is killed: otherwise its closed connection may be noticed first, and a
        stream then ends as truncated instead of with the reason.
        """
        self._gone = self._gone or error
        self._initialised.set()
        self._end_running(error)

    def _end_running(self, error: FunctionError) -> None:
        if self._running is not None:
            self._running.fail(error)
            self._running = None
        self._idle.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        connection = WorkerConnection(reader, writer)
        try:
            while (request := await connection.request()) is not None:
                await self._answer(request, connection)
        except WorkerConnectionLostError:
            pass  # whoever manages the process says why
        except asyncio.CancelledError:
            connection.abort()
            raise
        finally:
            await connection.close()
            self._connections.discard(task)

    async def _answer(self, request: h11.Request, connection: WorkerConnection) -> None:
        path = request.target.decode("latin-1").removeprefix(_ROOT)
        match request.method, path.split("/"):
            case b"GET", ["invocation", "next"]:
                await self._hand_out_next(connection)
            case b"POST", ["invocation", request_id, "response"]:
                await self._take_response(request_id, request, connection)
            case b"POST", ["invocation", request_id, "error"]:
                await self._take_error(request_id, connection)
            case b"POST", ["init", "error"]:
                await self._take_init_error(connection)
            case _:
                await connection.refuse(404, "NotFound")

    async def _hand_out_next(self, connection: WorkerConnection) -> None:
        await connection.read_whole_body(0)
        self._initialised.set()
        if self._queue.empty():
            self._end_running(_TRUNCATED)
        running = await self._queue.get()
        await connection.respond(200, running.invocation.event, _next_headers(running.invocation))

    async def _take_response(
        self, request_id: str, request: h11.Request, connection: WorkerConnection
    ) -> None:
        running = self._running
        if running is None or running.invocation.request_id != request_id:
            await connection.refuse(400, "InvalidRequestID")
        elif running.response_begun:
            await connection.refuse(403, "InvalidStateTransition")
        else:
            running.response_begun = True
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers}
            if headers.get("lambda-runtime-function-response-mode") == "streaming":
                await _take_stream(running, connection)
            else:
                await _take_buffered(running, connection, headers.get("content-type", "application/json"))

    async def _take_error(self, request_id: str, connection: WorkerConnection) -> None:
        error = await _read_error(connection)
        if self._running is None or self._running.invocation.request_id != request_id:
            await connection.refuse(400, "InvalidRequestID")
        else:
            self._running.fail(error)
            await connection.accept()

    async def _take_init_error(self, connection: WorkerConnection) -> None:
        self.init_error = await _read_error(connection)
        self._initialised.set()
        self._end_running(self.init_error)
        await connection.accept()


async def _take_stream(running: RunningInvocation, connection: WorkerConnection) -> None:
    try:
        trailers = await connection.read_body(running.feed)
    except WorkerConnectionLostError:
        running.fail(_TRUNCATED)
        raise
    running.end_stream(trailers)
    await connection.accept()


async def _take_buffered(running: RunningInvocation, connection: WorkerConnection, content_type: str) -> None:
    payload = await connection.read_whole_body(MAX_FUNCTION_PAYLOAD_BYTES)
    if payload is None:
        running.fail(_TOO_LARGE)
        await connection.refuse(413, "RequestEntityTooLarge")
    else:
        running.answer_with(BufferedResult(payload=payload, content_type=content_type))
        await connection.accept()


def _next_headers(invocation: Invocation) -> Headers:
    tenant = [("Lambda-Runtime-Aws-Tenant-Id", invocation.tenant_id)] if invocation.tenant_id else []
    return [
        *tenant,
        ("Lambda-Runtime-Aws-Request-Id", invocation.request_id),
        ("Lambda-Runtime-Deadline-Ms", str(invocation.deadline_epoch_ms)),
        ("Lambda-Runtime-Invoked-Function-Arn", invocation.function_arn),
        ("Lambda-Runtime-Trace-Id", invocation.trace_id),
    ]


async def _read_error(connection: WorkerConnection) -> FunctionError:
    return reported_error(await connection.read_whole_body(MAX_FUNCTION_PAYLOAD_BYTES) or b"")
