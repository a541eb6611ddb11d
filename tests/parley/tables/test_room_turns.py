"""Turns: written by one runner at a time, and stopped by anybody."""

from dataclasses import replace

import pytest

from parley.domain.ids import ROOM, new_id
from parley.domain.room_places import room_message_id
from parley.domain.room_turns import GivenReply, Turn, TurnEnd, TurnTakenOverError
from tests.fakes.room_turns import InMemoryTurnRepository

ROOM_ID = new_id(ROOM)
REPLY = GivenReply(agent_id="agent_1", message_id="msg_1")


@pytest.fixture
def turns(technology):
    if technology == "memory":
        return InMemoryTurnRepository()
    from parley.tables.room_turns import DynamoTurnRepository

    return DynamoTurnRepository()


def a_turn(place=1, **fields):
    message_id = room_message_id(ROOM_ID, place)
    return Turn(**{"room_id": ROOM_ID, "message_id": message_id, "waiting": ("agent_1", "agent_2"), **fields})


def test_a_turn_that_began_is_found_as_it_is(turns):
    turn = a_turn()
    assert turns.find(ROOM_ID, turn.message_id) is None
    assert turns.begin(turn) == replace(turn, version=1)
    assert turns.find(ROOM_ID, turn.message_id) == replace(turn, version=1)


def test_work_that_is_delivered_again_goes_on_where_the_turn_is(turns):
    turn = turns.begin(a_turn())
    ahead = turns.save(replace(turn, waiting=("agent_2",), current=REPLY))
    assert turns.begin(replace(turn, version=0)) == ahead


def test_each_write_is_kept_with_all_that_it_says(turns):
    turn = turns.begin(a_turn())
    turn = turns.save(replace(turn, waiting=("agent_2",), current=REPLY))
    assert turns.find(ROOM_ID, turn.message_id) == turn
    turn = turns.save(replace(turn, waiting=(), current=None, given=(REPLY,), ended=TurnEnd.LIMIT))
    assert turns.find(ROOM_ID, turn.message_id) == turn
    assert (turn.given, turn.current, turn.ended, turn.version) == ((REPLY,), None, TurnEnd.LIMIT, 3)


def test_a_runner_that_was_taken_for_dead_writes_nothing_more(turns):
    late = turns.begin(a_turn())
    turn = turns.save(replace(late, waiting=("agent_2",), current=REPLY))
    with pytest.raises(TurnTakenOverError):
        turns.save(replace(late, waiting=("agent_2",), current=replace(REPLY, message_id="msg_2")))
    assert turns.find(ROOM_ID, turn.message_id) == turn


def test_the_same_write_may_be_repeated(turns):
    begun = turns.begin(a_turn())
    ahead = replace(begun, waiting=("agent_2",), current=REPLY)
    assert turns.save(ahead) == turns.save(ahead)


def test_a_turn_that_is_gone_is_not_written(turns):
    with pytest.raises(TurnTakenOverError):
        turns.save(replace(a_turn(), version=1))


def test_a_stop_is_kept_through_the_runners_writes_and_told_to_it(turns):
    turn = turns.begin(a_turn())
    assert turns.request_stop(ROOM_ID, turn.message_id) == replace(turn, is_stopped=True)
    assert turns.save(replace(turn, waiting=(), current=REPLY)).is_stopped
    stopped = turns.request_stop(ROOM_ID, turn.message_id)
    assert (stopped.current, stopped.is_stopped) == (REPLY, True)


def test_a_turn_may_be_stopped_before_it_begins(turns):
    turn = a_turn()
    assert turns.request_stop(ROOM_ID, turn.message_id).is_stopped
    assert turns.find(ROOM_ID, turn.message_id) is None
    assert turns.begin(turn) == replace(turn, is_stopped=True, version=1)


def test_a_turn_that_has_ended_is_not_stopped(turns):
    turn = turns.begin(a_turn(waiting=(), ended=TurnEnd.COMPLETE))
    assert turns.request_stop(ROOM_ID, turn.message_id) is None
    assert turns.find(ROOM_ID, turn.message_id) == turn


def test_the_running_turn_of_a_room_is_the_newest_that_began_and_did_not_end(turns):
    assert turns.running(ROOM_ID) is None
    first = turns.begin(a_turn(1))
    for place in range(3, 8):
        turns.request_stop(ROOM_ID, room_message_id(ROOM_ID, place))
    assert turns.running(ROOM_ID) == first
    turns.save(replace(first, ended=TurnEnd.COMPLETE))
    assert turns.running(ROOM_ID) is None
    second = turns.begin(a_turn(2))
    assert turns.running(ROOM_ID) == second
    assert turns.running(new_id(ROOM)) is None


def test_an_unknown_message_has_no_turn_to_stop(turns):
    with pytest.raises(ValueError, match="no message"):
        turns.request_stop(ROOM_ID, room_message_id(new_id(ROOM), 1))
