"""The base of all items: one client for all tables, and tables that are named by the wiring."""

from collections.abc import Iterator

import pytest

from parley.tables.conversation_items import ConversationTableItem
from parley.tables.item import Item
from parley.tables.users import UserTableItem
from tests.tables_on_moto import TABLE_NAMES, all_items


def kinds_below(kind: type[Item]) -> Iterator[type[Item]]:
    for below in kind.__subclasses__():
        yield below
        yield from kinds_below(below)


@pytest.fixture
def fresh_clients(dynamodb):
    """For all items: those that kept theirs would go on with another client than the rest."""
    for item in kinds_below(Item):
        item.forget_connection()
    yield
    for item in kinds_below(Item):
        item.forget_connection()


@pytest.mark.usefixtures("fresh_clients")
def test_all_items_share_one_client():
    clients = {id(item.connection().client) for item in (UserTableItem, ConversationTableItem)}
    assert len(clients) == 1
    assert Item._first_connection is not None


@pytest.mark.usefixtures("fresh_clients")
def test_each_item_goes_to_the_table_that_it_was_bound_to(dynamodb):
    UserTableItem("pk", "user").save()
    ConversationTableItem("pk", "conversation").save()
    found = {name: [item["sk"]["S"] for item in all_items(dynamodb, name)] for name in TABLE_NAMES}
    kept = {name: items for name, items in found.items() if items}
    assert kept == {"users": ["user"], "conversations": ["conversation"]}
