"""Who waits for a message is woken by whatever makes one visible, and not before."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from infra.local.fifo_queue import QueuedMessage, SentMessage
from infra.local.queue_account import QueueAccount, QueueExistsError, UnknownQueueError
from tests.infra.local.projects import wait_until

NAME, DEAD = "work.fifo", "dead.fifo"
LONG = 20.0


class Waiting:
    """An account, and those who wait for its messages."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self.changes = 0
        self.account = QueueAccount(self._count)
        self.account.create(NAME, {"FifoQueue": "true"})
        self._threads = threads

    def _count(self) -> None:
        self.changes += 1

    def send(self, body: str, group: str = "a") -> None:
        self.account.send(NAME, SentMessage(body=body, group_id=group, deduplication_id=body))

    def receive(self, wait_seconds: float = 0, hidden_seconds: float = 30) -> list[QueuedMessage]:
        arguments: dict[str, Any] = {"hidden_seconds": hidden_seconds, "wait_seconds": wait_seconds}
        return self.account.receive(NAME, 1, **arguments)

    def wait(self) -> "Future[list[QueuedMessage]]":
        """Somebody who waits by now."""
        others = self._waiters()
        waiting = self._threads.submit(self.receive, LONG)
        wait_until(lambda: self._waiters() > others)
        return waiting

    def _waiters(self) -> int:
        """Python tells of no condition who waits for it, except there."""
        return len(self.account._changed._waiters)  # type: ignore[attr-defined]


@pytest.fixture
def waiting() -> Iterator[Waiting]:
    with ThreadPoolExecutor(4) as threads:
        yield Waiting(threads)


def woken_by(waiting: Waiting, change: Callable[[], None]) -> list[str]:
    received = waiting.wait()
    begin = time.monotonic()
    change()
    bodies = [message.body for message in received.result(LONG)]
    assert time.monotonic() - begin < LONG / 2
    return bodies


def test_a_message_that_is_sent_wakes_who_waits(waiting: Waiting) -> None:
    assert woken_by(waiting, lambda: waiting.send("1")) == ["1"]


def test_a_deletion_wakes_who_waits_for_its_group(waiting: Waiting) -> None:
    waiting.send("1")
    waiting.send("2")
    [first] = waiting.receive()
    assert woken_by(waiting, lambda: waiting.account.delete(NAME, first.receipt)) == ["2"]


def test_a_message_that_is_given_back_wakes_who_waits(waiting: Waiting) -> None:
    waiting.send("1")
    [first] = waiting.receive()
    assert woken_by(waiting, lambda: waiting.account.hide(NAME, first.receipt, seconds=0)) == ["1"]


def test_a_message_whose_time_runs_out_wakes_who_waits(waiting: Waiting) -> None:
    waiting.send("1")
    waiting.receive(hidden_seconds=0.05)
    assert woken_by(waiting, lambda: None) == ["1"]


def test_who_waits_in_vain_is_told_so_when_the_time_is_over(waiting: Waiting) -> None:
    assert waiting.receive(0.02) == []


def test_one_message_is_given_to_one_of_many(waiting: Waiting) -> None:
    several = [waiting.wait() for _ in range(3)]
    waiting.send("1")
    wait_until(lambda: any(each.done() for each in several))
    waiting.send("2", "b")
    waiting.send("3", "c")
    assert sorted(message.body for each in several for message in each.result(LONG)) == ["1", "2", "3"]


def test_what_failed_too_often_is_found_in_the_other_queue(waiting: Waiting) -> None:
    account = waiting.account
    account.create(DEAD, {"FifoQueue": "true"})
    policy = '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:1:dead.fifo","maxReceiveCount":2}'
    account.change(NAME, {"RedrivePolicy": policy})
    waiting.send("1")
    for _ in range(2):
        [_] = waiting.receive(hidden_seconds=0)
    assert waiting.receive() == []
    assert account.attributes(NAME)["ApproximateNumberOfMessages"] == "0"
    assert account.attributes(DEAD)["ApproximateNumberOfMessages"] == "1"


@pytest.mark.parametrize(("scope", "taken"), [("queue", 1), ("messageGroup", 2)])
def test_the_same_is_known_again_in_the_queue_or_in_its_group(
    waiting: Waiting, scope: str, taken: int
) -> None:
    waiting.account.change(NAME, {"DeduplicationScope": scope})
    for group in ("a", "b", "a"):
        waiting.send("1", group)
    assert waiting.account.attributes(NAME)["ApproximateNumberOfMessages"] == str(taken)


def test_a_queue_is_made_once_and_only_as_it_is(waiting: Waiting) -> None:
    waiting.send("1")
    waiting.account.create(NAME, {"FifoQueue": "true"})
    with pytest.raises(QueueExistsError):
        waiting.account.create(NAME, {"FifoQueue": "true", "VisibilityTimeout": "5"})
    waiting.account.change(NAME, {"VisibilityTimeout": "5"})
    attributes = waiting.account.attributes(NAME)
    assert (attributes["VisibilityTimeout"], attributes["ApproximateNumberOfMessages"]) == ("5", "1")


def test_a_queue_that_is_not_there_is_told(waiting: Waiting) -> None:
    waiting.account.remove(NAME)
    for call in (waiting.receive, lambda: waiting.send("1"), lambda: waiting.account.remove(NAME)):
        with pytest.raises(UnknownQueueError):
            call()


def test_every_change_is_told_and_looking_is_none(waiting: Waiting) -> None:
    before = waiting.changes
    waiting.receive()
    waiting.account.attributes(NAME)
    assert waiting.changes == before
    waiting.send("1")
    [message] = waiting.receive()
    waiting.account.hide(NAME, message.receipt, seconds=1)
    waiting.account.delete(NAME, message.receipt)
    assert waiting.changes == before + 4


def test_queues_are_restored_with_their_attributes_and_messages(waiting: Waiting) -> None:
    waiting.account.change(NAME, {"VisibilityTimeout": "7"})
    waiting.send("1")
    state = waiting.account.state()
    waiting.account = QueueAccount()
    waiting.account.restore(state)
    assert waiting.account.attributes(NAME)["VisibilityTimeout"] == "7"
    assert [message.body for message in waiting.receive()] == ["1"]
