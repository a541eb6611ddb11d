"""A room's work on an SQS FIFO queue: what a message of it looks like, and how it is sent and kept."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from parley.domain.room_work import (
    DeliveryWork,
    MessageLostError,
    RoomWork,
    TurnWork,
    UnknownWorkError,
    Welcome,
)
from parley.errors import RoomQueueError
from parley.observability import log_failure

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

# What SQS answers where the receipt is no longer good.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html#API_ChangeMessageVisibility_Errors
_LOST = frozenset(
    {
        "AWS.SimpleQueueService.MessageNotInflight",
        "InvalidParameterValue",
        "MessageNotInflight",
        "ReceiptHandleIsInvalid",
    }
)


def build_sqs_client() -> SQSClient:
    """Gives up after a few seconds: a user is waiting. A send may be tried again: it is taken once."""
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3, "mode": "standard"})
    return boto3.client("sqs", config=config)


class SqsRoomQueue:
    """The client is built at the first use."""

    def __init__(self, queue_url: str, *, build_client: Callable[[], SQSClient] = build_sqs_client) -> None:
        self._queue_url = queue_url
        self._build_client = build_client
        self._client: SQSClient | None = None
        self._building = threading.Lock()

    def send(self, work: RoomWork) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        group_id, deduplication_id = _order_of(work)
        try:
            self._sqs().send_message(
                QueueUrl=self._queue_url,
                MessageBody=body_of(work),
                MessageGroupId=group_id,
                MessageDeduplicationId=deduplication_id,
            )
        except (BotoCoreError, ClientError) as error:
            log_failure("work not queued", error, room_id=work.room_id)
            raise RoomQueueError from None

    def in_hand(self, receipt_handle: str) -> SqsMessageInHand:
        return SqsMessageInHand(self._queue_url, receipt_handle, client=self._sqs)

    def _sqs(self) -> SQSClient:
        with self._building:
            if self._client is None:
                self._client = self._build_client()
            return self._client


class SqsMessageInHand:
    def __init__(self, queue_url: str, receipt_handle: str, *, client: Callable[[], SQSClient]) -> None:
        self._queue_url = queue_url
        self._receipt_handle = receipt_handle
        self._sqs = client

    def hide_for(self, seconds: int) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._sqs().change_message_visibility(
                QueueUrl=self._queue_url, ReceiptHandle=self._receipt_handle, VisibilityTimeout=seconds
            )
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] in _LOST:
                raise MessageLostError from None
            log_failure("work not kept hidden", error)
            raise RoomQueueError from None


def body_of(work: RoomWork) -> str:
    """A message's body."""
    match work:
        case Welcome():
            told = {"kind": "welcome", "room_id": work.room_id, "connection_id": work.connection_id}
        case TurnWork():
            told = {"kind": "turn", "room_id": work.room_id, "message_id": work.message_id}
        case DeliveryWork():
            told = {"kind": "delivery", "room_id": work.room_id, "id": work.id}
    return json.dumps(told, separators=(",", ":"))


def read_work(body: str) -> RoomWork:
    """What a message's body asks for. Raises `UnknownWorkError`."""
    try:
        told = json.loads(body)
    except ValueError as error:
        raise UnknownWorkError from error
    match told:
        case {"kind": "welcome", "room_id": str(room_id), "connection_id": str(connection_id)}:
            return Welcome(room_id=room_id, connection_id=connection_id)
        case {"kind": "turn", "room_id": str(room_id), "message_id": str(message_id)}:
            return TurnWork(room_id=room_id, message_id=message_id)
        case {"kind": "delivery", "room_id": str(room_id), "id": str(work_id)}:
            return DeliveryWork(room_id=room_id, id=work_id)
    raise UnknownWorkError


def _order_of(work: RoomWork) -> tuple[str, str]:
    """Its group, whose messages follow one another, and by what it is known again."""
    match work:
        case Welcome():
            return work.connection_id, f"welcome:{work.connection_id}"
        case TurnWork():
            return work.room_id, work.message_id
        case DeliveryWork():
            return f"delivery:{work.room_id}", f"delivery:{work.id}"
