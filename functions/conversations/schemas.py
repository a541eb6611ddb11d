"""Requests and answers of the conversations resource."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from parley.domain.conversations import (
    DEFAULT_MAX_TOKENS,
    DEFAULT_MODEL,
    DEFAULT_TEMPERATURE,
    DEFAULT_TITLE,
    Conversation,
)
from parley.http.fields import (
    ConversationId,
    Count,
    MaxTokens,
    ModelName,
    RequestBody,
    SystemPrompt,
    Temperature,
    Timestamp,
    UserId,
    without_defaults,
)

Title = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        description="While it is the default one, the first exchange replaces it.",
        examples=["Tides"],
    ),
]
ProjectId = Annotated[
    str, Field(min_length=1, max_length=200, description="Yours: lists filter by it.", examples=["sea"])
]


class CreateConversationRequest(RequestBody):
    project_id: ProjectId | None = None
    title: Title = DEFAULT_TITLE
    model: ModelName = DEFAULT_MODEL
    system_prompt: SystemPrompt | None = None
    temperature: Temperature = DEFAULT_TEMPERATURE
    max_tokens: MaxTokens = DEFAULT_MAX_TOKENS
    thinking_enabled: bool = False


class ChangeConversationRequest(CreateConversationRequest):
    """What is not given stays; null clears `project_id` and `system_prompt` and is refused elsewhere."""

    model_config = ConfigDict(json_schema_extra=without_defaults)

    def changes(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class ConversationBody(BaseModel):
    id: ConversationId
    user_id: UserId
    project_id: ProjectId | None
    title: Title
    model: ModelName
    system_prompt: SystemPrompt | None
    temperature: Temperature
    max_tokens: MaxTokens
    thinking_enabled: bool
    message_count: Count
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, conversation: Conversation) -> Self:
        return cls.model_validate(conversation, from_attributes=True)
