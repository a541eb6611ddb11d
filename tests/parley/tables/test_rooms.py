"""Rooms: who is in them, in which order, and in whose lists they stand."""

from dataclasses import replace

import pytest

from parley.domain.pages import PageRequest
from parley.domain.rooms import MAX_ROOM_AGENTS, MAX_ROOM_MEMBERS
from parley.errors import (
    InvalidCursorError,
    RoomNotFoundError,
    TooManyRoomAgentsError,
    TooManyRoomMembersError,
)
from tests.examples import a_member, a_room
from tests.fakes.threads import all_at_once
from tests.tables_on_moto import all_items


def added(stores, **fields):
    room = a_room(**fields)
    stores.rooms.add(room)
    return room


def listed(stores, user_id="user_1", **request):
    return stores.rooms.list_page(user_id, page=PageRequest(**request))


def test_a_room_is_read_as_it_was_added(stores):
    room = added(stores, description="海 👩‍🚀", agent_ids=("agent_2", "agent_1"), max_agent_turns=3)
    assert stores.rooms.get(room.id) == room
    assert listed(stores).items == [room]
    assert stores.rooms.members(room.id) == []


def test_the_fields_of_a_room_may_be_changed_and_cleared(stores):
    room = added(stores, description="d", agent_ids=("agent_1",))
    changes = {"name": "new", "description": None, "max_agent_turns": 1, "agent_ids": ("agent_3", "agent_2")}
    changed = stores.rooms.change(room.id, changes)
    assert changed == replace(room, updated_at=changed.updated_at, **changes)
    assert changed.updated_at > room.updated_at
    assert stores.rooms.get(room.id) == changed


def test_agents_stand_in_the_order_of_their_addition_each_once(stores):
    room = added(stores)
    for agent_id in ("agent_2", "agent_1", "agent_3"):
        changed, is_new = stores.rooms.add_agent(room.id, agent_id)
        assert (is_new, changed.agent_ids[-1]) == (True, agent_id)
    assert stores.rooms.add_agent(room.id, "agent_1") == (changed, False)
    without, was_there = stores.rooms.remove_agent(room.id, "agent_1")
    assert (without.agent_ids, was_there) == (("agent_2", "agent_3"), True)
    assert stores.rooms.remove_agent(room.id, "agent_1") == (without, False)
    again, _ = stores.rooms.add_agent(room.id, "agent_1")
    assert again.agent_ids == ("agent_2", "agent_3", "agent_1")
    assert stores.rooms.get(room.id) == again


def test_a_member_has_the_room_in_her_list_and_loses_it_again(stores):
    room = added(stores)
    bert, cora = a_member(), a_member()
    assert stores.rooms.add_member(room.id, bert)
    assert stores.rooms.add_member(room.id, cora)
    assert not stores.rooms.add_member(room.id, bert)
    assert stores.rooms.members(room.id) == [bert, cora]
    found = stores.rooms.get(room.id)
    assert found.member_ids == (bert.user_id, cora.user_id)
    assert found.updated_at > room.updated_at
    assert (listed(stores, bert.user_id).items, listed(stores, bert.user_id).total) == ([found], 1)
    assert stores.rooms.remove_member(room.id, bert.user_id)
    assert not stores.rooms.remove_member(room.id, bert.user_id)
    assert (listed(stores, bert.user_id).items, listed(stores, bert.user_id).total) == ([], 0)
    assert stores.rooms.members(room.id) == [cora]
    assert stores.rooms.get(room.id).admits(cora.user_id)
    assert not stores.rooms.get(room.id).admits(bert.user_id)


def test_the_owner_is_no_member_and_does_not_become_one(stores):
    room = added(stores)
    assert room.admits("user_1")
    assert not stores.rooms.add_member(room.id, a_member(user_id="user_1"))
    assert not stores.rooms.remove_member(room.id, "user_1")
    assert (stores.rooms.members(room.id), listed(stores).total) == ([], 1)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_own_and_foreign_rooms_are_listed_newest_first_by_number_and_by_cursor(stores, size):
    rooms = [added(stores, owner_id="user_1" if index % 2 else "user_2") for index in range(5)]
    added(stores, owner_id="user_3")
    me = a_member(user_id="user_1")
    for room in rooms[::2]:
        stores.rooms.add_member(room.id, me)
    expected = sorted((room.id for room in rooms), reverse=True)
    assert [room.id for room in listed(stores).items] == expected
    by_cursor, cursor, number = [], None, 1
    while number == 1 or cursor:
        page = listed(stores, size=size, cursor=cursor)
        assert page.total == 5
        ids = [room.id for room in page.items]
        assert ids == [room.id for room in listed(stores, size=size, number=number).items]
        by_cursor, cursor, number = by_cursor + ids, page.next_cursor, number + 1
    assert by_cursor == expected
    assert listed(stores, number=9).items == []


@pytest.mark.parametrize("cursor", ["garbage", "💥", "Q09VTlQ", "cm9vbV94"])
def test_a_cursor_of_no_list_is_refused(stores, cursor):
    with pytest.raises(InvalidCursorError):
        listed(stores, cursor=cursor)


def test_a_deleted_room_is_gone_from_every_list(stores):
    room = added(stores)
    bert = a_member()
    stores.rooms.add_member(room.id, bert)
    with pytest.raises(RoomNotFoundError):
        stores.rooms.delete(bert.user_id, room.id)
    stores.rooms.delete("user_1", room.id)
    for user_id in ("user_1", bert.user_id):
        assert (listed(stores, user_id).items, listed(stores, user_id).total) == ([], 0)
    assert stores.rooms.members(room.id) == []


@pytest.mark.parametrize("room_id", ["room_01ARZ3NDEKTSV4RRFFQ69G5FAV", "deleted", "x", "", "COUNT", "💥"])
def test_in_a_room_that_is_not_there_nothing_is_done(stores, room_id, technology, dynamodb):
    if room_id == "deleted":
        room_id = added(stores).id
        stores.rooms.delete("user_1", room_id)
    for attempt in (
        lambda: stores.rooms.get(room_id),
        lambda: stores.rooms.change(room_id, {"name": "x"}),
        lambda: stores.rooms.add_agent(room_id, "agent_1"),
        lambda: stores.rooms.remove_agent(room_id, "agent_1"),
        lambda: stores.rooms.add_member(room_id, a_member()),
        lambda: stores.rooms.remove_member(room_id, "user_2"),
        lambda: stores.rooms.delete("user_1", room_id),
    ):
        with pytest.raises(RoomNotFoundError):
            attempt()
    if technology == "dynamodb":
        assert {item["sk"]["S"] for item in all_items(dynamodb, "rooms")} <= {"COUNT"}


def test_a_room_holds_so_many_agents_and_not_one_more(stores):
    room = added(stores, agent_ids=tuple(f"agent_{number}" for number in range(MAX_ROOM_AGENTS)))
    assert not stores.rooms.add_agent(room.id, "agent_0")[1]
    with pytest.raises(TooManyRoomAgentsError):
        stores.rooms.add_agent(room.id, "agent_x")
    stores.rooms.remove_agent(room.id, "agent_0")
    assert stores.rooms.add_agent(room.id, "agent_x")[1]


def test_a_room_holds_so_many_members_and_not_one_more(stores):
    room = added(stores, member_ids=tuple(f"user_m{number}" for number in range(MAX_ROOM_MEMBERS)))
    with pytest.raises(TooManyRoomMembersError):
        stores.rooms.add_member(room.id, a_member())
    stores.rooms.remove_member(room.id, "user_m0")
    assert stores.rooms.add_member(room.id, a_member())


def test_of_many_changes_at_once_each_takes_effect_once(stores):
    room = added(stores, agent_ids=("agent_gone",))
    members = [a_member() for _ in range(3)]
    calls = [
        lambda number=number: stores.rooms.add_agent(room.id, f"agent_{number % 3}") for number in range(6)
    ]
    calls += [lambda each=each: stores.rooms.add_member(room.id, each) for each in members * 2]
    calls += [lambda: stores.rooms.remove_agent(room.id, "agent_gone")] * 2
    outcomes = all_at_once(calls)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [is_new for _, is_new in outcomes[:6]].count(True) == 3
    assert outcomes[6:12].count(True) == 3
    assert [was_there for _, was_there in outcomes[12:]].count(True) == 1
    found = stores.rooms.get(room.id)
    assert sorted(found.agent_ids) == ["agent_0", "agent_1", "agent_2"]
    assert sorted(found.member_ids) == sorted(each.user_id for each in members)
    assert [listed(stores, each.user_id).total for each in members] == [1, 1, 1]
