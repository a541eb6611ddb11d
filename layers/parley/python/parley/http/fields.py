"""Fields that answers of several resources share."""

from datetime import datetime
from typing import Annotated

from pydantic import PlainSerializer

from parley.domain.clock import to_iso

# ISO 8601 in UTC with milliseconds and `Z`.
Timestamp = Annotated[datetime, PlainSerializer(to_iso, return_type=str, when_used="json")]
