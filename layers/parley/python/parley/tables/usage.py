"""The usage table: one counter for each person, day (UTC) and model.

USER#<user>  <date>#<model>
"""

from datetime import date

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError

from parley.domain.events import Usage
from parley.domain.messages import Message
from parley.domain.room_messages import RoomMessage
from parley.domain.usage import DailyUsage, Period
from parley.tables.item import Item, condition_failed


class UsageTableItem(Item):
    class Meta:
        table_name = "unbound"

    prompt_tokens = NumberAttribute(null=True)
    completion_tokens = NumberAttribute(null=True)
    replies = NumberAttribute(null=True)
    last_reply_id = UnicodeAttribute(null=True)


class DynamoUsageRepository:
    def count(self, user_id: str, reply: Message | RoomMessage) -> None:
        """Passes unless this reply was the last counted: the client repeats a write whose answer was lost."""
        day = reply.created_at.date().isoformat()
        item = UsageTableItem(_user_key(user_id), f"{day}#{reply.model or ''}")
        last = UsageTableItem.last_reply_id
        try:
            item.update(
                [
                    UsageTableItem.prompt_tokens.add(reply.usage.prompt_tokens),
                    UsageTableItem.completion_tokens.add(reply.usage.completion_tokens),
                    UsageTableItem.replies.add(1),
                    last.set(reply.id),
                ],
                condition=last.does_not_exist() | (last != reply.id),
            )
        except UpdateError as error:
            if not condition_failed(error):
                raise

    def list_days(self, user_id: str, period: Period) -> list[DailyUsage]:
        """One query. `$` is what follows `#`: the last day's models are all in it."""
        rows = UsageTableItem.query(
            _user_key(user_id),
            UsageTableItem.sk.between(f"{period.first.isoformat()}#", f"{period.last.isoformat()}$"),
            consistent_read=True,
        )
        return [_from_row(row) for row in rows]


def _user_key(user_id: str) -> str:
    return f"USER#{user_id}"


def _from_row(row: UsageTableItem) -> DailyUsage:
    day, _, model = row.sk.partition("#")
    return DailyUsage(
        date=date.fromisoformat(day),
        model=model,
        usage=Usage(
            prompt_tokens=int(row.prompt_tokens or 0), completion_tokens=int(row.completion_tokens or 0)
        ),
        replies=int(row.replies or 0),
    )
