"""Which function a WebSocket's message is for, and what came of its invocation."""

import asyncio
import json
import traceback
from collections.abc import Mapping
from typing import Any

from infra.local.invocations import BufferedResult, FunctionError, InvocationResult, StreamedResult
from infra.local.lambda_service import Invoker
from infra.local.plan import Plan
from infra.local.proxy_responses import Head, MalformedResponseError, buffered_response
from infra.topology import SOCKET_ROUTE_SELECTION

_BODY = "$request.body."
_DEFAULT = "$default"


class SocketInvocationError(Exception):
    """`status` and `message` are what API Gateway tells of it, `reason` is for the log."""

    def __init__(self, status: int, message: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.message = message
        self.reason = reason


class SocketFunctions:
    def __init__(self, plan: Plan, invoker: Invoker) -> None:
        self._functions = {route.key: route.function for route in plan.socket_routes}
        self._timeout_seconds = plan.limits.socket_timeout_seconds
        self._turns = asyncio.Semaphore(plan.limits.socket_invocations)
        self._invoker = invoker

    def __contains__(self, route_key: str) -> bool:
        return route_key in self._functions

    def route_key(self, message: str) -> str | None:
        """The route that a message selects, else `$default`, or None where there is no such route.

        None of API Gateway's own routes can be selected.
        """
        action = _selected(message)
        if isinstance(action, str) and action in self._functions and not action.startswith("$"):
            return action
        return _DEFAULT if _DEFAULT in self._functions else None

    async def invoke(self, route_key: str, event: Mapping[str, Any]) -> Head:
        """What the function answers, its body aside. Invocations begin in the order of the calls.

        Raises `SocketInvocationError` only. If the caller is cancelled, the function runs on.
        """
        async with self._turns:
            invocation = self._invoker.invoke(self._functions[route_key], event)
            try:
                result = await asyncio.wait_for(invocation, self._timeout_seconds)
            except TimeoutError as error:
                raise SocketInvocationError(504, "Endpoint request timed out", "timed out") from error
            except Exception as error:
                raise SocketInvocationError(500, "Internal server error", traceback.format_exc()) from error
        return await _head(result)


async def _head(result: InvocationResult) -> Head:
    match result:
        case BufferedResult():
            try:
                return buffered_response(result.payload)[0]
            except MalformedResponseError as error:
                raise _failed(f"gave a malformed answer: {error}") from error
        case StreamedResult():
            await result.chunks.aclose()
            raise _failed("gave a malformed answer: a stream")
        case FunctionError():
            raise _failed(f"failed: {result.type}: {result.message}")


def _failed(reason: str) -> SocketInvocationError:
    return SocketInvocationError(502, "Internal server error", reason)


def _selected(message: str) -> object:
    """What the route selection expression finds in it; None where it finds nothing."""
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        return None
    for name in SOCKET_ROUTE_SELECTION.removeprefix(_BODY).split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found
