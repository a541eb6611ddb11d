"""What turns work with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from parley.chat.leases import Lease
from parley.chat.room_audience import Broadcast, Deliverer
from parley.chat.room_replies import RoomReplies
from parley.domain.agents import Agent
from parley.domain.reply_logs import ReplyLog
from parley.domain.room_messages import RoomMessageRepository
from parley.domain.room_turns import TurnRepository
from parley.domain.rooms import Room, RoomRepository
from parley.domain.usage import UsageRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnParts:
    """`agents_of` gives a room's agents in their order, and blocks."""

    rooms: RoomRepository
    messages: RoomMessageRepository
    turns: TurnRepository
    log: ReplyLog
    usage: UsageRepository
    replies: RoomReplies
    delivery: Deliverer
    broadcast: Callable[[str], Broadcast]
    agents_of: Callable[[Room], Sequence[Agent]]
    lease: Lease
