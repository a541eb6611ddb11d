"""The event source of the rooms' queue: hands each message to the function as Lambda does.

The function does as in a process of its own: it shares neither a loop nor a delivery with the others.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.fakes.scripted_model import OnlyModel
from tests.functions.gateway import LambdaContext

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


class TurnContext(LambdaContext):
    def get_remaining_time_in_millis(self) -> int:
        return 900_000


class RoomWorker:
    def __init__(self, sqs: "SQSClient", monkeypatch: Any) -> None:
        from functions.agent_turns import handler
        from parley.bootstrap.rooms import room_delivery
        from parley.http.room_languages import localize
        from tests.tables_on_moto import QUEUE_SETTINGS

        self.parts = replace(handler._runner._parts, delivery=room_delivery.__wrapped__(localize))
        monkeypatch.setattr(handler._runner, "_parts", self.parts)
        monkeypatch.setattr(handler, "_delivery", self.parts.delivery)
        monkeypatch.setattr(handler, "run_invocation", self._run)
        self._monkeypatch = monkeypatch
        self._handle = handler.handler
        self._sqs = sqs
        self._url = QUEUE_SETTINGS["PARLEY_ROOM_WORK_QUEUE_URL"]
        self._loop = asyncio.new_event_loop()
        self._last: Any = None

    def answer_with(self, model: Any) -> None:
        """Puts a model in the place of the deployment's."""
        self._monkeypatch.setattr(self.parts.replies, "_models", OnlyModel(model))

    def send(self, body: str) -> None:
        self._sqs.send_message(
            QueueUrl=self._url, MessageBody=body, MessageGroupId="a", MessageDeduplicationId="b"
        )

    def work_off(self) -> int:
        """Runs what waits, message by message, and says how many that were. One that fails stays there."""
        done = 0
        while (message := self._receive()) is not None:
            self._handle(queue_event(message), TurnContext())
            self._delete(message)
            done += 1
        return done

    def lose(self) -> None:
        """What waits, without a trace."""
        while (message := self._receive()) is not None:
            self._delete(message)

    def show_again(self) -> None:
        """What was received last and not done with, at once instead of when its time is over."""
        self._sqs.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=self._last["ReceiptHandle"], VisibilityTimeout=0
        )

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Runs what comes, for as long as the context lasts."""
        is_over = threading.Event()

        def run() -> None:
            while not is_over.wait(0.01):
                self.work_off()

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()

    def close(self) -> None:
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        from parley.invocations import _to_its_end

        return self._loop.run_until_complete(_to_its_end(work))

    def _delete(self, message: Any) -> None:
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])

    def _receive(self) -> Any:
        answer = self._sqs.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=1, MessageSystemAttributeNames=["All"]
        )
        message = next(iter(answer.get("Messages", [])), None)
        self._last = message or self._last
        return message


def queue_event(message: Any) -> dict[str, Any]:
    record = {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:room-work.fifo",
        "awsRegion": "us-east-1",
    }
    return {"Records": [record]}
