"""The AWS host's SQS as boto3 meets it: the protocol, its refusals, and its messages over restarts."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from infra.local.aws import AwsAccess
from infra.local.aws_queue_snapshots import QueueSnapshot
from infra.local.queue_account import QueueAccount
from infra.local.snapshot_files import UnreadableSnapshotError
from tests.infra.local.hosts import HostProcess, running_host
from tests.infra.local.projects import wait_until
from tests.infra.local.queue_server import running_queues

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

FIFO = {"FifoQueue": "true"}


class Sqs:
    """One queue, through a client of the host."""

    def __init__(self, access: AwsAccess, name: str = "work.fifo", **attributes: str) -> None:
        self.client: SQSClient = access.sqs()
        created = self.client.create_queue(QueueName=name, Attributes={**FIFO, **attributes})  # type: ignore[dict-item]
        self.url = created["QueueUrl"]

    def send(self, body: str, **fields: Any) -> Any:
        order = {"MessageGroupId": "g", "MessageDeduplicationId": body}
        return self.client.send_message(QueueUrl=self.url, MessageBody=body, **(order | fields))

    def receive(self, **fields: Any) -> list[Any]:
        wanted: dict[str, Any] = {"MessageSystemAttributeNames": ["All"], "MessageAttributeNames": ["All"]}
        return self.client.receive_message(QueueUrl=self.url, **(wanted | fields)).get("Messages", [])  # type: ignore[return-value]


@pytest.fixture(scope="module")
def access() -> Iterator[AwsAccess]:
    with running_queues() as access:
        yield access


@pytest.fixture
def sqs(access: AwsAccess) -> Iterator[Sqs]:
    queue = Sqs(access)
    yield queue
    queue.client.delete_queue(QueueUrl=queue.url)
    queue.client.close()


def refusal(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as raised:
        call(**arguments)
    return raised.value.response["Error"]["Code"]


def test_a_message_is_received_with_all_that_lambda_tells_of_it(sqs: Sqs) -> None:
    attributes = {"kind": {"DataType": "String", "StringValue": "你"}}
    sent = sqs.send("你好", MessageDeduplicationId="d", MessageAttributes=attributes)
    [message] = sqs.receive()
    assert message["MessageId"] == sent["MessageId"]
    assert (message["Body"], message["MD5OfBody"]) == ("你好", sent["MD5OfMessageBody"])
    assert message["MessageAttributes"] == attributes
    told = message["Attributes"]
    assert (told["MessageGroupId"], told["MessageDeduplicationId"]) == ("g", "d")
    assert (told["ApproximateReceiveCount"], told["SequenceNumber"]) == ("1", sent["SequenceNumber"])
    assert int(told["ApproximateFirstReceiveTimestamp"]) >= int(told["SentTimestamp"]) > 1_700_000_000_000
    assert told["SenderId"]


def test_attributes_come_only_where_they_are_asked_for(sqs: Sqs) -> None:
    sqs.send("1", MessageAttributes={"a": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}})
    wanted = {"MessageSystemAttributeNames": ["MessageGroupId"], "MessageAttributeNames": []}
    [message] = sqs.receive(VisibilityTimeout=0, **wanted)
    assert message["Attributes"] == {"MessageGroupId": "g"}
    assert "MessageAttributes" not in message
    [message] = sqs.receive(MessageSystemAttributeNames=[])
    assert message["MessageAttributes"]["a"]["BinaryValue"] == b"\x00\xff"
    assert "Attributes" not in message


def test_messages_are_deleted_one_by_one_or_together(sqs: Sqs) -> None:
    for body in ("1", "2", "3"):
        sqs.send(body)
    first, *others = sqs.receive(MaxNumberOfMessages=10)
    sqs.client.delete_message(QueueUrl=sqs.url, ReceiptHandle=first["ReceiptHandle"])
    receipts = [*(message["ReceiptHandle"] for message in others), "nonsense"]
    entries: Any = [{"Id": str(number), "ReceiptHandle": each} for number, each in enumerate(receipts)]
    answer = sqs.client.delete_message_batch(QueueUrl=sqs.url, Entries=entries)
    assert [each["Id"] for each in answer["Successful"]] == ["0", "1"]
    assert [(each["Id"], each["Code"]) for each in answer["Failed"]] == [("2", "ReceiptHandleIsInvalid")]
    assert counts(sqs) == ("0", "0")


def counts(sqs: Sqs) -> tuple[str, str]:
    told = sqs.client.get_queue_attributes(QueueUrl=sqs.url, AttributeNames=["All"])["Attributes"]
    return told["ApproximateNumberOfMessages"], told["ApproximateNumberOfMessagesNotVisible"]


def test_a_heartbeat_keeps_a_message_hidden_and_a_late_one_is_told(sqs: Sqs) -> None:
    sqs.send("1")
    [message] = sqs.receive()
    hide = sqs.client.change_message_visibility
    arguments: dict[str, Any] = {"QueueUrl": sqs.url, "ReceiptHandle": message["ReceiptHandle"]}
    hide(**arguments, VisibilityTimeout=30)
    assert counts(sqs) == ("0", "1")
    hide(**arguments, VisibilityTimeout=0)
    assert refusal(hide, **arguments, VisibilityTimeout=30) == "InvalidParameterValue"
    assert refusal(hide, **arguments, VisibilityTimeout=43_201) == "InvalidParameterValue"
    assert refusal(hide, QueueUrl=sqs.url, ReceiptHandle="x", VisibilityTimeout=1) == "ReceiptHandleIsInvalid"


def test_a_queue_is_found_listed_changed_emptied_and_removed(sqs: Sqs) -> None:
    client = sqs.client
    assert client.get_queue_url(QueueName="work.fifo")["QueueUrl"] == sqs.url
    assert client.list_queues(QueueNamePrefix="work")["QueueUrls"] == [sqs.url]
    assert client.list_queues(QueueNamePrefix="other").get("QueueUrls", []) == []
    client.set_queue_attributes(QueueUrl=sqs.url, Attributes={"VisibilityTimeout": "7"})
    told = client.get_queue_attributes(QueueUrl=sqs.url, AttributeNames=["QueueArn", "VisibilityTimeout"])
    arn = "arn:aws:sqs:us-east-1:123456789012:work.fifo"
    assert told["Attributes"] == {"QueueArn": arn, "VisibilityTimeout": "7"}
    sqs.send("1")
    client.purge_queue(QueueUrl=sqs.url)
    assert sqs.receive() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"MessageGroupId": ""},
        {"MessageDeduplicationId": ""},
        {"DelaySeconds": 1},
        {"MessageBody": ""},
        {"MessageBody": "x" * (1024 * 1024 + 1)},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_a_message_that_sqs_would_not_take_is_refused(sqs: Sqs, fields: dict[str, Any]) -> None:
    order = {"MessageGroupId": "g", "MessageDeduplicationId": "d", "MessageBody": "x"}
    send = sqs.client.send_message
    assert refusal(send, QueueUrl=sqs.url, **(order | fields)) == "InvalidParameterValue"


@pytest.mark.parametrize("fields", [{"MaxNumberOfMessages": 11}, {"WaitTimeSeconds": 21}])
def test_no_more_is_given_out_than_sqs_gives(sqs: Sqs, fields: dict[str, int]) -> None:
    assert refusal(sqs.client.receive_message, QueueUrl=sqs.url, **fields) == "InvalidParameterValue"


def test_what_is_not_there_or_not_served_is_told(sqs: Sqs) -> None:
    missing = "AWS.SimpleQueueService.NonExistentQueue"
    assert refusal(sqs.client.get_queue_url, QueueName="missing.fifo") == missing
    assert refusal(sqs.client.receive_message, QueueUrl=sqs.url + "x") == missing
    unsupported = "AWS.SimpleQueueService.UnsupportedOperation"
    assert refusal(sqs.client.create_queue, QueueName="standard") == unsupported
    assert refusal(sqs.client.list_queue_tags, QueueUrl=sqs.url) == unsupported
    changed: dict[str, Any] = {**FIFO, "VisibilityTimeout": "5"}
    create = sqs.client.create_queue
    assert refusal(create, QueueName="work.fifo", Attributes=changed) == "QueueAlreadyExists"


def test_content_is_its_own_deduplication_where_the_queue_says_so(access: AwsAccess) -> None:
    sqs = Sqs(access, "content.fifo", ContentBasedDeduplication="true")
    first, second = (
        sqs.client.send_message(QueueUrl=sqs.url, MessageBody="x", MessageGroupId="g") for _ in range(2)
    )
    assert first["MessageId"] == second["MessageId"]
    sqs.client.close()


def test_messages_outlive_a_killed_host_and_what_was_in_hand_is_free_again(tmp_path: Path) -> None:
    host = HostProcess(tmp_path)
    sqs = Sqs(host.access, VisibilityTimeout="900")
    sqs.send("1")
    sqs.send("2")
    [first] = sqs.receive()
    saved = tmp_path / "sqs.json"
    wait_until(lambda: saved.exists() and first["ReceiptHandle"] in saved.read_text())
    host.process.kill()
    sqs.client.close()
    host.close()
    assert saved.stat().st_mode & 0o077 == 0
    with running_host(tmp_path) as host:
        sqs = Sqs(host.access, VisibilityTimeout="900")
        again, second = sqs.receive(MaxNumberOfMessages=10)
        assert (again["MessageId"], second["Body"]) == (first["MessageId"], "2")
        assert again["Attributes"]["ApproximateReceiveCount"] == "2"
        sqs.client.close()


@pytest.mark.parametrize("content", ["{", '{"format": 99, "queues": []}', '{"format": 1, "queues": [{}]}'])
def test_queues_that_cannot_be_read_are_told_and_kept(tmp_path: Path, content: str) -> None:
    path = tmp_path / "sqs.json"
    path.write_text(content)
    with pytest.raises(UnreadableSnapshotError):
        QueueSnapshot(path, QueueAccount()).restore()
    assert path.read_text() == content
