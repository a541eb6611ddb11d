"""Requests and answers of the messages resource."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field

from parley.domain.messages import MAX_CONTENT_CHARACTERS, Message
from parley.http.fields import ConversationId, Count, RequestBody, Timestamp
from parley.wire import usage_body

MessageId = Annotated[str, Field(examples=["msg_01M88Z6F0W8QX1T5V9B2C3D4E5"])]


ToolsEnabled = Annotated[bool, Field(description="Whether the model may call tools.")]


class SendMessageRequest(RequestBody):
    conversation_id: Annotated[ConversationId, Field(min_length=1, max_length=100)]
    content: Annotated[
        str, Field(min_length=1, max_length=MAX_CONTENT_CHARACTERS, examples=["What is 6 * 7?"])
    ]
    tools_enabled: ToolsEnabled = True


class RegenerateRequest(RequestBody):
    tools_enabled: ToolsEnabled = True


class TokensBody(BaseModel):
    """What the reply used, as the model's service counts."""

    prompt_tokens: Annotated[Count, Field(examples=[35])]
    completion_tokens: Annotated[Count, Field(examples=[7])]
    total_tokens: Annotated[Count, Field(examples=[42])]


class ToolCallBody(BaseModel):
    """A tool that the reply called; `result`, `success` and `duration_ms` are null while it runs."""

    id: Annotated[str, Field(examples=["call_1"])]
    name: Annotated[str, Field(examples=["calculator"])]
    arguments: Annotated[dict[str, Any], Field(examples=[{"expression": "6 * 7"}])]
    result: Annotated[
        str | None,
        Field(description="JSON text, or the reason of the failure.", examples=['{"result": 42}']),
    ]
    success: Annotated[bool | None, Field(examples=[True])]
    duration_ms: Annotated[int | None, Field(examples=[3])]


class AlternativeBody(BaseModel):
    """An earlier reply to the same message."""

    id: MessageId
    conversation_id: ConversationId
    role: Literal["user", "assistant"]
    content: Annotated[str, Field(examples=["What is 6 * 7?"])]
    content_truncated: Annotated[
        bool,
        Field(
            description="In a list: whether `content`, `thinking` and `tool_calls` are only the beginning; "
            "reading the message by its own id gives it whole.",
            examples=[False],
        ),
    ]
    thinking: Annotated[str | None, Field(examples=[None])]
    tool_calls: list[ToolCallBody]
    model: Annotated[str | None, Field(description="Null for a person's.", examples=["glm-5"])]
    status: Literal["complete", "streaming", "stopped", "interrupted", "error"]
    token_count: Annotated[Count, Field(examples=[7])]
    usage: Annotated[TokensBody | None, Field(description="Null for a person's.")]
    created_at: Timestamp

    @classmethod
    def of(cls, message: Message) -> Self:
        return cls(**_fields_of(message))


class MessageBody(AlternativeBody):
    """Something said: by a person, or in reply by a model."""

    alternatives: Annotated[
        list[AlternativeBody], Field(description="Earlier replies to the same message, oldest first.")
    ]

    @classmethod
    def of(cls, message: Message) -> Self:
        alternatives = [AlternativeBody.of(each) for each in message.alternatives]
        return cls(**_fields_of(message), alternatives=alternatives)


def _fields_of(message: Message) -> dict[str, Any]:
    """A person's message has used nothing: its `usage` is null."""
    return {
        "id": message.id,
        "conversation_id": message.conversation_id,
        "role": message.role,
        "content": message.content,
        "content_truncated": message.is_beginning,
        "thinking": message.thinking,
        "tool_calls": [
            ToolCallBody.model_validate(call, from_attributes=True) for call in message.tool_calls
        ],
        "model": message.model,
        "status": message.status.value,
        "token_count": message.token_count,
        "usage": TokensBody(**usage_body(message.usage)) if message.role == "assistant" else None,
        "created_at": message.created_at,
    }


class ExchangeBody(BaseModel):
    """What was sent, and the reply to it."""

    user_message: MessageBody
    assistant_message: MessageBody
