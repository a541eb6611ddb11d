"""Who may do what in a room, and which agents are in it."""

from collections.abc import Sequence

from parley.domain.agents import Agent, AgentRepository
from parley.domain.room_messages import Sender, SenderType
from parley.domain.rooms import Room, RoomRepository
from parley.errors import NotRoomOwnerError, RoomNotFoundError


class RoomAccess:
    """All calls block. For whoever is not in it a room does not exist."""

    def __init__(self, *, rooms: RoomRepository, agents: AgentRepository) -> None:
        self._rooms = rooms
        self._agents = agents

    def readable(self, user_id: str, room_id: str) -> Room:
        """The room where the user may read and write. Raises `RoomNotFoundError`."""
        room = self._rooms.get(room_id)
        if not room.admits(user_id):
            raise RoomNotFoundError
        return room

    def owned(self, user_id: str, room_id: str) -> Room:
        """The room where the user may change it. Raises `RoomNotFoundError`, `NotRoomOwnerError`."""
        room = self.readable(user_id, room_id)
        if room.owner_id != user_id:
            raise NotRoomOwnerError
        return room

    def is_open_to(self, room_id: str, participant: Sender) -> bool:
        """Whether the participant may still read and write there."""
        try:
            room = self._rooms.get(room_id)
        except RoomNotFoundError:
            return False
        if participant.type is SenderType.USER:
            return room.admits(participant.id)
        is_listed = participant.id in room.agent_ids
        return is_listed and bool(self._agents.find_many(room.owner_id, [participant.id]))

    def agents_of(self, room: Room) -> list[Agent]:
        """In the order in which they answer; deleted ones are left out."""
        return self.agents_of_each([room])[0]

    def agents_of_each(self, rooms: Sequence[Room]) -> list[list[Agent]]:
        """As `agents_of`, of several rooms: an agent in many of them is read once."""
        wanted: dict[str, list[str]] = {}
        for room in rooms:
            wanted.setdefault(room.owner_id, []).extend(room.agent_ids)
        found = {
            agent.id: agent
            for owner_id, agent_ids in wanted.items()
            if agent_ids
            for agent in self._agents.find_many(owner_id, agent_ids)
        }
        return [[found[each] for each in room.agent_ids if each in found] for room in rooms]
