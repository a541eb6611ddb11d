"""What Lambda tells a function of a queue's messages, and what it takes from the function's answer.

https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html and services-sqs-errorhandling.html
"""

import base64
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from infra.local.invocations import BufferedResult, InvocationResult


def queue_event(messages: Iterable[Mapping[str, Any]], *, arn: str, region: str) -> dict[str, Any]:
    """Of messages as SQS gives them out."""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
                "messageAttributes": {
                    name: _attribute(value) for name, value in message.get("MessageAttributes", {}).items()
                },
                "md5OfBody": message["MD5OfBody"],
                "eventSource": "aws:sqs",
                "eventSourceARN": arn,
                "awsRegion": region,
            }
            for message in messages
        ]
    }


def failed_ids(result: InvocationResult, message_ids: Collection[str]) -> set[str]:
    """Which of the messages are to be tried again; all of them where the answer cannot be made out."""
    everything = set(message_ids)
    if not isinstance(result, BufferedResult):
        return everything
    try:
        answer = json.loads(result.payload or b"null")
    except ValueError:
        return everything
    # Any other answer than a report is none: the function has returned.
    report = answer.get("batchItemFailures") if isinstance(answer, dict) else None
    try:
        failed = {failure["itemIdentifier"] for failure in report or ()}
    except (TypeError, KeyError):
        return everything
    return failed if failed <= everything else everything


def _attribute(value: Mapping[str, Any]) -> dict[str, Any]:
    told = {"dataType": value["DataType"], "stringListValues": [], "binaryListValues": []}
    if "StringValue" in value:
        told["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        told["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode()
    return told
