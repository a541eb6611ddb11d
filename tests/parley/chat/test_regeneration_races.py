"""Answering anew beside other requests: what is refused, and what comes in between."""

from dataclasses import replace

import pytest

from parley.errors import MessageNotFoundError, QuestionDeletedError, ReplyRunningError
from tests.fakes.mortality import Life
from tests.fakes.threads import all_at_once
from tests.parley.chat.conftest import all_events, regenerate
from tests.parley.chat.test_regeneration import replies, saying

pytestmark = pytest.mark.anyio


@pytest.fixture
def conversation(conversation_of_two):
    return conversation_of_two


async def test_of_many_at_once_one_begins(world, conversation):
    old = world.memory.spoken(conversation.id)[1]
    outcomes = all_at_once([lambda: world.process().regeneration.begin("user_1", old.id)] * 6)
    assert sum(isinstance(each, ReplyRunningError) for each in outcomes) == 5


async def test_while_a_reply_runs_none_is_answered_anew(world, conversation):
    exchange = world.process().post_message("user_1", conversation.id, "third")
    for identifier in (
        exchange.reply.id,
        exchange.user_message.id,
        world.memory.spoken(conversation.id)[1].id,
    ):
        with pytest.raises(ReplyRunningError):
            world.process().regeneration.begin("user_1", identifier)


@pytest.mark.parametrize("identifier", ["", "x", "msg_01ARZ3NDEKTSV4RRFFQ69G5FAV", "conv_x"])
async def test_what_is_no_message_is_not_answered(world, identifier):
    with pytest.raises(MessageNotFoundError):
        world.process().regeneration.begin("user_1", identifier)


async def test_what_is_not_there_is_not_answered(world, conversation):
    question, reply, second, last = world.memory.spoken(conversation.id)
    service = world.process()
    with pytest.raises(MessageNotFoundError):
        service.regeneration.begin("user_2", reply.id)
    service.transcript.delete_message("user_1", reply.id)
    for identifier in (reply.id, question.id):
        with pytest.raises(MessageNotFoundError):
            service.regeneration.begin("user_1", identifier)
    service.transcript.delete_message("user_1", second.id)
    with pytest.raises(QuestionDeletedError):
        service.regeneration.begin("user_1", last.id)
    assert world.now(conversation).running is None


@pytest.mark.parametrize("index", [0, 1])
async def test_what_is_deleted_just_before_the_lock_is_taken_is_not_answered(
    world, conversation, monkeypatch, index
):
    messages = world.memory.spoken(conversation.id)
    acquire = world.lock.acquire

    def delete_and_acquire(*arguments):
        world.messages.delete("user_1", messages[index])
        acquire(*arguments)

    monkeypatch.setattr(world.lock, "acquire", delete_and_acquire)
    with pytest.raises(MessageNotFoundError):
        world.process().regeneration.begin("user_1", messages[1].id)
    ended = world.now(conversation)
    assert (ended.running, ended.message_count) == (None, 3)


async def test_what_was_answered_anew_just_before_the_lock_is_taken_is_left_to_that(
    world, conversation, monkeypatch
):
    question, old, *_ = world.memory.spoken(conversation.id)
    first = world.process().regeneration.begin("user_1", old.id)
    world.lock.release(conversation, first.reply.id, added=0, title=None)
    acquire = world.lock.acquire

    def answer_and_acquire(*arguments):
        world.messages.put(replace(first.reply, content="uno"), in_place_of=old.id)
        acquire(*arguments)

    monkeypatch.setattr(world.lock, "acquire", answer_and_acquire)
    with pytest.raises(ReplyRunningError):
        world.process().regeneration.begin("user_1", question.id)
    assert world.now(conversation).running is None
    assert replies(world, conversation) == [("uno", "one"), ("two",)]


@pytest.mark.parametrize("call", ["lock.acquire", "messages.get_exchange"])
async def test_a_beginning_that_fails_frees_the_conversation(world, conversation, call):
    old, life = world.memory.spoken(conversation.id)[1], Life()
    service = world.process(life=life)
    if call == "messages.get_exchange":
        service.regeneration._look_again = lambda _: life.spend(call)
    life.fail(call)
    with pytest.raises(RuntimeError):
        service.regeneration.begin("user_1", old.id)
    assert world.now(conversation).running is None
    await regenerate(world.process(saying("uno")), old)


async def test_messages_that_a_running_reply_needs_cannot_be_deleted(world, conversation):
    question, old, *rest = world.memory.spoken(conversation.id)
    exchange = world.process().regeneration.begin("user_1", old.id)
    transcript = world.process().transcript
    for identifier in (question.id, old.id, exchange.reply.id):
        with pytest.raises(ReplyRunningError):
            transcript.delete_message("user_1", identifier)
    transcript.delete_message("user_1", rest[1].id)
    await all_events(world.process(saying("uno")).start(exchange, tools_enabled=True))
    assert replies(world, conversation) == [("uno", "one")]
    assert world.now(conversation).message_count == 3


async def test_a_deletion_that_a_beginning_forestalls_is_refused(world, conversation, monkeypatch):
    old = world.memory.spoken(conversation.id)[1]
    delete = world.messages.delete

    def begin_and_delete(*arguments):
        world.process().regeneration.begin("user_1", old.id)
        return delete(*arguments)

    monkeypatch.setattr(world.messages, "delete", begin_and_delete)
    with pytest.raises(ReplyRunningError):
        world.process().transcript.delete_message("user_1", old.id)
    assert old in world.memory.spoken(conversation.id)


async def test_alternatives_are_deleted_alone_and_with_their_reply(world, conversation):
    old = world.memory.spoken(conversation.id)[1]
    _, newer, _ = await regenerate(world.process(saying("uno")), old)
    _, newest, _ = await regenerate(world.process(saying("eins")), newer)
    transcript = world.process().transcript
    transcript.delete_message("user_1", newer.id)
    assert replies(world, conversation) == [("eins", "one"), ("two",)]
    assert world.now(conversation).message_count == 4
    transcript.delete_message("user_1", newest.id)
    assert replies(world, conversation) == [("two",)]
    with pytest.raises(MessageNotFoundError):
        transcript.delete_message("user_1", old.id)
    assert world.now(conversation).message_count == 3


async def test_a_conversation_deleted_while_it_is_answered_anew_leaves_nothing(world, conversation):
    old = world.memory.spoken(conversation.id)[1]
    service = world.process(saying("uno"))
    exchange = service.regeneration.begin("user_1", old.id)
    world.conversations.delete("user_1", conversation.id)
    world.messages.put(old)  # as if the removal met it between the two places
    await all_events(service.start(exchange, tools_enabled=True))
    assert world.memory.spoken(conversation.id) == []
    assert world.messages.get(conversation.id, old.id) is None
    assert world.log.read(exchange.reply.id).events == ()
