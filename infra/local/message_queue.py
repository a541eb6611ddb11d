"""One queue as its event source sees it: SQS's calls, each in a thread, so that the event loop goes on."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from infra.local.aws import AwsAccess
from infra.local.queues import MadeQueue

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import MessageTypeDef

type Messages = list["MessageTypeDef"]


class MessageQueue:
    """Whoever receives waits `wait_seconds` for a message. All calls raise botocore's errors."""

    def __init__(self, made: MadeQueue, aws: AwsAccess, *, wait_seconds: int) -> None:
        self.made = made
        self._wait_seconds = wait_seconds
        # What comes after the stack's end, our own host gives out again at its next start. At any other
        # endpoint it would be hidden for long: there it is waited for.
        self._patience_seconds = 0 if aws.own else wait_seconds + 1
        self._client = aws.sqs()
        self._threads = ThreadPoolExecutor(thread_name_prefix=made.queue.name)
        self._receiving: asyncio.Future[Messages] | None = None

    async def receive(self, max_messages: int) -> Messages:
        """None where there is none in time."""
        loop = asyncio.get_running_loop()
        self._receiving = loop.run_in_executor(self._threads, self._receive, max_messages)
        messages = await asyncio.shield(self._receiving)
        self._receiving = None
        return messages

    async def delete(self, messages: Messages) -> list[str]:
        """Why some of them could not be deleted."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._delete, messages)

    async def close(self) -> None:
        """Gives back what a cancelled `receive` still brings."""
        if self._receiving is not None:
            done, _ = await asyncio.wait([self._receiving], timeout=self._patience_seconds)
            if done and not self._receiving.exception():
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(self._threads, self._give_back, self._receiving.result())
            self._receiving.cancel()  # nobody is interested any more in how it fails
        self._threads.shutdown(wait=False)

    def _receive(self, max_messages: int) -> Messages:
        answer = self._client.receive_message(
            QueueUrl=self.made.url,
            MaxNumberOfMessages=max_messages,
            WaitTimeSeconds=self._wait_seconds,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return answer.get("Messages", [])

    def _delete(self, messages: Messages) -> list[str]:
        answer = self._client.delete_message_batch(
            QueueUrl=self.made.url,
            Entries=[
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(messages)
            ],
        )
        return [failure.get("Message", failure["Code"]) for failure in answer.get("Failed", [])]

    def _give_back(self, messages: Messages) -> None:
        for message in messages:
            self._client.change_message_visibility(
                QueueUrl=self.made.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )
