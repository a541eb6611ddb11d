"""Programs are run by a Lambda function of its own, in an environment for each user."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from parley.domain.programs import CodeProblem, CodeRunnerError, ProgramRun

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

_logger = logging.getLogger(__name__)

# Longer than the function may take.
_READ_SECONDS = 65
_NOT_THERE = "Programs cannot be run here."
_FAILED = "The program could not be run; that is not its fault."
_TOO_LARGE_FOR_US = "The program took more memory than there is."
_REFUSALS = {
    "TooManyRequestsException": "Too many programs are being run at this moment. Try again in a few seconds.",
    "ThrottlingException": "Too many programs are being run at this moment. Try again in a few seconds.",
    # A function in a network that was not used for weeks is disconnected, and the first call wakes it.
    "ResourceNotReadyException": "What runs programs is just being started. Try again in a minute.",
    "ResourceConflictException": "What runs programs is just being started. Try again in a minute.",
    "ResourceNotFoundException": _NOT_THERE,
    "AccessDeniedException": _NOT_THERE,
}
_FAILURES = {
    "Sandbox.Timedout": "The program took too long and could not be stopped in time.",
    "Runtime.OutOfMemory": _TOO_LARGE_FOR_US,
}


def lambda_client() -> LambdaClient:
    """Nothing is tried again: a program may have run although its answer got lost."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=5, read_timeout=_READ_SECONDS, tcp_keepalive=True, retries={"total_max_attempts": 1}
    )
    return boto3.client("lambda", config=config)


class LambdaCodeRunner:
    """`function_name` is None where there is no such function. The client is made when it is first needed."""

    def __init__(
        self, function_name: str | None, make_client: Callable[[], LambdaClient] = lambda_client
    ) -> None:
        self._function_name = function_name
        self._make_client = make_client
        self._making = threading.Lock()
        self._client: LambdaClient | None = None

    def execute(self, code: str, *, timeout_seconds: int, user_id: str) -> ProgramRun:
        """Raises `CodeRunnerError`."""
        event = {"operation": "execute", "code": code, "timeout_seconds": timeout_seconds}
        return ProgramRun(**self._invoke(event, user_id))

    def check(self, code: str, *, user_id: str) -> list[CodeProblem]:
        """Raises `CodeRunnerError`, also where Python itself cannot read the code to its end."""
        problems = self._invoke({"operation": "check", "code": code}, user_id)["problems"]
        if problems is None:
            raise CodeRunnerError("The code is too much for Python's compiler.")
        return [CodeProblem(**problem) for problem in problems]

    def _invoke(self, event: dict[str, Any], user_id: str) -> dict[str, Any]:
        if self._function_name is None:
            raise CodeRunnerError(_NOT_THERE)
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._lambda().invoke(
                FunctionName=self._function_name, TenantId=user_id, Payload=json.dumps(event).encode()
            )
            payload = json.loads(answer["Payload"].read())
        except ClientError as error:
            raise _refused(error.response["Error"]["Code"], error) from error
        except (BotoCoreError, ValueError) as error:
            raise _refused("", error) from error
        if answer.get("FunctionError"):
            raise _failed(payload)
        told: dict[str, Any] = payload
        return told

    def _lambda(self) -> LambdaClient:
        with self._making:  # tools run in threads, and boto3 makes clients in one at a time
            if self._client is None:
                self._client = self._make_client()
            return self._client


def _refused(code: str, error: Exception) -> CodeRunnerError:
    reason = _REFUSALS.get(code, _FAILED)
    if reason in (_NOT_THERE, _FAILED):
        _logger.error("Programs cannot be run: %s", error)
    return CodeRunnerError(reason)


def _failed(payload: dict[str, Any]) -> CodeRunnerError:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html, and what Lambda itself reports."""
    kind, message = str(payload.get("errorType")), str(payload.get("errorMessage"))
    if kind in _FAILURES:
        return CodeRunnerError(_FAILURES[kind])
    if "signal: killed" in message:
        return CodeRunnerError(_TOO_LARGE_FOR_US)
    if "Task timed out" in message:
        return CodeRunnerError(_FAILURES["Sandbox.Timedout"])
    _logger.error("The function that runs programs failed: %s: %s", kind, message)
    return CodeRunnerError(_FAILED)
