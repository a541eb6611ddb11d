"""The REST API on a laptop: an ASGI application that answers as API Gateway does, by invoking functions."""

import asyncio
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.exchange import BodyTooLargeError, Exchange, Receive, Scope, Send
from infra.local.gateway_answers import GatewayAnswers
from infra.local.gateway_streams import StreamCutError, pass_on
from infra.local.invocations import BufferedResult, FunctionError, InvocationResult, StreamedResult
from infra.local.lambda_service import Invoker
from infra.local.plan import Plan
from infra.local.proxy_events import proxy_event
from infra.local.proxy_responses import Head, MalformedResponseError, buffered_response, response_head
from infra.local.routing import Router


@dataclass(frozen=True, slots=True)
class _Target:
    function: str
    streaming: bool


class _RefusedError(Exception):
    """The gateway itself answers, as API Gateway does for this response type."""

    def __init__(self, response_type: str) -> None:
        super().__init__(response_type)
        self.response_type = response_type


class Gateway:
    """`log` is given a line for each request, without its query string or any header."""

    def __init__(self, plan: Plan, invoker: Invoker, log: Callable[[str], None]) -> None:
        self._router = Router(plan.routes)
        self._targets = {each.name: _Target(each.name, each.streaming) for each in plan.functions}
        self._answers = GatewayAnswers(plan.gateway_responses, cors=plan.cors)
        self._limits = plan.limits
        self._invoker = invoker
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope, receive, send)
        note = ""
        try:
            await self._serve(exchange)
        except StreamCutError as error:
            note = f" (cut: {error})"  # the server closes a connection whose answer is incomplete
        except Exception:
            note = "\n" + traceback.format_exc()
            if not exchange.status:
                await self._refuse(exchange, "DEFAULT_5XX")
        finally:
            self._log(
                f"{exchange.source_ip} {exchange.method} {exchange.path} {exchange.status} "
                f"{exchange.duration_ms:.0f} ms {exchange.request_id}{note}"
            )

    async def _serve(self, exchange: Exchange) -> None:
        try:
            request = await exchange.read_request(max_bytes=self._limits.request_body_bytes)
            match = self._router.match(request.path)
            if match is None:
                raise _RefusedError("MISSING_AUTHENTICATION_TOKEN")
            methods = match.resource.methods
            if request.method not in methods:
                await exchange.answer(*self._mock(exchange, methods))
                return
            target = self._targets[methods[request.method]]
            result = await self._invoke(target, proxy_event(request, match), exchange)
            await self._answer(exchange, target, result)
        except BodyTooLargeError:
            await self._refuse(exchange, "REQUEST_TOO_LARGE")
        except _RefusedError as refusal:
            await self._refuse(exchange, refusal.response_type)

    def _mock(self, exchange: Exchange, methods: Iterable[str]) -> tuple[Head, bytes]:
        """What mock integrations answer: preflights, and methods that the path does not have."""
        if exchange.method == "OPTIONS" and self._answers.has_preflights:
            return self._answers.preflight(exchange.origin, methods)
        return self._answers.method_not_allowed(exchange.origin, methods)

    async def _invoke(
        self, target: _Target, event: Mapping[str, Any], exchange: Exchange
    ) -> InvocationResult:
        """For a stream, the time until it begins counts as idle."""
        limits = self._limits
        timeout = limits.stream_idle_seconds if target.streaming else limits.buffered_timeout_seconds
        invocation = self._invoker.invoke(target.function, event, trace_id=exchange.trace_id)
        try:
            return await asyncio.wait_for(invocation, timeout)
        except TimeoutError as error:
            raise _RefusedError("INTEGRATION_TIMEOUT") from error

    async def _answer(self, exchange: Exchange, target: _Target, result: InvocationResult) -> None:
        try:
            match result:
                case FunctionError():
                    self._log(
                        f"{exchange.request_id} {target.function} failed: {result.type}: {result.message}"
                    )
                    await exchange.answer(*self._answers.for_error(result, exchange.origin))
                case StreamedResult() if target.streaming:
                    await self._stream(exchange, result)
                case BufferedResult() if not target.streaming:
                    await exchange.answer(*buffered_response(result.payload))
                case _:
                    raise MalformedResponseError("the other transfer mode than the integration's")
        except MalformedResponseError as error:
            self._log(f"{exchange.request_id} {target.function} gave a malformed answer: {error}")
            raise _RefusedError("INTEGRATION_FAILURE") from error

    async def _stream(self, exchange: Exchange, result: StreamedResult) -> None:
        try:
            head = response_head(result.prelude)
        except MalformedResponseError:
            await result.chunks.aclose()
            raise
        await exchange.begin(head)
        await pass_on(result.chunks, exchange, self._limits)

    async def _refuse(self, exchange: Exchange, response_type: str) -> None:
        await exchange.answer(*self._answers.answer(response_type, exchange.origin))
