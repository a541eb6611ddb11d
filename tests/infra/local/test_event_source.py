"""A queue's messages on their way to the function: in order, side by side, again, and given up."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import count

import pytest

from infra.local.aws import AwsAccess
from infra.local.invocations import BufferedResult, FunctionError, InvocationResult
from infra.local.queues import dead_letters
from tests.infra.local.event_sources import DONE, Bench, Record
from tests.infra.local.invoking import run
from tests.infra.local.projects import until
from tests.infra.local.queue_server import running_queues

NUMBERS = count()
FAILED = FunctionError(type="Sandbox.Timedout", message="late")


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


def test_at_the_end_what_is_about_to_end_may(bench: Bench) -> None:
    async def test() -> None:
        gate = asyncio.Event()
        bench.consumer.wait_for({"quick": gate})
        source = bench.source(queue_grace_seconds=20)
        await bench.send("quick")
        await until(lambda: bench.consumer.under_way == 1)
        closing = asyncio.create_task(source.close())
        await asyncio.sleep(0)
        gate.set()
        await closing
        assert bench.counts() == ("0", "0")

    run(test)


def test_what_takes_longer_than_the_end_may_take_stays_in_hand(bench: Bench) -> None:
    async def test() -> None:
        bench.consumer.wait_for({"long": asyncio.Event()})
        source = bench.source(queue_grace_seconds=0.01)
        await bench.send("long")
        await until(lambda: bench.consumer.under_way == 1)
        await source.close()
        assert bench.counts() == ("0", "1")

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
