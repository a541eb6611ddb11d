"""The runtime loop without awslambdaric. What functions get from it is tested in tests/streaming."""

import subprocess
import sys
import time

from infra.local.plain_runtime import PlainContext

WITHOUT_AWSLAMBDARIC = """
import sys
sys.modules["awslambdaric"] = None
import infra.local.plain_runtime, parley_streaming.adapter
"""


def context(**changes):
    arguments = {"aws_request_id": "r-1", "invoked_function_arn": "arn", "deadline_epoch_ms": 0}
    return PlainContext(**{**arguments, **changes})


def test_it_can_stream_without_awslambdaric():
    subprocess.run([sys.executable, "-c", WITHOUT_AWSLAMBDARIC], check=True)


def test_the_remaining_time_runs_out_at_the_deadline():
    assert context(deadline_epoch_ms=int(time.time() * 1000) - 5).get_remaining_time_in_millis() == 0
    left = context(deadline_epoch_ms=int(time.time() * 1000) + 60_000).get_remaining_time_in_millis()
    assert 0 < left <= 60_000


def test_the_context_describes_the_function_as_the_environment_does(monkeypatch):
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "messages")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024")
    monkeypatch.setenv("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/messages")
    described = context()
    assert described.function_name == "messages"
    assert described.memory_limit_in_mb == "1024"
    assert described.log_group_name == "/aws/lambda/messages"
