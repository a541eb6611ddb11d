"""Stopping what agents are at in a room: the reply that is being given, and those that would follow."""

import asyncio

import pytest

from parley.domain.events import TextDelta
from parley.domain.ids import ROOM, new_id
from parley.domain.room_places import room_message_id
from parley.domain.room_turns import TurnEnd
from parley.errors import MessageNotFoundError, ReplyEndedError
from tests.fakes.mortality import Life
from tests.fakes.scripted_model import STOP, ScriptedModel
from tests.parley.chat.room_world import RoomWorld, until

pytestmark = pytest.mark.anyio

FINE = [TextDelta("Fine."), STOP]


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr("parley.chat.log_writers.FLUSH_SECONDS", 0.001)
    monkeypatch.setattr("parley.chat.room_stops.POLL_SECONDS", 0.001)
    return RoomWorld()


async def answering(world, message):
    """A turn in whose first reply something has been said."""
    never = asyncio.Event()
    running = asyncio.create_task(world.run(message, ScriptedModel([TextDelta("It "), never])))
    await until(lambda: world.told_text(world.current(message) or ""))
    return running


async def test_the_running_turn_is_stopped_with_what_was_said_and_nobody_follows(world):
    message = world.say("Hello!")
    running = await answering(world, message)
    world.stops.stop_running(world.room.id)
    await running
    assert world.replies() == [("Ann", "stopped", "It ")]
    assert world.turn(message).ended is TurnEnd.STOPPED
    assert world.told_names()[-3:] == ["done", "typed", "system stopped"]
    assert world.used() == [("glm-5", 1)]


@pytest.mark.parametrize("named", ["message", "reply"])
async def test_a_turn_is_stopped_by_its_message_or_by_its_reply(world, named):
    message = world.say("Hello!")
    running = await answering(world, message)
    reply_id = world.current(message)
    stopped = await world.stops.stop_and_wait(world.room.id, message.id if named == "message" else reply_id)
    assert (stopped.id, stopped.status.value) == (
        (message.id, "complete") if named == "message" else (reply_id, "stopped")
    )
    assert world.turn(message).ended is TurnEnd.STOPPED
    await running


async def test_a_turn_that_waits_for_its_time_never_begins(world):
    message = world.say("Hello!")
    assert await world.stops.stop_and_wait(world.room.id, message.id) == message
    await world.run(message, ScriptedModel(FINE))
    assert world.replies() == []
    assert world.turn(message).ended is TurnEnd.STOPPED


async def test_a_stop_in_the_moment_in_which_a_reply_begins_leaves_no_message(world):
    message, life = world.say("Hello!"), Life()
    life.then("messages.take_place", lambda: world.stops.stop_message(world.room.id, message.id))
    await world.run(message, ScriptedModel(FINE), life)
    assert world.replies() == []
    assert world.turn(message).ended is TurnEnd.STOPPED
    assert world.told_names() == ["message Pat", "types", "typed", "system stopped"]
    after = world.say("Go on.")
    assert world.stored() == [message, after]


async def test_what_has_ended_cannot_be_stopped(world):
    message = world.say("Hello!")
    await world.run(message, ScriptedModel(FINE))
    for message_id in [message.id, *(each.id for each in world.stored() if each.turn_of)]:
        with pytest.raises(ReplyEndedError):
            world.stops.stop_message(world.room.id, message_id)
    with pytest.raises(ReplyEndedError):
        world.stops.stop_running(world.room.id)


async def test_a_reply_that_has_ended_does_not_stop_the_one_that_runs(world):
    message, gate = world.say("Hello!"), asyncio.Event()
    running = asyncio.create_task(world.run(message, ScriptedModel(FINE, [gate, *FINE])))
    await until(lambda: world.turn(message) and world.turn(message).given and world.current(message))
    with pytest.raises(ReplyEndedError):
        world.stops.stop_message(world.room.id, world.turn(message).given[0].message_id)
    gate.set()
    await running
    assert world.turn(message).ended is TurnEnd.COMPLETE


async def test_a_message_that_is_not_in_the_room_cannot_be_stopped(world):
    for message_id in (room_message_id(world.room.id, 1), room_message_id(new_id(ROOM), 1), "msg_1"):
        with pytest.raises(MessageNotFoundError):
            world.stops.stop_message(world.room.id, message_id)
