"""What is said in a room, in the order of its places, and the order in which it reaches the connections."""

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

    def close_gap(self, room_id: str, *, after: int) -> None:
        """Give up the place behind this one, unless a message has come to it."""

    def count(self, room_id: str) -> int:
        """How many there are, without reading them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLease:
    """The right to send a room's messages to its connections. `delivered` is the place up to which they have
    been sent."""

    room_id: str
    id: str
    delivered: int


class DeliveryLeases(Protocol):
    """One deliverer for a room at a time; one that died is replaced when its lease has run out."""

    def take(self, room_id: str, *, seconds: float) -> DeliveryLease | None:
        """None where another holds it, or the room is gone."""

    def advance(self, lease: DeliveryLease, *, delivered: int, seconds: float) -> DeliveryLease | None:
        """Store how far it has come and renew the lease; None where the lease was lost."""

    def release(self, lease: DeliveryLease, *, delivered: int) -> None: ...

    def delivered(self, room_id: str) -> int:
        """The place up to which everything has been sent."""
