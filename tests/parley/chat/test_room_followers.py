"""Following a turn out of what is stored: the same that the room's connections are told."""

import asyncio
from contextlib import aclosing

import pytest

from parley.chat.room_followers import TurnFollower
from parley.domain.events import TextDelta, ThinkingDelta
from parley.domain.room_events import Failed, StepGrown
from parley.models.types import ModelError
from tests.fakes.scripted_model import STOP, ScriptedModel
from tests.parley.chat.room_world import RoomWorld, short, until

pytestmark = pytest.mark.anyio

FINE = [TextDelta("Fine."), STOP]


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr("parley.chat.log_writers.FLUSH_SECONDS", 0.001)
    monkeypatch.setattr("parley.chat.room_followers.POLL_SECONDS", 0.001)
    return RoomWorld()


async def followed(world, message, *, is_answered=True, seconds_left=None):
    follower = TurnFollower(messages=world.messages, turns=world.turns, log=world.log)
    batches = follower.events(message, is_answered=is_answered, seconds_left=seconds_left)
    async with aclosing(batches):
        return [event async for batch in batches for event in batch]


async def run_and_follow(world, message, model):
    following = asyncio.create_task(followed(world, message))
    await world.run(message, model)
    return await asyncio.wait_for(following, 10)


@pytest.mark.parametrize(
    "model",
    [
        ScriptedModel([ThinkingDelta("Hm."), TextDelta("It "), TextDelta("is."), STOP], FINE),
        ScriptedModel([TextDelta("I"), ModelError("It broke.", type="model_timeout")], FINE),
    ],
    ids=["good", "broken"],
)
async def test_what_is_followed_is_what_the_room_is_told(world, model):
    events = await run_and_follow(world, world.say("Hello!"), model)
    assert events == world.told


async def test_a_turn_that_has_ended_is_told_again(world):
    message = world.say("Hello!")
    await world.run(message, ScriptedModel(FINE))
    assert await followed(world, message) == world.told


async def test_a_stopped_turn_ends_with_the_notice(world):
    message = world.say("Hello!")
    world.stops.stop_message(world.room.id, message.id)
    assert [short(each) for each in await run_and_follow(world, message, ScriptedModel(FINE))] == [
        "message Pat",
        "system stopped",
    ]


async def test_where_nobody_answers_there_is_the_message_alone(world):
    message = world.say("Hello!")
    assert [short(each) for each in await followed(world, message, is_answered=False)] == ["message Pat"]


async def test_an_interrupted_reply_is_told_as_such_when_another_goes_on(world):
    message, never = world.say("@Ann?"), asyncio.Event()
    following = asyncio.create_task(followed(world, message))
    dying = asyncio.create_task(world.run(message, ScriptedModel([TextDelta("It "), never])))
    await until(lambda: world.log.read(world.current(message) or "").events)
    await world.run(message, ScriptedModel(FINE))
    await asyncio.gather(dying, return_exceptions=True)
    events = await asyncio.wait_for(following, 10)
    assert [short(each) for each in events] == [
        *("message Pat", "types", "message Ann", "process_step"),
        *("error", "system agent_error", "typed"),
    ]
    assert next(each.type for each in events if isinstance(each, Failed)) == "interrupted"


async def test_a_reply_whose_log_is_no_more_is_told_out_of_its_message(world):
    message = world.say("@Ann?")
    await world.run(message, ScriptedModel([TextDelta("It "), TextDelta("is."), STOP]))
    world.log.discard(world.stored()[-1].id)
    events = await asyncio.wait_for(followed(world, message), 10)
    assert [each.delta for each in events if isinstance(each, StepGrown)] == ["It is."]
    assert [short(each) for each in events[-2:]] == ["done", "typed"]


async def test_following_a_room_that_is_deleted_ends(world):
    message = world.say("Hello!")
    del world.memory.heads[world.room.id]
    assert [short(each) for each in await asyncio.wait_for(followed(world, message), 10)] == ["message Pat"]


async def test_a_process_whose_time_is_over_says_that_the_turn_goes_on(world):
    events = await followed(world, world.say("Hello!"), seconds_left=lambda: 5.0)
    assert events[-1].type == "turn_running"
