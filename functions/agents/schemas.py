"""Requests and answers of the agents resource."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, Field, PlainSerializer
from pydantic_core import PydanticCustomError

from parley.domain.agents import MAX_NAME_LENGTH, NAME_PATTERN, Agent, AgentKind, is_fit_name
from parley.domain.conversations import DEFAULT_MAX_TOKENS, DEFAULT_MODEL, DEFAULT_TEMPERATURE
from parley.domain.tools import ToolName
from parley.http.fields import MaxTokens, ModelName, SystemPrompt, Temperature, Timestamp


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
    Field(min_length=1, max_length=MAX_NAME_LENGTH, json_schema_extra={"pattern": NAME_PATTERN}),
    AfterValidator(_trimmed_name),
]
# With the system prompt's, the limit keeps a page of 100 below the 6 MB that a function may answer.
Description = Annotated[str, Field(max_length=1000)]
ProviderId = Annotated[str, Field(min_length=1, max_length=100)]
Tools = Annotated[
    list[ToolName],
    AfterValidator(_each_once),
    PlainSerializer(tuple, return_type=tuple[str, ...]),
    Field(description="The tools that it may use, each once; null: all of them."),
]


class CreateAgentRequest(BaseModel):
    name: Name
    description: Description | None = None
    system_prompt: SystemPrompt | None = None
    model: ModelName = DEFAULT_MODEL
    provider_id: ProviderId | None = None
    temperature: Temperature = DEFAULT_TEMPERATURE
    max_tokens: MaxTokens = DEFAULT_MAX_TOKENS
    thinking_enabled: bool = False
    tools: Tools | None = None
    kind: AgentKind = AgentKind.HOSTED


class ChangeAgentRequest(CreateAgentRequest):
    """What is not given stays; null clears what may be null and is refused elsewhere.

    An external agent that becomes hosted loses its connect key.
    """

    name: Name = Field(default_factory=str)

    def changes(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class AgentBody(BaseModel):
    id: str
    user_id: str
    name: str
    description: str | None
    system_prompt: str | None
    model: str
    provider_id: str | None
    temperature: float
    max_tokens: int
    thinking_enabled: bool
    tools: Annotated[list[str] | None, Field(description="null: all of them.")]
    kind: AgentKind
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, agent: Agent) -> Self:
        return cls.model_validate(agent, from_attributes=True)


class KeyBody(BaseModel):
    key: Annotated[str, Field(description="Shown once: it is stored as a digest alone.")]
