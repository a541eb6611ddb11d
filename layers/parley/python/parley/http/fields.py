"""Fields that requests and answers of several resources share, and the strictness of requests."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from parley.domain.clock import to_iso


class RequestBody(BaseModel):
    """Types are what the document says: the text "12" is no number, and 1 is no truth value."""

    model_config = ConfigDict(strict=True)


def _whole(value: Any) -> Any:
    """JSON knows one kind of number: 1.0 is as whole as 1."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _to_the_millionth(value: float) -> float:
    """No model tells more apart, and DynamoDB cannot hold the smallest of floats (nor a zero below zero)."""
    return round(value, 6) + 0.0


def without_defaults(schema: dict[str, Any]) -> None:
    """For `json_schema_extra`, where a field that is not given is left as it is, or left out."""
    for each in schema["properties"].values():
        each.pop("default", None)


Timestamp = Annotated[
    datetime,
    PlainSerializer(to_iso, return_type=str, when_used="json"),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "description": "ISO 8601 in UTC, with milliseconds and `Z`.",
            "examples": ["2026-11-25T08:30:00.000Z"],
        }
    ),
]
ConversationId = Annotated[str, Field(examples=["conv_01M88Z6F0W8QX1T5V9B2C3D4E5"])]
UserId = Annotated[str, Field(description="Whose it is.", examples=["user_01M88Z6F0W8QX1T5V9B2C3D4E5"])]
Count = Annotated[int, Field(ge=0, examples=[2])]

ModelName = Annotated[str, Field(min_length=1, max_length=200, examples=["glm-5"])]
# A page of 100 stays below the 6 MB that a function may answer, whatever the script.
SystemPrompt = Annotated[str, Field(max_length=12_000, examples=["Be brief."])]
Temperature = Annotated[float, Field(ge=0, le=2, examples=[0.7]), AfterValidator(_to_the_millionth)]
MaxTokens = Annotated[
    int,
    Field(ge=1, le=1_000_000, description="Of a reply.", examples=[4096]),
    BeforeValidator(_whole),
]
