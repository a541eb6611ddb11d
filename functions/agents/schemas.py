"""Requests and answers of the agents resource."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer
from pydantic_core import PydanticCustomError

from parley.domain.agents import MAX_NAME_LENGTH, NAME_PATTERN, AgentKind, is_fit_name
from parley.domain.conversations import DEFAULT_MAX_TOKENS, DEFAULT_MODEL, DEFAULT_TEMPERATURE
from parley.domain.tools import ToolName
from parley.http.agent_bodies import Description, Kind, ProviderId
from parley.http.fields import (
    MaxTokens,
    ModelName,
    RequestBody,
    SystemPrompt,
    Temperature,
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


class AgentKeyBody(BaseModel):
    key: Annotated[
        str,
        Field(
            description="Shown once: it is stored as a digest alone.",
            examples=["cGFybGV5LWV4YW1wbGUta2V5"],
        ),
    ]
