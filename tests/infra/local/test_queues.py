"""The topology's queues at an endpoint: made when missing, kept, changed, emptied; there or told."""

import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError

from infra.local.aws import AwsAccess
from infra.local.queues import MadeQueue, dead_letters, ensure_queues
from infra.topology import Queue
from tests.infra.local.queue_server import running_queues

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

WORK = Queue(name="work", visibility_timeout_seconds=60, max_receives=2)


@pytest.fixture(scope="module")
def client() -> Iterator["SQSClient"]:
    with running_queues() as access:
        client = access.sqs()
        yield client
        client.close()


def ensured(client: "SQSClient", queue: Queue = WORK, *, fresh: bool = False) -> MadeQueue:
    made, reason = ensure_queues(client, [queue], fresh=fresh, required=True)
    assert reason is None
    return made["work"]


def attributes(client: "SQSClient", url: str) -> Any:
    return client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def send(client: "SQSClient", url: str, text: str) -> None:
    client.send_message(QueueUrl=url, MessageBody=text, MessageGroupId="g", MessageDeduplicationId=text)


def test_a_queue_is_made_with_the_one_for_what_is_given_up(client: "SQSClient") -> None:
    made = ensured(client)
    assert made.url.endswith("/123456789012/parley-local-work.fifo")
    assert made.arn == "arn:aws:sqs:us-east-1:123456789012:parley-local-work.fifo"
    told = attributes(client, made.url)
    assert (told["FifoQueue"], told["VisibilityTimeout"]) == ("true", "60")
    assert '"maxReceiveCount": 2' in told["RedrivePolicy"]
    assert "parley-local-work_dead.fifo" in told["RedrivePolicy"]
    assert attributes(client, made.dead_letter_url)["MessageRetentionPeriod"] == "1209600"


def test_a_queue_that_is_there_keeps_its_messages_and_takes_over_what_changed(client: "SQSClient") -> None:
    made = ensured(client, fresh=True)
    send(client, made.url, "kept")
    changed = Queue(name="work", visibility_timeout_seconds=90, max_receives=3)
    assert ensured(client, changed).url == made.url
    told = attributes(client, made.url)
    assert (told["VisibilityTimeout"], told["ApproximateNumberOfMessages"]) == ("90", "1")
    ensured(client, fresh=True)
    assert attributes(client, made.url)["ApproximateNumberOfMessages"] == "0"


def test_what_was_given_up_is_counted(client: "SQSClient") -> None:
    made = ensured(client, fresh=True)
    assert dead_letters(client, made) == 0
    send(client, made.url, "hopeless")
    for _ in range(3):
        client.receive_message(QueueUrl=made.url, VisibilityTimeout=0)
    assert dead_letters(client, made) == 1


def test_an_endpoint_without_sqs_is_told_and_no_failure_unless_it_is_our_own() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        client = AwsAccess(endpoint_url=f"http://127.0.0.1:{deaf.getsockname()[1]}", own=True).sqs()
        made, reason = ensure_queues(client, [WORK], fresh=False, required=False)
        assert made == {}
        assert "Could not connect" in (reason or "")
        with pytest.raises(EndpointConnectionError):
            ensure_queues(client, [WORK], fresh=False, required=True)
        client.close()
