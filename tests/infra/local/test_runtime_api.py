"""The Runtime API as a worker sees it on the wire; real workers drive it in tests/streaming."""

import asyncio
import base64
import json

import pytest

from infra.local.invocations import BufferedResult, FunctionError, StreamBrokenError
from tests.infra.local.worker_side import CHUNKED, INVOCATION, PRELUDE, connection_to, running_api

pytestmark = pytest.mark.anyio


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


async def test_next_waits_for_an_invocation_and_carries_its_headers(api, worker):
    asking = asyncio.create_task(worker.request("GET", "invocation/next"))
    await api.initialised()
    call = asyncio.create_task(api.invoke(INVOCATION))
    status, headers, body = await asking
    assert (status, body) == (200, b'{"a": 1}')
    assert headers["lambda-runtime-aws-request-id"] == "r-1"
    assert headers["lambda-runtime-deadline-ms"] == "1234"
    assert headers["lambda-runtime-invoked-function-arn"] == INVOCATION.function_arn
    assert headers["lambda-runtime-trace-id"] == "Root=1"
    assert headers["content-type"] == "application/json"
    assert not call.done()


async def test_a_buffered_response_is_the_result(worker, call):
    status, _, _ = await worker.request(
        "POST", "invocation/r-1/response", {"Content-Type": "text/x"}, b"result"
    )
    assert status == 202
    assert await call == BufferedResult(payload=b"result", content_type="text/x")


async def test_a_worker_that_expects_a_continue_gets_it(worker, call):
    await worker.begin("POST", "invocation/r-1/response", {"Content-Length": "2", "Expect": "100-continue"})
    assert (await worker.response())[0] == 100
    await worker.send(b"42")
    assert (await worker.response())[0] == 202
    assert (await call).payload == b"42"


async def test_a_response_over_the_limit_is_refused_and_an_error(worker, call):
    status, _, _ = await worker.request("POST", "invocation/r-1/response", {}, bytes(6 * 1024 * 1024 + 1))
    assert status == 413
    assert (await call).type == "Function.ResponseSizeTooLarge"


async def test_an_error_is_the_result_however_large_its_trace_header(worker, call):
    report = {"errorMessage": "no", "errorType": "ValueError", "stackTrace": ["line 1"]}
    headers = {"Lambda-Runtime-Function-XRay-Error-Cause": "x" * 1_000_000}
    status, _, _ = await worker.request("POST", "invocation/r-1/error", headers, json.dumps(report).encode())
    assert status == 202
    assert await call == FunctionError(type="ValueError", message="no", stack_trace=("line 1",))


async def test_an_error_without_a_report_is_an_error_all_the_same(worker, call):
    await worker.request("POST", "invocation/r-1/error", {}, b"?")
    assert (await call).type == "Runtime.Unknown"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "invocation/other/response", 400),
        ("POST", "invocation/other/error", 400),
        ("GET", "invocation/r-1/response", 404),
        ("GET", "elsewhere", 404),
    ],
)
async def test_what_does_not_fit_the_invocation_is_refused(worker, call, method, path, status):
    assert (await worker.request(method, path, {}, b"{}"))[0] == status
    assert not call.done()


async def test_a_second_response_is_refused(worker, call):
    await worker.request("POST", "invocation/r-1/response", {}, b"1")
    assert (await worker.request("POST", "invocation/r-1/response", {}, b"2"))[0] == 403
    assert (await call).payload == b"1"


async def test_a_stream_begins_when_its_prelude_is_complete(worker, call):
    await worker.begin("POST", "invocation/r-1/response", CHUNKED)
    for byte in PRELUDE:
        assert not call.done()
        await worker.chunk(bytes([byte]))
    result = await call
    assert result.prelude == {"statusCode": 200}
    await worker.chunk(b"payload" + bytes(9))
    assert await anext(result.chunks) == b"payload" + bytes(9)
    await worker.send(b"0\r\n\r\n")
    assert [chunk async for chunk in result.chunks] == []
    assert (await worker.response())[0] == 202


@pytest.mark.parametrize(
    "head",
    [b"x" * 20_000, b"not JSON" + bytes(8), b"[200]" + bytes(8), b'{"statusCode": "200"}' + bytes(8), b"{}"],
    ids=["too long", "no JSON", "no object", "no status", "no delimiter"],
)
async def test_a_stream_without_a_proper_prelude_is_an_invalid_response(worker, call, head):
    await worker.begin("POST", "invocation/r-1/response", CHUNKED)
    await worker.chunk(head)
    await worker.chunk(b"payload")
    await worker.send(b"0\r\n\r\n")
    assert (await worker.response())[0] == 202
    assert (await call).type == "Runtime.InvalidResponse"


def trailers(body):
    return (
        b"0\r\nLambda-Runtime-Function-Error-Type: Oops\r\n"
        b"Lambda-Runtime-Function-Error-Body: " + body + b"\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [(base64.b64encode(b'{"errorMessage": "halfway"}'), "halfway"), (b"%%%", ""), (b"", "")],
)
async def test_an_error_in_the_trailers_breaks_the_stream_after_the_last_chunk(worker, call, body, message):
    await worker.begin("POST", "invocation/r-1/response", CHUNKED)
    await worker.chunk(PRELUDE + b"part")
    await worker.send(trailers(body))
    result = await call
    assert await anext(result.chunks) == b"part"
    with pytest.raises(StreamBrokenError) as broken:
        await anext(result.chunks)
    assert (broken.value.type, broken.value.message) == ("Oops", message)


async def test_an_error_in_the_trailers_before_the_prelude_is_the_result(worker, call):
    await worker.begin("POST", "invocation/r-1/response", CHUNKED)
    await worker.send(trailers(base64.b64encode(b'{"errorMessage": "early"}')))
    assert await call == FunctionError(type="Oops", message="early")
