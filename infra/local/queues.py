"""Makes the topology's queues at an endpoint, each with the one that takes what is given up."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.local.plan import queue_name
from infra.topology import Queue

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.literals import QueueAttributeNameType

# SQS's longest. What was given up is kept for somebody to look at it.
_DEAD_LETTER_RETENTION_SECONDS = 14 * 24 * 3600


# As in the cloud (`components/queues.py`).
_FIFO: dict["QueueAttributeNameType", str] = {
    "FifoQueue": "true",
    "DeduplicationScope": "messageGroup",
    "FifoThroughputLimit": "perMessageGroupId",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeQueue:
    queue: Queue
    url: str
    arn: str
    dead_letter_url: str


def ensure_queues(
    client: "SQSClient", queues: Iterable[Queue], *, fresh: bool, required: bool
) -> tuple[dict[str, MadeQueue], str | None]:
    """Creates what is missing, by the queues' names; `fresh` empties our queues, and only those.

    Where no queue is `required`, an endpoint without SQS is no failure: the reason is returned.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    made = {}
    try:
        for queue in queues:
            made[queue.name] = _ensure_queue(client, queue)
            if fresh:
                _empty(client, made[queue.name])
    except (BotoCoreError, ClientError) as error:
        if required:
            raise
        return {}, str(error)
    return made, None


def _ensure_queue(client: "SQSClient", queue: Queue) -> MadeQueue:
    retention = str(_DEAD_LETTER_RETENTION_SECONDS)
    dead_letter_url = _ensure(client, queue.dead_letter_name, {"MessageRetentionPeriod": retention})
    redrive = {"deadLetterTargetArn": _arn(client, dead_letter_url), "maxReceiveCount": queue.max_receives}
    url = _ensure(
        client,
        queue.name,
        {
            "VisibilityTimeout": str(queue.visibility_timeout_seconds),
            "RedrivePolicy": json.dumps(redrive),
        },
    )
    return MadeQueue(queue=queue, url=url, arn=_arn(client, url), dead_letter_url=dead_letter_url)


def _ensure(client: "SQSClient", name: str, attributes: dict["QueueAttributeNameType", str]) -> str:
    """Its URL. One that exists is given the attributes."""
    try:
        url = client.get_queue_url(QueueName=queue_name(name))["QueueUrl"]
        client.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    except client.exceptions.QueueDoesNotExist:
        created = client.create_queue(QueueName=queue_name(name), Attributes={**_FIFO, **attributes})
        url = created["QueueUrl"]
    return url


def _empty(client: "SQSClient", made: MadeQueue) -> None:
    for url in (made.url, made.dead_letter_url):
        client.purge_queue(QueueUrl=url)


def _arn(client: "SQSClient", url: str) -> str:
    return client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def dead_letters(client: "SQSClient", made: MadeQueue) -> int:
    """How many messages have been given up, about."""
    answer = client.get_queue_attributes(QueueUrl=made.dead_letter_url, AttributeNames=["All"])
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])
