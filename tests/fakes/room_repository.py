"""Rooms in memory; the contract tests are those of the table."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Lock
from typing import Any

from parley.domain.clock import now
from parley.domain.pages import Page, PageRequest
from parley.domain.rooms import MAX_ROOM_AGENTS, MAX_ROOM_MEMBERS, Room, RoomMember
from parley.errors import RoomNotFoundError, TooManyRoomAgentsError, TooManyRoomMembersError
from tests.fakes.pages import slice_page


class InMemoryRoomRepository:
    def __init__(self) -> None:
        self._guard = Lock()
        self._rooms: dict[str, Room] = {}
        self._members: dict[str, dict[str, RoomMember]] = {}

    def add(self, room: Room) -> None:
        self._rooms[room.id] = room
        self._members[room.id] = {}

    def get(self, room_id: str) -> Room:
        if room_id not in self._rooms:
            raise RoomNotFoundError
        return self._rooms[room_id]

    def list_page(self, user_id: str, *, page: PageRequest) -> Page[Room]:
        listed = sorted(
            (room for room in self._rooms.values() if room.admits(user_id)), key=_id, reverse=True
        )
        items, cursor = slice_page(listed, page, "rooms/", _id, newest_first=True)
        return Page(items=items, total=len(listed), next_cursor=cursor)

    def change(self, room_id: str, changes: dict[str, Any]) -> Room:
        with self._guard:
            return self._put(replace(self.get(room_id), **changes))

    def add_agent(self, room_id: str, agent_id: str) -> tuple[Room, bool]:
        with self._guard:
            room = self.get(room_id)
            if agent_id in room.agent_ids:
                return room, False
            if len(room.agent_ids) >= MAX_ROOM_AGENTS:
                raise TooManyRoomAgentsError
            return self._put(replace(room, agent_ids=(*room.agent_ids, agent_id))), True

    def remove_agent(self, room_id: str, agent_id: str) -> tuple[Room, bool]:
        with self._guard:
            room = self.get(room_id)
            if agent_id not in room.agent_ids:
                return room, False
            left = tuple(each for each in room.agent_ids if each != agent_id)
            return self._put(replace(room, agent_ids=left)), True

    def members(self, room_id: str) -> Sequence[RoomMember]:
        return list(self._members.get(room_id, {}).values())

    def add_member(self, room_id: str, member: RoomMember) -> bool:
        with self._guard:
            room = self.get(room_id)
            if room.admits(member.user_id):
                return False
            if len(room.member_ids) >= MAX_ROOM_MEMBERS:
                raise TooManyRoomMembersError
            self._members[room_id][member.user_id] = member
            self._put(replace(room, member_ids=(*room.member_ids, member.user_id)))
            return True

    def remove_member(self, room_id: str, user_id: str) -> bool:
        with self._guard:
            room = self.get(room_id)
            if user_id not in room.member_ids:
                return False
            self._members[room_id].pop(user_id, None)
            self._put(replace(room, member_ids=tuple(each for each in room.member_ids if each != user_id)))
            return True

    def delete(self, owner_id: str, room_id: str) -> None:
        with self._guard:
            if self.get(room_id).owner_id != owner_id:
                raise RoomNotFoundError
            del self._rooms[room_id]
            del self._members[room_id]

    def _put(self, room: Room) -> Room:
        self._rooms[room.id] = replace(room, updated_at=now())
        return self._rooms[room.id]


def _id(room: Room) -> str:
    return room.id
