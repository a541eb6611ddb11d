"""One FIFO queue of the local SQS: what is given out, when, and how often. It knows no lock and no protocol.

All times are seconds since the epoch; each call is told what time it is.
"""

import uuid
from dataclasses import asdict, dataclass, field
from typing import Any, Self

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
_DEDUPLICATION_SECONDS = 300.0


class UnknownReceiptError(Exception):
    def __init__(self) -> None:
        super().__init__("The receipt handle is not valid")


class ExpiredReceiptError(Exception):
    """The message's time ran out: it may be in other hands."""

    def __init__(self) -> None:
        super().__init__("The receipt handle has expired")


@dataclass(slots=True, kw_only=True)
class SentMessage:
    body: str
    group_id: str
    deduplication_id: str
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class QueuedMessage(SentMessage):
    """Once it was received it is in hand, under `receipt`, until `visible_at`."""

    id: str
    sequence_number: int
    sent_at: float
    receive_count: int = 0
    first_received_at: float = 0.0
    visible_at: float = 0.0
    receipt: str = ""


@dataclass(slots=True)
class _Taken:
    """That a message was taken, for as long as the same one is not taken again."""

    message_id: str
    sequence_number: int
    at: float


class FifoQueue:
    """`retention_seconds` is how long a message is kept that nobody deletes."""

    def __init__(self) -> None:
        self.retention_seconds = 4 * 24 * 3600.0
        self._messages: list[QueuedMessage] = []
        self._taken: dict[str, _Taken] = {}
        self._last_number = 0

    def send(self, sent: SentMessage, *, known_as: str, now: float) -> tuple[str, int]:
        """The message's id and number; those of the first one of several that are `known_as` the same."""
        self._forget_taken(now)
        if known_as not in self._taken:
            self._last_number += 1
            message = QueuedMessage(
                **asdict(sent), id=str(uuid.uuid4()), sequence_number=self._last_number, sent_at=now
            )
            self._messages.append(message)
            self._taken[known_as] = _Taken(message.id, message.sequence_number, now)
        return self._taken[known_as].message_id, self._taken[known_as].sequence_number

    def receive(self, max_messages: int, *, hidden_seconds: float, now: float) -> list[QueuedMessage]:
        """In their order; of a group nothing while a message of it is in hand."""
        self._forget_old(now)
        busy = {message.group_id for message in self._messages if message.visible_at > now}
        free = [message for message in self._messages if message.group_id not in busy]
        received = free[:max_messages]
        for message in received:
            message.receive_count += 1
            message.first_received_at = message.first_received_at or now
            message.visible_at = now + hidden_seconds
            message.receipt = f"{message.id}/{uuid.uuid4()}"
        return received

    def give_up(self, max_receives: int, *, now: float) -> list[QueuedMessage]:
        """Takes out, and returns, what is to be received once more although it was received often enough."""
        given_up = [
            message
            for message in self._messages
            if message.receive_count >= max_receives and message.visible_at <= now
        ]
        self._messages = [message for message in self._messages if message not in given_up]
        return given_up

    def take_in(self, messages: list[QueuedMessage]) -> None:
        """What another queue has given up."""
        for message in messages:
            message.receipt = ""
            self._messages.append(message)

    def delete(self, receipt: str, *, now: float) -> None:
        """Of what is deleted already, nothing is left to do.

        Raises `UnknownReceiptError` and `ExpiredReceiptError`, as FIFO queues do.
        """
        if message := self._in_hand(receipt, now):
            self._messages.remove(message)

    def hide(self, receipt: str, *, seconds: float, now: float) -> None:
        """Raises `UnknownReceiptError` and `ExpiredReceiptError`, also for what is deleted."""
        if (message := self._in_hand(receipt, now)) is None:
            raise ExpiredReceiptError
        message.visible_at = now + seconds

    def purge(self) -> None:
        self._messages.clear()

    def counts(self, now: float) -> tuple[int, int]:
        """How many messages are visible, and how many in hand."""
        in_hand = sum(message.visible_at > now for message in self._messages)
        return len(self._messages) - in_hand, in_hand

    def next_return(self, now: float) -> float | None:
        """When the next message in hand becomes visible, unless it is deleted by then."""
        return min((each.visible_at for each in self._messages if each.visible_at > now), default=None)

    def state(self) -> dict[str, Any]:
        return {
            "messages": [asdict(message) for message in self._messages],
            "taken": {key: asdict(taken) for key, taken in self._taken.items()},
            "last_number": self._last_number,
        }

    @classmethod
    def of_state(cls, state: dict[str, Any]) -> Self:
        """After a restart nobody has anything in hand: all is visible."""
        queue = cls()
        queue._messages = [
            QueuedMessage(**message | {"visible_at": 0.0, "receipt": ""}) for message in state["messages"]
        ]
        queue._taken = {key: _Taken(**taken) for key, taken in state["taken"].items()}
        queue._last_number = state["last_number"]
        return queue

    def _in_hand(self, receipt: str, now: float) -> QueuedMessage | None:
        message_id, slash, _ = receipt.partition("/")
        if not slash:
            raise UnknownReceiptError
        message = next((each for each in self._messages if each.id == message_id), None)
        if message and (message.receipt != receipt or message.visible_at <= now):
            raise ExpiredReceiptError
        return message

    def _forget_taken(self, now: float) -> None:
        """They stand in the order in which they were taken."""
        while self._taken:
            known_as, taken = next(iter(self._taken.items()))
            if taken.at > now - _DEDUPLICATION_SECONDS:
                return
            del self._taken[known_as]

    def _forget_old(self, now: float) -> None:
        limit = now - self.retention_seconds
        self._messages = [message for message in self._messages if message.sent_at > limit]
