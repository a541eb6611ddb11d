"""How long an invocation lasts, and what slow and vanishing readers do to it."""

import asyncio

import pytest

from infra.local.invocations import FunctionError, StreamBrokenError, StreamedResult
from tests.streaming.control import CONTROL_HEADER, control_line
from tests.streaming.lasting_apps import CHUNK, CHUNKS
from tests.streaming.workers import STREAMING_RUNTIMES, payload_of, running_worker

pytestmark = pytest.mark.anyio

ALL_BYTES = CHUNKS * len(CHUNK)


async def test_the_response_ends_after_the_tasks_that_the_application_left(worker, control, control_headers):
    result = await worker.invoke("/leaves_a_task", headers=control_headers)
    assert await anext(result.chunks) == b"hello"
    assert await control.heard() == "working"
    ending = asyncio.create_task(payload_of(result))
    await asyncio.wait({ending}, timeout=0.05)
    assert not ending.done()
    await control.let_go()
    assert await ending == b""
    await worker.logged("all work is done")


async def test_an_abandoned_generator_is_closed_within_its_own_invocation(worker):
    assert await payload_of(await worker.invoke("/abandons_a_generator")) == b"hello"
    await worker.logged("the generator was closed")


async def test_receive_gives_the_body_once_and_then_the_end_of_the_response(worker, control, control_headers):
    result = await worker.invoke("/waits_for_disconnect", headers=control_headers, body=b"asked")
    assert await payload_of(result) == b"asked"
    assert await control.heard() == "http.disconnect"


async def test_a_stalled_reader_stalls_the_application(worker, control, control_headers):
    result = await worker.invoke("/tells_when_stalled", headers=control_headers)
    stalled_at = int(await control.heard())
    # What the sockets of both sides hold; the stream itself keeps far less.
    assert stalled_at * len(CHUNK) < ALL_BYTES / 2
    assert len(await payload_of(result)) == ALL_BYTES


@pytest.fixture
async def call_to_a_long_stream(worker, control, control_headers):
    """The function has been called, but not answered."""
    call = asyncio.create_task(worker.invoke("/goes_on_without_client", headers=control_headers))
    assert await control.heard() == "called"
    return call


async def assert_function_goes_on_to_its_end(worker, control):
    assert await control.heard() == "all sent"
    assert await payload_of(await worker.invoke("/plain_text")) == b"hello"


async def test_a_reader_that_leaves_does_not_stop_the_function(worker, control, call_to_a_long_stream):
    await control.let_go()
    result = await call_to_a_long_stream
    await anext(result.chunks)
    await result.chunks.aclose()
    await assert_function_goes_on_to_its_end(worker, control)


async def test_a_reader_that_never_reads_does_not_stop_the_function(worker, control, call_to_a_long_stream):
    await control.let_go()
    result = await call_to_a_long_stream
    await result.chunks.aclose()
    assert await payload_of(result) == b""
    await assert_function_goes_on_to_its_end(worker, control)


async def test_a_caller_that_gives_up_does_not_stop_the_function(worker, control, call_to_a_long_stream):
    call_to_a_long_stream.cancel()
    await asyncio.wait({call_to_a_long_stream})
    await control.let_go()
    await assert_function_goes_on_to_its_end(worker, control)


@pytest.fixture(params=STREAMING_RUNTIMES)
async def doomed_worker(anyio_backend, request):
    async with running_worker(STREAMING_RUNTIMES[request.param], "handlers.handler") as worker:
        yield worker


async def test_a_killed_worker_breaks_the_stream_and_later_invocations_fail(
    doomed_worker, control, control_headers
):
    result = await doomed_worker.invoke("/step_by_step", headers=control_headers)
    await control.let_go()
    assert await anext(result.chunks) == b"first"
    timeout = FunctionError(type="Sandbox.Timedout", message="Task timed out after 3.00 seconds")
    doomed_worker.api.worker_gone(timeout)
    doomed_worker.process.kill()
    with pytest.raises(StreamBrokenError, match="Task timed out"):
        await anext(result.chunks)
    assert await doomed_worker.invoke("/plain_text") == timeout


async def test_a_function_that_exits_truncates_the_stream(doomed_worker):
    result = await doomed_worker.invoke("/exits")
    assert isinstance(result, StreamedResult)
    with pytest.raises(StreamBrokenError) as broken:
        await payload_of(result)
    assert broken.value.type == "Runtime.TruncatedResponse"
    assert await doomed_worker.ended() == 3


async def test_an_application_sees_the_loss_of_the_runtime_api_and_goes_on(
    doomed_worker, control, control_headers
):
    result = await doomed_worker.invoke("/outlives_the_runtime_api", headers=control_headers)
    assert await anext(result.chunks) == b"first"
    await doomed_worker.api.close()
    assert [await control.heard() for _ in range(3)] == ["http.disconnect", "cannot send", "went on"]
    assert await doomed_worker.ended() != 0


async def test_starlette_closes_its_generator_when_the_runtime_api_is_lost(anyio_backend):
    async with (
        running_worker(STREAMING_RUNTIMES["plain"], "starlette_handlers.handler") as worker,
        control_line() as control,
    ):
        assert await payload_of(await worker.invoke("/in_a_thread")) == b'{"path":"/in_a_thread"}'
        assert await payload_of(await worker.invoke("/numbers")) == b"0 1 2 3 4 "
        headers = {CONTROL_HEADER: control.address}
        result = await worker.invoke("/notices_the_loss", headers=headers)
        await anext(result.chunks)
        await worker.api.close()
        assert await control.heard() == "generator closed"
