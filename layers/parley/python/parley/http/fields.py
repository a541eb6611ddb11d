"""Fields that requests and answers of several resources share."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, PlainSerializer

from parley.domain.clock import to_iso

# ISO 8601 in UTC with milliseconds and `Z`.
Timestamp = Annotated[datetime, PlainSerializer(to_iso, return_type=str, when_used="json")]

ModelName = Annotated[str, Field(min_length=1, max_length=200)]
# A page of 100 stays below the 6 MB that a function may answer, whatever the script.
SystemPrompt = Annotated[str, Field(max_length=12_000)]
Temperature = Annotated[float, Field(ge=0, le=2)]
MaxTokens = Annotated[int, Field(ge=1, le=1_000_000)]
