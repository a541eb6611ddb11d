"""Builds a function's ASGI application: one router, the error map and the frame around each request."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from parley import __version__
from parley.accounts.authentication import Authenticator
from parley.cors import CorsPolicy
from parley.http.error_map import map_errors
from parley.observability import begin_request, log

# All bodies are JSON, whatever their media type says: `curl -d` and a plain `fetch` say something else, and a
# token that travels in a header cannot be sent by a foreign page's form.
_JSON = [b"content-type", b"application/json"]


class RequestFrame:
    """Names the request in the log, takes off a trailing slash, lets pages of other origins read the answer,
    and writes one line when it has ended.
    """

    def __init__(self, app: ASGIApp, *, cors: CorsPolicy) -> None:
        self.app = app
        self._cors = cors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        scope["path"] = scope["path"].removesuffix("/") or "/"
        scope["headers"] = [header for header in scope["headers"] if header[0] != b"content-type"] + [_JSON]
        _name_request(scope)
        watch = _SendWatch(send, _encoded(self._cors.headers(_origin(scope))))
        try:
            await self.app(scope, receive, watch)
        except Exception:
            # The error map has answered and logged; only what was cut in the middle goes further.
            if not watch.complete:
                raise
        finally:
            log(
                "request",
                method=scope["method"],
                # The template, not the path: ids belong in fields of their own.
                route=getattr(scope.get("route"), "path", None),
                status=watch.status,
                duration_ms=round((time.perf_counter() - started) * 1000, 1),
            )


def create_app(
    router: APIRouter, *, cors: CorsPolicy, authenticator: Authenticator | None = None, **parts: Any
) -> RequestFrame:
    """`parts` are what the routes work with; a route finds them on `request.app.state`."""
    app = FastAPI(
        title="Parley",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.authenticator = authenticator
    for name, part in parts.items():
        setattr(app.state, name, part)
    app.include_router(router)
    map_errors(app)
    return RequestFrame(app, cors=cors)


class _SendWatch:
    """Adds `headers` to the answer, and knows how far it has come."""

    def __init__(self, send: Send, headers: Sequence[tuple[bytes, bytes]]) -> None:
        self._send = send
        self._headers = headers
        self.status: int | None = None
        self.complete = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message.get("headers", ()), *self._headers]}
        await self._send(message)
        self.complete = message["type"] == "http.response.body" and not message.get("more_body", False)


def _origin(scope: Scope) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"), None)


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def _name_request(scope: Scope) -> None:
    context = scope.get("aws.context")
    gateway = scope.get("aws.event", {}).get("requestContext", {})
    begin_request(
        gateway.get("requestId") or "unknown", function_request_id=getattr(context, "aws_request_id", None)
    )
