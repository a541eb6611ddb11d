"""Who may connect to a room, and as whom: whatever a client says of itself has to follow from its token."""

from dataclasses import dataclass
from typing import Protocol

from parley.accounts.agent_keys import KEY_PREFIX
from parley.accounts.authentication import CurrentUser, hash_token
from parley.chat.room_access import RoomAccess
from parley.domain.agents import MAX_NAME_LENGTH, Agent, AgentRepository, is_fit_name, name_key
from parley.domain.room_messages import Sender, SenderType
from parley.domain.rooms import Room, RoomRepository
from parley.errors import (
    AgentNotFoundError,
    NotAuthenticatedError,
    RoomClosedError,
    RoomNotFoundError,
)


class Authenticator(Protocol):
    def authenticate(self, authorization: str | None) -> CurrentUser:
        """Takes the header's value; raises `NotAuthenticatedError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a client says of itself, and its token, which alone proves something.

    `participant_type` is a user where nothing is said; a key speaks for its agent without being asked.
    """

    room_id: str
    token: str
    participant_type: str | None = None
    participant_id: str | None = None
    participant_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """`user_id` is whose token it was, or whose agent's key."""

    participant: Sender
    user_id: str


class RoomAdmission:
    """Blocks."""

    def __init__(
        self, *, authenticator: Authenticator, agents: AgentRepository, rooms: RoomRepository
    ) -> None:
        self._authenticator = authenticator
        self._agents = agents
        self._rooms = rooms
        self._access = RoomAccess(rooms=rooms, agents=agents)

    def admit(self, claim: Claim) -> Admission:
        """Raises `NotAuthenticatedError` for what the token does not prove, `RoomClosedError` for a room
        that is not there or not open to the participant."""
        if claim.token.startswith(KEY_PREFIX):
            return self._admit_agent(claim, self._agent_of_key(claim))
        user = self._authenticator.authenticate(f"Bearer {claim.token}")
        if claim.participant_type == SenderType.AGENT:
            return self._admit_agent(claim, self._agent_of_user(claim, user))
        if claim.participant_type not in (None, SenderType.USER) or not _is_or_absent(claim, user.id):
            raise NotAuthenticatedError
        room = self._room(claim)
        if not room.admits(user.id):
            raise RoomClosedError
        sender = Sender(type=SenderType.USER, id=user.id, name=self._shown_name(claim, user, room))
        return Admission(participant=sender, user_id=user.id)

    def _agent_of_key(self, claim: Claim) -> Agent:
        agent = self._agents.find_by_key_hash(hash_token(claim.token))
        is_agent = claim.participant_type in (None, SenderType.AGENT)
        if agent is None or not is_agent or not _is_or_absent(claim, agent.id):
            raise NotAuthenticatedError
        return agent

    def _agent_of_user(self, claim: Claim, user: CurrentUser) -> Agent:
        try:
            return self._agents.get(user.id, claim.participant_id or "")
        except AgentNotFoundError:
            raise NotAuthenticatedError from None

    def _admit_agent(self, claim: Claim, agent: Agent) -> Admission:
        if agent.id not in self._room(claim).agent_ids:
            raise RoomClosedError
        sender = Sender(type=SenderType.AGENT, id=agent.id, name=agent.name)
        return Admission(participant=sender, user_id=agent.user_id)

    def _room(self, claim: Claim) -> Room:
        try:
            return self._rooms.get(claim.room_id)
        except RoomNotFoundError:
            raise RoomClosedError from None

    def _shown_name(self, claim: Claim, user: CurrentUser, room: Room) -> str:
        """The one that was asked for, unless it is unfit or somebody else's in the room."""
        name = (claim.participant_name or "").strip()
        if not name or len(name) > MAX_NAME_LENGTH or not is_fit_name(name):
            return user.username
        if name_key(name) == name_key(user.username):
            return name
        others = [room.owner_name, *(member.username for member in self._rooms.members(room.id))]
        others += [agent.name for agent in self._access.agents_of(room)]
        return user.username if name_key(name) in map(name_key, others) else name


def _is_or_absent(claim: Claim, identifier: str) -> bool:
    return not claim.participant_id or claim.participant_id == identifier
