"""The order of a FIFO queue, its groups and receipts, and what becomes of what nobody can do."""

import pytest

from infra.local.fifo_queue import (
    ExpiredReceiptError,
    FifoQueue,
    QueuedMessage,
    SentMessage,
    UnknownReceiptError,
)

HIDDEN = 30.0


class Bench:
    """A queue with its time."""

    def __init__(self) -> None:
        self.queue = FifoQueue()
        self.now = 1_000_000.0

    def send(self, body: str, group: str = "a", again: str = "") -> str:
        message = SentMessage(body=body, group_id=group, deduplication_id=again or body)
        return self.queue.send(message, known_as=message.deduplication_id, now=self.now)[0]

    def receive(self, most: int = 10) -> list[QueuedMessage]:
        return self.queue.receive(most, hidden_seconds=HIDDEN, now=self.now)

    def bodies(self, most: int = 10) -> list[str]:
        return [message.body for message in self.receive(most)]

    def delete(self, message: QueuedMessage) -> None:
        self.queue.delete(message.receipt, now=self.now)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_messages_come_in_the_order_in_which_they_were_sent(bench: Bench) -> None:
    for body in ("1", "2", "3"):
        bench.send(body)

    received = bench.receive()

    assert [message.body for message in received] == ["1", "2", "3"]
    assert [message.sequence_number for message in received] == [1, 2, 3]
    assert bench.receive() == []


def test_a_group_waits_for_its_message_in_hand_and_other_groups_do_not(bench: Bench) -> None:
    for body, group in (("a1", "a"), ("a2", "a"), ("b1", "b")):
        bench.send(body, group)

    [first] = bench.receive(1)

    assert bench.bodies() == ["b1"]
    assert bench.bodies() == []
    bench.delete(first)
    assert bench.bodies() == ["a2"]


def test_a_message_comes_back_before_what_was_sent_after_it_when_its_time_runs_out(bench: Bench) -> None:
    bench.send("1")
    bench.send("2")
    [first] = bench.receive(1)
    assert bench.queue.next_return(bench.now) == bench.now + HIDDEN
    bench.now += HIDDEN - 0.1
    assert bench.bodies() == []
    bench.now += 0.1
    [again, second] = bench.receive()
    assert (again.id, again.receive_count, second.body) == (first.id, 2, "2")
    assert again.first_received_at == 1_000_000.0


def test_whoever_is_at_it_keeps_it_hidden_or_gives_it_back(bench: Bench) -> None:
    bench.send("1")
    [message] = bench.receive()
    bench.now += HIDDEN - 1
    bench.queue.hide(message.receipt, seconds=5, now=bench.now)
    bench.now += 4
    assert bench.bodies() == []
    bench.queue.hide(message.receipt, seconds=0, now=bench.now)
    assert bench.bodies() == ["1"]


def test_an_old_receipt_neither_deletes_nor_hides(bench: Bench) -> None:
    bench.send("1")
    [message] = bench.receive()
    old = message.receipt
    bench.now += HIDDEN
    for received_again in (False, True):
        if received_again:
            bench.receive()
        with pytest.raises(ExpiredReceiptError):
            bench.queue.delete(old, now=bench.now)
        with pytest.raises(ExpiredReceiptError):
            bench.queue.hide(old, seconds=5, now=bench.now)


def test_what_is_deleted_may_be_deleted_again_but_not_hidden(bench: Bench) -> None:
    bench.send("1")
    [message] = bench.receive()
    bench.delete(message)
    bench.delete(message)
    assert bench.queue.counts(bench.now) == (0, 0)
    with pytest.raises(ExpiredReceiptError):
        bench.queue.hide(message.receipt, seconds=5, now=bench.now)
    with pytest.raises(UnknownReceiptError):
        bench.queue.delete("nonsense", now=bench.now)


def test_the_same_is_taken_once_within_five_minutes_also_when_it_is_done_already(bench: Bench) -> None:
    first = bench.send("1")
    [message] = bench.receive()
    bench.delete(message)
    bench.now += 299
    assert bench.send("other text", again="1") == first
    assert bench.bodies() == []
    bench.now += 1
    assert bench.send("1") != first
    assert bench.bodies() == ["1"]


def test_what_is_given_up_goes_elsewhere_and_its_group_goes_on(bench: Bench) -> None:
    dead = FifoQueue()
    bench.send("1")
    bench.send("2")
    for receives in (1, 2):
        assert bench.queue.give_up(2, now=bench.now) == []
        [message] = bench.receive(1)
        assert (message.body, message.receive_count) == ("1", receives)
        assert bench.queue.give_up(receives, now=bench.now) == [], "it is in hand"
        bench.now += HIDDEN
    dead.take_in(bench.queue.give_up(2, now=bench.now))
    assert bench.bodies() == ["2"]
    [message] = dead.receive(10, hidden_seconds=HIDDEN, now=bench.now)
    assert (message.body, message.receive_count) == ("1", 3)


def test_what_nobody_deletes_is_kept_as_long_as_the_queue_says(bench: Bench) -> None:
    bench.queue.retention_seconds = 60
    bench.send("1")
    bench.now += 59
    bench.send("2")
    bench.now += 1
    assert bench.bodies() == ["2"]


def test_counts_tell_what_is_visible_and_what_in_hand(bench: Bench) -> None:
    for body in ("1", "2", "3"):
        bench.send(body)
    bench.receive(1)
    assert bench.queue.counts(bench.now) == (2, 1)
    bench.queue.purge()
    assert bench.queue.counts(bench.now) == (0, 0)
    assert bench.queue.next_return(bench.now) is None


def test_after_a_restart_all_is_visible_and_nothing_forgotten(bench: Bench) -> None:
    first = bench.send("1")
    bench.send("2")
    [message] = bench.receive(1)
    bench.queue = FifoQueue.of_state(bench.queue.state())
    assert bench.send("1") == first
    with pytest.raises(ExpiredReceiptError):
        bench.delete(message)
    again, _ = bench.receive()
    assert (again.body, again.receive_count) == ("1", 2)
    bench.send("3", "b")
    assert [message.sequence_number for message in bench.receive()] == [3]
