"""What a person's replies have used, by day and model."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, Self

from parley.domain.events import Usage
from parley.domain.messages import Message
from parley.domain.room_messages import RoomMessage

DEFAULT_PERIOD_DAYS = 30
MAX_PERIOD_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days in UTC; both ends belong to it."""

    first: date
    last: date

    @classmethod
    def up_to(cls, last: date, *, days: int = DEFAULT_PERIOD_DAYS) -> Self:
        """The calendar begins in year 1, and so does the longest period."""
        reach = min(days - 1, (last - date.min).days)
        return cls(first=last - timedelta(days=reach), last=last)

    @property
    def days(self) -> int:
        """Less than 1 where it ends before it begins."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyUsage:
    """What the replies of one model used on one day, which is the day (UTC) on which a reply began."""

    date: date
    model: str
    usage: Usage
    replies: int


def total_of(days: Iterable[DailyUsage]) -> tuple[Usage, int]:
    """The tokens, and the number of replies."""
    usage, replies = Usage(), 0
    for day in days:
        usage, replies = usage + day.usage, replies + day.replies
    return usage, replies


class UsageRepository(Protocol):
    def count(self, user_id: str, reply: Message | RoomMessage) -> None:
        """Add what the reply used. The same one again, right after, adds nothing."""

    def list_days(self, user_id: str, period: Period) -> list[DailyUsage]:
        """Oldest first, and the models of a day by name. Days without a reply are not in it."""
