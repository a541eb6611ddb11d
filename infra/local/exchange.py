"""One request and its answer at the gateway, over ASGI."""

import time
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any

from infra.local.lambda_service import new_trace_id
from infra.local.proxy_events import GatewayRequest
from infra.local.proxy_responses import Head

type Scope = MutableMapping[str, Any]
type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]

# A client that is still sending may not read an answer before it is done. So much more than the limit is read
# (and thrown away) before it gets one.
_DISCARD_FACTOR = 8


class BodyTooLargeError(Exception):
    pass


class Exchange:
    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.request_id = str(uuid.uuid4())
        self.trace_id = new_trace_id()
        self.status = 0
        """What was answered; 0 before that."""
        self.receive = receive
        self.source_ip: str = (scope.get("client") or ("",))[0]
        self._scope = scope
        self._send = send
        self._received_at = datetime.now(UTC)
        self._begin = time.monotonic()

    @property
    def method(self) -> str:
        return str(self._scope["method"])

    @property
    def path(self) -> str:
        return bytes(self._scope["raw_path"]).decode("latin-1")

    @property
    def origin(self) -> str | None:
        """The page that asks, as its browser names it."""
        return next(
            (value.decode("latin-1") for name, value in self._scope["headers"] if name == b"origin"), None
        )

    @property
    def duration_ms(self) -> float:
        return (time.monotonic() - self._begin) * 1000

    async def read_request(self, *, max_bytes: int) -> GatewayRequest:
        """Raises `BodyTooLargeError`; no more than `max_bytes` is ever held."""
        headers = [
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in self._scope["headers"]
        ]
        return GatewayRequest(
            method=self.method,
            path=self.path,
            query=self._scope["query_string"].decode("latin-1"),
            headers=headers,
            body=await self._read_body(dict(headers), max_bytes),
            source_ip=self.source_ip,
            http_version=self._scope["http_version"],
            received_at=self._received_at,
            request_id=self.request_id,
            trace_id=self.trace_id,
        )

    async def begin(self, head: Head, *, content_length: int | None = None) -> None:
        headers = [
            *head.headers,
            ("x-amzn-requestid", self.request_id),
            ("x-amzn-trace-id", f"Root={self.trace_id}"),
        ]
        if content_length is not None:
            headers.append(("content-length", str(content_length)))
        self.status = head.status
        encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await self._send({"type": "http.response.start", "status": head.status, "headers": encoded})

    async def send_body(self, body: bytes, *, more: bool) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def answer(self, head: Head, body: bytes) -> None:
        await self.begin(head, content_length=None if head.status in {204, 304} else len(body))
        await self.send_body(b"" if head.status in {204, 304} else body, more=False)

    async def _read_body(self, headers: dict[str, str], max_bytes: int) -> bytes:
        announced = headers.get("content-length", "0")
        too_large = announced.isdigit() and int(announced) > max_bytes
        if too_large and headers.get("expect", "").lower() == "100-continue":
            raise BodyTooLargeError
        body = bytearray()
        size = 0
        more = True
        while more and size <= max_bytes * _DISCARD_FACTOR:
            message = await self.receive()
            more = message.get("more_body", False)
            size += len(message.get("body", b""))
            if not too_large and size <= max_bytes:
                body += message.get("body", b"")
            else:
                too_large = True
                body.clear()
        if too_large:
            raise BodyTooLargeError
        return bytes(body)
