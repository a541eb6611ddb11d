"""One deliverer for a room at a time, and nothing is left behind when it goes."""

from dataclasses import replace

import pytest

from parley.domain.ids import ROOM, new_id
from tests.examples import a_new_message
from tests.fakes.threads import all_at_once


@pytest.fixture
def room(stores):
    room_id = new_id(ROOM)
    stores.open_room(room_id)
    return room_id


@pytest.fixture
def leases(stores):
    return stores.delivery_leases


def test_of_many_one_delivers(leases, room):
    taken = all_at_once([lambda: leases.take(room, seconds=30)] * 8)
    assert sum(lease is not None for lease in taken) == 1


def test_in_a_room_that_is_not_there_nobody_delivers(leases):
    room = new_id(ROOM)
    assert leases.take(room, seconds=30) is None
    leases.call(room)
    assert leases.delivered(room) is None
    assert leases.take(room, seconds=30) is None


def test_the_next_one_goes_on_where_the_last_one_stopped(leases, room):
    lease = leases.take(room, seconds=30)
    assert (lease.delivered, lease.shown, lease.taken, lease.calls) == (0, 0, 0, 0)
    assert leases.release(replace(lease, delivered=4, shown=3), seconds=30) is None
    assert leases.delivered(room) == 4
    following = leases.take(room, seconds=30)
    assert (following.delivered, following.shown) == (4, 3)
    assert following.id != lease.id


def test_a_lease_that_has_run_out_is_another_s(leases, room):
    late = leases.take(room, seconds=-1)
    lease = leases.take(room, seconds=30)
    assert leases.renew(replace(late, delivered=9, shown=9), seconds=30) is None
    assert leases.release(replace(late, delivered=9, shown=9), seconds=30) is None
    assert leases.delivered(room) == 0
    assert leases.take(room, seconds=30) is None
    assert leases.renew(replace(lease, delivered=1), seconds=30).delivered == 1


def test_a_lease_that_ran_out_unseen_is_renewed(leases, room):
    lease = leases.take(room, seconds=-1)
    assert leases.renew(lease, seconds=30) == lease
    assert leases.take(room, seconds=30) is None


def test_a_place_that_is_taken_before_the_deliverer_goes_keeps_it(stores, leases, room):
    lease = leases.take(room, seconds=30)
    stores.room_messages.post(a_new_message(room))
    kept = leases.release(lease, seconds=30)
    assert (kept.id, kept.taken, kept.delivered) == (lease.id, 1, 0)
    assert leases.take(room, seconds=30) is None
    assert leases.release(replace(kept, delivered=1, shown=1), seconds=30) is None


def test_a_call_before_the_deliverer_goes_keeps_it(leases, room):
    lease = leases.take(room, seconds=30)
    leases.call(room)
    kept = leases.release(lease, seconds=30)
    assert kept == replace(lease, calls=1)
    assert leases.release(kept, seconds=30) is None
