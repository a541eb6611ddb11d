"""A running reply: it outlives its listener, and ends when it has lost its conversation."""

import asyncio

import pytest

from parley.domain.events import ReplyFailed, ReplyStarted, TextDelta
from tests.fakes.mortality import Life
from tests.fakes.scripted_model import STOP, ScriptedModel
from tests.parley.chat.conftest import all_events

pytestmark = pytest.mark.anyio


@pytest.fixture
def _short_leases(monkeypatch):
    monkeypatch.setattr("parley.chat.reply_runs.LEASE_RENEWAL_SECONDS", 0.001)


def start(service, conversation):
    return service.start(service.post_message("user_1", conversation.id, "Hi"), tools_enabled=True)


async def test_a_reply_is_finished_also_when_nobody_listens_any_more(world):
    conversation, gate = world.converse(), asyncio.Event()
    run = start(world.process(ScriptedModel([TextDelta("It "), gate, TextDelta("is."), STOP])), conversation)
    events = run.events()
    assert isinstance((await anext(events))[0], ReplyStarted)
    await events.aclose()
    gate.set()
    reply, failure = await run.result()
    assert (reply.content, failure) == ("It is.", None)
    assert world.spoken(conversation)[-1] == ("assistant", "complete", "It is.")


async def test_whoever_waits_for_the_result_may_give_up(world):
    conversation, gate = world.converse(), asyncio.Event()
    run = start(world.process(ScriptedModel([gate, TextDelta("Fine."), STOP])), conversation)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(run.result(), 0.01)
    gate.set()
    reply, _ = await run.result()
    assert reply.content == "Fine."


async def test_events_that_wait_come_together(world):
    run = start(world.process(), world.converse())
    await run.result()
    batches = [batch async for batch in run.events()]
    assert [len(batch) for batch in batches] == [3]


@pytest.mark.usefixtures("_short_leases")
async def test_a_reply_ends_when_its_conversation_is_deleted_and_leaves_nothing(world):
    conversation, never = world.converse(), asyncio.Event()
    model = ScriptedModel([TextDelta("It "), never])
    run = start(world.process(model), conversation)
    listening = run.events()
    assert TextDelta("It ") in [*await anext(listening), *await anext(listening)]
    world.conversations.delete("user_1", conversation.id)
    (last,) = await anext(listening)
    assert isinstance(last, ReplyFailed)
    assert last.type == "interrupted"
    assert world.spoken(conversation) == []
    assert model.open_streams == 0


async def test_a_message_stored_just_behind_the_removal_of_its_conversation_does_not_stay(world):
    conversation, service = world.converse(), world.process()
    exchange = service.post_message("user_1", conversation.id, "Hi")
    world.conversations.delete("user_1", conversation.id)
    world.messages.put(exchange.user_message)
    await service.start(exchange, tools_enabled=True).result()
    assert world.spoken(conversation) == []


@pytest.mark.usefixtures("_short_leases")
async def test_a_reply_ends_when_it_was_settled_as_dead_and_is_counted_once(world):
    conversation, never = world.converse(), asyncio.Event()
    run = start(world.process(ScriptedModel([TextDelta("It "), never])), conversation)
    listening = run.events()
    assert TextDelta("It ") in [*await anext(listening), *await anext(listening)]
    reply_id = world.now(conversation).running.reply_id
    world.lock.release(conversation, reply_id, added=2, title=None)
    assert (await anext(listening))[-1].type == "interrupted"
    assert world.now(conversation).message_count == len(world.spoken(conversation)) == 2
    assert world.spoken(conversation)[-1][2] == "It "


@pytest.mark.usefixtures("_short_leases")
async def test_a_lease_that_cannot_be_renewed_for_a_moment_does_not_end_the_reply(world):
    conversation, gate, life = world.converse(), asyncio.Event(), Life()
    life.fail("lock.renew", times=3)
    run = start(world.process(ScriptedModel([gate, TextDelta("Fine."), STOP]), life), conversation)
    listening = asyncio.create_task(all_events(run))
    assert await asyncio.to_thread(life.nth("lock.renew", 2).wait, 10)
    gate.set()
    events = await listening
    assert TextDelta("Fine.") in events
    assert not isinstance(events[-1], ReplyFailed)
