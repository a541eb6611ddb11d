"""The idempotency table: what became of requests that bear an Idempotency-Key.

USER#<user>  REQUEST#<digest>                     a request's record; a digest of its operation and key
USER#<user>  REQUEST#<digest>#<attempt>#<number>  further parts of a long content
"""

import json
import time
import zlib
from hashlib import sha256

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DeleteError, PutError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from parley.domain.idempotency import REMEMBERED_SECONDS, KeyedRequest, RequestRecord
from parley.tables.item import Item, condition_failed

# An item holds 400 KB with its attribute names.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
_PART_BYTES = 380_000


class IdempotencyItem(Item):
    class Meta:
        table_name = "unbound"

    fingerprint = UnicodeAttribute(null=True)
    attempt = UnicodeAttribute(null=True)
    done = BooleanAttribute(null=True)
    lease_until_ms = NumberAttribute(null=True)
    content = BinaryAttribute(null=True, legacy_encoding=False)
    parts = NumberAttribute(null=True)


class DynamoRequestRecords:
    """Contents are compressed, and split where that is not enough."""

    def add(self, request: KeyedRequest, *, lease_seconds: float, content: bytes) -> bool:
        """Passes where there is no record or its day is over, and for this attempt's own repeated write."""
        item = _item(request, lease_seconds, content)
        free = (
            IdempotencyItem.pk.does_not_exist()
            | (IdempotencyItem.expires_at_epoch <= int(time.time()))
            | _is_own(request)
        )
        return _put(item, free)

    def find(self, request: KeyedRequest) -> RequestRecord | None:
        try:
            item = IdempotencyItem.get(*_key(request), consistent_read=True)
        except IdempotencyItem.DoesNotExist:
            return None
        if int(item.expires_at_epoch or 0) <= time.time():
            return None
        return RequestRecord(
            fingerprint=item.fingerprint or "",
            attempt=item.attempt or "",
            is_done=bool(item.done),
            lease_until_ms=int(item.lease_until_ms or 0),
            content=zlib.decompress((item.content or b"") + _further_parts(item)),
        )

    def take_over(
        self, request: KeyedRequest, found: RequestRecord, *, lease_seconds: float, content: bytes
    ) -> bool:
        """Passes while the record is still the abandoned attempt's and not done."""
        abandoned = (IdempotencyItem.attempt == found.attempt) & IdempotencyItem.done.does_not_exist()
        return _put(_item(request, lease_seconds, content), abandoned | _is_own(request))

    def finish(self, request: KeyedRequest, content: bytes | None = None) -> None:
        """Passes while the record is this attempt's."""
        actions: list[Action] = [IdempotencyItem.done.set(True), IdempotencyItem.lease_until_ms.remove()]
        if content is not None:
            parts = _split(content)
            for number, part in enumerate(parts[1:], start=1):
                _part(request, number, part).save()
            actions += [IdempotencyItem.content.set(parts[0]), IdempotencyItem.parts.set(len(parts) - 1)]
        try:
            IdempotencyItem(*_key(request)).update(actions, _is_own(request))
        except UpdateError as error:
            if not condition_failed(error):
                raise

    def remove(self, request: KeyedRequest) -> None:
        """Passes while the record is this attempt's."""
        try:
            IdempotencyItem(*_key(request)).delete(_is_own(request))
        except DeleteError as error:
            if not condition_failed(error):
                raise


def _key(request: KeyedRequest) -> tuple[str, str]:
    digest = sha256(json.dumps([request.operation, request.key]).encode()).hexdigest()
    return f"USER#{request.user_id}", f"REQUEST#{digest}"


def _is_own(request: KeyedRequest) -> Condition:
    condition: Condition = IdempotencyItem.attempt == request.attempt
    return condition


def _item(request: KeyedRequest, lease_seconds: float, content: bytes) -> IdempotencyItem:
    """The record of a request that has just begun; its content is short."""
    now = time.time()
    return IdempotencyItem(
        *_key(request),
        fingerprint=request.fingerprint,
        attempt=request.attempt,
        lease_until_ms=int((now + lease_seconds) * 1000),
        content=zlib.compress(content),
        expires_at_epoch=int(now) + REMEMBERED_SECONDS,
    )


def _put(item: IdempotencyItem, condition: Condition) -> bool:
    try:
        item.save(condition)
    except PutError as error:
        if not condition_failed(error):
            raise
        return False
    return True


def _split(content: bytes) -> list[bytes]:
    packed = zlib.compress(content)
    return [packed[start : start + _PART_BYTES] for start in range(0, len(packed), _PART_BYTES)]


def _part_prefix(sort_key: str, attempt: str) -> str:
    """Of one attempt: what a dead one left behind is not read."""
    return f"{sort_key}#{attempt}#"


def _part(request: KeyedRequest, number: int, content: bytes) -> IdempotencyItem:
    partition_key, sort_key = _key(request)
    return IdempotencyItem(
        partition_key,
        f"{_part_prefix(sort_key, request.attempt)}{number:04d}",
        content=content,
        expires_at_epoch=int(time.time()) + REMEMBERED_SECONDS,
    )


def _further_parts(item: IdempotencyItem) -> bytes:
    if not item.parts:
        return b""
    prefix = _part_prefix(item.sk, item.attempt or "")
    parts = IdempotencyItem.query(item.pk, IdempotencyItem.sk.startswith(prefix), consistent_read=True)
    return b"".join(part.content or b"" for part in parts)
