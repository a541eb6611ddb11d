"""What a room leaves to be done in the background, and the queue that keeps it until it is done."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """A connection that has just come about is to be told who and what is here."""

    room_id: str
    connection_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnWork:
    """A message is to be brought to everybody and answered by whom it concerns."""

    room_id: str
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryWork:
    """Whoever delivered in a room has no more time: somebody is to go on. `id` tells one from another."""

    room_id: str
    id: str


type RoomWork = Welcome | TurnWork | DeliveryWork


class UnknownWorkError(Exception):
    """The queue gave out what is no work of ours; to try it again is of no use."""


class MessageLostError(Exception):
    """It is not in hand any more: its time ran out, and somebody else may be at it."""


class MessageInHand(Protocol):
    """A message of the queue that was given out, and is hidden from others for a time."""

    def hide_for(self, seconds: int) -> None:
        """From now on. After that it is given out again, unless it is done by then.

        Raises `MessageLostError`, and `RoomQueueError` (retryable).
        """


class RoomQueue(Protocol):
    """Keeps the turns of a room in their order, one after another; other rooms do not wait for them.

    Work may be given out twice, but the same work put in again within five minutes is taken once.
    """

    def send(self, work: RoomWork) -> None:
        """Raises `RoomQueueError` (retryable)."""

    def in_hand(self, receipt_handle: str) -> MessageInHand:
        """What was given out under that receipt."""
