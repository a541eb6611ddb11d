"""What passes between whoever invokes a function locally and the process that runs it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One call of a function. `event` is JSON; the deadline is milliseconds since the epoch.

    `tenant_id` is for whom an isolated function runs.
    """

    request_id: str
    event: bytes
    deadline_epoch_ms: int
    function_arn: str
    trace_id: str
    tenant_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BufferedResult:
    """The function returned; `payload` is what it returned, as JSON (or raw bytes)."""

    payload: bytes
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamedResult:
    """The function streams. `prelude` holds `statusCode`, `headers`, `multiValueHeaders`, `cookies`.

    `chunks` yields payload bytes as they come and raises `StreamBrokenError` where the function failed, timed
    out or died in mid-stream. Closing the generator does not stop the function (nor does AWS).
    """

    prelude: dict[str, Any]
    chunks: AsyncGenerator[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionError:
    """The invocation failed before any answer: `type` and `message` as Lambda words them."""

    type: str
    message: str
    stack_trace: tuple[str, ...] = ()


class StreamBrokenError(Exception):
    """The stream ended in an error after it had begun."""

    def __init__(self, *, type: str, message: str) -> None:
        super().__init__(f"{type}: {message}")
        self.type = type
        self.message = message


type InvocationResult = BufferedResult | StreamedResult | FunctionError
