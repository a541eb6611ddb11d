"""What is said in a chat room, as answers show it: in the form that its events have, too."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from parley.domain.room_messages import RoomMessage
from parley.http.fields import Count, Timestamp, without_defaults
from parley.room_wire import message_body

# A page shows so many characters whole, its newest messages first, and of further long ones a beginning: so
# it stays below what a gateway passes on at full speed.
PAGE_CHARACTERS: Final = 2_000_000
BEGINNING_CHARACTERS: Final = 20_000

RoomMessageId = Annotated[str, Field(examples=["msg_0000000002B5X9QW0Z4T7N6M1K01M88Z6F0W8QX1T5V9B2C3D4E5"])]
StepIndex = Annotated[Count, Field(examples=[0])]
CallId = Annotated[str, Field(examples=["call_1"])]
ToolName = Annotated[str, Field(examples=["calculator"])]


class TextStepBody(BaseModel):
    index: StepIndex
    type: Literal["thinking", "text"]
    content: Annotated[str, Field(examples=["It is 42."])]


class CallStepBody(BaseModel):
    index: StepIndex
    type: Literal["tool_call"]
    id: CallId
    name: ToolName
    arguments: Annotated[dict[str, Any], Field(examples=[{"expression": "6 * 7"}])]


class ResultStepBody(BaseModel):
    index: StepIndex
    type: Literal["tool_result"]
    id: CallId
    name: ToolName
    success: Annotated[bool, Field(examples=[True])]
    content: Annotated[
        str, Field(description="JSON text, or the reason of the failure.", examples=['{"result": 42}'])
    ]


StepBody = Annotated[TextStepBody | CallStepBody | ResultStepBody, Field(discriminator="type")]


def _is_absent(value: object) -> bool:
    return value is None


class RoomMessageBody(BaseModel):
    """Something said in a chat room, by a person or an agent."""

    model_config = ConfigDict(json_schema_extra=without_defaults)

    id: RoomMessageId
    room_id: Annotated[str, Field(examples=["room_01M88Z6F0W8QX1T5V9B2C3D4E5"])]
    sender_type: Literal["user", "agent", "system"]
    sender_id: Annotated[str, Field(examples=["user_01M88Z6F0W8QX1T5V9B2C3D4E5"])]
    sender_name: Annotated[str, Field(examples=["anna"])]
    content: Annotated[str, Field(examples=["When is high tide?"])]
    process_steps: Annotated[
        list[StepBody], Field(description="What an agent did on its way.", examples=[[]])
    ]
    token_count: Annotated[Count, Field(examples=[0])]
    status: Literal["complete", "streaming", "stopped", "interrupted", "error"]
    created_at: Timestamp
    client_id: Annotated[
        str | SkipJsonSchema[None],
        Field(description="What its sender called it, if anything.", examples=["c-1"], exclude_if=_is_absent),
    ] = None
    content_truncated: Annotated[
        Literal[True] | SkipJsonSchema[None],
        Field(
            description="Where this is its beginning alone, without steps: by its own id it is read whole.",
            exclude_if=_is_absent,
        ),
    ] = None

    @classmethod
    def of(cls, message: RoomMessage) -> Self:
        return cls.model_validate(message_body(message))

    @classmethod
    def page_of(cls, messages: Sequence[RoomMessage]) -> list[Self]:
        """Whole as far as a page goes, from the newest on."""
        left, bodies = PAGE_CHARACTERS, []
        for message in reversed(messages):
            body = cls.of(message)
            size = len(body.content) + sum(_size(step) for step in body.process_steps)
            if size > max(left, BEGINNING_CHARACTERS):
                body = body.shortened()
            left -= min(size, BEGINNING_CHARACTERS) if body.content_truncated else size
            bodies.append(body)
        return bodies[::-1]

    def shortened(self) -> Self:
        changes = {
            "content": self.content[:BEGINNING_CHARACTERS],
            "process_steps": [],
            "content_truncated": True,
        }
        return self.model_copy(update=changes)


def _size(step: TextStepBody | CallStepBody | ResultStepBody) -> int:
    return len(str(step.arguments)) if isinstance(step, CallStepBody) else len(step.content)
