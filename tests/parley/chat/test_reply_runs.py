"""A running reply: it outlives its listener, and ends when it has lost its conversation."""

import asyncio
import threading

import pytest

from parley.chat.leases import Lease
from parley.chat.reply_runs import writing_seconds
from parley.domain.events import FinishReason, ReplyFailed, ReplyStarted, TextDelta, ToolCalled
from tests.fakes.mortality import Life
from tests.fakes.scripted_model import STOP, ScriptedModel, asks_for
from tests.fakes.tools import a_call, waiting_tool
from tests.parley.chat.conftest import all_events, told_by

pytestmark = pytest.mark.anyio


@pytest.fixture
def _short_leases(world):
    world.lease = Lease(0.003)


def start(service, conversation):
    return service.start(service.post_message("user_1", conversation.id, "Hi"), tools_enabled=True)


async def heard(listening, event):
    """Listens until it is told."""
    while event not in await anext(listening):
        pass


async def test_a_reply_is_finished_also_when_nobody_listens_any_more(world):
    conversation, gate = world.converse(), asyncio.Event()
    run = start(world.process(ScriptedModel([TextDelta("It "), gate, TextDelta("is."), STOP])), conversation)
    events = told_by(run)
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
    batches = [batch async for batch in told_by(run)]
    assert [len(batch) for batch in batches] == [3]


@pytest.mark.usefixtures("_short_leases")
async def test_a_reply_ends_when_its_conversation_is_deleted_and_leaves_nothing(world):
    conversation, never = world.converse(), asyncio.Event()
    model = ScriptedModel([TextDelta("It "), never])
    run = start(world.process(model), conversation)
    listening = told_by(run)
    await heard(listening, TextDelta("It "))
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
    listening = told_by(run)
    await heard(listening, TextDelta("It "))
    reply_id = world.now(conversation).running.reply_id
    world.settle(conversation)
    assert (await anext(listening))[-1].type == "interrupted"
    assert world.now(conversation).message_count == len(world.spoken(conversation)) == 2
    assert world.spoken(conversation)[-1][1] == "interrupted"
    assert world.log.read(reply_id).is_sealed


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


@pytest.fixture
def _hasty_log(monkeypatch):
    monkeypatch.setattr("parley.chat.log_writers.FLUSH_SECONDS", 0.001)


@pytest.mark.usefixtures("_hasty_log")
async def test_a_reply_is_stopped_with_what_it_has_said_and_its_model_is_left_alone(world):
    conversation, never = world.converse(), asyncio.Event()
    model = ScriptedModel([TextDelta("It is a "), never])
    run = start(world.process(model), conversation)
    listening = told_by(run)
    await heard(listening, TextDelta("It is a "))
    running = world.now(conversation).running
    assert world.log.request_stop(running.reply_id)
    (last,) = await anext(listening)
    assert (last.finish_reason, last.token_count) == (FinishReason.STOPPED, 2)
    assert model.open_streams == 0
    assert world.spoken(conversation)[-1] == ("assistant", "stopped", "It is a ")
    ended = world.now(conversation)
    assert (ended.running, ended.message_count) == (None, 2)


@pytest.mark.usefixtures("_hasty_log")
async def test_a_reply_is_stopped_in_the_middle_of_a_tool(world):
    conversation, gate = world.converse(), threading.Event()
    model = ScriptedModel([TextDelta("Wait."), asks_for(a_call("1", "slow"))])
    run = start(world.process(model, tools=[waiting_tool("slow", gate)]), conversation)
    listening = told_by(run)
    told = []
    while not any(isinstance(event, ToolCalled) for event in told):
        told += await anext(listening)
    world.log.request_stop(world.now(conversation).running.reply_id)
    (last,) = await anext(listening)
    gate.set()
    assert last.finish_reason is FinishReason.STOPPED
    stored = world.memory.spoken(conversation.id)[-1]
    assert (stored.status.value, stored.content) == ("stopped", "Wait.")
    assert [(call.name, call.result) for call in stored.tool_calls] == [("slow", None)]


@pytest.mark.parametrize(("left", "writing"), [(900, 880), (80, 60), (8, 6), (0, 0), (-1, 0)])
async def test_what_is_kept_for_the_end_is_a_part_of_what_is_left(left, writing):
    assert writing_seconds(left) == writing


async def test_a_reply_comes_to_an_orderly_end_before_its_function_is_killed(world):
    conversation, never = world.converse(), asyncio.Event()
    service = world.process(ScriptedModel([TextDelta("It is"), never]))
    exchange = service.post_message("user_1", conversation.id, "Hi")
    run = service.start(exchange, tools_enabled=True, seconds_left=lambda: 0.06)
    reply, failure = await asyncio.wait_for(run.result(), 10)
    assert (reply.status.value, reply.content, failure) == ("complete", "It is", None)
    (*_, (_, last)) = world.log.read(reply.id).events
    assert last.finish_reason is FinishReason.LENGTH
    assert world.now(conversation).running is None
