"""Logs in JSON that name the request, and forget the one before."""

import io
import json

import pytest

from parley import observability


@pytest.fixture
def lines():
    """What has been logged since, each line read."""
    (handler,) = observability._logger().handlers
    stream = io.StringIO()
    before = handler.setStream(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    if before is not None:
        handler.setStream(before)


def test_ids_are_on_every_line_until_the_next_request(lines):
    observability.begin_request("r-1", function_request_id="f-1")
    observability.annotate(user_id="user_1")
    observability.log("one", status=200)
    assert observability.current_request_id() == "r-1"
    observability.begin_request("r-2")
    observability.log("two")
    first, second = lines()
    assert (
        first.items()
        >= {
            "request_id": "r-1",
            "function_request_id": "f-1",
            "user_id": "user_1",
            "status": 200,
            "message": "one",
            "level": "INFO",
        }.items()
    )
    assert second["request_id"] == "r-2"
    assert not {"user_id", "function_request_id", "status"} & set(second)


def test_a_failure_is_logged_with_its_trace_in_one_line(lines):
    try:
        raise ValueError("broken")
    except ValueError as error:
        observability.log_failure("failed", error, part=1)
    (entry,) = lines()
    assert (entry["level"], entry["exception_name"], entry["part"]) == ("ERROR", "ValueError", 1)
    assert "Traceback" in entry["exception"]
