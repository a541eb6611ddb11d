"""Requests and answers of the messages resource."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field

from parley.domain.messages import MAX_CONTENT_CHARACTERS, Message
from parley.http.fields import Timestamp
from parley.wire import usage_body


class SendMessageRequest(BaseModel):
    conversation_id: Annotated[str, Field(min_length=1, max_length=100)]
    content: Annotated[str, Field(min_length=1, max_length=MAX_CONTENT_CHARACTERS)]
    tools_enabled: bool = True


class UsageBody(BaseModel):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ToolCallBody(BaseModel):
    """`result` is JSON text, or the reason of the failure; null while the tool runs."""

    id: str
    name: str
    arguments: dict[str, Any]
    result: str | None
    success: bool | None
    duration_ms: int | None


class MessageBody(BaseModel):
    id: str
    conversation_id: str
    role: Literal["user", "assistant"]
    content: str
    thinking: str | None
    tool_calls: list[ToolCallBody]
    model: str | None
    status: Literal["complete", "streaming", "stopped", "interrupted", "error"]
    token_count: int
    usage: UsageBody | None
    created_at: Timestamp

    @classmethod
    def of(cls, message: Message) -> Self:
        """A person's message has used nothing: its `usage` is null."""
        return cls(
            id=message.id,
            conversation_id=message.conversation_id,
            role=message.role,
            content=message.content,
            thinking=message.thinking,
            tool_calls=[
                ToolCallBody.model_validate(call, from_attributes=True) for call in message.tool_calls
            ],
            model=message.model,
            status=message.status.value,
            token_count=message.token_count,
            usage=UsageBody(**usage_body(message.usage)) if message.role == "assistant" else None,
            created_at=message.created_at,
        )


class ExchangeBody(BaseModel):
    user_message: MessageBody
    assistant_message: MessageBody
