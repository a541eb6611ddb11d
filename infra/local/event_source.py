"""Gives a queue's messages to the function that consumes it, as Lambda's event source mapping does."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from infra.local.lambda_service import Invoker
from infra.local.message_queue import MessageQueue, Messages
from infra.local.plan import Limits
from infra.local.queue_events import failed_ids, queue_event
from infra.local.queues import MadeQueue
from infra.topology import Function

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import MessageTypeDef

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 10.0


class EventSource:
    """Asks for messages from `start` to `close`. Belongs to one event loop.

    SQS sees to the order: of a group nothing is given out while a message of it is in hand. What failed stays
    hidden for as long as the queue has said, or the function; received too often, it is given up.
    """

    def __init__(
        self,
        function: Function,
        queue: MessageQueue,
        *,
        region: str,
        invoker: Invoker,
        limits: Limits,
        log: Callable[[str], None],
    ) -> None:
        self._function = function
        self._queue = queue
        self._region = region
        self._invoker = invoker
        self._limits = limits
        self._log = log
        self._free = asyncio.Semaphore(limits.queue_invocations)
        self._invocations: set[asyncio.Task[None]] = set()
        self._polling: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._polling = asyncio.create_task(self._poll())

    async def close(self) -> None:
        """Lets those invocations end that are about to. The others' messages stay in hand."""
        if self._polling is not None:
            self._polling.cancel()
            await asyncio.wait([self._polling])
        if self._invocations:
            await asyncio.wait(self._invocations, timeout=self._limits.queue_grace_seconds)
        for invocation in self._invocations:
            invocation.cancel()
        await self._queue.close()

    async def _poll(self) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        pause_seconds = 0.0
        while True:
            await self._free.acquire()
            try:
                messages = await self._queue.receive(self._limits.queue_batch_messages)
                pause_seconds = 0.0
            except (BotoCoreError, ClientError) as error:
                messages = []
                if not pause_seconds:
                    self._log(f"{self._queue.made.queue.name}: no message can be received: {error}")
                pause_seconds = min(pause_seconds * 2 or _FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS)
                await asyncio.sleep(pause_seconds)
            if messages:
                self._begin(messages)
            else:
                self._free.release()

    def _begin(self, messages: Messages) -> None:
        invocation = asyncio.create_task(self._hand_over(messages))
        self._invocations.add(invocation)
        invocation.add_done_callback(self._invocations.discard)
        invocation.add_done_callback(lambda _: self._free.release())

    async def _hand_over(self, messages: Messages) -> None:
        made = self._queue.made
        event = queue_event(messages, arn=made.arn, region=self._region)
        result = await self._invoker.invoke(self._function.name, event)
        failed = failed_ids(result, [message["MessageId"] for message in messages])
        await self._delete([message for message in messages if message["MessageId"] not in failed])
        for message in messages:
            if message["MessageId"] in failed:
                self._log(_failure(message, made))

    async def _delete(self, messages: Messages) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        if not messages:
            return
        try:
            reasons = await self._queue.delete(messages)
        except (BotoCoreError, ClientError) as error:
            reasons = [str(error)]
        for reason in reasons:
            self._log(f"{self._queue.made.queue.name}: what is done will be given out again: {reason}")


def _failure(message: "MessageTypeDef", made: MadeQueue) -> str:
    queue, receives = made.queue, int(message["Attributes"]["ApproximateReceiveCount"])
    told = f"{queue.name}: message {message['MessageId']} failed"
    if receives < queue.max_receives:
        return f"{told} ({receives} of {queue.max_receives} times) and comes again when it is visible"
    return f"{told} {receives} times and is given up: it goes to {made.dead_letter_url}"
