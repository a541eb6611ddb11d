"""What a dead writer leaves, whenever it died: right messages, right counters, and room for the next send."""

from contextlib import suppress

import pytest

from parley.domain.messages import MessageStatus
from parley.domain.pages import PageRequest
from parley.errors import ConversationNotFoundError, MessageNotFoundError, ReplyRunningError
from tests.examples import messages_in_order
from tests.fakes.mortality import KilledError, Life
from tests.fakes.threads import all_at_once

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("one_log_write")]

# get, acquire, put, recent, append, put, release, count
CALLS_OF_A_SEND = 8
CALLS_UNTIL_THE_END_IS_LOGGED = 5


async def die(world, conversation, *, after_calls):
    life = Life(calls=after_calls)
    service = world.process(life=life)
    with suppress(KilledError):
        exchange = service.post_message("user_1", conversation.id, "Tell me of Hamlet")
        await service.start(exchange, tools_enabled=True).result()
    return life


@pytest.mark.parametrize("calls", range(CALLS_OF_A_SEND + 1))
async def test_after_a_death_at_any_call_the_counters_are_right_and_the_next_send_works(world, clock, calls):
    conversation = world.converse()
    life = await die(world, conversation, after_calls=calls)
    assert len(life.log) == calls
    clock.advance(world.lease.seconds + 1)
    transcript = world.process().transcript
    page = transcript.list_page("user_1", conversation.id, PageRequest())
    settled = world.now(conversation)
    assert (settled.running, settled.message_count, page.total) == (None, len(page.items), len(page.items))
    assert [message.role for message in page.items] in ([], ["user", "assistant"])
    if page.items:
        assert settled.title == "Tell me of Hamlet"
        is_whole = calls >= CALLS_UNTIL_THE_END_IS_LOGGED
        expected = (MessageStatus.COMPLETE, "Fine.") if is_whole else (MessageStatus.INTERRUPTED, "")
        assert (page.items[1].status, page.items[1].content) == expected
    world.process().post_message("user_1", conversation.id, "Again")


async def test_until_its_lease_runs_out_a_dead_reply_counts_as_running(world, clock):
    conversation = world.converse()
    await die(world, conversation, after_calls=3)
    clock.advance(world.lease.seconds - 1)
    service = world.process()
    page = service.transcript.list_page("user_1", conversation.id, PageRequest())
    assert [message.status.value for message in page.items] == ["complete", "streaming"]
    assert page.total == 2
    with pytest.raises(ReplyRunningError):
        service.post_message("user_1", conversation.id, "Again")


@pytest.mark.parametrize("calls", [2, 3, 5, 6])
async def test_several_who_settle_at_once_count_once(world, clock, calls):
    conversation = world.converse()
    await die(world, conversation, after_calls=calls)
    clock.advance(world.lease.seconds + 1)
    transcript = world.process().transcript
    outcomes = all_at_once([lambda: transcript.get_settled("user_1", conversation.id)] * 8)
    assert {outcome.running for outcome in outcomes} == {None}
    assert world.now(conversation).message_count == len(world.spoken(conversation))


async def test_a_reply_that_was_stored_whole_is_not_overwritten_when_it_is_settled(world, clock):
    conversation = world.converse()
    await die(world, conversation, after_calls=6)
    clock.advance(world.lease.seconds + 1)
    world.process().transcript.get_settled("user_1", conversation.id)
    assert world.spoken(conversation)[-1] == ("assistant", "complete", "Fine.")


async def test_messages_of_the_running_exchange_cannot_be_deleted(world):
    conversation = world.converse()
    exchange = world.process().post_message("user_1", conversation.id, "Hi")
    for message in (exchange.user_message, exchange.reply):
        with pytest.raises(ReplyRunningError):
            world.process().transcript.delete_message("user_1", message.id)
    assert len(world.spoken(conversation)) == 1


async def test_a_message_is_deleted_by_its_owner_alone_and_once(world):
    conversation = world.converse(message_count=2)
    messages = messages_in_order(conversation, 2)
    for message in messages:
        world.messages.put(message)
    transcript = world.process().transcript
    with pytest.raises(MessageNotFoundError):
        transcript.delete_message("user_2", messages[0].id)
    transcript.delete_message("user_1", messages[0].id)
    with pytest.raises(MessageNotFoundError):
        transcript.delete_message("user_1", messages[0].id)
    assert world.now(conversation).message_count == 1


@pytest.mark.parametrize(
    "identifier", ["", "x", "msg_", "msg_x", "conv_01ARZ3NDEKTSV4RRFFQ69G5FAV", "msg_" + "é" * 52]
)
async def test_what_is_no_message_id_names_no_message(world, identifier):
    with pytest.raises(MessageNotFoundError):
        world.process().transcript.delete_message("user_1", identifier)


async def test_a_foreign_conversation_has_no_messages_to_show(world):
    conversation = world.converse(user_id="user_2")
    with pytest.raises(ConversationNotFoundError):
        world.process().transcript.list_page("user_1", conversation.id, PageRequest())
