"""SQS's messages as Lambda's event, and the function's answer as what is to be tried again."""

import json
from typing import Any

import pytest

from infra.local.invocations import BufferedResult, FunctionError
from infra.local.queue_events import failed_ids, queue_event

MESSAGE: dict[str, Any] = {
    "MessageId": "m1",
    "ReceiptHandle": "r1",
    "Body": '{"a":1}',
    "MD5OfBody": "0" * 32,
    "Attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": "g"},
    "MessageAttributes": {
        "text": {"DataType": "String", "StringValue": "你"},
        "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    },
}
ARN = "arn:aws:sqs:us-east-1:123456789012:parley-local-work.fifo"


def test_an_event_tells_each_message_as_lambda_does() -> None:
    [record] = queue_event([MESSAGE], arn=ARN, region="us-east-1")["Records"]

    assert record == {
        "messageId": "m1",
        "receiptHandle": "r1",
        "body": '{"a":1}',
        "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": "g"},
        "messageAttributes": {
            "text": {
                "dataType": "String",
                "stringValue": "你",
                "stringListValues": [],
                "binaryListValues": [],
            },
            "bytes": {
                "dataType": "Binary",
                "binaryValue": "AP8=",
                "stringListValues": [],
                "binaryListValues": [],
            },
        },
        "md5OfBody": "0" * 32,
        "eventSource": "aws:sqs",
        "eventSourceARN": ARN,
        "awsRegion": "us-east-1",
    }


def answer(value: object) -> BufferedResult:
    return BufferedResult(payload=json.dumps(value).encode(), content_type="application/json")


@pytest.mark.parametrize(
    ("value", "failed"),
    [
        (None, set()),
        ({}, set()),
        ("done", set()),
        ({"batchItemFailures": []}, set()),
        ({"batchItemFailures": None}, set()),
        ({"batchItemFailures": [{"itemIdentifier": "m2"}]}, {"m2"}),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, {"m1", "m2"}),
        ({"batchItemFailures": [{"itemIdentifier": None}]}, {"m1", "m2"}),
        ({"batchItemFailures": [{"itemIdentifier": "another's"}]}, {"m1", "m2"}),
        ({"batchItemFailures": [{"messageId": "m1"}]}, {"m1", "m2"}),
        ({"batchItemFailures": ["m1"]}, {"m1", "m2"}),
        ({"batchItemFailures": 5}, {"m1", "m2"}),
    ],
)
def test_an_answer_names_what_is_to_be_tried_again(value: object, failed: set[str]) -> None:
    assert failed_ids(answer(value), ["m1", "m2"]) == failed


@pytest.mark.parametrize(
    "result",
    [
        FunctionError(type="Sandbox.Timedout", message="late"),
        BufferedResult(payload=b"{", content_type="application/json"),
    ],
)
def test_where_there_is_no_answer_all_is_to_be_tried_again(result: Any) -> None:
    assert failed_ids(result, ["m1", "m2"]) == {"m1", "m2"}


def test_an_empty_answer_is_good() -> None:
    assert failed_ids(BufferedResult(payload=b"", content_type=""), ["m1"]) == set()
