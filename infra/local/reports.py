"""Lambda's words for what became of an invocation: errors and the REPORT line."""

import math
import signal
from dataclasses import dataclass

from infra.local.invocations import FunctionError

THROTTLED = FunctionError(type="TooManyRequestsException", message="Rate Exceeded.")


def timeout_error(request_id: str, timeout_seconds: float) -> FunctionError:
    return FunctionError(
        type="Sandbox.Timedout",
        message=f"RequestId: {request_id} Error: Task timed out after {timeout_seconds:.2f} seconds",
    )


def init_timeout_error(request_id: str, timeout_seconds: float) -> FunctionError:
    """Lambda would start it once more within the invocation's own time; here it fails at once."""
    return FunctionError(
        type="Sandbox.Timedout",
        message=f"RequestId: {request_id} Error: Init timed out after {timeout_seconds:.2f} seconds",
    )


def memory_error(request_id: str) -> FunctionError:
    return FunctionError(
        type="Runtime.OutOfMemory",
        message=f"RequestId: {request_id} Error: Runtime exited with error: signal: killed",
    )


def exit_error(request_id: str, status: int) -> FunctionError:
    """`status` is the exit status, or minus the signal."""
    if status == 0:
        reason = "Runtime exited without providing a reason"
    elif status > 0:
        reason = f"Runtime exited with error: exit status {status}"
    else:
        name = signal.strsignal(-status) or str(-status)
        reason = f"Runtime exited with error: signal: {name.lower()}"
    return FunctionError(type="Runtime.ExitError", message=f"RequestId: {request_id} Error: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Init is billed since August 2025:
    https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
    """

    request_id: str
    duration_ms: float
    memory_mb: int
    max_memory_mb: int | None
    init_ms: float | None

    def __str__(self) -> str:
        billed_ms = math.ceil(self.duration_ms + (self.init_ms or 0))
        fields = [
            f"REPORT RequestId: {self.request_id}",
            f"Duration: {self.duration_ms:.2f} ms",
            f"Billed Duration: {billed_ms} ms",
            f"Memory Size: {self.memory_mb} MB",
        ]
        if self.max_memory_mb is not None:
            fields.append(f"Max Memory Used: {self.max_memory_mb} MB")
        if self.init_ms is not None:
            fields.append(f"Init Duration: {self.init_ms:.2f} ms")
        return "\t".join(fields)
