"""Records of keyed requests in memory; the contract tests are those of the table."""

import time
from dataclasses import dataclass, field, replace
from threading import Lock

from parley.domain.idempotency import REMEMBERED_SECONDS, KeyedRequest, RequestRecord


@dataclass
class InMemoryRequestRecords:
    records: dict[tuple[str, str, str], tuple[RequestRecord, float]] = field(default_factory=dict)
    guard: Lock = field(default_factory=Lock)

    def add(self, request: KeyedRequest, *, lease_seconds: float, content: bytes) -> bool:
        with self.guard:
            found = self._find(request)
            if found is not None and found.attempt != request.attempt:
                return False
            self._put(request, lease_seconds, content)
            return True

    def find(self, request: KeyedRequest) -> RequestRecord | None:
        with self.guard:
            return self._find(request)

    def take_over(
        self, request: KeyedRequest, found: RequestRecord, *, lease_seconds: float, content: bytes
    ) -> bool:
        with self.guard:
            current = self._find(request)
            if current is None or current.is_done or current.attempt not in (found.attempt, request.attempt):
                return False
            self._put(request, lease_seconds, content)
            return True

    def finish(self, request: KeyedRequest, content: bytes | None = None) -> None:
        with self.guard:
            found = self._own(request)
            if found is not None:
                record, until = found
                kept = record.content if content is None else content
                self.records[_key(request)] = (replace(record, is_done=True, content=kept), until)

    def remove(self, request: KeyedRequest) -> None:
        with self.guard:
            if self._own(request) is not None:
                del self.records[_key(request)]

    def _find(self, request: KeyedRequest) -> RequestRecord | None:
        record, until = self.records.get(_key(request), (None, 0.0))
        return record if until > time.time() else None

    def _own(self, request: KeyedRequest) -> tuple[RequestRecord, float] | None:
        found = self.records.get(_key(request))
        return found if found and found[0].attempt == request.attempt else None

    def _put(self, request: KeyedRequest, lease_seconds: float, content: bytes) -> None:
        record = RequestRecord(
            fingerprint=request.fingerprint,
            attempt=request.attempt,
            is_done=False,
            lease_until_ms=int((time.time() + lease_seconds) * 1000),
            content=content,
        )
        self.records[_key(request)] = (record, time.time() + REMEMBERED_SECONDS)


def _key(request: KeyedRequest) -> tuple[str, str, str]:
    return request.user_id, request.operation, request.key
