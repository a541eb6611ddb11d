"""A local stack of two functions and a queue: what is posted to one is done by the other, in its own time.

PARLEY_TEST_FOLDER is where the functions are, and where they write what they do.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from infra.local.__main__ import main
from infra.local.plan import Limits, Plan
from infra.topology import Function, Queue, Route

FOLDER = "PARLEY_TEST_FOLDER"
SENDER = """
import boto3, os
sqs = boto3.client("sqs")
def handler(event, context):
    sent = sqs.send_message(
        QueueUrl=os.environ["PARLEY_WORK_QUEUE_URL"], MessageBody=event["body"],
        MessageGroupId="g", MessageDeduplicationId=event["body"])
    return {"statusCode": 202, "body": sent["MessageId"]}
"""
# Notes each message that it is given. The one that says so it keeps for a second, and dies.
CONSUMER = """
import boto3, os, pathlib, time
sqs = boto3.client("sqs")
folder = pathlib.Path(os.environ["PARLEY_TEST_FOLDER"])
def handler(event, context):
    [record] = event["Records"]
    receives = int(record["attributes"]["ApproximateReceiveCount"])
    with (folder / "done").open("a") as done:
        done.write(f"{record['body']} {receives} {time.time()}\\n")
    if record["body"] == "die" and receives == 1:
        sqs.change_message_visibility(QueueUrl=os.environ["PARLEY_WORK_QUEUE_URL"],
            ReceiptHandle=record["receiptHandle"], VisibilityTimeout=1)
        os._exit(1)
    while record["body"] == "wait" and receives == 1:
        time.sleep(0.01)
"""


def write_functions(folder: Path) -> None:
    for name, code in (("sender", SENDER), ("consumer", CONSUMER)):
        package = folder / "functions" / name
        package.mkdir(parents=True)
        for module in (package / "__init__.py", package.parent / "__init__.py"):
            module.touch()
        (package / "handler.py").write_text(code)


def queue_plan(environment: Mapping[str, str]) -> Plan:
    fields = {"memory_mb": 256, "timeout_seconds": 20, "settings": (FOLDER,)}
    return Plan(
        functions=(
            Function(name="sender", sends_to=("work",), **fields),  # type: ignore[arg-type]
            Function(name="consumer", consumes="work", **fields),  # type: ignore[arg-type]
        ),
        routes=(Route(method="POST", path="/work", function="sender"),),
        tables=(),
        keys=(),
        queues=(Queue(name="work", visibility_timeout_seconds=900, max_receives=3),),
        root=Path(environment[FOLDER]),
        sources=(),
        limits=Limits(queue_grace_seconds=0.1, init_timeout_seconds=30),
        settings=dict(environment),
    )


if __name__ == "__main__":
    sys.exit(main(queue_plan))
