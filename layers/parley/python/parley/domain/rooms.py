"""Chat rooms: an owner, members, and agents of the owner's that answer in turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from parley.domain.pages import Page, PageRequest

MAX_NAME_LENGTH = 100
DEFAULT_MAX_AGENT_TURNS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """`agent_ids` stand in the order in which they were added, which is the order in which they answer."""

    id: str
    owner_id: str
    name: str
    description: str | None
    agent_ids: tuple[str, ...]
    max_agent_turns: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomMember:
    """Somebody who may read and write. The owner is one without being listed."""

    user_id: str
    username: str
    added_at: datetime


class RoomRepository(Protocol):
    """Rooms with their members. All calls block. Who may do what is decided by whoever calls."""

    def add(self, room: Room, *, owner_name: str) -> None: ...

    def get(self, room_id: str) -> Room:
        """Raises `RoomNotFoundError`."""

    def is_member(self, room_id: str, user_id: str) -> bool:
        """Whether the user is listed; the owner is not."""

    def list_page(self, user_id: str, *, page: PageRequest) -> Page[Room]:
        """Those that the user owns or is a member of, newest first. Raises `InvalidCursorError`."""

    def change(self, room_id: str, changes: dict[str, Any]) -> Room:
        """Set the named fields (and `updated_at`). Raises `RoomNotFoundError`."""

    def add_agent(self, room_id: str, agent_id: str) -> tuple[Room, bool]:
        """Behind the others; the room as it is then, and whether the agent is new in it."""

    def remove_agent(self, room_id: str, agent_id: str) -> Room:
        """The others keep their order; nothing is done where it is not there."""

    def members(self, room_id: str) -> Sequence[RoomMember]:
        """In the order of their addition."""

    def add_member(self, room_id: str, member: RoomMember) -> bool:
        """False, and nothing changed, where the user is one already."""

    def remove_member(self, room_id: str, user_id: str) -> bool:
        """False where the user was none."""

    def delete(self, room_id: str) -> None:
        """Remove it with members, messages, turns and logs. Safe to repeat after a failure half-way."""
