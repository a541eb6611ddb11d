"""The turn of a message: which agents answer it, one after another, and how far that has come."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class TurnEnd(StrEnum):
    COMPLETE = "complete"
    STOPPED = "stopped"
    LIMIT = "turn_limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenReply:
    agent_id: str
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """`waiting` are the agents still to answer, in order; `current` is the reply that is being given.

    `current` is written before its message is stored: whoever finds it there in a turn whose runner died
    settles it. `version` counts the writes: a runner that was taken for dead writes nothing more.
    """

    room_id: str
    message_id: str
    waiting: tuple[str, ...]
    given: tuple[GivenReply, ...] = ()
    current: GivenReply | None = None
    is_stopped: bool = False
    ended: TurnEnd | None = None
    version: int = 0


class TurnTakenOverError(Exception):
    """Another runner goes on with this turn."""


class TurnRepository(Protocol):
    """All calls block."""

    def begin(self, turn: Turn) -> Turn:
        """Store it, or give the one that is there: the work was delivered again."""

    def find(self, room_id: str, message_id: str) -> Turn | None: ...

    def save(self, turn: Turn) -> Turn:
        """The next version. Raises `TurnTakenOverError`. A stop that came meanwhile is kept and returned."""

    def request_stop(self, room_id: str, message_id: str) -> Turn | None:
        """Mark it as stopped, also before it has begun. None where it has ended."""

    def running(self, room_id: str) -> Turn | None:
        """The turn that is running in the room now."""
