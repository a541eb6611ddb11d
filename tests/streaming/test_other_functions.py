"""Functions that do not stream under the streaming runtime, and streaming ones under a plain runtime."""

import asyncio
import json

import pytest

from infra.local.invocations import BufferedResult, FunctionError
from tests.streaming.workers import BUFFERED_RUNTIMES, STREAMING_RUNTIMES, payload_of, running_worker

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module", params=BUFFERED_RUNTIMES)
async def plain_worker(anyio_backend, request):
    async with running_worker(BUFFERED_RUNTIMES[request.param], "handlers.handler") as worker:
        yield worker


@pytest.fixture(scope="module", params=STREAMING_RUNTIMES)
async def raw_worker(anyio_backend, request):
    async with running_worker(STREAMING_RUNTIMES[request.param], "handlers.raw_handler") as worker:
        yield worker


async def test_a_plain_runtime_gets_exactly_what_mangum_returns(plain_worker):
    async with running_worker(BUFFERED_RUNTIMES["plain"], "handlers.mangum_handler") as mangum_worker:
        for path in ("/plain_text", "/repeated_headers", "/echo", "/fails_first", "/fails_in_the_middle"):
            result = await plain_worker.invoke(path, body=b"\x00\xff")
            expected = await mangum_worker.invoke(path, body=b"\x00\xff")
            assert isinstance(result, BufferedResult)
            assert isinstance(expected, BufferedResult)
            assert json.loads(result.payload) == json.loads(expected.payload)


async def test_a_plain_invocation_also_ends_after_the_tasks_that_the_application_left(
    plain_worker, control, control_headers
):
    answering = asyncio.create_task(plain_worker.invoke("/leaves_a_task", headers=control_headers))
    assert await control.heard() == "working"
    await asyncio.wait({answering}, timeout=0.05)
    assert not answering.done()
    await control.let_go()
    result = await answering
    assert isinstance(result, BufferedResult)
    assert json.loads(result.payload)["body"] == "hello"
    await plain_worker.logged("all work is done")


async def test_an_ordinary_value_is_a_buffered_answer(raw_worker):
    assert await raw_worker.invoke_with("值") == BufferedResult(
        payload='"值"'.encode(), content_type="application/json"
    )


async def test_bytes_are_answered_as_they_are(raw_worker):
    result = await raw_worker.invoke_with("bytes")
    assert isinstance(result, BufferedResult)
    assert result.payload == b"\x00\xff"


async def test_a_large_answer_goes_through(raw_worker):
    result = await raw_worker.invoke_with({"size": 6_000_000})
    assert isinstance(result, BufferedResult)
    assert len(result.payload) > 6_000_000


async def test_a_function_that_raises_is_an_error_with_type_message_and_trace(raw_worker):
    result = await raw_worker.invoke_with("fail")
    assert isinstance(result, FunctionError)
    assert (result.type, result.message) == ("LookupError", "nothing there")
    assert "raw_handler" in "".join(result.stack_trace)


async def test_the_context_tells_of_the_invocation(raw_worker):
    result = await raw_worker.invoke_with("context")
    assert isinstance(result, BufferedResult)
    assert json.loads(result.payload) == {
        "request_id": raw_worker.last_request_id,
        "function_name": "streams",
        "arn": "arn:aws:lambda:eu-west-1:123456789012:function:streams",
        "time_is_left": True,
    }


@pytest.fixture(params=STREAMING_RUNTIMES)
def streaming_runtime(request):
    return STREAMING_RUNTIMES[request.param]


async def test_an_answer_over_6_megabytes_is_too_large(anyio_backend, streaming_runtime):
    async with running_worker(streaming_runtime, "handlers.raw_handler") as worker:
        result = await worker.invoke_with({"size": 6 * 1024 * 1024})
    assert isinstance(result, FunctionError)
    assert result.type == "Function.ResponseSizeTooLarge"


async def test_lifespan_surrounds_each_invocation(anyio_backend, streaming_runtime):
    async with running_worker(streaming_runtime, "handlers.lifespan_handler") as worker:
        assert await payload_of(await worker.invoke("/")) == b"hello"
        await worker.logged("shut down")
        assert await payload_of(await worker.invoke("/")) == b"hello"


@pytest.mark.parametrize("handler", ["missing_module.handler", "handlers.missing_handler"])
async def test_a_handler_that_cannot_be_loaded_fails_the_invocation(
    anyio_backend, streaming_runtime, handler
):
    async with running_worker(streaming_runtime, handler) as worker:
        await worker.api.initialised()
        result = await worker.invoke("/")
        assert await worker.ended() == 1
    assert isinstance(result, FunctionError)
    assert "missing" in result.message
    assert result == worker.api.init_error
