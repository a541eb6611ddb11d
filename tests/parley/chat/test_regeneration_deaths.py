"""A process that dies while it answers anew, and requests that are repeated: one new reply, in its place."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from parley.chat.keyed_sends import EarlierExchange
from parley.domain.events import TextDelta
from parley.domain.idempotency import KeyedRequest
from parley.domain.ids import created_at_of
from parley.domain.messages import MessageStatus
from parley.domain.pages import PageRequest
from parley.errors import IdempotencyKeyReusedError, MessageNotFoundError, RequestRunningError
from tests.fakes.mortality import KilledError, Life
from tests.fakes.scripted_model import STOP, ScriptedModel
from tests.fakes.threads import all_at_once
from tests.parley.chat.conftest import all_events, regenerate, send

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("one_log_write")]

CALLS = 14  # of a whole regeneration to its repositories, and some more
CALLS_UNTIL_THE_LOCK_IS_TAKEN = 4


@pytest.fixture
def conversation(conversation_of_two):
    return conversation_of_two


def anew():
    return ScriptedModel([TextDelta("anew"), STOP])


def keyed(key="key", fingerprint="body"):
    return KeyedRequest(user_id="user_1", operation="POST x", key=key, fingerprint=fingerprint)


async def begin(service, message, request):
    """Whether it was repeated, and the id of the reply."""
    exchange = service.regeneration.begin("user_1", message.id, request)
    if isinstance(exchange, EarlierExchange):
        position = service.reader.open("user_1", exchange.reply_id, 0)
        assert [batch async for batch in service.reader.events(position)]
        return True, exchange.reply_id
    await all_events(service.start(exchange, tools_enabled=True))
    return False, exchange.reply.id


def first_reply(world, conversation):
    page = world.process().transcript.list_page("user_1", conversation.id, PageRequest())
    assert world.now(conversation).message_count == page.total == len(page.items) == 4
    assert [each.role for each in page.items] == ["user", "assistant"] * 2
    return page.items[1]


@pytest.mark.parametrize("calls", range(CALLS))
async def test_wherever_it_dies_there_is_one_reply_in_the_place(world, clock, conversation, calls):
    old, life = world.memory.spoken(conversation.id)[1], Life(calls=calls)
    with suppress(KilledError):
        await regenerate(world.process(anew(), life), old)
    clock.advance(world.lease.seconds + 1)
    reply = first_reply(world, conversation)
    assert world.now(conversation).running is None
    if calls < CALLS_UNTIL_THE_LOCK_IS_TAKEN:
        assert reply == old
    else:
        assert (reply.status, reply.content) in [
            (MessageStatus.INTERRUPTED, ""),
            (MessageStatus.COMPLETE, "anew"),
        ]
        assert reply.alternatives == (old,)
        assert reply.created_at > created_at_of(reply.id) + timedelta(minutes=50)
        assert reply.reply_to == old.reply_to
    _, newest, _ = await regenerate(world.process(anew()), reply)
    assert first_reply(world, conversation).id == newest.id


def test_the_calls_are_enough_to_reach_the_end(world):
    async def regenerate_once():
        conversation, life = world.converse(), Life()
        await send(world.process(), conversation)
        await regenerate(world.process(anew(), life), world.memory.spoken(conversation.id)[1])
        return life

    life = asyncio.run(regenerate_once())
    assert len(life.log) < CALLS
    assert life.log.index("lock.acquire") == CALLS_UNTIL_THE_LOCK_IS_TAKEN - 1


@pytest.mark.parametrize("calls", [4, 6, 7, 8, 9])
async def test_several_who_settle_at_once_do_it_once(world, clock, conversation, calls):
    old = world.memory.spoken(conversation.id)[1]
    with suppress(KilledError):
        await regenerate(world.process(anew(), Life(calls=calls)), old)
    clock.advance(world.lease.seconds + 1)
    transcript = world.process().transcript
    all_at_once([lambda: transcript.get_settled("user_1", conversation.id)] * 8)
    assert first_reply(world, conversation).alternatives == (old,)


async def test_a_reply_whose_place_was_deleted_before_its_writer_died_is_none(world, clock, conversation):
    old = world.memory.spoken(conversation.id)[1]
    with suppress(KilledError):
        world.process(life=Life(calls=CALLS_UNTIL_THE_LOCK_IS_TAKEN)).regeneration.begin("user_1", old.id)
    world.memory.messages[conversation.id].pop(old.id)
    clock.advance(world.lease.seconds + 1)
    settled = world.process().transcript.get_settled("user_1", conversation.id)
    assert settled.running is None
    assert len(world.spoken(conversation)) == 3
    assert world.used()[0][2] == 2


@pytest.mark.usefixtures("keyed_clock")
async def test_a_repeated_request_gets_the_reply_of_the_first(world, conversation):
    old, model = world.memory.spoken(conversation.id)[1], anew()
    first = await begin(world.process(model), old, keyed())
    assert first == (False, first_reply(world, conversation).id)
    assert await begin(world.process(model), old, keyed()) == (True, first[1])
    assert len(model.requests) == 1
    with pytest.raises(IdempotencyKeyReusedError):
        await begin(world.process(), old, keyed(fingerprint="another"))
    await begin(world.process(anew()), old, keyed("another"))
    assert len(first_reply(world, conversation).alternatives) == 2
    assert await begin(world.process(model), old, keyed()) == (True, first[1])


@pytest.mark.usefixtures("keyed_clock")
async def test_of_many_repeats_at_once_one_begins(world, conversation):
    old, service = world.memory.spoken(conversation.id)[1], world.process()
    outcomes = all_at_once([lambda: service.regeneration.begin("user_1", old.id, keyed())] * 8)
    running = world.now(conversation).running.reply_id
    begun = 0
    for each in outcomes:
        if isinstance(each, EarlierExchange):
            assert each.reply_id == running
        elif not isinstance(each, RequestRunningError):
            begun += 1
            assert each.reply.id == running
    assert begun == 1


@pytest.mark.parametrize("calls", range(CALLS + 3))
async def test_wherever_it_dies_a_repeat_completes_it_once(world, keyed_clock, conversation, calls):
    old, model = world.memory.spoken(conversation.id)[1], anew()
    with suppress(KilledError):
        await begin(world.process(model, Life(calls=calls)), old, keyed())
    keyed_clock.advance(61)
    _, reply_id = await begin(world.process(model), old, keyed())
    assert await begin(world.process(model), old, keyed()) == (True, reply_id)
    reply = first_reply(world, conversation)
    assert (reply.id, reply.alternatives) == (reply_id, (old,))
    assert len(model.requests) <= 1


@pytest.mark.usefixtures("keyed_clock")
async def test_a_repeat_of_what_was_deleted_since_makes_no_other(world, conversation):
    old, service = world.memory.spoken(conversation.id)[1], world.process(anew())
    _, reply_id = await begin(service, old, keyed())
    _, newest, _ = await regenerate(world.process(anew()), old)
    service.transcript.delete_message("user_1", reply_id)
    with pytest.raises(MessageNotFoundError):
        await begin(service, old, keyed())
    assert first_reply(world, conversation).id == newest.id
