"""What is said in a room, in the order of its places, and the order in which it reaches the connections."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol

from parley.domain.events import Usage
from parley.domain.messages import MessageStatus


class SenderType(StrEnum):
    USER = "user"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStep:
    """What was thought or said without a tool call in between."""

    type: Literal["thinking", "text"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStep:
    id: str
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultStep:
    """`content` is the result as JSON text, or the reason of the failure."""

    id: str
    name: str
    success: bool
    content: str


type ProcessStep = TextStep | CallStep | ResultStep


def text_of(steps: Iterable[ProcessStep]) -> str:
    """What they say: their text, without thoughts and calls."""
    return "".join(step.content for step in steps if isinstance(step, TextStep) and step.type == "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who says something. `name` is how it is shown from then on, whatever becomes of the sender's name."""

    type: SenderType
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomMessage:
    """`content` of an agent's reply is the text of its steps. `mentions` are agent ids chosen for it.

    `turn_of` is, for a reply, the message whose turn it belongs to; `client_id` what its sender called it.
    """

    id: str
    room_id: str
    sender: Sender
    content: str
    created_at: datetime
    status: MessageStatus = MessageStatus.COMPLETE
    process_steps: tuple[ProcessStep, ...] = ()
    token_count: int = 0
    usage: Usage = field(default_factory=Usage)
    model: str | None = None
    mentions: tuple[str, ...] = ()
    turn_of: str | None = None
    client_id: str | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message before it has its place, and with it its id."""

    room_id: str
    sender: Sender
    content: str
    status: MessageStatus = MessageStatus.COMPLETE
    mentions: tuple[str, ...] = ()
    turn_of: str | None = None
    client_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedMessage:
    """`is_new` is False for the repetition of a `client_id`: the message was there already."""

    message: RoomMessage
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesBehind:
    """Messages behind a place, oldest first. Up to `end` each place has its message or was given up."""

    messages: tuple[RoomMessage, ...]
    end: int


class RoomMessageRepository(Protocol):
    """Messages by room. All calls block, and may be repeated after a failure."""

    def post(self, message: NewMessage) -> PostedMessage:
        """Give it the next place and store it whole. Raises `RoomNotFoundError`.

        A `client_id` that the same sender used in this room within a day gives the message of that time.
        """

    def take_place(self, room_id: str) -> str:
        """An id at the next place, for a message that is `put` in a moment. Raises `RoomNotFoundError`."""

    def put(self, message: RoomMessage) -> bool:
        """Store it at its place, or replace it there. False where the place was given up meanwhile."""

    def get(self, room_id: str, message_id: str) -> RoomMessage | None: ...

    def newest(self, room_id: str, *, limit: int, before: str | None = None) -> list[RoomMessage]:
        """The last `limit` messages, or the last before that id; oldest first, up to the first gap."""

    def since(self, room_id: str, *, after: str | int, limit: int) -> list[RoomMessage]:
        """The next `limit` messages behind an id or a place; oldest first, up to the first gap.

        A gap is the place of a message that is being stored in this moment, or that never will be.
        """

    def follow(self, room_id: str, *, after: int, limit: int) -> MessagesBehind:
        """As `since`, for whoever goes on from there."""

    def close_gap(self, room_id: str, *, after: int) -> None:
        """Give up the place behind this one, unless a message has come to it."""

    def count(self, room_id: str) -> int:
        """How many there are up to the first gap, without reading them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLease:
    """The right to send a room's messages to its connections.

    `delivered` is the place up to which they have been sent, and `shown` how many messages that are. Of the
    room as it was then: `taken` is the last place that was taken, `calls` how often a deliverer was called.
    """

    room_id: str
    id: str
    delivered: int
    shown: int
    taken: int
    calls: int


class DeliveryLeases(Protocol):
    """One deliverer for a room at a time; one that died is replaced when its lease has run out.

    All calls block, and may be repeated after a failure. Nothing is left behind: a place that was taken, or a
    call that was made, before a deliverer would go keeps it.
    """

    def call(self, room_id: str) -> None:
        """There is something to do besides messages: whoever delivers looks again before it goes."""

    def take(self, room_id: str, *, seconds: float) -> DeliveryLease | None:
        """None where another holds it, or the room is gone."""

    def renew(self, lease: DeliveryLease, *, seconds: float) -> DeliveryLease | None:
        """Store how far it has come, for so long again; None where the lease was lost."""

    def release(self, lease: DeliveryLease, *, seconds: float) -> DeliveryLease | None:
        """Store how far it has come, and go: None. Goes on as with `renew` where there is more to do."""

    def delivered(self, room_id: str) -> int | None:
        """The place up to which everything has been sent; None where there is no such room."""
