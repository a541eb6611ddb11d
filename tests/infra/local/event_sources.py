"""A queue at the local SQS with an event source, before a consumer that a test scripts."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from infra.local.aws import AwsAccess
from infra.local.event_source import EventSource
from infra.local.invocations import BufferedResult, InvocationResult
from infra.local.message_queue import MessageQueue
from infra.local.plan import Limits
from infra.local.queues import MadeQueue, ensure_queues
from infra.topology import Function, Queue
from tests.infra.local.projects import until

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

CONSUMER = Function(name="consumer", memory_mb=256, timeout_seconds=3, consumes="work")
DONE = BufferedResult(payload=b"null", content_type="application/json")

type Record = dict[str, Any]


class Consumer:
    """Invoked in place of the function; `behaviour` is given the records. `begun` are the bodies so far."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.events: list[list[Record]] = []
        self.under_way = self.most_under_way = 0
        self.behaviour: Callable[[list[Record]], Awaitable[InvocationResult]] = self.succeed

    async def invoke(
        self, function_name: str, event: Any, *, trace_id: str | None = None, tenant_id: str | None = None
    ) -> InvocationResult:
        assert function_name == "consumer"
        self.events.append(event["Records"])
        self.begun += [record["body"] for record in event["Records"]]
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            return await self.behaviour(event["Records"])
        finally:
            self.under_way -= 1

    async def succeed(self, records: list[Record]) -> InvocationResult:
        return DONE

    def wait_for(self, gates: dict[str, asyncio.Event]) -> None:
        """Each message is at work until its gate opens."""

        async def behaviour(records: list[Record]) -> InvocationResult:
            await gates[records[0]["body"]].wait()
            return DONE

        self.behaviour = behaviour


class Bench:
    """A queue of each test's own, and what consumes it: an event source that ended may still have a poll."""

    def __init__(self, access: AwsAccess, name: str) -> None:
        self.access = access
        self.client: SQSClient = access.sqs()
        queue = Queue(name=name, visibility_timeout_seconds=60, max_receives=2)
        made, _ = ensure_queues(self.client, [queue], fresh=False, required=True)
        self.made: MadeQueue = made[name]
        self.consumer = Consumer()
        self.log: list[str] = []

    @property
    def name(self) -> str:
        return self.made.queue.name

    async def send(self, body: str, group: str = "a") -> None:
        call = partial(
            self.client.send_message,
            QueueUrl=self.made.url,
            MessageBody=body,
            MessageGroupId=group,
            MessageDeduplicationId=body,
        )
        await asyncio.to_thread(call)

    def source(self, *, own: bool = True, **limits: Any) -> EventSource:
        source = EventSource(
            CONSUMER,
            MessageQueue(self.made, replace(self.access, own=own), wait_seconds=1),
            region="us-east-1",
            invoker=self.consumer,
            limits=Limits(**limits),
            log=self.log.append,
        )
        source.start()
        return source

    @asynccontextmanager
    async def consumed(self, **limits: Any) -> AsyncIterator[None]:
        source = self.source(**limits)
        try:
            yield
        finally:
            await source.close()

    def counts(self) -> tuple[str, str]:
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        told: Any = self.client.get_queue_attributes(QueueUrl=self.made.url, AttributeNames=names)
        return told["Attributes"][names[0]], told["Attributes"][names[1]]

    async def is_empty(self) -> None:
        await until(lambda: self.counts() == ("0", "0"))
