"""Rooms when they go: with all that they hold, also where DynamoDB fails half-way."""

from functools import partial

import pytest
from pynamodb.exceptions import PynamoDBException

from parley.domain.clock import now, to_iso
from parley.domain.pages import PageRequest
from parley.errors import RoomNotFoundError
from parley.tables.room_items import RoomTableItem as Row
from parley.tables.room_items import room_key
from tests.examples import a_member, a_room
from tests.tables_on_moto import all_items


@pytest.fixture(autouse=True)
def _hasty(monkeypatch):
    monkeypatch.setattr("parley.tables.conflicts._PAUSES_SECONDS", (0.001,) * 4)


def kinds(dynamodb):
    return sorted(item["sk"]["S"].split("#")[0] for item in all_items(dynamodb, "rooms"))


@pytest.fixture
def full_room(tables):
    """With two members, and of everything that may stand in its partition and beside it."""
    room = a_room()
    tables.rooms.add(room)
    for _ in range(2):
        tables.rooms.add_member(room.id, a_member())
    for place in range(1, 31):
        fill_place(room.id, place)
    Row(room_key(room.id), "CLIENT#user_1#x", message_id="msg_1").save()
    return room


def fill_place(room_id, place, created_at=None):
    """A reply in three parts with its log, and its turn."""
    message_id = f"msg_{place}"
    message = {"message_id": message_id, "sender_type": "agent", "created_at": created_at or to_iso(now())}
    Row(room_key(room_id), f"MSG#{place:012d}", body=b"a", **message).save()
    for number in (1, 2):
        Row(f"PART#{message_id}", f"an-old-or-new-body#{number:04d}", body=b"b").save()
    Row(f"LOG#{message_id}", "000000001", body=b"[]").save()
    Row(room_key(room_id), f"TURN#{place:012d}", version=1).save()


def test_nothing_of_a_room_is_left_and_another_is_not_touched(tables, dynamodb, full_room):
    other = a_room()
    tables.rooms.add(other)
    tables.rooms.delete("user_1", full_room.id)
    assert kinds(dynamodb) == ["COUNT"] * 3 + ["HEAD", "ROOM", "ROOM"]
    assert tables.rooms.get(other.id) == other


MOMENTS = [
    ("TransactWriteItems", 2),
    ("TransactWriteItems", 3),
    ("Query", 1),
    ("Query", 2),
    ("Query", 20),
    ("DeleteItem", 1),
    ("DeleteItem", 2),
    ("BatchWriteItem", 1),
    ("BatchWriteItem", 5),
]


@pytest.mark.parametrize(("operation", "number"), MOMENTS)
def test_a_removal_that_failed_half_way_is_out_of_sight_and_may_be_repeated(
    tables, dynamodb, faults, full_room, operation, number
):
    people = ["user_1", *[member.user_id for member in tables.rooms.members(full_room.id)]]
    fail_at(faults, operation, number)
    with pytest.raises(PynamoDBException):
        tables.rooms.delete("user_1", full_room.id)
    with pytest.raises(RoomNotFoundError):
        tables.rooms.get(full_room.id)
    lists = [tables.rooms.list_page(each, page=PageRequest()) for each in people]
    assert [page.items for page in lists] == [[], [], []]
    assert lists[0].total == 0
    tables.rooms.delete("user_1", full_room.id)
    assert kinds(dynamodb) == ["COUNT"] * 3
    assert [tables.rooms.list_page(each, page=PageRequest()).total for each in people] == [0, 0, 0]


def fail_at(faults, operation, number):
    """The call of that number fails, and those before it do not."""
    action = partial(faults.fail, operation)
    for _ in range(number - 1):
        action = partial(faults.forestall, operation, action)
    faults.forestall(operation, action)


def test_a_removal_that_fails_at_once_removes_nothing(tables, dynamodb, faults, full_room):
    before = all_items(dynamodb, "rooms")
    faults.fail("TransactWriteItems")
    with pytest.raises(PynamoDBException):
        tables.rooms.delete("user_1", full_room.id)
    assert all_items(dynamodb, "rooms") == before


def test_what_is_written_while_a_room_is_removed_is_removed_as_well(tables, dynamodb, faults, full_room):
    faults.forestall("BatchWriteItem", lambda: fill_place(full_room.id, 31))
    tables.rooms.delete("user_1", full_room.id)
    assert kinds(dynamodb) == ["COUNT"] * 3


def test_of_two_removals_at_once_none_counts_twice(tables, dynamodb, faults, full_room):
    """The second comes when the first has hidden the room."""
    faults.forestall("Query", lambda: tables.rooms.delete("user_1", full_room.id))
    tables.rooms.delete("user_1", full_room.id)
    assert kinds(dynamodb) == ["COUNT"] * 3
    assert {item["room_count"]["N"] for item in all_items(dynamodb, "rooms")} == {"0"}


def test_the_log_of_an_old_reply_is_not_looked_for(tables, faults):
    room = a_room()
    tables.rooms.add(room)
    fill_place(room.id, 1, created_at="2020-01-01T00:00:00.000Z")
    faults.calls.clear()
    tables.rooms.delete("user_1", room.id)
    queries = ["members", "contents", "parts", "contents again"]
    assert faults.calls.count("Query") == len(queries)


def test_a_room_is_added_whole_or_not_at_all(tables, dynamodb, faults):
    faults.fail("TransactWriteItems")
    with pytest.raises(PynamoDBException):
        tables.rooms.add(a_room())
    assert all_items(dynamodb, "rooms") == []


def test_a_transaction_met_on_the_way_is_waited_for(tables, faults):
    room, member = a_room(), a_member()
    for write in (
        lambda: tables.rooms.add(room),
        lambda: tables.rooms.change(room.id, {"name": "x"}),
        lambda: tables.rooms.add_agent(room.id, "agent_1"),
        lambda: tables.rooms.remove_agent(room.id, "agent_1"),
        lambda: tables.rooms.add_member(room.id, member),
        lambda: tables.rooms.remove_member(room.id, member.user_id),
        lambda: tables.rooms.delete("user_1", room.id),
    ):
        faults.meet_transaction("TransactWriteItems", times=2)
        faults.meet_transaction("UpdateItem", times=2)
        write()
        faults.forget()
