"""Messages as SQS's protocol tells them."""

import hashlib
from collections.abc import Mapping
from typing import Any

from infra.local.fifo_queue import QueuedMessage, SentMessage

_SENDER_ID = "AIDALOCALSENDER"


class InvalidMessageError(Exception):
    """What is sent or asked for is not as SQS takes it."""


def sent_message(request: Mapping[str, Any], attributes: Mapping[str, str]) -> SentMessage:
    """`attributes` are the queue's. Raises `InvalidMessageError`."""
    body = request.get("MessageBody") or ""
    within("the length of MessageBody", len(body.encode()), 1, int(attributes["MaximumMessageSize"]))
    deduplication_id = request.get("MessageDeduplicationId")
    if deduplication_id is None and attributes["ContentBasedDeduplication"] == "true":
        deduplication_id = hashlib.sha256(body.encode()).hexdigest()
    group_id = request.get("MessageGroupId")
    if not group_id or not deduplication_id:
        raise InvalidMessageError("A FIFO queue needs MessageGroupId and MessageDeduplicationId")
    if request.get("DelaySeconds"):
        raise InvalidMessageError("A FIFO queue knows no DelaySeconds of one message")
    return SentMessage(
        body=body,
        group_id=group_id,
        deduplication_id=deduplication_id,
        attributes=request.get("MessageAttributes", {}),
    )


def received_message(message: QueuedMessage, request: Mapping[str, Any]) -> dict[str, Any]:
    """With the attributes that the request names."""
    told: dict[str, Any] = {
        "MessageId": message.id,
        "ReceiptHandle": message.receipt,
        "MD5OfBody": md5(message.body),
        "Body": message.body,
    }
    system = {
        "SenderId": _SENDER_ID,
        "SentTimestamp": _milliseconds(message.sent_at),
        "ApproximateReceiveCount": str(message.receive_count),
        "ApproximateFirstReceiveTimestamp": _milliseconds(message.first_received_at),
        "MessageGroupId": message.group_id,
        "MessageDeduplicationId": message.deduplication_id,
        "SequenceNumber": f"{message.sequence_number:020d}",
    }
    wanted = [*request.get("AttributeNames", ()), *request.get("MessageSystemAttributeNames", ())]
    if attributes := {key: system[key] for key in system if key in wanted or "All" in wanted}:
        told["Attributes"] = attributes
    wanted = request.get("MessageAttributeNames", ())
    own = message.attributes
    if attributes := {key: own[key] for key in own if key in wanted or "All" in wanted}:
        told["MessageAttributes"] = attributes
    return told


def within(name: str, value: Any, least: int, most: int) -> int:
    """Raises `InvalidMessageError`."""
    if not isinstance(value, int) or not least <= value <= most:
        raise InvalidMessageError(f"{name} must be from {least} to {most}, not {value}")
    return value


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
