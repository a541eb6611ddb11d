"""Connections of a room, and the first and the last of each participant."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from parley.domain.clock import now
from parley.domain.ids import AGENT, ROOM, new_id
from parley.domain.room_connections import ConnectionState
from parley.domain.room_messages import SenderType
from tests.examples import a_connection, a_sender
from tests.fakes.threads import all_at_once
from tests.tables_on_moto import all_items

ROOM_ID = new_id(ROOM)


@pytest.fixture
def connections(stores):
    return stores.room_connections


def test_a_connection_is_found_by_its_id_and_in_its_room(connections):
    agent = a_sender(type=SenderType.AGENT, id=new_id(AGENT), name="小帮手")
    first = a_connection(ROOM_ID, after="msg_1", language="en", connected_at=now() - timedelta(seconds=9))
    second = a_connection(ROOM_ID, agent, user_id="user_owner")
    elsewhere = a_connection(new_id(ROOM))
    for each in (second, first, elsewhere):
        assert connections.add(each)
    assert connections.of_room(ROOM_ID) == [first, second]
    assert [connections.find(each.id) for each in (first, second)] == [first, second]
    assert connections.find("nobody") is None
    assert connections.of_room(new_id(ROOM)) == []


def test_those_that_connected_since_a_moment_are_read_alone(connections):
    moments = [now() - timedelta(seconds=seconds) for seconds in (9, 6, 3, 0)]
    added = [a_connection(ROOM_ID, connected_at=moment) for moment in moments]
    for each in reversed(added):
        connections.add(each)
    assert connections.of_room(ROOM_ID) == added
    assert connections.of_room(ROOM_ID, since=moments[2]) == added[2:]
    assert connections.of_room(ROOM_ID, since=moments[2] - timedelta(milliseconds=1)) == added[2:]
    assert connections.of_room(ROOM_ID, since=now() + timedelta(seconds=1)) == []


def test_one_that_was_welcomed_is_ready(connections):
    connection = a_connection(ROOM_ID)
    connections.add(connection)
    assert connections.mark_ready(connection)
    ready = replace(connection, state=ConnectionState.READY)
    assert connections.of_room(ROOM_ID) == [ready] == [connections.find(connection.id)]


def test_one_that_is_gone_does_not_come_back_by_being_welcomed(connections):
    connection = a_connection(ROOM_ID)
    connections.add(connection)
    connections.remove(connection)
    assert not connections.mark_ready(connection)
    assert (connections.of_room(ROOM_ID), connections.find(connection.id)) == ([], None)


def test_a_participant_comes_with_the_first_connection_and_leaves_with_the_last(connections):
    person, other = a_sender(), a_sender()
    one, two = a_connection(ROOM_ID, person), a_connection(ROOM_ID, replace(person, name="otherwise"))
    assert connections.add(one)
    assert not connections.add(two)
    assert connections.add(a_connection(ROOM_ID, other))
    assert connections.add(a_connection(new_id(ROOM), person))
    assert not connections.remove(one)
    assert not connections.remove(one)
    assert connections.remove(two)
    assert not connections.remove(two)
    assert connections.add(a_connection(ROOM_ID, person))


def test_of_many_that_find_a_connection_gone_one_tells_that_the_participant_has_left(connections):
    connection = a_connection(ROOM_ID)
    connections.add(connection)
    assert sorted(all_at_once([lambda: connections.remove(connection)] * 8)) == [False] * 7 + [True]


@pytest.mark.parametrize("seed", range(3))
def test_comings_and_leavings_take_turns_whatever_happens_at_once(connections, seed):
    """Each coming is followed by a leaving before the next: so at the end there are as many of each."""
    person = a_sender()
    tabs = [a_connection(ROOM_ID, person) for _ in range(6)]
    orders = [lambda tab=tab: connections.add(tab) for tab in tabs[:3]]
    came = [connections.add(tab) for tab in tabs[3:]].count(True)
    orders += [lambda tab=tab: -int(connections.remove(tab)) for tab in tabs[3:]]
    Random(seed).shuffle(orders)
    there = came + sum(all_at_once(orders))
    assert there == 1
    assert sum(all_at_once([lambda tab=tab: connections.remove(tab) for tab in tabs[:3]])) == 1


def test_what_ended_without_a_sound_counts_no_more(stores, connections):
    person = a_sender()
    old = a_connection(ROOM_ID, person, connected_at=now() - timedelta(hours=3))
    connections.add(old)
    assert connections.find(old.id) is None
    assert connections.of_room(ROOM_ID) == []
    assert connections.add(a_connection(ROOM_ID, person))


def test_connections_are_reaped_after_the_longest_that_one_can_last(tables, dynamodb):
    connection = a_connection(ROOM_ID)
    tables.room_connections.add(connection)
    expires = int(connection.connected_at.timestamp()) + 2 * 3600 + 600
    items = all_items(dynamodb, "connections")
    assert [item["expires_at_epoch"]["N"] for item in items] == [str(expires)] * 3
    tables.room_connections.remove(connection)
    assert [item["sk"]["S"].partition("#")[0] for item in all_items(dynamodb, "connections")] == ["PRESENCE"]
