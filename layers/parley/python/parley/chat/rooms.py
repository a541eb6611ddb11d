"""Rooms and who is in them, as their owner arranges it."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from parley.chat.room_access import RoomAccess
from parley.domain.agents import Agent, AgentRepository
from parley.domain.clock import now
from parley.domain.ids import ROOM, new_id
from parley.domain.pages import Page, PageRequest
from parley.domain.rooms import Room, RoomMember, RoomRepository
from parley.domain.users import UserRepository
from parley.errors import (
    AgentNotFoundError,
    MemberNotFoundError,
    RoomNotFoundError,
    TooManyRoomAgentsError,
    UnknownAgentError,
    UnknownUserError,
)

type Furnished = tuple[Room, list[Agent]]


class RoomService:
    """All calls block and name the user first.

    Where it says nothing else, they raise `RoomNotFoundError` for whoever is not in the room, and those that
    change something `NotRoomOwnerError` for a member.
    """

    def __init__(self, *, rooms: RoomRepository, agents: AgentRepository, users: UserRepository) -> None:
        self._rooms = rooms
        self._agents = agents
        self._users = users
        self.access = RoomAccess(rooms=rooms, agents=agents)

    def create(self, user_id: str, username: str, fields: dict[str, Any]) -> Furnished:
        """`fields` are all that an owner sets. Raises `UnknownAgentError`."""
        agents = self._own_agents(user_id, fields["agent_ids"])
        created_at = now()
        room = Room(
            id=new_id(ROOM),
            owner_id=user_id,
            owner_name=username,
            created_at=created_at,
            updated_at=created_at,
            **fields,
        )
        self._rooms.add(room)
        return room, agents

    def get(self, user_id: str, room_id: str) -> Furnished:
        return self._furnished(self.access.readable(user_id, room_id))

    def list_page(self, user_id: str, *, page: PageRequest) -> Page[Furnished]:
        """Newest first. Raises `InvalidCursorError`."""
        found = self._rooms.list_page(user_id, page=page)
        agents = self.access.agents_of_each(found.items)
        items = list(zip(found.items, agents, strict=True))
        return Page(items=items, total=found.total, next_cursor=found.next_cursor)

    def change(self, user_id: str, room_id: str, changes: dict[str, Any]) -> Furnished:
        """Raises `UnknownAgentError`."""
        room = self.access.owned(user_id, room_id)
        if "agent_ids" in changes:
            self._own_agents(user_id, changes["agent_ids"])
        return self._furnished(self._rooms.change(room_id, changes) if changes else room)

    def delete(self, user_id: str, room_id: str) -> None:
        """What an earlier call left half-way goes as well."""
        # The repository knows whether it is there half deleted, and whose it is.
        with suppress(RoomNotFoundError):
            self.access.owned(user_id, room_id)
        self._rooms.delete(user_id, room_id)

    def add_agent(self, user_id: str, room_id: str, agent_id: str) -> tuple[list[Agent], bool]:
        """Those that are in the room then, and whether it is new there.

        Raises `UnknownAgentError`, `TooManyRoomAgentsError`.
        """
        room = self.access.owned(user_id, room_id)
        if not self._agents.find_many(user_id, [agent_id]):
            raise UnknownAgentError
        try:
            room, is_new = self._rooms.add_agent(room_id, agent_id)
        except TooManyRoomAgentsError:
            if not self._drop_deleted_agents(room):
                raise
            room, is_new = self._rooms.add_agent(room_id, agent_id)
        return self.access.agents_of(room), is_new

    def remove_agent(self, user_id: str, room_id: str, agent_id: str) -> None:
        """Raises `AgentNotFoundError` where it is not in the room."""
        self.access.owned(user_id, room_id)
        if not self._rooms.remove_agent(room_id, agent_id)[1]:
            raise AgentNotFoundError

    def members(self, user_id: str, room_id: str) -> tuple[Room, Sequence[RoomMember]]:
        return self.access.readable(user_id, room_id), self._rooms.members(room_id)

    def add_member(self, user_id: str, room_id: str, username: str) -> bool:
        """Whether the user is new in the room. Raises `UnknownUserError`, `TooManyRoomMembersError`."""
        self.access.owned(user_id, room_id)
        user = self._users.find(username)
        if user is None:
            raise UnknownUserError
        member = RoomMember(user_id=user.id, username=user.username, added_at=now())
        return self._rooms.add_member(room_id, member)

    def remove_member(self, user_id: str, room_id: str, member_id: str) -> RoomMember:
        """Whoever is a member no longer. A member may leave by herself. Raises `MemberNotFoundError`."""
        allowed = self.access.readable if user_id == member_id else self.access.owned
        allowed(user_id, room_id)
        members = {member.user_id: member for member in self._rooms.members(room_id)}
        if member_id not in members or not self._rooms.remove_member(room_id, member_id):
            raise MemberNotFoundError
        return members[member_id]

    def _furnished(self, room: Room) -> Furnished:
        return room, self.access.agents_of(room)

    def _own_agents(self, owner_id: str, agent_ids: Sequence[str]) -> list[Agent]:
        """Raises `UnknownAgentError`."""
        found = self._agents.find_many(owner_id, agent_ids)
        known = {agent.id for agent in found}
        for index, agent_id in enumerate(agent_ids):
            if agent_id not in known:
                raise UnknownAgentError(index)
        return found

    def _drop_deleted_agents(self, room: Room) -> bool:
        """Whether there were any: agents that are no more are shown nowhere, and shall take no place."""
        there = {agent.id for agent in self.access.agents_of(room)}
        deleted = [each for each in room.agent_ids if each not in there]
        for agent_id in deleted:
            self._rooms.remove_agent(room.id, agent_id)
        return bool(deleted)
