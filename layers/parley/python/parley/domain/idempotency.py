"""Requests that bear an Idempotency-Key: done once, however often they are sent within a day.

A record is written before anything is done. It either ends (done, with what is needed to answer again) or is
taken back (nothing was done); where its writer died it is abandoned once its lease has run out.
"""

import time
from dataclasses import dataclass, field
from typing import Final, Protocol
from uuid import uuid4

from parley.errors import IdempotencyKeyReusedError, RequestRunningError

REMEMBERED_SECONDS: Final = 24 * 60 * 60
# How often the key is asked for anew when what stood in the way has just been taken back.
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedRequest:
    """`operation` is the method and the path, `fingerprint` a digest of all else that the request says.

    `attempt` tells this sending of the request from every other.
    """

    user_id: str
    operation: str
    key: str
    fingerprint: str
    attempt: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """`content` is whatever its writer needs to answer again."""

    fingerprint: str
    attempt: str
    is_done: bool
    lease_until_ms: int
    content: bytes

    @property
    def is_abandoned(self) -> bool:
        return not self.is_done and self.lease_until_ms <= time.time() * 1000


class RequestRecords(Protocol):
    """Records by user, operation and key. They are forgotten a day after they began. All calls block."""

    def add(self, request: KeyedRequest, *, lease_seconds: float, content: bytes) -> bool:
        """False, and nothing changed, where there is a record of that key."""

    def find(self, request: KeyedRequest) -> RequestRecord | None: ...

    def take_over(
        self, request: KeyedRequest, found: RequestRecord, *, lease_seconds: float, content: bytes
    ) -> bool:
        """Go on in the place of an abandoned attempt. False where another did so, or it lives after all."""

    def finish(self, request: KeyedRequest, content: bytes | None = None) -> None:
        """It is done; None keeps the content. Changes nothing where another attempt has taken over."""

    def remove(self, request: KeyedRequest) -> None:
        """Nothing was done. Changes nothing where another attempt has taken over."""


def begin(
    records: RequestRecords, request: KeyedRequest, *, lease_seconds: float, content: bytes = b""
) -> RequestRecord | None:
    """None: the key is this request's, go ahead. Otherwise the record of an earlier attempt, done or not.

    Raises `IdempotencyKeyReusedError` and, while another attempt is at work, `RequestRunningError`.
    """
    for _ in range(_TRIES):
        if records.add(request, lease_seconds=lease_seconds, content=content):
            return None
        found = records.find(request)
        if found is None:
            continue
        if found.fingerprint != request.fingerprint:
            raise IdempotencyKeyReusedError
        return found
    raise RequestRunningError


def take_over(
    records: RequestRecords,
    request: KeyedRequest,
    found: RequestRecord,
    *,
    lease_seconds: float,
    content: bytes = b"",
) -> None:
    """Raises `RequestRunningError` unless `found` was abandoned and is this request's now."""
    if not found.is_abandoned or not records.take_over(
        request, found, lease_seconds=lease_seconds, content=content
    ):
        raise RequestRunningError
