"""Sends under an Idempotency-Key: one user message and one reply."""

import asyncio

import pytest

from parley.chat.keyed_sends import EarlierExchange
from parley.chat.replays import events_of, failure_of
from parley.chat.replies import Exchange
from parley.domain.events import (
    FinishReason,
    TextDelta,
    ThinkingDelta,
    ToolReturned,
)
from parley.domain.idempotency import KeyedRequest
from parley.errors import (
    ConversationNotFoundError,
    IdempotencyKeyReusedError,
    MessageNotFoundError,
    ReplyRunningError,
    RequestRunningError,
)
from parley.models.types import ModelError, ModelFinished
from tests.examples import a_running_reply
from tests.fakes.scripted_model import STOP, ScriptedModel, asks_for
from tests.fakes.threads import all_at_once
from tests.fakes.tools import a_call
from tests.parley.chat.conftest import all_events

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("keyed_clock")]


def keyed(key="key", fingerprint="body"):
    return KeyedRequest(user_id="user_1", operation="POST /api/messages", key=key, fingerprint=fingerprint)


async def send(service, conversation, request=None):
    """What is told, and whether it was told before."""
    exchange = service.post_message("user_1", conversation.id, "Hi", request or keyed())
    if isinstance(exchange, EarlierExchange):
        position = service.reader.open("user_1", exchange.reply_id, 0)
        return [event async for batch in service.reader.events(position) for _, event in batch], True
    run = service.start(exchange, tools_enabled=True)
    events = await all_events(run)
    await run.result()
    return events, False


async def test_a_repeated_send_stores_nothing_and_asks_no_model(world):
    conversation, model = world.converse(), ScriptedModel([TextDelta("Fine."), STOP])
    first, _ = await send(world.process(model), conversation)
    second, was_repeated = await send(world.process(model), conversation)
    assert (second, was_repeated) == (first, True)
    assert world.spoken(conversation) == [("user", "complete", "Hi"), ("assistant", "complete", "Fine.")]
    assert len(model.requests) == 1
    assert world.now(conversation).message_count == 2


async def test_a_repeated_reply_is_told_in_the_same_events(world):
    call = a_call("1", "double", '{"number": 4}')
    script = [ThinkingDelta("H"), ThinkingDelta("m"), TextDelta("So"), asks_for(call)]
    conversation = world.converse(thinking_enabled=True)
    service = world.process(ScriptedModel(script, [TextDelta(" 8"), STOP]))
    first, _ = await send(service, conversation)
    assert await send(service, conversation) == (first, True)
    assert ToolReturned in {type(event) for event in first}


async def test_a_failed_reply_is_repeated_with_its_reason_and_keeps_it(world):
    conversation = world.converse()
    model = ScriptedModel([TextDelta("It is"), ModelError("quota used up", type="model_rejected")])
    first, _ = await send(world.process(model), conversation)
    assert await send(world.process(model), conversation) == (first, True)
    stored = world.memory.spoken(conversation.id)[1]
    for failure in (failure_of(stored), events_of(stored)[-1]):
        assert (failure.content, failure.type) == ("quota used up", "model_rejected")
    assert len(model.requests) == 1


async def test_how_a_reply_ended_is_kept_with_it(world):
    conversation = world.converse()
    model = ScriptedModel([TextDelta("It"), ModelFinished(finish_reason=FinishReason.LENGTH)])
    first, _ = await send(world.process(model), conversation)
    stored = world.memory.spoken(conversation.id)[1]
    assert events_of(stored) == [TextDelta("It"), first[-1]]
    assert failure_of(stored) is None


async def test_another_body_is_a_conflict_and_another_key_another_send(world):
    conversation, service = world.converse(), world.process()
    await send(service, conversation)
    with pytest.raises(IdempotencyKeyReusedError):
        await send(service, conversation, keyed(fingerprint="another"))
    await send(service, conversation, keyed("another"))
    assert len(world.spoken(conversation)) == 4


async def test_a_repeat_joins_the_reply_that_is_being_written(world):
    conversation, asked, gate = world.converse(), asyncio.Event(), asyncio.Event()
    model = ScriptedModel([asked.set, TextDelta("It "), gate, TextDelta("is."), STOP])
    sending = asyncio.create_task(send(world.process(model), conversation))
    await asked.wait()
    with pytest.raises(ReplyRunningError):
        await send(world.process(), conversation, keyed("another"))
    joining = asyncio.create_task(send(world.process(), conversation))
    await asyncio.sleep(0)
    gate.set()
    first, _ = await sending
    assert await joining == (first, True)
    assert len(world.spoken(conversation)) == 2


async def test_of_many_at_once_one_is_stored(world):
    conversation, service = world.converse(), world.process()
    outcomes = all_at_once([lambda: service.post_message("user_1", conversation.id, "Hi", keyed())] * 8)
    (stored,) = [each for each in outcomes if isinstance(each, Exchange)]
    for each in outcomes:
        if isinstance(each, EarlierExchange):
            assert (each.user_message, each.reply_id) == (stored.user_message, stored.reply.id)
        else:
            assert each is stored or isinstance(each, RequestRunningError)
    assert world.spoken(conversation) == [("user", "complete", "Hi")]


async def test_a_refused_send_leaves_the_key_free(world):
    conversation = world.converse()
    running = a_running_reply(conversation)
    world.lock.acquire(conversation, running)
    with pytest.raises(ReplyRunningError):
        await send(world.process(), conversation)
    assert world.request_records.records == {}
    world.lock.release(conversation, running.reply_id, added=0, title=None)
    assert (await send(world.process(), conversation))[1] is False


async def test_an_unknown_conversation_leaves_no_record(world):
    with pytest.raises(ConversationNotFoundError):
        world.process().post_message("user_1", "conv_unknown", "Hi", keyed())
    assert world.request_records.records == {}


@pytest.mark.parametrize("index", [0, 1])
async def test_what_was_deleted_since_is_not_sent_anew(world, keyed_clock, index):
    conversation, service = world.converse(), world.process()
    await send(service, conversation)
    service.transcript.delete_message("user_1", world.memory.spoken(conversation.id)[index].id)
    keyed_clock.advance(61)
    with pytest.raises(MessageNotFoundError):
        await send(service, conversation)
    assert len(world.spoken(conversation)) == 1
