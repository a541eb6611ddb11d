"""How invocations end at the Runtime API when the worker or the caller does not play along."""

import asyncio
import json

import pytest

from infra.local.invocations import FunctionError, StreamBrokenError, StreamedResult
from tests.infra.local.worker_side import CHUNKED, INVOCATION, PRELUDE, connection_to, running_api

pytestmark = pytest.mark.anyio

KILLED = FunctionError(type="Runtime.ExitError", message="signal: killed")


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
async def api_and_address(anyio_backend):
    async with running_api() as running:
        yield running


@pytest.fixture
def api(api_and_address):
    return api_and_address[0]


@pytest.fixture
async def worker(api_and_address):
    async with connection_to(api_and_address[1]) as worker:
        yield worker


@pytest.fixture
async def call(api, worker):
    """An invocation that the worker has taken and not answered."""
    call = asyncio.create_task(api.invoke(INVOCATION))
    await worker.request("GET", "invocation/next")
    return call


async def test_a_connection_closed_in_mid_stream_truncates_it(api_and_address, call):
    async with connection_to(api_and_address[1]) as other:
        await other.begin("POST", "invocation/r-1/response", CHUNKED)
        await other.chunk(PRELUDE + b"part")
        result = await call
    assert await anext(result.chunks) == b"part"
    with pytest.raises(StreamBrokenError, match=r"Runtime\.TruncatedResponse"):
        await anext(result.chunks)


async def test_a_worker_that_dies_fails_the_pending_invocation_and_all_later_ones(api, call):
    api.worker_gone(KILLED)
    assert await call == KILLED
    assert await api.invoke(INVOCATION) == KILLED
    await api.finished()


async def test_a_worker_that_dies_breaks_the_running_stream(api, worker, call):
    await worker.begin("POST", "invocation/r-1/response", CHUNKED)
    await worker.chunk(PRELUDE)
    result = await call
    api.worker_gone(KILLED)
    with pytest.raises(StreamBrokenError, match="signal: killed"):
        await anext(result.chunks)
    await api.finished()


async def test_a_worker_that_cannot_start_fails_the_invocation_that_waits_for_it(api, worker):
    call = asyncio.create_task(api.invoke(INVOCATION))
    report = {"errorMessage": "Unable to import module", "errorType": "Runtime.ImportModuleError"}
    assert (await worker.request("POST", "init/error", {}, json.dumps(report).encode()))[0] == 202
    await api.initialised()
    assert await call == api.init_error
    assert api.init_error == FunctionError(
        type="Runtime.ImportModuleError", message="Unable to import module"
    )


async def test_the_invocation_is_finished_when_the_worker_asks_for_the_next(api, worker, call):
    await worker.request("POST", "invocation/r-1/response", {}, b"1")
    await call
    finishing = asyncio.create_task(api.finished())
    await asyncio.wait({finishing}, timeout=0.02)
    assert not finishing.done()
    with pytest.raises(RuntimeError, match="has not finished"):
        await api.invoke(INVOCATION)
    await worker.begin("GET", "invocation/next", {})
    await finishing


async def test_a_worker_that_asks_for_the_next_without_answering_fails_the_invocation(worker, call):
    await worker.begin("GET", "invocation/next", {})
    assert (await call).type == "Runtime.TruncatedResponse"


async def test_closing_fails_what_is_pending(api, call):
    await api.close()
    assert (await call).type == "Runtime.Shutdown"


async def test_an_answer_that_nobody_waits_for_is_taken_and_thrown_away(api, worker, call):
    call.cancel()
    await asyncio.wait({call})
    await worker.begin("POST", "invocation/r-1/response", CHUNKED)
    await worker.chunk(PRELUDE)
    for _ in range(20):
        await worker.chunk(bytes(64 * 1024))
    await worker.send(b"0\r\n\r\n")
    assert (await worker.response())[0] == 202


async def test_a_stream_that_is_closed_unread_is_taken_and_thrown_away(worker, call):
    await worker.begin("POST", "invocation/r-1/response", CHUNKED)
    await worker.chunk(PRELUDE)
    result = await call
    assert isinstance(result, StreamedResult)
    await result.chunks.aclose()
    for _ in range(20):
        await worker.chunk(bytes(64 * 1024))
    await worker.send(b"0\r\n\r\n")
    assert (await worker.response())[0] == 202
