"""POST requests that bear an Idempotency-Key: the same key and body within a day get the first answer again.

Only successes are remembered: what was refused or failed may be sent again. An answer that bears a secret
says that it is not to be kept; its request is done anew when it is repeated.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute

from parley.domain.idempotency import KeyedRequest, RequestRecords, begin, take_over
from parley.errors import IdempotencyKeyReusedError, RequestRunningError
from parley.http.auth import CurrentUserDep, current_user
from parley.http.deadline import seconds_left
from parley.http.failures import failures, together
from parley.observability import log_failure

REPLAYED: Final = {"Idempotency-Replayed": "true"}
_NO_STORE: Final = "no-store"
NOT_TO_BE_KEPT: Final = {"Cache-Control": _NO_STORE}

# A function is killed when its time is over; nobody takes over a moment before.
_MARGIN_SECONDS = 1.0
_UNTOLD_SECONDS = 30.0
_PATTERN: Final = r"^[\x20-\x7e]+$"
_KEY = re.compile(r"[\x20-\x7e]{1,255}")

_REFUSED = failures(IdempotencyKeyReusedError, RequestRunningError)

KeyHeader = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        pattern=_PATTERN,
        description="The same key with the same body within 24 hours gets the first answer again.",
    ),
]


def _check_key(idempotency_key: KeyHeader = None) -> None:
    """Documents the header, and refuses a bad one."""


async def _keyed_request(request: Request, _: CurrentUserDep) -> KeyedRequest | None:
    return await _identify(request) if _has_key(request) else None


# For endpoints that see to it themselves that they are done once; the request's key, if it has one.
KeyedRequestDep = Annotated[KeyedRequest | None, Depends(_keyed_request)]


class IdempotentRoute(APIRoute):
    """Keeps the whole answer of each POST, unless its endpoint takes a `KeyedRequestDep`.

    For endpoints that answer at once. Needs `app.state.idempotency`.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        dependencies = list(options.pop("dependencies", None) or ())
        if "POST" in (options.get("methods") or ()):
            dependencies.append(Depends(_check_key))
            options["responses"] = together(options.get("responses") or {}, _REFUSED)
        super().__init__(path, endpoint, dependencies=dependencies, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        is_keyed = any(each.call is _keyed_request for each in self.dependant.dependencies)
        if "POST" not in (self.methods or ()) or is_keyed:
            return handle

        async def handle_once(request: Request) -> Response:
            if not _has_key(request):
                return await handle(request)
            await asyncio.to_thread(current_user, request)
            once = _Once(request.app.state.idempotency, await _identify(request))
            return await once.answer(request, handle)

        return handle_once


class _Once:
    def __init__(self, records: RequestRecords, keyed: KeyedRequest) -> None:
        self._records = records
        self._keyed = keyed

    async def answer(
        self, request: Request, handle: Callable[[Request], Coroutine[Any, Any, Response]]
    ) -> Response:
        """Raises `IdempotencyKeyReusedError`, `RequestRunningError`, and whatever `handle` does."""
        earlier = await asyncio.to_thread(self._begin, _lease_seconds(request))
        if earlier is not None:
            return earlier
        try:
            response = await handle(request)
        except BaseException:
            await asyncio.to_thread(self._records.remove, self._keyed)
            raise
        await self._end(response)
        return response

    def _begin(self, lease_seconds: float) -> Response | None:
        found = begin(self._records, self._keyed, lease_seconds=lease_seconds)
        if found is None:
            return None
        if not found.is_done:
            take_over(self._records, self._keyed, found, lease_seconds=lease_seconds)
            return None
        status, _, body = found.content.partition(b"\n")
        return Response(body, status_code=int(status), media_type="application/json", headers=REPLAYED)

    async def _end(self, response: Response) -> None:
        try:
            may_be_kept = response.headers.get("cache-control") != _NO_STORE
            if 200 <= response.status_code < 300 and may_be_kept:
                content = b"%d\n%b" % (response.status_code, bytes(response.body))
                await asyncio.to_thread(self._records.finish, self._keyed, content)
            else:
                await asyncio.to_thread(self._records.remove, self._keyed)
        except (
            Exception
        ) as error:  # the answer is good all the same; a repeat is refused until the lease ends
            log_failure("answer not remembered", error)


def _has_key(request: Request) -> bool:
    """A good one: `_check_key` refuses the others."""
    return bool(_KEY.fullmatch(request.headers.get("idempotency-key", "")))


async def _identify(request: Request) -> KeyedRequest:
    """Of a request whose user is known."""
    return KeyedRequest(
        user_id=current_user(request).id,
        operation=f"{request.method} {request.scope['path']}",
        key=request.headers["idempotency-key"],
        fingerprint=_fingerprint(request.scope["query_string"], await request.body()),
    )


def _fingerprint(query: bytes, body: bytes) -> str:
    """The same for the same JSON, in whatever order its fields stand."""
    with suppress(ValueError, RecursionError):  # what is no JSON will be refused
        body = json.dumps(json.loads(body), sort_keys=True).encode()
    return hashlib.sha256(query + b"\n" + body).hexdigest()


def _lease_seconds(request: Request) -> float:
    left = seconds_left(request)
    return (left() if left else _UNTOLD_SECONDS) + _MARGIN_SECONDS
