"""Turns whose runner dies, is taken for dead or has no time left: nobody answers twice, and they go on."""

import asyncio

import pytest

from parley.chat.leases import Lease
from parley.chat.turn_runs import MIN_SECONDS, ReplyNotKeptError, TurnUnfinishedError
from parley.domain.events import TextDelta
from parley.domain.room_turns import TurnEnd, TurnTakenOverError
from tests.fakes.mortality import KilledError, Life
from tests.fakes.room_queue import InMemoryMessageInHand
from tests.fakes.scripted_model import STOP, ScriptedModel
from tests.parley.chat.room_world import RoomWorld, until

pytestmark = pytest.mark.anyio

FINE = [TextDelta("Fine."), STOP]


@pytest.fixture
def world(one_log_write):
    return RoomWorld()


def fine():
    return ScriptedModel(FINE)


@pytest.mark.parametrize("calls", range(30))
async def test_a_runner_may_die_at_any_call_and_another_goes_on(world, calls):
    message, life = world.say("Hello!"), Life(calls=calls)
    try:
        await world.run(message, fine(), life)
    except (KilledError, ReplyNotKeptError):
        assert len(life.log) == calls
        await world.run(message, fine())
    replies = world.replies()
    assert [name for name, _, _ in replies] == ["Ann", "Ben"]
    assert {status for _, status, _ in replies} <= {"complete", "interrupted"}
    assert all(text == "Fine." for _, status, text in replies if status == "complete")
    assert sum(status == "interrupted" for _, status, _ in replies) <= 1
    turn = world.turn(message)
    assert (turn.ended, turn.current, turn.waiting) == (TurnEnd.COMPLETE, None, ())
    assert [each.message_id for each in turn.given] == [each.id for each in world.stored() if each.turn_of]
    assert world.used() in ([("glm-5", 2)], [("glm-5", 1)])


async def test_a_turn_that_has_ended_is_not_run_again(world):
    message = world.say("Hello!")
    await world.run(message, fine())
    told = list(world.told)
    await world.run(message, fine())
    assert world.told == told


async def test_what_an_interrupted_reply_had_said_is_kept_and_told_whole(world):
    never, in_hand = asyncio.Event(), InMemoryMessageInHand()
    message = world.say("@Ann?")
    dying = asyncio.create_task(world.run(message, ScriptedModel([TextDelta("It "), never]), in_hand=in_hand))
    await until(lambda: world.told_text(world.current(message) or ""))
    world.log.append(world.current(message), 1, [TextDelta("It ")])
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    del world.told[:]
    await world.run(message, fine())
    assert world.replies() == [("Ann", "interrupted", "It ")]
    assert world.told_names() == ["process_step", "error", "system agent_error", "typed"]
    assert world.turn(message).ended is TurnEnd.COMPLETE


async def test_of_two_runners_at_once_one_goes_on_and_nobody_answers_twice(world):
    gate = asyncio.Event()
    message = world.say("Hello!")
    late = asyncio.create_task(world.run(message, ScriptedModel([gate, *FINE])))
    await until(lambda: world.current(message))
    await world.run(message, fine())
    gate.set()
    with pytest.raises(TurnTakenOverError):
        await late
    assert world.replies() == [("Ann", "interrupted", ""), ("Ben", "complete", "Fine.")]


async def test_a_runner_that_is_held_up_before_its_message_leaves_none(world):
    message, life = world.say("@Ann?"), Life()

    def be_taken_for_dead():
        asyncio.run(world.run(message, fine()))

    life.then("turns.save", be_taken_for_dead)
    with pytest.raises(TurnTakenOverError):
        await world.run(message, fine(), life)
    assert world.replies() == [("Ann", "complete", "Fine.")]
    assert world.turn(message).ended is TurnEnd.COMPLETE


async def test_its_work_is_kept_hidden_while_a_turn_runs(world):
    world.lease, gate, in_hand = Lease(0.03), asyncio.Event(), InMemoryMessageInHand()
    running = asyncio.create_task(
        world.run(world.say("@Ann?"), ScriptedModel([gate, *FINE]), in_hand=in_hand)
    )
    await until(lambda: len(in_hand.hidden_for) >= 3)
    gate.set()
    await running
    assert set(in_hand.hidden_for) == {1}
    assert world.replies() == [("Ann", "complete", "Fine.")]


async def test_a_runner_whose_work_was_given_to_another_stops_writing(world):
    world.lease, never, in_hand = Lease(0.03), asyncio.Event(), InMemoryMessageInHand()
    message = world.say("@Ann?")
    running = asyncio.create_task(world.run(message, ScriptedModel([never]), in_hand=in_hand))
    await until(lambda: world.current(message))
    in_hand.lost = True
    with pytest.raises(TurnTakenOverError):
        await asyncio.wait_for(running, 10)
    await world.run(message, fine())
    assert [status for _, status, _ in world.replies()] == ["interrupted"]


async def test_work_that_is_not_in_hand_any_more_is_not_begun(world):
    in_hand = InMemoryMessageInHand()
    in_hand.lost = True
    with pytest.raises(TurnTakenOverError):
        await world.run(world.say("Hello!"), fine(), in_hand=in_hand)
    assert world.told == []


async def test_a_turn_that_does_not_fit_into_a_process_goes_on_in_the_next(world):
    left, in_hand = [900.0], InMemoryMessageInHand()
    message = world.say("Hello!")
    slow = ScriptedModel([lambda: left.append(MIN_SECONDS - 1), *FINE])
    with pytest.raises(TurnUnfinishedError):
        await world.run(message, slow, in_hand=in_hand, seconds_left=lambda: left[-1])
    assert in_hand.hidden_for[-1] == 0
    assert [name for name, _, _ in world.replies()] == ["Ann"]
    await world.run(message, fine(), seconds_left=lambda: 900.0)
    assert [name for name, _, _ in world.replies()] == ["Ann", "Ben"]


async def test_a_turn_whose_work_was_given_up_is_ended_by_the_next_one(world):
    never, lost = asyncio.Event(), world.say("Hello!")
    dying = asyncio.create_task(world.run(lost, ScriptedModel([TextDelta("It "), never])))
    await until(lambda: world.told_text(world.current(lost) or ""))
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    await world.run(world.say("@Ben?"), fine())
    assert [(name, status) for name, status, _ in world.replies()] == [
        ("Ann", "interrupted"),
        ("Ben", "complete"),
    ]
    assert world.turn(lost).ended is TurnEnd.STOPPED


async def test_an_earlier_turn_that_is_delivered_again_leaves_a_later_one_alone(world):
    first, second, life = world.say("@Ann?"), world.say("@Ben?"), Life(calls=6)
    with pytest.raises(KilledError):
        await world.run(first, fine(), life)
    await world.run(second, fine())
    await world.run(first, fine())
    assert [name for name, _, _ in world.replies()] == ["Ben"]


async def test_a_reply_that_cannot_be_stored_is_stored_by_whoever_goes_on(world):
    message, life = world.say("@Ann?"), Life()

    def fail_from_now_on():
        life.fail("messages.put", times=9)

    with pytest.raises(ReplyNotKeptError):
        await world.run(message, ScriptedModel([fail_from_now_on, *FINE]), life)
    await world.run(message, fine())
    assert world.replies() == [("Ann", "complete", "Fine.")]
    assert world.told_names()[-2:] == ["done", "typed"]
