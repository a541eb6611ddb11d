"""Sends under an Idempotency-Key, whatever dies or fails on the way."""

import asyncio
from contextlib import suppress

import pytest

from parley.chat.keyed_sends import EarlierExchange
from parley.domain.events import ReplyDone, ReplyFailed, TextDelta
from parley.errors import ReplyRunningError, RequestRunningError
from tests.fakes.mortality import KilledError, Life
from tests.fakes.scripted_model import STOP, ScriptedModel
from tests.parley.chat.test_keyed_sends import keyed, send

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("keyed_clock")]

CALLS = 12  # of a whole send to its repositories, and some more


@pytest.mark.usefixtures("one_log_write")
@pytest.mark.parametrize("calls", range(CALLS))
async def test_wherever_a_sender_dies_a_repeat_completes_the_send_once(world, keyed_clock, calls):
    conversation, life = world.converse(), Life(calls=calls)
    model = ScriptedModel([TextDelta("Fine."), STOP])
    with suppress(KilledError):
        await send(world.process(model, life), conversation)
    with suppress(RequestRunningError):
        at_once = world.process(model).post_message("user_1", conversation.id, "Hi", keyed())
        assert isinstance(at_once, EarlierExchange) == (calls > 1)  # the second call writes the record
    keyed_clock.advance(world.lease.seconds + 1)
    events, _ = await send(world.process(model), conversation)
    assert isinstance(events[-1], ReplyDone | ReplyFailed)
    again, was_repeated = await send(world.process(model), conversation)
    assert (was_repeated, again[0], again[-1]) == (True, events[0], events[-1])
    question, reply = world.spoken(conversation)
    assert question == ("user", "complete", "Hi")
    assert reply in [("assistant", "complete", "Fine."), ("assistant", "interrupted", "")]
    settled = world.process().transcript.get_settled("user_1", conversation.id)
    assert (settled.message_count, settled.running) == (2, None)
    assert len(model.requests) <= 1


@pytest.mark.usefixtures("one_log_write")
def test_the_calls_are_enough_to_reach_the_end(world):
    life = Life()
    asyncio.run(send(world.process(None, life), world.converse()))
    assert len(life.log) < CALLS


async def test_a_message_whose_storing_failed_is_not_left_behind(world, keyed_clock):
    conversation, life = world.converse(), Life()
    life.fail("messages.put")
    with pytest.raises(RuntimeError):
        await send(world.process(None, life), conversation)
    assert world.now(conversation).running is None
    with pytest.raises(RequestRunningError):
        await send(world.process(), conversation)
    keyed_clock.advance(world.lease.seconds + 1)
    await send(world.process(), conversation)
    assert len(world.spoken(conversation)) == 2


@pytest.mark.parametrize("call", ["request_records.add", "lock.acquire", "messages.put"])
async def test_who_was_held_up_until_others_took_over_takes_its_send_back(world, keyed_clock, call):
    conversation, life = world.converse(), Life()

    def others_send() -> None:
        keyed_clock.advance(world.lease.seconds + 1)
        world.process().post_message("user_1", conversation.id, "Hi", keyed())
        keyed_clock.advance(world.lease.seconds + 1)  # they die
        world.process().transcript.get_settled("user_1", conversation.id)

    life.then(call, others_send)
    with suppress(ReplyRunningError):
        await send(world.process(None, life), conversation)
    keyed_clock.advance(world.lease.seconds + 1)
    settled = world.process().transcript.get_settled("user_1", conversation.id)
    assert (settled.message_count, settled.running) == (2, None)
    assert [role for role, _, _ in world.spoken(conversation)] == ["user", "assistant"]
    assert (await send(world.process(), conversation))[1] is True


async def test_a_record_that_could_not_be_marked_loses_nothing(world):
    conversation, life = world.converse(), Life()
    life.fail("request_records.finish")
    await send(world.process(None, life), conversation)
    assert (await send(world.process(), conversation))[1] is True
