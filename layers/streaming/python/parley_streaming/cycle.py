"""One request through an ASGI application, its response streamed to the Runtime API as it is produced."""

import asyncio
import enum
import json
import logging
from collections.abc import Collection, Iterable
from typing import Any

from mangum.types import ASGI, Message, Scope

from parley_streaming.leftovers import Leftovers
from parley_streaming.protocol import (
    MAX_PRELUDE_BYTES,
    PRELUDE_END,
    ResponsePost,
    RuntimeApiLostError,
    StreamFailure,
)

logger = logging.getLogger(__name__)

_JSON_HEADERS = [(b"content-type", b"application/json")]


_INCOMPLETE = StreamFailure(
    type="IncompleteResponse", message="The application ended without completing its response"
)


class _State(enum.Enum):
    REQUEST = enum.auto()
    RESPONSE = enum.auto()
    COMPLETE = enum.auto()


class StreamCycle:
    """The three callables of ASGI for one invocation, and its end."""

    def __init__(
        self, scope: Scope, body: bytes, post: ResponsePost, *, excluded_headers: Collection[str] = ()
    ) -> None:
        self._scope = scope
        self._body: bytes | None = body
        self._post = post
        self._excluded_headers = excluded_headers
        self._state = _State.REQUEST
        self._ended = asyncio.Event()
        self._exception: BaseException | None = None

    async def run(self, app: ASGI) -> None:
        """Returns when the response is delivered or lost and the application's tasks have ended.

        The response is completed last, because Lambda may freeze the process from then on.
        """
        with Leftovers() as leftovers:
            failure = await self._run_app(app)
            if self._state is _State.REQUEST and not self._post.lost:
                await self._answer_internal_error()
            self._state = _State.COMPLETE
            self._ended.set()
            await leftovers.finish(but=self._post.own_tasks)
        try:
            await self._post.finish(failure)
        except OSError as error:
            logger.warning("The response was not delivered: %s", error)
        finally:
            await self._post.close()

    async def receive(self) -> Message:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._ended.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Raises `OSError` once the response cannot be delivered."""
        if self._post.lost:
            raise RuntimeApiLostError("The response cannot be delivered any more")
        match self._state, message["type"]:
            case _State.REQUEST, "http.response.start":
                await self._begin(message["status"], message.get("headers", ()))
            case _State.RESPONSE, "http.response.body":
                await self._write(bytes(message.get("body", b"")))
                if not message.get("more_body", False):
                    self._state = _State.COMPLETE
                    self._ended.set()
            case state, message_type:
                raise RuntimeError(f"Unexpected ASGI message {message_type} in state {state.name}")

    async def _run_app(self, app: ASGI) -> StreamFailure | None:
        try:
            await app(self._scope, self.receive, self.send)
        except (Exception, asyncio.CancelledError) as error:
            logger.exception("The application failed")
            # Its frames hold the generators that are still to be closed, and what these need.
            self._exception = error
            failure = StreamFailure(type=type(error).__name__, message=str(error))
        else:
            if self._state is _State.COMPLETE:
                return None
            failure = _INCOMPLETE
            logger.error(failure.message)
        return failure if self._state is _State.RESPONSE else None

    async def _begin(self, status: int, headers: Iterable[Iterable[bytes]]) -> None:
        prelude = encode_prelude(status, headers, excluded_headers=self._excluded_headers)
        if len(prelude) + len(PRELUDE_END) > MAX_PRELUDE_BYTES:
            raise ValueError(f"Status and headers take more than {MAX_PRELUDE_BYTES} bytes")
        self._state = _State.RESPONSE
        await self._post.begin(prelude, on_lost=self._ended.set)

    async def _write(self, data: bytes) -> None:
        if self._scope["method"] != "HEAD":
            await self._post.write(data)

    async def _answer_internal_error(self) -> None:
        envelope = {
            "success": False,
            "error": "服务器内部错误",
            "code": 500,
            "type": "internal_error",
            "request_id": self._scope["aws.context"].aws_request_id,
        }
        try:
            await self._begin(500, _JSON_HEADERS)
            await self._write(json.dumps(envelope, ensure_ascii=False).encode())
        except OSError as error:
            logger.warning("The error could not be told: %s", error)


def encode_prelude(
    status: int, headers: Iterable[Iterable[bytes]], *, excluded_headers: Collection[str] = ()
) -> bytes:
    """API Gateway's metadata: headers that occur once, those that occur more often, and cookies lie apart."""
    values: dict[str, list[str]] = {}
    for raw_name, raw_value in headers:
        values.setdefault(raw_name.decode("latin-1").lower(), []).append(raw_value.decode("latin-1"))
    cookies = values.pop("set-cookie", [])
    values = {name: value for name, value in values.items() if name not in excluded_headers}
    prelude: dict[str, Any] = {
        "statusCode": status,
        "headers": {name: value[0] for name, value in values.items() if len(value) == 1},
    }
    if repeated := {name: value for name, value in values.items() if len(value) > 1}:
        prelude["multiValueHeaders"] = repeated
    if cookies:
        prelude["cookies"] = cookies
    return json.dumps(prelude).encode()
