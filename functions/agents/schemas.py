"""Requests and answers of the agents resource."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer
from pydantic_core import PydanticCustomError

from parley.domain.agents import MAX_NAME_LENGTH, NAME_PATTERN, Agent, AgentKind, is_fit_name
from parley.domain.conversations import DEFAULT_MAX_TOKENS, DEFAULT_MODEL, DEFAULT_TEMPERATURE
from parley.domain.tools import ToolName
from parley.http.fields import (
    MaxTokens,
    ModelName,
    RequestBody,
    SystemPrompt,
    Temperature,
    Timestamp,
    UserId,
    without_defaults,
)


def _trimmed_name(name: str) -> str:
    name = name.strip()
    if not is_fit_name(name):
        raise PydanticCustomError(
            "agent_name", "must have something to see, and no '@', line break or control character"
        )
    return name


def _each_once(names: list[ToolName]) -> list[ToolName]:
    return list(dict.fromkeys(names))


Name = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_NAME_LENGTH,
        description="Unique among yours, whatever the case.",
        examples=["Skipper"],
        json_schema_extra={"pattern": NAME_PATTERN},
    ),
    AfterValidator(_trimmed_name),
]
# With the system prompt's, the limit keeps a page of 100 below the 6 MB that a function may answer.
Description = Annotated[str, Field(max_length=1000, examples=["Knows the tides."])]
ProviderId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        description="The provider that answers for it; null: chosen by its model.",
        examples=["prov_01M88Z6F0W8QX1T5V9B2C3D4E5"],
    ),
]
Kind = Annotated[
    AgentKind,
    Field(strict=False, description="A hosted one is run here; an external one connects with its key."),
]
Tools = Annotated[
    list[ToolName],
    AfterValidator(_each_once),
    PlainSerializer(tuple, return_type=tuple[str, ...]),
    Field(
        description="The tools that it may use, each once; null: all of them.",
        examples=[["calculator", "date_time"]],
    ),
]


class CreateAgentRequest(RequestBody):
    name: Name
    description: Description | None = None
    system_prompt: SystemPrompt | None = None
    model: ModelName = DEFAULT_MODEL
    provider_id: ProviderId | None = None
    temperature: Temperature = DEFAULT_TEMPERATURE
    max_tokens: MaxTokens = DEFAULT_MAX_TOKENS
    thinking_enabled: bool = False
    tools: Tools | None = None
    kind: Kind = AgentKind.HOSTED


class ChangeAgentRequest(CreateAgentRequest):
    """What is not given stays; null clears what may be null and is refused elsewhere.

    An external agent that becomes hosted loses its connect key.
    """

    model_config = ConfigDict(json_schema_extra=without_defaults)

    name: Name = Field(default_factory=str)

    def changes(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class AgentBody(BaseModel):
    id: Annotated[str, Field(examples=["agent_01M88Z6F0W8QX1T5V9B2C3D4E5"])]
    user_id: UserId
    name: Annotated[str, Field(examples=["Skipper"])]
    description: Description | None
    system_prompt: SystemPrompt | None
    model: ModelName
    provider_id: ProviderId | None
    temperature: Temperature
    max_tokens: MaxTokens
    thinking_enabled: bool
    tools: Annotated[
        list[str] | None,
        Field(description="Null: all of them.", examples=[["calculator", "date_time"]]),
    ]
    kind: Kind
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, agent: Agent) -> Self:
        return cls.model_validate(agent, from_attributes=True)


class AgentKeyBody(BaseModel):
    key: Annotated[
        str,
        Field(
            description="Shown once: it is stored as a digest alone.",
            examples=["cGFybGV5LWV4YW1wbGUta2V5"],
        ),
    ]
