"""A room with what is stored of it, and the processes that run its turns."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from parley.chat.leases import Lease
from parley.chat.room_replies import RoomReplies
from parley.chat.room_stops import RoomStops
from parley.chat.room_turns import TurnRunner
from parley.chat.turn_parts import TurnParts
from parley.domain.agents import Agent
from parley.domain.room_events import MessagePosted, StepGrown
from parley.domain.room_messages import RoomMessage, Sender, SenderType
from parley.domain.room_work import TurnWork
from parley.domain.rooms import Room
from parley.domain.usage import Period
from parley.room_wire import room_event_body
from tests.examples import a_new_message, a_room, a_sender, an_agent
from tests.fakes.mortality import Life, Mortal
from tests.fakes.reply_logs import InMemoryReplyLog
from tests.fakes.room_audience import ToldRoom
from tests.fakes.room_messages import InMemoryRoomMessageRepository, RoomMemory
from tests.fakes.room_queue import InMemoryMessageInHand
from tests.fakes.room_repository import InMemoryRoomRepository
from tests.fakes.room_turns import InMemoryTurnRepository
from tests.fakes.scripted_model import OnlyModel
from tests.fakes.tools import registry
from tests.fakes.usage import InMemoryUsageRepository


@dataclass
class RoomWorld:
    names: tuple[str, ...] = ("Ann", "Ben")
    lease: Lease = field(default_factory=Lease)
    agents: dict[str, Agent] = field(default_factory=dict)

    def __post_init__(self):
        memory = RoomMemory()
        self.memory = memory
        self.rooms = InMemoryRoomRepository()
        self.messages = InMemoryRoomMessageRepository(memory)
        self.turns = InMemoryTurnRepository()
        self.log = InMemoryReplyLog()
        self.usage = InMemoryUsageRepository()
        self.told_room = ToldRoom(self.messages)
        self.person = a_sender(name="Pat")
        self.room = a_room()
        self.rooms.add(self.room)
        memory.open(self.room.id)
        for name in self.names:
            self.add_agent(name)

    @property
    def told(self):
        return self.told_room.told

    def add_agent(self, name, **fields) -> Agent:
        agent = an_agent(self.room.owner_id, name=name, **fields)
        self.agents[name] = agent
        self.room, _ = self.rooms.add_agent(self.room.id, agent.id)
        return agent

    def change(self, **fields) -> None:
        self.room = self.rooms.change(self.room.id, fields)

    def agents_of(self, room: Room) -> list[Agent]:
        by_id = {agent.id: agent for agent in self.agents.values()}
        return [by_id[each] for each in room.agent_ids]

    def sender(self, name: str) -> Sender:
        return Sender(type=SenderType.AGENT, id=self.agents[name].id, name=name)

    def say(self, content: str, **fields) -> RoomMessage:
        fields = {"sender": self.person, **fields}
        return self.messages.post(a_new_message(self.room.id, content=content, **fields)).message

    def runner(self, model, life: Life | None = None) -> TurnRunner:
        life = life or Life()
        messages, log = Mortal("messages", self.messages, life), Mortal("log", self.log, life)
        parts = TurnParts(
            rooms=Mortal("rooms", self.rooms, life),
            messages=messages,
            turns=Mortal("turns", self.turns, life),
            log=log,
            usage=Mortal("usage", self.usage, life),
            replies=RoomReplies(messages=messages, log=log, models=OnlyModel(model), tools=registry()),
            delivery=Mortal("delivery", self.told_room, life),
            broadcast=self.told_room.broadcast,
            agents_of=self.agents_of,
            lease=self.lease,
        )
        return TurnRunner(parts)

    async def run(self, message: RoomMessage, model, life=None, *, in_hand=None, seconds_left=None) -> None:
        work = TurnWork(room_id=self.room.id, message_id=message.id)
        in_hand = in_hand or InMemoryMessageInHand()
        await self.runner(model, life).run(work, in_hand, seconds_left=seconds_left)

    @property
    def stops(self) -> RoomStops:
        return RoomStops(messages=self.messages, turns=self.turns, log=self.log)

    def current(self, message: RoomMessage) -> str | None:
        """The id of the reply that is being given."""
        turn = self.turn(message)
        return turn.current.message_id if turn and turn.current else None

    def turn(self, message: RoomMessage):
        return self.turns.find(self.room.id, message.id)

    def stored(self) -> list[RoomMessage]:
        return self.messages.newest(self.room.id, limit=1000)

    def replies(self) -> list[tuple[str, str, str]]:
        """Speaker, status and text of what agents have answered, in the order of the room."""
        answers = [each for each in self.stored() if each.turn_of]
        return [(each.sender.name, each.status.value, each.content) for each in answers]

    def told_names(self) -> list[str]:
        """The events in short: whose message, who types, and by name what else."""
        return [short(event) for event in self.told]

    def told_text(self, message_id: str) -> str:
        grown = [each for each in self.told if isinstance(each, StepGrown)]
        return "".join(each.delta for each in grown if each.message_id == message_id and each.type == "text")

    def used(self):
        days = self.usage.list_days(self.room.owner_id, Period(first=date.min, last=date.max))
        return [(day.model, day.replies) for day in days]


async def until(condition: Callable[[], object]) -> None:
    """Ten seconds are long enough for whatever a test waits for."""
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0.001)
    raise TimeoutError


def short(event) -> str:
    name, body = room_event_body(event)
    if isinstance(event, MessagePosted):
        return f"message {event.message.sender.name}"
    if name == "typing":
        return "types" if body["is_typing"] else "typed"
    return f"system {body['type']}" if name == "system" else name
