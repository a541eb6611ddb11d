"""How many conversations an owner has, and of those in each project: counted where they change."""

from pynamodb.transactions import TransactWrite

from parley.tables.conversation_items import ConversationTableItem as Row
from parley.tables.conversation_items import count_item


def count(transaction: TransactWrite, owner_id: str, by: int) -> None:
    transaction.update(count_item(owner_id, None), [Row.conversation_count.add(by)])


def count_in_project(transaction: TransactWrite, owner_id: str, project_id: str | None, by: int) -> None:
    if project_id is not None:
        transaction.update(count_item(owner_id, project_id), [Row.conversation_count.add(by)])


def total(owner_id: str, project_id: str | None) -> int:
    counter = count_item(owner_id, project_id)
    try:
        counter.refresh(consistent_read=True)
    except Row.DoesNotExist:
        return 0
    return int(counter.conversation_count or 0)
