"""Sending a message: what is stored when, and what whoever listens is told."""

import pytest

from parley.domain.events import ReplyDone, ReplyFailed, ReplyStarted, TextDelta, ThinkingDelta
from parley.errors import ConversationNotFoundError, ReplyRunningError
from parley.models.types import ModelError
from tests.fakes.clock import FakeTime
from tests.fakes.mortality import Life
from tests.fakes.scripted_model import STOP, ScriptedModel, asks_for
from tests.fakes.threads import all_at_once
from tests.fakes.tools import a_call
from tests.parley.chat.conftest import all_events, send, told_by

pytestmark = pytest.mark.anyio


async def test_an_exchange_is_told_and_stored(world):
    conversation = world.converse()
    events, reply, failure = await send(world.process(), conversation)
    user_message, stored = world.memory.spoken(conversation.id)
    assert [type(event) for event in events] == [ReplyStarted, TextDelta, ReplyDone]
    assert events[0] == ReplyStarted(message_id=stored.id, user_message_id=user_message.id, model="glm-5")
    assert [event for _, event in world.log.read(stored.id).events] == events
    assert (reply, failure) == (stored, None)
    assert world.spoken(conversation) == [
        ("user", "complete", "How are you?"),
        ("assistant", "complete", "Fine."),
    ]
    assert (stored.model, stored.token_count) == ("glm-5", 2)
    ended = world.now(conversation)
    assert (ended.running, ended.message_count) == (None, 2)


async def test_the_users_message_is_stored_before_the_model_is_asked(world):
    conversation, seen = world.converse(), []
    model = ScriptedModel([lambda: seen.extend(world.spoken(conversation)), STOP])
    await send(world.process(model), conversation)
    assert seen == [("user", "complete", "How are you?")]


async def test_the_end_is_told_when_all_is_stored(world):
    conversation = world.converse()
    service = world.process()
    run = service.start(service.post_message("user_1", conversation.id, "Hi"), tools_enabled=True)
    async for batch in told_by(run):
        if isinstance(batch[-1], ReplyDone):
            assert world.spoken(conversation)[-1] == ("assistant", "complete", "Fine.")
            assert world.now(conversation).running is None
            return
    pytest.fail("no end was told")


async def test_thinking_and_tool_calls_are_kept_with_the_reply(world):
    call = a_call("1", "double", '{"number": 4}')
    model = ScriptedModel(
        [ThinkingDelta("Hm"), ThinkingDelta("."), TextDelta("So: "), asks_for(call)], [TextDelta("8"), STOP]
    )
    _, reply, _ = await send(world.process(model), world.converse(thinking_enabled=True))
    assert (reply.thinking, reply.content) == ("Hm.", "So: 8")
    (kept,) = reply.tool_calls
    assert (kept.arguments, kept.result, kept.success) == ({"number": 4}, '{"result": 8}', True)
    assert model.requests[0].thinking_enabled


async def test_calls_that_bear_the_same_id_in_each_round_are_all_kept(world):
    calls = [a_call("call_0", "double", f'{{"number": {number}}}') for number in (1, 2, 3)]
    model = ScriptedModel([asks_for(calls[0], calls[1])], [asks_for(calls[2])], [STOP])
    _, reply, _ = await send(world.process(model), world.converse())
    assert [call.arguments["number"] for call in reply.tool_calls] == [1, 2, 3]
    assert sorted(call.result for call in reply.tool_calls) == [f'{{"result": {n}}}' for n in (2, 4, 6)]
    assert sorted(turn.content for turn in model.requests[1].turns[2:]) == ['{"result": 2}', '{"result": 4}']


async def test_no_tools_are_offered_where_the_user_wants_none(world):
    model = ScriptedModel([STOP])
    await send(world.process(model), world.converse(), tools_enabled=False)
    assert model.requests[0].tools == []


@pytest.mark.parametrize(
    ("script", "kept"),
    [
        ([ModelError("no", type="model_rejected")], ""),
        ([TextDelta("It is"), ModelError("no", type="model_rejected")], "It is"),
    ],
)
async def test_a_model_that_fails_leaves_what_was_said_and_frees_the_conversation(world, script, kept):
    conversation = world.converse()
    events, reply, failure = await send(world.process(ScriptedModel(script)), conversation)
    assert events[-1] == failure == ReplyFailed(content="no", type="model_rejected")
    assert (reply.status.value, reply.content) == ("error", kept)
    assert world.spoken(conversation)[1:] == [("assistant", "error", kept)]
    ended = world.now(conversation)
    assert (ended.running, ended.message_count) == (None, 2)


@pytest.mark.usefixtures("one_log_write")
@pytest.mark.parametrize("call", ["log.append", "messages.put", "lock.release"])
async def test_a_reply_that_cannot_be_stored_ends_with_an_error(world, call):
    conversation, life = world.converse(), Life()
    service = world.process(life=life)
    exchange = service.post_message("user_1", conversation.id, "Hi")
    life.fail(call)
    run = service.start(exchange, tools_enabled=True)
    events = await all_events(run)
    assert isinstance(events[-1], ReplyFailed)
    assert events[-1].type == "internal_error"
    assert sum(isinstance(event, ReplyDone | ReplyFailed) for event in events) == 1
    assert (await run.result())[1] == events[-1]


async def test_a_failure_of_our_own_is_told_without_its_detail(world):
    conversation, life = world.converse(), Life()
    life.fail("messages.recent")
    events, reply, failure = await send(world.process(life=life), conversation)
    assert (
        events[-1] == failure == ReplyFailed(content="the reply could not be finished", type="internal_error")
    )
    assert reply.status.value == "error"
    assert world.now(conversation).message_count == 2


async def test_a_message_that_cannot_be_stored_frees_the_conversation(world):
    conversation, life = world.converse(), Life()
    life.fail("messages.put")
    with pytest.raises(RuntimeError):
        await send(world.process(life=life), conversation)
    ended = world.now(conversation)
    assert (ended.running, ended.message_count, world.spoken(conversation)) == (None, 0, [])


async def test_of_two_sends_at_once_one_is_refused_and_leaves_nothing(world):
    conversation = world.converse()
    calls = [
        lambda content=content: world.process().post_message("user_1", conversation.id, content)
        for content in ("one", "two", "three", "four")
    ]
    outcomes = all_at_once(calls)
    assert sum(isinstance(outcome, ReplyRunningError) for outcome in outcomes) == 3
    assert len(world.spoken(conversation)) == 1


async def test_a_second_send_waits_for_its_turn(world):
    conversation = world.converse()
    world.process().post_message("user_1", conversation.id, "one")
    with pytest.raises(ReplyRunningError):
        world.process().post_message("user_1", conversation.id, "two")


async def test_a_send_to_a_foreign_conversation_finds_none(world):
    conversation = world.converse(user_id="user_2")
    with pytest.raises(ConversationNotFoundError):
        world.process().post_message("user_1", conversation.id, "Hi")
    assert world.spoken(conversation) == []


async def test_the_first_exchange_gives_the_title_and_no_other_does(world):
    conversation = world.converse()
    await send(world.process(), conversation, "Tell me of Hamlet\nand of Ophelia")
    await send(world.process(), conversation, "And Macbeth?")
    assert world.now(conversation).title == "Tell me of Hamlet"
    named = world.converse(title="Mine")
    await send(world.process(), named)
    assert world.now(named).title == "Mine"


async def test_messages_stay_in_the_order_in_which_they_were_sent(world, monkeypatch):
    """An exchange takes longer than a millisecond, or else the next one's ids could come before it."""
    conversation, clock = world.converse(), FakeTime()
    monkeypatch.setattr("parley.domain.ids.time", clock)
    for number in range(5):
        clock.advance(0.002)
        await send(world.process(), conversation, f"question {number}")
    contents = [content for _, _, content in world.spoken(conversation)]
    assert contents == [text for number in range(5) for text in (f"question {number}", "Fine.")]


async def test_the_stored_reply_bears_the_name_that_was_really_asked_for(world):
    model = ScriptedModel([TextDelta("Fine."), STOP])
    _, reply, _ = await send(world.process(model, names={"glm-5": "its-own"}), world.converse())
    assert (reply.model, model.requests[0].model) == ("its-own", "its-own")
    assert [name for name, *_ in world.used()] == ["its-own"]


async def test_a_provider_that_cannot_be_asked_is_told_and_the_conversation_goes_on(world):
    conversation = world.converse()
    failing = world.process(choice_failure=ModelError("no key", type="provider_unavailable"))
    events, reply, failure = await send(failing, conversation)
    assert [type(event) for event in events] == [ReplyStarted, ReplyFailed]
    assert failure == ReplyFailed(content="no key", type="provider_unavailable")
    assert (reply.status.value, reply.model) == ("error", "glm-5")
    _, reply, _ = await send(world.process(), conversation)
    assert reply.status.value == "complete"
