"""The `date_time` tool."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from parley.domain.clock import now as system_clock
from parley.tools.moments import described, moved, read, write, zone
from parley.tools.registry import tool
from parley.tools.types import Tool, ToolCategory, ToolError

# Plain aliases: a `type` would become a $ref in the schema, which not every service follows.
Operation = Literal["now", "convert", "add", "difference", "parse", "format", "weekday"]
Unit = Literal["seconds", "minutes", "hours", "days", "weeks", "months", "years"]

_TEXT = Field(min_length=1, max_length=100)
Moment = Annotated[str | None, _TEXT, Field(description="A time in ISO 8601; left out: the present time.")]
Zone = Annotated[str, _TEXT, Field(description="IANA name or offset of the answer: Asia/Shanghai, +08:00.")]
SourceZone = Annotated[
    str | None,
    _TEXT,
    Field(description="Zone of times that name none; left out: UTC to convert, else timezone."),
]
Pattern = Annotated[
    str | None, _TEXT, Field(description="strftime pattern to parse or format: %d.%m.%Y %H:%M")
]
Amount = Annotated[
    int, Field(ge=-(10**12), le=10**12, description="How many units to add; below 0 goes back.")
]


def date_time_tool(clock: Callable[[], datetime] = system_clock) -> Tool:
    """The tool, with `clock` (an aware time) as its present."""

    @tool(category=ToolCategory.DATA, timeout_seconds=5)
    def date_time(
        operation: Operation,
        *,
        value: Moment = None,
        other: Moment = None,
        timezone: Zone = "UTC",
        from_timezone: SourceZone = None,
        pattern: Pattern = None,
        amount: Amount = 0,
        unit: Unit = "days",
    ) -> dict[str, Any]:
        """Tell and compute dates and times. now: the present time in timezone; convert: value in timezone;
        add: value plus amount of unit; difference: from value to other; parse: value read with pattern;
        format: value written with pattern; weekday: the day of the week of value.
        """
        target = zone(timezone)
        source = zone(from_timezone) if from_timezone else UTC if operation == "convert" else target

        def moment(text: str | None, pattern: str | None = None) -> datetime:
            return (read(text, source, pattern) if text else clock()).astimezone(target)

        try:
            if operation == "difference":
                return _difference(moment(value), moment(other))
            if operation == "add":
                return described(moved(moment(value), amount, unit))
            if operation == "format":
                return {"text": write(moment(value), _needed(pattern, "pattern", operation))}
            if operation == "parse":
                return described(moment(_needed(value, "value", operation), pattern))
            return described(moment(value))
        except (OverflowError, ValueError):
            raise ToolError("The time is out of the calendar's range, years 1 to 9999.") from None

    return date_time


def _needed(value: str | None, name: str, operation: str) -> str:
    if value is None:
        raise ToolError(f"The operation {operation!r} needs {name!r}.")
    return value


def _difference(start: datetime, end: datetime) -> dict[str, Any]:
    """The whole span in each unit, not its parts: hours as they elapsed, days as the calendar counts them."""
    elapsed = (end.astimezone(UTC) - start.astimezone(UTC)).total_seconds()
    on_the_clock = (end.replace(tzinfo=None) - start.replace(tzinfo=None)).total_seconds()
    return {
        "from": start.isoformat(),
        "to": end.isoformat(),
        "seconds": elapsed,
        "minutes": round(elapsed / 60, 6),
        "hours": round(elapsed / 3600, 6),
        "days": round(on_the_clock / 86_400, 6),
    }
