"""An agent as answers show it: by itself, and in the rooms that it is in."""

from typing import Annotated, Self

from pydantic import BaseModel, Field

from parley.domain.agents import Agent, AgentKind
from parley.http.fields import MaxTokens, ModelName, SystemPrompt, Temperature, Timestamp, UserId

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
