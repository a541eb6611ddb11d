"""What a streamed response looks like to whoever invoked the function."""

import json

import pytest

from infra.local.invocations import StreamBrokenError, StreamedResult
from tests.streaming.workers import payload_of

pytestmark = pytest.mark.anyio


def prelude_of(result):
    assert isinstance(result, StreamedResult), result
    return result.prelude


async def test_status_headers_and_cookies_are_in_the_prelude(worker):
    result = await worker.invoke("/many_headers")
    assert prelude_of(result) == {
        "statusCode": 201,
        "headers": {"x-one": "1", "x-latin": "é"},
        "multiValueHeaders": {"x-two": ["a", "b"]},
        "cookies": ["a=1; Path=/", "b=2"],
    }
    assert await payload_of(result) == b"made"


async def test_each_part_arrives_before_the_next_is_made(worker, control, control_headers):
    result = await worker.invoke("/step_by_step", headers=control_headers)
    assert prelude_of(result)["statusCode"] == 200
    await control.let_go()
    assert await anext(result.chunks) == b"first"
    await control.let_go()
    assert await anext(result.chunks) == b"second"
    assert await payload_of(result) == b""


async def test_the_request_body_reaches_the_application(worker):
    body = bytes(range(256)) * 4000
    assert await payload_of(await worker.invoke("/echo", method="POST", body=body)) == body


async def test_an_empty_body_is_a_whole_response(worker):
    result = await worker.invoke("/empty")
    assert prelude_of(result) == {"statusCode": 200, "headers": {}}
    assert await payload_of(result) == b""


async def test_an_answer_to_head_has_headers_only(worker):
    result = await worker.invoke("/plain_text", method="HEAD")
    assert prelude_of(result)["headers"] == {"content-type": "text/plain"}
    assert await payload_of(result) == b""


async def assert_internal_error(worker, result):
    assert prelude_of(result) == {"statusCode": 500, "headers": {"content-type": "application/json"}}
    assert json.loads(await payload_of(result)) == {
        "success": False,
        "error": "服务器内部错误",
        "code": 500,
        "type": "internal_error",
        "request_id": worker.last_request_id,
    }


async def test_an_application_that_fails_first_is_an_internal_error(worker):
    await assert_internal_error(worker, await worker.invoke("/fails_first"))
    await worker.logged("secret of the function")
    assert "Traceback" in worker.log()


async def test_an_application_that_sends_nothing_is_an_internal_error(worker):
    await assert_internal_error(worker, await worker.invoke("/says_nothing"))


async def test_headers_beyond_16_kilobytes_are_an_internal_error(worker):
    await assert_internal_error(worker, await worker.invoke("/huge_headers"))
    await worker.logged("more than 16384 bytes")


async def test_a_failure_in_the_middle_breaks_the_stream_with_its_type_and_message(worker):
    result = await worker.invoke("/fails_in_the_middle")
    assert prelude_of(result)["statusCode"] == 200
    assert await anext(result.chunks) == b"half of "
    with pytest.raises(StreamBrokenError) as broken:
        await anext(result.chunks)
    assert broken.value.type == "ValueError"
    assert broken.value.message.startswith("太阳\nxxx")
    assert len(broken.value.message) == 500
    await worker.logged("太阳")


@pytest.mark.parametrize(
    ("path", "error_type"),
    [("/begins_only", "IncompleteResponse"), ("/is_cancelled_in_the_middle", "CancelledError")],
)
async def test_a_response_that_is_not_completed_breaks_the_stream(worker, path, error_type):
    result = await worker.invoke(path)
    assert prelude_of(result)["statusCode"] == 200
    with pytest.raises(StreamBrokenError) as broken:
        await payload_of(result)
    assert broken.value.type == error_type


async def test_a_failure_after_the_response_is_only_logged(worker):
    assert await payload_of(await worker.invoke("/fails_afterwards")) == b"hello"
    await worker.logged("too late to matter")


async def test_nothing_can_be_sent_after_the_end(worker):
    assert await payload_of(await worker.invoke("/sends_after_the_end")) == b"hello"
    await worker.logged("refused: Unexpected ASGI message http.response.body")


async def test_all_invocations_run_on_one_loop(worker):
    first, second = [await payload_of(await worker.invoke("/loop_id")) for _ in range(2)]
    assert first == second
