"""Replaying and following a reply: just the missing events, in order, and one end."""

import asyncio
from contextlib import suppress

import pytest

from parley.domain.events import INTERRUPTED, FinishReason, ReplyDone, ReplyFailed, TextDelta
from parley.domain.messages import MessageStatus
from parley.errors import MessageNotFoundError, ReplyEndedError
from tests.examples import a_message
from tests.fakes.mortality import KilledError, Life
from tests.fakes.scripted_model import STOP, ScriptedModel

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("_hasty")]


@pytest.fixture
def _hasty(monkeypatch):
    monkeypatch.setattr("parley.chat.log_writers.FLUSH_SECONDS", 0.001)
    monkeypatch.setattr("parley.chat.log_writers._PAUSES_SECONDS", ())
    monkeypatch.setattr("parley.chat.reply_readers.POLL_SECONDS", 0.001)


async def replay(service, message_id, *, after=0):
    position = service.reader.open("user_1", message_id, after)
    assert not position.has_all
    return await all_behind(service, position)


async def all_behind(service, position):
    return [numbered async for batch in service.reader.events(position) for numbered in batch]


def start(service, conversation):
    return service.start(service.post_message("user_1", conversation.id, "Hi"), tools_enabled=True)


async def finished(world, *steps):
    conversation = world.converse()
    reply, _ = await start(world.process(ScriptedModel([*steps, STOP])), conversation).result()
    return reply


WORDS = [TextDelta("one "), TextDelta("two "), TextDelta("three")]


async def test_a_finished_reply_is_replayed_from_any_event_on(world):
    reply = await finished(world, *WORDS)
    everything = list(world.log.read(reply.id).events)
    assert [number for number, _ in everything] == [1, 2, 3, 4, 5]
    for after in range(5):
        assert await replay(world.process(), reply.id, after=after) == everything[after:]


@pytest.mark.parametrize("after", [5, 6, 1000])
async def test_who_has_all_is_told_so(world, after):
    reply = await finished(world, *WORDS)
    assert world.process().reader.open("user_1", reply.id, after).has_all


async def test_who_claims_to_have_more_than_a_running_reply_gets_no_event_of_it(world):
    conversation, gate = world.converse(), asyncio.Event()
    run = start(world.process(ScriptedModel([WORDS[0], gate, STOP])), conversation)
    follower = asyncio.create_task(replay(world.process(), world.now(conversation).running.reply_id, after=9))
    await asyncio.sleep(0)
    gate.set()
    await run.result()
    assert await asyncio.wait_for(follower, 10) == []


async def test_a_running_reply_is_followed_live_from_another_process(world):
    conversation, gate = world.converse(), asyncio.Event()
    run = start(world.process(ScriptedModel([WORDS[0], gate, *WORDS[1:], STOP])), conversation)
    reply_id = world.now(conversation).running.reply_id
    followers = [asyncio.create_task(replay(world.process(), reply_id, after=after)) for after in (0, 1, 2)]
    early = world.process().reader.events(world.process().reader.open("user_1", reply_id, 0))
    assert (await anext(early))[0][0] == 1
    gate.set()
    await run.result()
    everything = list(world.log.read(reply_id).events)
    for after, follower in enumerate(followers):
        assert await asyncio.wait_for(follower, 10) == everything[after:]
    await early.aclose()


async def test_whoever_is_told_the_end_finds_the_reply_stored(world):
    conversation = world.converse()
    start(world.process(ScriptedModel([*WORDS, STOP])), conversation)
    reply_id = world.now(conversation).running.reply_id
    position = world.process().reader.open("user_1", reply_id, 0)
    async for batch in world.process().reader.events(position):
        if isinstance(batch[-1][1], ReplyDone):
            assert world.spoken(conversation)[-1] == ("assistant", "complete", "one two three")


async def test_a_follower_outlives_the_writer_and_is_told_that_the_reply_was_interrupted(world, clock):
    conversation, never, life = world.converse(), asyncio.Event(), Life()
    logged = life.nth("log.append", 1)
    run = start(world.process(ScriptedModel([*WORDS, never]), life), conversation)
    reply_id = world.now(conversation).running.reply_id
    follower = asyncio.create_task(replay(world.process(), reply_id))
    assert await asyncio.to_thread(logged.wait, 10)
    kill(run)
    clock.advance(world.lease.seconds + 1)
    *told, last = await asyncio.wait_for(follower, 10)
    stored = world.memory.spoken(conversation.id)[-1]
    assert stored.status is MessageStatus.INTERRUPTED
    assert stored.content == "".join(event.content for _, event in told[1:])
    assert last == (len(told) + 1, INTERRUPTED)
    assert await replay(world.process(), reply_id, after=len(told)) == [last]
    assert world.process().reader.open("user_1", reply_id, len(told) + 1).has_all


async def test_who_was_told_more_than_the_writer_lived_to_log_learns_of_the_end(world, clock):
    conversation = world.converse()
    life = Life(calls=4)
    with suppress(KilledError):
        await start(world.process(ScriptedModel([*WORDS, STOP]), life), conversation).result()
    clock.advance(world.lease.seconds + 1)
    reply_id = world.now(conversation).running.reply_id
    assert await replay(world.process(), reply_id, after=4) == [(5, INTERRUPTED)]


async def test_a_finished_reply_whose_log_is_gone_is_told_whole(world):
    reply = await finished(world, *WORDS)
    world.log.discard(reply.id)
    told = await replay(world.process(), reply.id, after=2)
    done = ReplyDone(message_id=reply.id, token_count=2, usage=reply.usage, finish_reason=FinishReason.STOP)
    assert told == [(3, TextDelta("one two three")), (4, done)]


@pytest.mark.parametrize("status", [MessageStatus.ERROR, MessageStatus.INTERRUPTED])
async def test_a_broken_reply_whose_log_is_gone_ends_in_an_error(world, status):
    conversation = world.converse()
    reply = a_message(conversation, role="assistant", content="one", status=status)
    world.messages.put(reply)
    text, (_, last) = await replay(world.process(), reply.id)
    assert text == (1, TextDelta("one"))
    assert isinstance(last, ReplyFailed)


async def test_a_follower_of_a_reply_whose_conversation_is_deleted_is_told_an_end(world):
    conversation, never = world.converse(), asyncio.Event()
    run = start(world.process(ScriptedModel([*WORDS, never])), conversation)
    reply_id = world.now(conversation).running.reply_id
    service = world.process()
    follower = asyncio.create_task(all_behind(service, service.reader.open("user_1", reply_id, 0)))
    world.conversations.delete("user_1", conversation.id)
    world.log.discard(reply_id)
    *_, (_, last) = await asyncio.wait_for(follower, 10)
    assert (type(last), last.type) == (ReplyFailed, "interrupted")
    kill(run)


async def test_only_the_owner_follows_and_only_a_reply(world):
    reply = await finished(world, *WORDS)
    (question, _) = world.memory.spoken(reply.conversation_id)
    reader = world.process().reader
    for user_id, message_id in [("user_2", reply.id), ("user_1", question.id), ("user_1", "msg_x")]:
        with pytest.raises(MessageNotFoundError):
            reader.open(user_id, message_id, 0)


async def test_a_stop_reaches_the_writer_and_answers_with_what_was_kept(world):
    conversation, never = world.converse(), asyncio.Event()
    run = start(world.process(ScriptedModel([*WORDS, never])), conversation)
    reply_id = world.now(conversation).running.reply_id
    stopped = await asyncio.wait_for(world.process().stop("user_1", reply_id), 10)
    reply, _ = await run.result()
    assert stopped == reply
    assert stopped.status is MessageStatus.STOPPED
    with pytest.raises(ReplyEndedError):
        await world.process().stop("user_1", reply_id)


async def test_a_stop_is_for_the_owner_and_for_a_reply(world):
    reply = await finished(world, *WORDS)
    with pytest.raises(MessageNotFoundError):
        await world.process().stop("user_2", reply.id)
    with pytest.raises(ReplyEndedError):
        await world.process().stop("user_1", reply.id)


def kill(run):
    """As a process ends: nothing is done any more."""
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        if "ReplyRun" in repr(task) or "LogWriter" in repr(task):
            task.cancel()
