"""Requests and answers of the usage resource."""

import re
from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from parley.domain.clock import now
from parley.domain.events import Usage
from parley.domain.usage import MAX_PERIOD_DAYS, DailyUsage, Period, total_of
from parley.http.fields import Count

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _written_as_day(value: Any) -> Any:
    """pydantic would take seconds since 1970 for a date as well."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise PydanticCustomError("date_format", "Write it as YYYY-MM-DD")
    return value


Day = Annotated[date, BeforeValidator(_written_as_day)]


class PeriodQuery(BaseModel):
    """Without `to` it ends today, without `from` it begins 29 days before its end."""

    from_: Annotated[Day | None, Field(alias="from", description="The first day (UTC).")] = None
    to: Annotated[Day | None, Field(validate_default=True, description="The last day (UTC).")] = None

    def period(self) -> Period:
        last = self.to or now().date()
        return Period(first=self.from_, last=last) if self.from_ else Period.up_to(last)

    @field_validator("to")
    @classmethod
    def _fits(cls, to: date | None, info: ValidationInfo) -> date | None:
        first = info.data.get("from_")
        if first is None:
            return to
        days = Period(first=first, last=to or now().date()).days
        if days < 1:
            raise PydanticCustomError("period_reversed", "The period ends before it begins")
        if days > MAX_PERIOD_DAYS:
            raise PydanticCustomError(
                "period_too_long", "At most {max_days} days", {"max_days": MAX_PERIOD_DAYS}
            )
        return to


class UsageTotalBody(BaseModel):
    """Of all replies in the period, also of those that failed or were stopped, as far as is known."""

    prompt_tokens: Annotated[Count, Field(examples=[350])]
    completion_tokens: Annotated[Count, Field(examples=[70])]
    total_tokens: Annotated[Count, Field(examples=[420])]
    replies: Annotated[Count, Field(examples=[10])]

    @staticmethod
    def fields(usage: Usage, replies: int) -> dict[str, int]:
        return {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "total_tokens": usage.total_tokens,
            "replies": replies,
        }


class DailyUsageBody(UsageTotalBody):
    """Of one model's replies on one day (UTC), on which they began."""

    date: Annotated[date, Field(examples=["2026-11-25"])]
    model: Annotated[str, Field(examples=["glm-5"])]

    @classmethod
    def of(cls, day: DailyUsage) -> Self:
        return cls(date=day.date, model=day.model, **cls.fields(day.usage, day.replies))


class UsageReportBody(BaseModel):
    from_: Annotated[date, Field(alias="from", examples=["2026-10-27"])]
    to: Annotated[date, Field(examples=["2026-11-25"])]
    total: UsageTotalBody
    days: list[DailyUsageBody]

    @classmethod
    def of(cls, period: Period, days: list[DailyUsage]) -> Self:
        return cls(
            **{"from": period.first},
            to=period.last,
            total=UsageTotalBody(**UsageTotalBody.fields(*total_of(days))),
            days=[DailyUsageBody.of(day) for day in days],
        )
