"""The runner over Lambda's API: what it asks for, and what it makes of every answer."""

import io
import json
from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from parley.domain.programs import CodeProblem, CodeRunnerError, ProgramRun
from parley.gateways.lambda_code_runner import LambdaCodeRunner, lambda_client

TOLD = {
    "stdout": "é\n",
    "stderr": "",
    "exit_code": -9,
    "duration_ms": 7,
    "truncated": False,
    "stopped": "timeout",
}


@pytest.fixture
def stub(aws_environment) -> Iterator[Stubber]:
    client = boto3.client("lambda")
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()
    client.close()


@pytest.fixture
def runner(stub) -> LambdaCodeRunner:
    return LambdaCodeRunner("the-runner", lambda: stub.client)


def answer(stub, payload, *, event=None, **fields) -> None:
    content = json.dumps(payload).encode()
    body = StreamingBody(io.BytesIO(content), len(content))
    expected = None
    if event is not None:
        expected = {
            "FunctionName": "the-runner",
            "TenantId": "user_1",
            "Payload": json.dumps(event).encode(),
        }
    stub.add_response("invoke", {"StatusCode": 200, "Payload": body, **fields}, expected)


def execute(runner: LambdaCodeRunner) -> ProgramRun:
    return runner.execute("1", timeout_seconds=3, user_id="user_1")


def test_a_program_is_executed_for_its_user(stub, runner):
    answer(stub, TOLD, event={"operation": "execute", "code": "1", "timeout_seconds": 3})
    assert execute(runner) == ProgramRun(**TOLD)


def test_code_is_checked_for_its_user(stub, runner):
    problem = {"line": 1, "column": 2, "message": "m", "severity": "error"}
    answer(stub, {"problems": [problem]}, event={"operation": "check", "code": "1"})
    assert runner.check("1", user_id="user_1") == [CodeProblem(**problem)]


def test_code_that_the_compiler_gave_up_on_is_an_error(stub, runner):
    answer(stub, {"problems": None})
    with pytest.raises(CodeRunnerError, match="too much for Python's compiler"):
        runner.check("1", user_id="user_1")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("TooManyRequestsException", "Too many programs"),
        ("ThrottlingException", "Too many programs"),
        ("ResourceNotReadyException", "just being started"),
        ("ResourceNotFoundException", "cannot be run here"),
        ("AccessDeniedException", "cannot be run here"),
        ("ServiceException", "not its fault"),
    ],
)
def test_a_refusal_of_lambdas_is_told_without_its_words(stub, runner, code, reason):
    stub.add_client_error("invoke", code, "arn:aws:lambda:us-east-1:123456789012:function:the-runner")
    with pytest.raises(CodeRunnerError, match=reason) as caught:
        execute(runner)
    assert "arn:" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "message", "reason"),
    [
        ("Sandbox.Timedout", "RequestId: 1 Error: Task timed out after 60.00 seconds", "took too long"),
        ("Function.Error", "2026-01-01T00:00:00Z 1 Task timed out after 60.00 seconds", "took too long"),
        ("Runtime.OutOfMemory", "RequestId: 1 Error: Runtime exited", "more memory than there is"),
        ("Runtime.ExitError", "RequestId: 1 Error: Runtime exited with error: signal: killed", "memory"),
        ("Runtime.ExitError", "RequestId: 1 Error: Runtime exited with error: exit status 1", "its fault"),
        ("SandboxError", "secret detail", "its fault"),
    ],
)
def test_a_failure_of_the_function_is_told_without_its_details(stub, runner, kind, message, reason):
    answer(stub, {"errorType": kind, "errorMessage": message}, FunctionError="Unhandled")
    with pytest.raises(CodeRunnerError, match=reason) as caught:
        execute(runner)
    assert "RequestId" not in str(caught.value)
    assert "secret detail" not in str(caught.value)


def test_a_service_that_does_not_answer_is_an_error():
    class Silent:
        def invoke(self, **_):
            raise ReadTimeoutError(endpoint_url="http://10.0.0.1")

    with pytest.raises(CodeRunnerError, match="not its fault") as caught:
        execute(LambdaCodeRunner("the-runner", Silent))
    assert "10.0.0.1" not in str(caught.value)


def test_without_a_function_programs_cannot_be_run():
    with pytest.raises(CodeRunnerError, match="cannot be run here"):
        execute(LambdaCodeRunner(None))


def test_nothing_is_tried_again_and_the_wait_is_longer_than_the_function_may_take(aws_environment):
    from infra.topology import function_named

    client = lambda_client()
    try:
        assert client.meta.config.retries["total_max_attempts"] == 1
        assert client.meta.config.read_timeout > function_named("code_runner").timeout_seconds
    finally:
        client.close()
