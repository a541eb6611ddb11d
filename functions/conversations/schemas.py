"""Requests and answers of the conversations resource."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, Field

from parley.domain.conversations import (
    DEFAULT_MAX_TOKENS,
    DEFAULT_MODEL,
    DEFAULT_TEMPERATURE,
    DEFAULT_TITLE,
    Conversation,
)
from parley.http.fields import MaxTokens, ModelName, SystemPrompt, Temperature, Timestamp

Title = Annotated[str, Field(min_length=1, max_length=200)]
ProjectId = Annotated[str, Field(min_length=1, max_length=200)]


class CreateConversationRequest(BaseModel):
    project_id: ProjectId | None = None
    title: Title = DEFAULT_TITLE
    model: ModelName = DEFAULT_MODEL
    system_prompt: SystemPrompt | None = None
    temperature: Temperature = DEFAULT_TEMPERATURE
    max_tokens: MaxTokens = DEFAULT_MAX_TOKENS
    thinking_enabled: bool = False


class ChangeConversationRequest(CreateConversationRequest):
    """What is not given stays; null clears `project_id` and `system_prompt` and is refused elsewhere."""

    def changes(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class ConversationBody(BaseModel):
    id: str
    user_id: str
    project_id: str | None
    title: str
    model: str
    system_prompt: str | None
    temperature: float
    max_tokens: int
    thinking_enabled: bool
    message_count: int
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, conversation: Conversation) -> Self:
        return cls.model_validate(conversation, from_attributes=True)
