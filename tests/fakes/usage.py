"""Usage in memory; the contract tests are those of the table."""

from dataclasses import replace
from datetime import date
from threading import Lock

from parley.domain.events import Usage
from parley.domain.messages import Message
from parley.domain.room_messages import RoomMessage
from parley.domain.usage import DailyUsage, Period


class InMemoryUsageRepository:
    def __init__(self) -> None:
        self._days: dict[tuple[str, date, str], DailyUsage] = {}
        self._last: dict[tuple[str, date, str], str] = {}
        self._guard = Lock()

    def count(self, user_id: str, reply: Message | RoomMessage) -> None:
        day, model = reply.created_at.date(), reply.model or ""
        key = (user_id, day, model)
        with self._guard:
            if self._last.get(key) == reply.id:
                return
            found = self._days.get(key) or DailyUsage(date=day, model=model, usage=Usage(), replies=0)
            self._days[key] = replace(found, usage=found.usage + reply.usage, replies=found.replies + 1)
            self._last[key] = reply.id

    def list_days(self, user_id: str, period: Period) -> list[DailyUsage]:
        return [
            self._days[key]
            for key in sorted(self._days)
            if key[0] == user_id and period.first <= key[1] <= period.last
        ]
