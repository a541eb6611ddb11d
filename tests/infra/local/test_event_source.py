"""A queue's messages on their way to the function: in order, side by side, again, and given up."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.aws import AwsAccess
from infra.local.event_source import EventSource
from infra.local.invocations import BufferedResult, FunctionError, InvocationResult
from infra.local.message_queue import MessageQueue
from infra.local.plan import Limits
from infra.local.queues import MadeQueue, dead_letters, ensure_queues
from infra.topology import Function, Queue
from tests.infra.local.invoking import run
from tests.infra.local.projects import until
from tests.infra.local.queue_server import running_queues

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

NUMBERS = count()
CONSUMER = Function(name="consumer", memory_mb=256, timeout_seconds=3, consumes="work")
DONE = BufferedResult(payload=b"null", content_type="application/json")
FAILED = FunctionError(type="Sandbox.Timedout", message="late")

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


@pytest.fixture(scope="module")
def access() -> Iterator[AwsAccess]:
    with running_queues() as access:
        yield access


@pytest.fixture
def bench(access: AwsAccess) -> Iterator[Bench]:
    bench = Bench(access, f"work{next(NUMBERS)}")
    yield bench
    bench.client.close()


def test_a_message_reaches_the_function_as_lambdas_event_and_is_deleted(bench: Bench) -> None:
    async def test() -> None:
        async with bench.consumed():
            await bench.send("hello", "g")
            await bench.is_empty()
        [[record]] = bench.consumer.events
        assert (record["body"], record["attributes"]["MessageGroupId"]) == ("hello", "g")
        assert record["eventSourceARN"] == bench.made.arn

    run(test)


def test_a_group_is_served_one_by_one_in_order_and_groups_side_by_side(bench: Bench) -> None:
    async def test() -> None:
        gates = {body: asyncio.Event() for body in ("a1", "a2", "b1")}
        bench.consumer.wait_for(gates)
        async with bench.consumed():
            for body in gates:
                await bench.send(body, body[0])
            await until(lambda: bench.consumer.begun == ["a1", "b1"])
            gates["b1"].set()
            await until(lambda: bench.consumer.under_way == 1)
            gates["a1"].set()
            await until(lambda: bench.consumer.begun == ["a1", "b1", "a2"])
            gates["a2"].set()
            await bench.is_empty()

    run(test)


def test_no_more_is_under_way_than_the_limit_says(bench: Bench) -> None:
    async def test() -> None:
        gates = {str(number): asyncio.Event() for number in range(4)}
        bench.consumer.wait_for(gates)
        async with bench.consumed(queue_invocations=2):
            for body in gates:
                await bench.send(body, body)
            await until(lambda: bench.consumer.under_way == 2)
            assert bench.counts() == ("2", "2")
            for gate in gates.values():
                gate.set()
            await bench.is_empty()
        assert bench.consumer.most_under_way == 2

    run(test)


def test_what_fails_comes_again_and_is_given_up_in_the_end_and_both_is_told(bench: Bench) -> None:
    """The function lets it come again at once, which otherwise takes the queue's time."""

    async def fail(records: list[Record]) -> InvocationResult:
        call = partial(bench.client.change_message_visibility, QueueUrl=bench.made.url, VisibilityTimeout=0)
        await asyncio.to_thread(call, ReceiptHandle=records[0]["receiptHandle"])
        return FAILED

    async def test() -> None:
        bench.consumer.behaviour = fail
        async with bench.consumed():
            await bench.send("hopeless")
            await until(lambda: dead_letters(bench.client, bench.made) == 1)
            bench.consumer.behaviour = bench.consumer.succeed
            await bench.send("next")
            await bench.is_empty()
        assert bench.consumer.begun == ["hopeless", "hopeless", "next"]
        message_id = bench.consumer.events[0][0]["messageId"]
        again, given_up = bench.log
        assert (
            again
            == f"{bench.name}: message {message_id} failed (1 of 2 times) and comes again when it is visible"
        )
        assert given_up.startswith(f"{bench.name}: message {message_id} failed 2 times and is given up")
        assert given_up.endswith(bench.made.dead_letter_url)

    run(test)


def test_of_a_batch_only_what_the_function_names_comes_again(bench: Bench) -> None:
    async def fail_second(records: list[Record]) -> InvocationResult:
        failures = [{"itemIdentifier": records[1]["messageId"]}]
        payload = json.dumps({"batchItemFailures": failures}).encode()
        return BufferedResult(payload=payload, content_type="application/json")

    async def test() -> None:
        for body in ("1", "2", "3"):
            await bench.send(body)
        bench.consumer.behaviour = fail_second
        async with bench.consumed(queue_batch_messages=3):
            await until(lambda: bench.counts() == ("0", "1"))
        assert [len(records) for records in bench.consumer.events] == [3]
        assert len(bench.log) == 1

    run(test)


def test_what_took_longer_than_it_was_hidden_is_told(bench: Bench) -> None:
    async def lose(records: list[Record]) -> InvocationResult:
        bench.consumer.behaviour = bench.consumer.succeed
        call = partial(bench.client.change_message_visibility, QueueUrl=bench.made.url, VisibilityTimeout=0)
        await asyncio.to_thread(call, ReceiptHandle=records[0]["receiptHandle"])
        return DONE

    async def test() -> None:
        bench.consumer.behaviour = lose
        async with bench.consumed(queue_invocations=1):
            await bench.send("slow")
            await bench.is_empty()
        assert bench.log == [
            f"{bench.name}: what is done will be given out again: The receipt handle has expired"
        ]

    run(test)


def test_at_the_end_what_is_about_to_end_may_and_the_rest_stays_in_hand(bench: Bench) -> None:
    async def test() -> None:
        gates = {"quick": asyncio.Event(), "long": asyncio.Event()}
        bench.consumer.wait_for(gates)
        source = bench.source(queue_grace_seconds=0.5)
        for body in gates:
            await bench.send(body, body)
        await until(lambda: bench.consumer.under_way == 2)
        closing = asyncio.create_task(source.close())
        await asyncio.sleep(0)
        gates["quick"].set()
        await closing
        assert bench.counts() == ("0", "1")
        assert bench.consumer.under_way == 0

    run(test)


def test_at_a_foreign_endpoint_what_comes_after_the_end_is_given_back(bench: Bench) -> None:
    async def test() -> None:
        source = bench.source(own=False)
        await asyncio.sleep(0)
        closing = asyncio.create_task(source.close())
        await bench.send("late")
        await closing
        assert bench.counts() == ("1", "0")
        assert bench.consumer.begun == []

    run(test)


def test_a_queue_out_of_reach_is_told_once_and_asked_again(bench: Bench) -> None:
    async def test() -> None:
        reachable, url = bench.made, "http://127.0.0.1:9/123456789012/parley-local-missing.fifo"
        bench.made = replace(reachable, url=url)
        async with bench.consumed():
            await until(lambda: len(bench.log) == 1)
            object.__setattr__(bench.made, "url", reachable.url)
            await bench.send("hello")
            await until(lambda: bench.consumer.begun == ["hello"])
        [line] = bench.log
        assert line.startswith(f"{bench.name}: no message can be received: ")

    run(test)
