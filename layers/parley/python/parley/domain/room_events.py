"""What a room's connections, and the listeners of a turn, are told. `wire` gives each its form."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from parley.domain.agents import Agent
from parley.domain.room_messages import CallStep, ResultStep, RoomMessage, Sender


class NoticeType(StrEnum):
    USER_JOIN = "user_join"
    USER_LEAVE = "user_leave"
    AGENT_JOIN = "agent_join"
    AGENT_LEAVE = "agent_leave"
    TURN_LIMIT = "turn_limit"
    AGENT_ERROR = "agent_error"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """The first thing on a connection. `participants` are those that are here, the new one among them."""

    room_id: str
    connection_id: str
    participant: Sender
    participants: Sequence[Sender]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryShown:
    """Oldest first. `has_more`: there are earlier ones that were asked for and are not among these."""

    messages: Sequence[RoomMessage]
    has_more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentsShown:
    agents: Sequence[Agent]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePosted:
    message: RoomMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class TypingChanged:
    participant: Sender
    is_typing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepGrown:
    """More of a step's text: `delta` begins at the character `offset` of it. `index` counts steps from 0."""

    message_id: str
    agent_id: str
    index: int
    type: str
    offset: int
    delta: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTaken:
    """A step that comes whole."""

    message_id: str
    agent_id: str
    index: int
    step: CallStep | ResultStep


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDone:
    """The reply's end, whatever its status: its message is stored whole."""

    message_id: str
    agent_id: str
    token_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """`content` may be read by a user, `type` is a stable machine word."""

    content: str
    type: str
    message_id: str | None = None
    agent_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """`content` is what a client without an own phrase for the type can show."""

    type: NoticeType
    content: str
    participant: Sender | None = None


@dataclass(frozen=True, slots=True)
class Pong:
    pass


type RoomEvent = (
    Connected
    | HistoryShown
    | AgentsShown
    | MessagePosted
    | TypingChanged
    | StepGrown
    | StepTaken
    | AgentDone
    | Failed
    | Notice
    | Pong
)
