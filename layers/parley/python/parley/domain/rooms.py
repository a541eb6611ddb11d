"""Chat rooms: an owner, members, and agents of the owner's that answer in turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from parley.domain.pages import Page, PageRequest

MAX_NAME_LENGTH = 100
DEFAULT_MAX_AGENT_TURNS = 8
MAX_AGENT_TURNS = 50
# Both stand in the room's own item, which everything that happens in it reads.
MAX_ROOM_AGENTS = 50
MAX_ROOM_MEMBERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """`agent_ids` stand in the order in which they were added, which is the order in which they answer.

    `member_ids` are those who may read and write beside the owner, in the order of their addition.
    """

    id: str
    owner_id: str
    owner_name: str
    name: str
    description: str | None
    agent_ids: tuple[str, ...] = ()
    member_ids: tuple[str, ...] = ()
    max_agent_turns: int = DEFAULT_MAX_AGENT_TURNS
    created_at: datetime
    updated_at: datetime

    def admits(self, user_id: str) -> bool:
        """Whether the user may read and write."""
        return user_id == self.owner_id or user_id in self.member_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomMember:
    """Somebody who may read and write. The owner is one without being listed."""

    user_id: str
    username: str
    added_at: datetime


class RoomRepository(Protocol):
    """Rooms with their members. All calls block. Who may do what is decided by whoever calls.

    What names a room raises `RoomNotFoundError` where there is none, or where it is being deleted.
    """

    def add(self, room: Room) -> None:
        """A new one, without members."""

    def get(self, room_id: str) -> Room: ...

    def list_page(self, user_id: str, *, page: PageRequest) -> Page[Room]:
        """Those that the user owns or is a member of, newest first. Raises `InvalidCursorError`."""

    def change(self, room_id: str, changes: dict[str, Any]) -> Room:
        """Set the named fields (and `updated_at`)."""

    def add_agent(self, room_id: str, agent_id: str) -> tuple[Room, bool]:
        """Behind the others; the room as it is then, and whether the agent is new in it.

        Raises `TooManyRoomAgentsError`.
        """

    def remove_agent(self, room_id: str, agent_id: str) -> tuple[Room, bool]:
        """The others keep their order; the room as it is then, and whether the agent was in it."""

    def members(self, room_id: str) -> Sequence[RoomMember]:
        """In the order of their addition; none where there is no room."""

    def add_member(self, room_id: str, member: RoomMember) -> bool:
        """False, and nothing changed, where the user is one already, or the owner.

        Raises `TooManyRoomMembersError`.
        """

    def remove_member(self, room_id: str, user_id: str) -> bool:
        """False where the user was none."""

    def delete(self, owner_id: str, room_id: str) -> None:
        """Remove it with members, messages, turns and logs; out of the owner's sight at once.

        What a failure leaves half-way is removed by the next call. Raises `RoomNotFoundError` also for
        another's room.
        """
