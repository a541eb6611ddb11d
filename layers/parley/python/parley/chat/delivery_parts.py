"""What deliveries work with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from parley.chat.room_lines import SocketLines
from parley.domain.agents import Agent
from parley.domain.clock import now
from parley.domain.room_connections import RoomConnectionRepository
from parley.domain.room_events import RoomEvent
from parley.domain.room_messages import DeliveryLeases, RoomMessageRepository


def _as_it_is(event: RoomEvent, _: str) -> RoomEvent:
    return event


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryParts:
    """`agents_of` gives the agents of a room in their order, and blocks.

    `localize` puts what is told into a language. `hand_over` has somebody else deliver in a room: who is at
    work for too long does that.
    """

    messages: RoomMessageRepository
    leases: DeliveryLeases
    connections: RoomConnectionRepository
    lines: SocketLines
    agents_of: Callable[[str], Sequence[Agent]]
    clock: Callable[[], datetime] = now
    localize: Callable[[RoomEvent, str], RoomEvent] = _as_it_is
    hand_over: Callable[[str], None] | None = None
