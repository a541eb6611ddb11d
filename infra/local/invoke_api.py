"""Lambda's Invoke API on a laptop: an ASGI application through which functions invoke one another.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

import asyncio
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from infra.local.exchange import Receive, Scope, Send
from infra.local.invocations import (
    BufferedResult,
    FunctionError,
    InvocationResult,
    StreamBrokenError,
    StreamedResult,
)
from infra.local.lambda_service import REQUEST_TOO_LARGE, Invoker
from infra.local.plan import Plan, physical_name
from infra.local.reports import THROTTLED

_ROOT, _ACTION = "/2015-03-31/functions/", "/invocations"
_TENANT_ID = re.compile(r"[a-zA-Z0-9._:/=+\-@ ]{1,256}")
_EXECUTED_VERSION = ("x-amz-executed-version", "$LATEST")


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class _RefusedError(Exception):
    """Lambda answers by itself; no function has run."""

    def __init__(self, status: int, type: str, message: str) -> None:
        super().__init__(message)
        self.answer = _Answer(
            status,
            json.dumps({"Type": "User", "Message": message, "message": message}).encode(),
            (("x-amzn-errortype", type),),
        )


class InvokeApi:
    """`log` is given a line for each request. Invocations of type Event are not tried again, as AWS would."""

    def __init__(self, plan: Plan, invoker: Invoker, log: Callable[[str], None]) -> None:
        self._functions = {physical_name(function.name): function for function in plan.functions}
        self._max_payload_bytes = plan.limits.function_payload_bytes
        self._invoker = invoker
        self._log = log
        self._events: set[asyncio.Task[InvocationResult]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._answer(scope, receive)
        except _RefusedError as refusal:
            answer = refusal.answer
        self._log(f"{scope['method']} {scope['path']} {answer.status}")
        headers = {"content-type": "application/json", "x-amzn-requestid": str(uuid.uuid4())}
        headers |= {"content-length": str(len(answer.body)), **dict(answer.headers)}
        encoded = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Scope, receive: Receive) -> _Answer:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        name = self._function_name(scope)
        tenant_id = headers.get("x-amz-tenant-id")
        _check_tenant(tenant_id, isolated=self._functions[name].isolated)
        event = await self._read_event(receive)
        invocation = self._invoker.invoke(self._functions[name].name, event, tenant_id=tenant_id)
        if headers.get("x-amz-invocation-type", "RequestResponse") == "Event":
            task = asyncio.ensure_future(invocation)
            self._events.add(task)
            task.add_done_callback(self._events.discard)
            return _Answer(202)
        return await _told(await invocation)

    def _function_name(self, scope: Scope) -> str:
        path = unquote(bytes(scope["raw_path"]).decode("latin-1"))
        if scope["method"] != "POST" or not (path.startswith(_ROOT) and path.endswith(_ACTION)):
            raise _RefusedError(
                404, "ResourceNotFoundException", f"There is no {scope['method']} {path} here"
            )
        # A name, or an ARN with or without the version that is the only one here.
        given = path.removeprefix(_ROOT).removesuffix(_ACTION)
        name = given.rpartition("function:")[2].removesuffix(":$LATEST")
        if name not in self._functions:
            raise _RefusedError(404, "ResourceNotFoundException", f"Function not found: {given}")
        return name

    async def _read_event(self, receive: Receive) -> Any:
        payload = bytearray()
        more = True
        while more:
            message = await receive()
            payload += message.get("body", b"")
            more = message.get("more_body", False)
            if len(payload) > self._max_payload_bytes:
                raise _RefusedError(413, "RequestTooLargeException", "The payload is too large")
        try:
            return json.loads(payload or b"{}")
        except ValueError as error:
            raise _RefusedError(400, "InvalidRequestContentException", str(error)) from error


def _check_tenant(tenant_id: str | None, *, isolated: bool) -> None:
    if isolated and not _TENANT_ID.fullmatch(tenant_id or ""):
        reason = "The invoked function is enabled with tenancy configuration: it needs a valid tenant ID."
        raise _RefusedError(400, "InvalidParameterValueException", reason)
    if tenant_id and not isolated:
        reason = "The invoked function is not enabled with tenancy configuration: it takes no tenant ID."
        raise _RefusedError(400, "InvalidParameterValueException", reason)


async def _told(result: InvocationResult) -> _Answer:
    """A function's own failure is a good answer, with a header that says so."""
    match result:
        case BufferedResult():
            return _Answer(200, result.payload, (_EXECUTED_VERSION,))
        case StreamedResult():
            return await _collected(result)
        case FunctionError() if result == THROTTLED:
            raise _RefusedError(429, THROTTLED.type, THROTTLED.message)
        case FunctionError() if result == REQUEST_TOO_LARGE:
            raise _RefusedError(413, "RequestTooLargeException", REQUEST_TOO_LARGE.message)
        case FunctionError():
            return _failed(result)


async def _collected(result: StreamedResult) -> _Answer:
    try:
        payload = b"".join([chunk async for chunk in result.chunks])
    except StreamBrokenError as error:
        return _failed(FunctionError(type=error.type, message=error.message))
    return _Answer(200, payload, (_EXECUTED_VERSION,))


def _failed(error: FunctionError) -> _Answer:
    told: dict[str, Any] = {"errorMessage": error.message, "errorType": error.type}
    if error.stack_trace:
        told["stackTrace"] = error.stack_trace
    unhandled = ("x-amz-function-error", "Unhandled")
    return _Answer(200, json.dumps(told).encode(), (_EXECUTED_VERSION, unhandled))
