"""Requests and answers of the chat rooms resource, but for what is said in them."""

from collections.abc import Sequence
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer
from pydantic_core import PydanticCustomError

from parley.domain.agents import Agent
from parley.domain.rooms import (
    DEFAULT_MAX_AGENT_TURNS,
    MAX_AGENT_TURNS,
    MAX_NAME_LENGTH,
    MAX_ROOM_AGENTS,
    Room,
    RoomMember,
)
from parley.http.agent_bodies import AgentBody
from parley.http.fields import Count, RequestBody, Timestamp, UserId, without_defaults

# As long as an id ever is, and then some: what is longer is nobody's.
_MAX_ID_LENGTH = 100


def _trimmed(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "must not be blank")
    return text.strip()


def _each_once(ids: list[str]) -> list[str]:
    return list(dict.fromkeys(ids))


RoomName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_NAME_LENGTH,
        examples=["Harbour"],
        json_schema_extra={"pattern": r"\S"},
    ),
    AfterValidator(_trimmed),
]
RoomDescription = Annotated[str, Field(max_length=1000, examples=["Where the tides are talked about."])]
AgentId = Annotated[
    str, Field(min_length=1, max_length=_MAX_ID_LENGTH, examples=["agent_01M88Z6F0W8QX1T5V9B2C3D4E5"])
]
AgentIds = Annotated[
    list[AgentId],
    Field(
        max_length=MAX_ROOM_AGENTS,
        description="Agents of yours, each once, in the order in which they are to answer.",
    ),
    AfterValidator(_each_once),
    PlainSerializer(tuple, return_type=tuple[str, ...]),
]
MaxAgentTurns = Annotated[
    int,
    Field(
        ge=1,
        le=MAX_AGENT_TURNS,
        description="How many replies agents give to one message at most.",
        examples=[DEFAULT_MAX_AGENT_TURNS],
    ),
]


class CreateRoomRequest(RequestBody):
    name: RoomName
    description: RoomDescription | None = None
    agent_ids: AgentIds = Field(default_factory=list)
    max_agent_turns: MaxAgentTurns = DEFAULT_MAX_AGENT_TURNS


class ChangeRoomRequest(CreateRoomRequest):
    """What is not given stays; null clears the description and is refused elsewhere.

    `agent_ids` takes the place of all that are in the room.
    """

    model_config = ConfigDict(json_schema_extra=without_defaults)

    name: RoomName = Field(default_factory=str)

    def changes(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class AddAgentRequest(RequestBody):
    agent_id: AgentId


class AddMemberRequest(RequestBody):
    username: Annotated[str, Field(min_length=1, max_length=50, examples=["anna"])]


class RoomBody(BaseModel):
    id: Annotated[str, Field(examples=["room_01M88Z6F0W8QX1T5V9B2C3D4E5"])]
    owner_id: UserId
    name: RoomName
    description: RoomDescription | None
    agents: Annotated[list[AgentBody], Field(description="In the order in which they answer.")]
    member_ids: Annotated[
        list[str],
        Field(
            description="Who may read and write beside the owner.",
            examples=[["user_01M88Z6F0W8QX1T5V9B2C3D4E6"]],
        ),
    ]
    max_agent_turns: MaxAgentTurns
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, furnished: tuple[Room, list[Agent]]) -> Self:
        room, agents = furnished
        return cls(
            id=room.id,
            owner_id=room.owner_id,
            name=room.name,
            description=room.description,
            agents=[AgentBody.of(agent) for agent in agents],
            member_ids=list(room.member_ids),
            max_agent_turns=room.max_agent_turns,
            created_at=room.created_at,
            updated_at=room.updated_at,
        )


class RoomAgentsBody(BaseModel):
    agents: Annotated[list[AgentBody], Field(description="In the order in which they answer.")]
    total: Annotated[Count, Field(examples=[1])]

    @classmethod
    def of(cls, agents: list[Agent]) -> Self:
        return cls(agents=[AgentBody.of(agent) for agent in agents], total=len(agents))


class RoomPersonBody(BaseModel):
    user_id: Annotated[str, Field(examples=["user_01M88Z6F0W8QX1T5V9B2C3D4E5"])]
    username: Annotated[str, Field(examples=["anna"])]


class RoomMemberBody(RoomPersonBody):
    added_at: Timestamp


class RoomMembersBody(BaseModel):
    """The owner is not among the members."""

    owner: RoomPersonBody
    members: Annotated[list[RoomMemberBody], Field(description="In the order of their addition.")]
    total: Annotated[Count, Field(description="Of the members.", examples=[1])]

    @classmethod
    def of(cls, room: Room, members: Sequence[RoomMember]) -> Self:
        return cls(
            owner=RoomPersonBody(user_id=room.owner_id, username=room.owner_name),
            members=[RoomMemberBody.model_validate(each, from_attributes=True) for each in members],
            total=len(members),
        )
