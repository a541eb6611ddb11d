"""One invocation, from being handed to the worker until the worker asks for the next."""

import asyncio
import json
from collections.abc import Mapping

from infra.local.invocations import (
    FunctionError,
    Invocation,
    InvocationResult,
    StreamBrokenError,
    StreamedResult,
)
from infra.local.response_stream import (
    InvalidPreludeError,
    ResponseStream,
    error_in_trailers,
    split_prelude,
)


class RunningInvocation:
    """Belongs to one event loop. It is answered once; what comes for it after that is ignored."""

    def __init__(self, invocation: Invocation) -> None:
        self.invocation = invocation
        self.response_begun = False
        self._answer: asyncio.Future[InvocationResult] = asyncio.get_running_loop().create_future()
        self._answered = False
        self._head = b""
        self._stream: ResponseStream | None = None

    async def answer(self) -> InvocationResult:
        """If whoever waits is cancelled, the function runs on and its answer is thrown away."""
        try:
            return await self._answer
        except asyncio.CancelledError:
            if self._stream is not None:
                self._stream.abandon()
            raise

    def answer_with(self, result: InvocationResult) -> None:
        self._answered = True
        if not self._answer.done():
            self._answer.set_result(result)

    def fail(self, error: FunctionError) -> None:
        """Ends what is still open, the answer or the stream, with `error`."""
        if not self._answered:
            self.answer_with(error)
        elif self._stream is not None:
            self._stream.end(StreamBrokenError(type=error.type, message=error.message))

    async def feed(self, data: bytes) -> None:
        """Takes a piece of a streamed body; waits while the reader is behind."""
        payload = data
        if not self._answered:
            self._head += data
            payload = self._begin_stream()
        if payload and self._stream is not None:
            await self._stream.write(payload)

    def end_stream(self, trailers: Mapping[str, str]) -> None:
        error = error_in_trailers(trailers)
        if self._stream is not None:
            self._stream.end(error)
        elif error is not None:
            self.fail(FunctionError(type=error.type, message=error.message))
        else:
            self.fail(_invalid_response("The stream ended within its prelude"))

    def _begin_stream(self) -> bytes:
        try:
            split = split_prelude(self._head)
        except InvalidPreludeError as error:
            self.fail(_invalid_response(str(error)))
            return b""
        if split is None:
            return b""
        prelude, payload = split
        self._stream = ResponseStream()
        if self._answer.cancelled():
            self._stream.abandon()
        self.answer_with(StreamedResult(prelude=prelude, chunks=self._stream))
        return payload


def reported_error(body: bytes) -> FunctionError:
    """What a runtime posts about a failed invocation or initialisation."""
    try:
        report = json.loads(body)
        return FunctionError(
            type=str(report["errorType"]),
            message=str(report["errorMessage"]),
            stack_trace=tuple(str(line) for line in report.get("stackTrace") or ()),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return FunctionError(type="Runtime.Unknown", message="The function failed without saying how")


def _invalid_response(message: str) -> FunctionError:
    return FunctionError(type="Runtime.InvalidResponse", message=message)
