"""The local account's queues by name, safe for many threads: whoever waits for a message is woken by it.

moto's own FIFO queues fall short of SQS: while a message waits for its group, its long polling takes a third
of a processor and then does not notice that the group is free; it forgets with a message that it took it; and
a receipt stays good for ever.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from infra.local.fifo_queue import FifoQueue, QueuedMessage, SentMessage

# SQS's own values where CreateQueue names none. A message may have 1 MiB since August 2025.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
_DEFAULTS = {
    "FifoQueue": "true",
    "ContentBasedDeduplication": "false",
    "DeduplicationScope": "queue",
    "FifoThroughputLimit": "perQueue",
    "MaximumMessageSize": str(1024 * 1024),
    "MessageRetentionPeriod": str(4 * 24 * 3600),
    "ReceiveMessageWaitTimeSeconds": "0",
    "SqsManagedSseEnabled": "true",
    "VisibilityTimeout": "30",
}


class UnknownQueueError(Exception):
    pass


class QueueExistsError(Exception):
    """There is one of that name, and it is another one."""


class _Entry:
    def __init__(self, attributes: Mapping[str, str], queue: FifoQueue | None = None) -> None:
        self.attributes = _DEFAULTS | dict(attributes)
        self.queue = queue or FifoQueue()
        self.queue.retention_seconds = float(self.attributes["MessageRetentionPeriod"])

    def redrive(self) -> tuple[str, int] | None:
        """The name of the queue for what is given up, and after how many receptions that is."""
        policy = json.loads(self.attributes.get("RedrivePolicy") or "{}")
        if not policy:
            return None
        return policy["deadLetterTargetArn"].rpartition(":")[2], int(policy["maxReceiveCount"])


class QueueAccount:
    """`on_change` is called after each change, with the lock held. All calls raise `UnknownQueueError`."""

    def __init__(
        self, on_change: Callable[[], None] = lambda: None, clock: Callable[[], float] = time.time
    ) -> None:
        self._on_change = on_change
        self._clock = clock
        self._changed = threading.Condition()
        self._entries: dict[str, _Entry] = {}

    def names(self) -> list[str]:
        with self._changed:
            return sorted(self._entries)

    def create(self, name: str, attributes: Mapping[str, str]) -> None:
        """One that is there as it is wanted stays. Raises `QueueExistsError`."""
        with self._changed:
            entry = self._entries.setdefault(name, _Entry(attributes))
            if not attributes.items() <= entry.attributes.items():
                raise QueueExistsError(name)
            self._note_change()

    def change(self, name: str, attributes: Mapping[str, str]) -> None:
        with self._changed:
            entry = self._entry(name)
            self._entries[name] = _Entry(entry.attributes | dict(attributes), entry.queue)
            self._note_change()

    def remove(self, name: str) -> None:
        with self._changed:
            self._entry(name)
            del self._entries[name]
            self._note_change()

    def attributes(self, name: str) -> dict[str, str]:
        with self._changed:
            entry = self._entry(name)
            visible, in_hand = entry.queue.counts(self._clock())
            return entry.attributes | {
                "ApproximateNumberOfMessages": str(visible),
                "ApproximateNumberOfMessagesNotVisible": str(in_hand),
                "ApproximateNumberOfMessagesDelayed": "0",
            }

    def send(self, name: str, message: SentMessage) -> tuple[str, int]:
        """The message's id and number."""
        with self._changed:
            entry, known_as = self._entry(name), message.deduplication_id
            if entry.attributes["DeduplicationScope"] == "messageGroup":
                known_as = f"{message.group_id}/{known_as}"
            sent = entry.queue.send(message, known_as=known_as, now=self._clock())
            self._note_change()
            return sent

    def receive(
        self, name: str, max_messages: int, *, hidden_seconds: float, wait_seconds: float
    ) -> list[QueuedMessage]:
        """Waits until there is something, at most `wait_seconds`."""
        deadline = time.monotonic() + wait_seconds
        with self._changed:
            while True:
                received = self._received(name, max_messages, hidden_seconds)
                left = deadline - time.monotonic()
                if received or left <= 0:
                    return received
                returns_at = self._entry(name).queue.next_return(self._clock())
                returns_in = left if returns_at is None else returns_at - self._clock()
                self._changed.wait(max(0.001, min(left, returns_in)))

    def delete(self, name: str, receipt: str) -> None:
        """Raises `UnknownReceiptError`, `ExpiredReceiptError`."""
        with self._changed:
            self._entry(name).queue.delete(receipt, now=self._clock())
            self._note_change()

    def hide(self, name: str, receipt: str, *, seconds: float) -> None:
        """Raises `UnknownReceiptError`, `ExpiredReceiptError`."""
        with self._changed:
            self._entry(name).queue.hide(receipt, seconds=seconds, now=self._clock())
            self._note_change()

    def purge(self, name: str) -> None:
        with self._changed:
            self._entry(name).queue.purge()
            self._note_change()

    def state(self) -> list[dict[str, Any]]:
        with self._changed:
            return [
                {"name": name, "attributes": entry.attributes, **entry.queue.state()}
                for name, entry in self._entries.items()
            ]

    def restore(self, state: list[dict[str, Any]]) -> None:
        with self._changed:
            for each in state:
                self._entries[each["name"]] = _Entry(each["attributes"], FifoQueue.of_state(each))

    def _received(self, name: str, max_messages: int, hidden_seconds: float) -> list[QueuedMessage]:
        entry, now = self._entry(name), self._clock()
        if redrive := entry.redrive():
            dead_letters, max_receives = redrive
            if given_up := entry.queue.give_up(max_receives, now=now):
                self._entry(dead_letters).queue.take_in(given_up)
                self._note_change()
        received = entry.queue.receive(max_messages, hidden_seconds=hidden_seconds, now=now)
        if received:
            self._note_change()
        return received

    def _entry(self, name: str) -> _Entry:
        if (entry := self._entries.get(name)) is None:
            raise UnknownQueueError(name)
        return entry

    def _note_change(self) -> None:
        self._changed.notify_all()
        self._on_change()
