"""Answering a message anew: what is told and stored, what the model is shown, and what is refused."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from parley.domain.events import ReplyDone, ReplyStarted, TextDelta
from parley.domain.ids import created_at_of
from parley.domain.messages import MessageStatus
from parley.domain.pages import PageRequest
from parley.models.types import ModelError
from tests.fakes.scripted_model import STOP, ScriptedModel
from tests.parley.chat.conftest import regenerate, send, told_by

pytestmark = pytest.mark.anyio


def saying(text, *more):
    return ScriptedModel([TextDelta(text), *(more or [STOP])])


@pytest.fixture
def conversation(conversation_of_two):
    return conversation_of_two


def listed(world, conversation, **page):
    return world.process().transcript.list_page("user_1", conversation.id, PageRequest(**page))


def replies(world, conversation):
    """Each reply's text with those of its alternatives."""
    return [
        (each.content, *(one.content for one in each.alternatives))
        for each in listed(world, conversation).items
        if each.role == "assistant"
    ]


async def test_a_new_reply_is_told_and_takes_the_place_of_the_old_one(world, conversation):
    question, old, *rest = world.memory.spoken(conversation.id)
    events, reply, failure = await regenerate(world.process(saying("uno")), old)
    assert events[0] == ReplyStarted(message_id=reply.id, user_message_id=question.id, model="glm-5")
    assert [type(event) for event in events[1:]] == [TextDelta, ReplyDone]
    assert [event for _, event in world.log.read(reply.id).events] == events
    assert (reply.status, failure, reply.reply_to) == (MessageStatus.COMPLETE, None, question.id)
    assert reply.created_at > created_at_of(reply.id) + timedelta(minutes=50)
    page = listed(world, conversation)
    assert page.items == [question, replace(reply, alternatives=(old,)), *rest]
    assert page.total == 4
    ended = world.now(conversation)
    assert (ended.running, ended.message_count) == (None, 4)


async def test_the_model_is_shown_what_was_said_until_then_and_later_the_newest_reply(world, conversation):
    old = world.memory.spoken(conversation.id)[1]
    model = saying("uno")
    await regenerate(world.process(model), old)
    assert [turn.content for turn in model.requests[0].turns] == ["first"]
    model = saying("three")
    await send(world.process(model), conversation, "third")
    assert [turn.content for turn in model.requests[0].turns] == ["first", "uno", "second", "two", "third"]


async def test_alternatives_gather_oldest_first(world, conversation):
    for text in ("uno", "eins", "ichi"):
        newest = world.memory.spoken(conversation.id)[1]
        await regenerate(world.process(saying(text)), newest)
    assert replies(world, conversation) == [("ichi", "one", "uno", "eins"), ("two",)]
    assert world.used()[0][2] == 5


@pytest.mark.parametrize("which", ["question", "alternative"])
async def test_the_question_and_an_earlier_reply_name_the_same_exchange(world, conversation, which):
    question, old, *_ = world.memory.spoken(conversation.id)
    await regenerate(world.process(saying("uno")), old)
    await regenerate(world.process(saying("eins")), {"question": question, "alternative": old}[which])
    assert replies(world, conversation) == [("eins", "one", "uno"), ("two",)]


@pytest.mark.parametrize("status", ["stopped", "error", "interrupted"])
async def test_a_reply_that_did_not_end_well_is_answered_anew(world, status):
    conversation, gate = world.converse(), asyncio.Event()
    script = [TextDelta("It"), ModelError("no", type="model_rejected") if status == "error" else gate, STOP]
    service = world.process(ScriptedModel(script))
    run = service.start(service.post_message("user_1", conversation.id, "Hi"), tools_enabled=True)
    if status != "error":
        listening = told_by(run)
        while TextDelta("It") not in await anext(listening):
            pass
        reply_id = world.now(conversation).running.reply_id
        if status == "stopped":
            await service.stop("user_1", reply_id)
        else:
            world.settle(conversation)
    await run.result()
    old = world.memory.spoken(conversation.id)[1]
    assert old.status.value == status
    await regenerate(world.process(saying("Fine.")), old)
    (_, reply) = listed(world, conversation).items
    assert (reply.status, reply.content) == (MessageStatus.COMPLETE, "Fine.")
    assert reply.alternatives == (old,)


async def test_a_model_that_fails_leaves_the_old_reply_among_the_alternatives(world, conversation):
    old = world.memory.spoken(conversation.id)[3]
    model = ScriptedModel([ModelError("no", type="model_rejected")])
    _, reply, failure = await regenerate(world.process(model), old)
    assert failure.content == "no"
    assert listed(world, conversation).items[3] == replace(reply, alternatives=(old,))


async def test_while_it_runs_the_new_reply_is_listed_in_its_place(world, conversation):
    old, gate = world.memory.spoken(conversation.id)[1], asyncio.Event()
    service = world.process(saying("uno", gate, STOP))
    run = service.start(service.regeneration.begin("user_1", old.id), tools_enabled=True)
    running = world.now(conversation).running
    for request, index in [(PageRequest(), 1), (PageRequest(number=2, size=1), 0)]:
        page = world.process().transcript.list_page("user_1", conversation.id, request)
        shown = page.items[index]
        assert (shown.id, shown.status, shown.alternatives) == (
            running.reply_id,
            MessageStatus.STREAMING,
            (old,),
        )
        assert shown.created_at == running.created_at > created_at_of(shown.id) + timedelta(minutes=50)
        assert page.total == 4
    gate.set()
    await run.result()
    assert replies(world, conversation) == [("uno", "one"), ("two",)]


async def test_a_regenerated_reply_is_stopped_and_followed_like_any_other(world, conversation):
    old, never = world.memory.spoken(conversation.id)[1], asyncio.Event()
    service = world.process(saying("uno", never))
    run = service.start(service.regeneration.begin("user_1", old.id), tools_enabled=True)
    reply_id = world.now(conversation).running.reply_id
    listening = told_by(run)
    while TextDelta("uno") not in await anext(listening):
        pass
    stopped = await world.process().stop("user_1", reply_id)
    assert (stopped.status, stopped.content) == (MessageStatus.STOPPED, "uno")
    assert stopped == listed(world, conversation).items[1]
    for each in (old.id, reply_id):
        position = world.process().reader.open("user_1", each, 0)
        events = [event async for batch in world.process().reader.events(position) for _, event in batch]
        assert isinstance(events[-1], ReplyDone)


async def test_the_title_stays_that_of_the_first_exchange(world, conversation):
    world.conversations.change("user_1", conversation.id, {"title": "新会话"})
    await regenerate(world.process(saying("dos")), world.memory.spoken(conversation.id)[3])
    assert world.now(conversation).title == "新会话"
