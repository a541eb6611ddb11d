"""Replies in whose place there is a newer one: kept whole, shown with it, removed with it."""

from dataclasses import replace

import pytest

from parley.domain.long_messages import beginning_of
from parley.domain.messages import MessageStatus
from parley.domain.pages import PageRequest
from tests.examples import a_conversation, a_message, a_reply, a_running_reply
from tests.fakes.threads import all_at_once

LONG = "长" * 200_000


@pytest.fixture
def conversation(stores):
    conversation = a_conversation(message_count=4)
    stores.conversations.add(conversation)
    return conversation


@pytest.fixture
def spoken(stores, conversation):
    """Two exchanges."""
    first = a_message(conversation)
    answer = a_reply(first)
    second = a_message(conversation, after=answer)
    messages = [first, answer, second, a_reply(second)]
    for message in messages:
        stores.messages.put(message)
    return messages


def put_anew(stores, replaced, **fields):
    reply = a_reply(replace(replaced, id=replaced.reply_to), in_place_of=replaced, **fields)
    stores.messages.put(reply, in_place_of=replaced.id)
    return reply


def listed(stores, conversation, **page):
    return stores.messages.list_page(conversation.id, page=PageRequest(**page), total=4).items


def test_a_reply_takes_the_place_of_another_which_becomes_its_alternative(stores, conversation, spoken):
    first, answer, *rest = spoken
    newer = put_anew(stores, answer)
    newest = put_anew(stores, newer)
    expected = replace(newest, alternatives=(answer, newer))
    assert listed(stores, conversation) == [first, expected, *rest]
    assert stores.messages.get(conversation.id, newest.id) == expected
    assert [stores.messages.get(conversation.id, each.id) for each in (answer, newer)] == [answer, newer]


def test_each_reply_of_a_page_has_its_own_alternatives(stores, conversation, spoken):
    first, answer, second, last = spoken
    newer, newer_last = put_anew(stores, answer), put_anew(stores, last)
    expected = [
        first,
        replace(newer, alternatives=(answer,)),
        second,
        replace(newer_last, alternatives=(last,)),
    ]
    assert listed(stores, conversation) == expected
    for size in (1, 2, 3):
        found, cursor = [], None
        while not found or cursor:
            request = PageRequest(size=size, cursor=cursor)
            page = stores.messages.list_page(conversation.id, page=request, total=4)
            found, cursor = found + page.items, page.next_cursor
        assert found == expected


def test_long_replies_stay_whole_as_alternatives(stores, conversation, spoken):
    long = put_anew(stores, spoken[1], content=LONG, thinking=LONG, status=MessageStatus.STOPPED)
    longer = put_anew(stores, long, content=LONG * 2)
    assert listed(stores, conversation)[1] == replace(longer, alternatives=(spoken[1], long))
    assert stores.messages.get(conversation.id, long.id) == long


def test_long_alternatives_are_whole_as_far_as_a_page_takes_them(stores, conversation, spoken):
    first, answer, *rest = spoken
    long = put_anew(stores, answer, content="b" * 1_900_000)
    longer = put_anew(stores, long, content="c" * 1_900_000)
    expected = replace(longer, alternatives=(answer, beginning_of(long)))
    assert listed(stores, conversation) == [first, expected, *rest]
    assert stores.messages.get(conversation.id, longer.id) == expected
    assert stores.messages.get(conversation.id, long.id) == long
    known = stores.messages.get_beginning(conversation.id, longer.id)
    assert known == replace(beginning_of(longer), alternatives=(answer, beginning_of(long)))
    assert stores.messages.get_exchange(conversation.id, first.id) == (first, beginning_of(longer))


def test_what_a_model_is_shown_has_no_alternatives(stores, conversation, spoken):
    newer = put_anew(stores, spoken[1])
    until = spoken[3].id
    found = list(stores.messages.recent(conversation.id, until=until, limit=10))
    assert found == [spoken[3], spoken[2], newer, spoken[0]]


def test_the_same_reply_in_the_same_place_again_changes_nothing(stores, conversation, spoken):
    reply = a_reply(spoken[0], in_place_of=spoken[1])
    all_at_once([lambda: stores.messages.put(reply, in_place_of=spoken[1].id)] * 4)
    newest = put_anew(stores, reply)
    stores.messages.put(reply, in_place_of=spoken[1].id)
    expected = replace(newest, alternatives=(spoken[1], reply))
    assert listed(stores, conversation) == [spoken[0], expected, *spoken[2:]]


def test_nothing_is_put_in_the_place_of_what_is_gone(stores, conversation, spoken):
    assert stores.messages.delete("user_1", spoken[1])
    reply = put_anew(stores, spoken[1])
    assert stores.messages.get(conversation.id, reply.id) is None
    assert listed(stores, conversation) == [spoken[0], *spoken[2:]]


def test_an_exchange_is_read_by_its_question(stores, conversation, spoken):
    newer = put_anew(stores, spoken[1])
    assert stores.messages.get_exchange(conversation.id, spoken[0].id) == (spoken[0], newer)
    stores.messages.delete("user_1", newer)
    assert stores.messages.get_exchange(conversation.id, spoken[0].id) == (spoken[0], None)
    stores.messages.delete("user_1", spoken[2])
    assert stores.messages.get_exchange(conversation.id, spoken[2].id) == (None, spoken[3])


def test_a_deleted_reply_takes_its_alternatives_with_it_and_counts_as_one(stores, conversation, spoken):
    newer = put_anew(stores, spoken[1], content=LONG)
    put_anew(stores, newer)
    reply = listed(stores, conversation)[1]
    assert stores.messages.delete("user_1", reply)
    assert not stores.messages.delete("user_1", reply)
    for each in (reply, *reply.alternatives):
        assert stores.messages.get(conversation.id, each.id) is None
    assert stores.conversations.get("user_1", conversation.id).message_count == 3


def test_more_alternatives_than_a_transaction_holds_are_deleted(stores, conversation, spoken):
    newest = spoken[1]
    for _ in range(101):
        newest = put_anew(stores, newest)
    reply = stores.messages.get(conversation.id, newest.id)
    assert len(reply.alternatives) == 101
    assert stores.messages.delete("user_1", reply)
    assert {stores.messages.get(conversation.id, each.id) for each in reply.alternatives} == {None}


def test_a_deleted_alternative_goes_alone_and_was_never_counted(stores, conversation, spoken):
    newer = put_anew(stores, spoken[1])
    newest = put_anew(stores, newer)
    assert stores.messages.delete("user_1", spoken[1])
    assert not stores.messages.delete("user_1", spoken[1])
    assert listed(stores, conversation)[1] == replace(newest, alternatives=(newer,))
    assert stores.messages.delete("user_1", newer)
    assert listed(stores, conversation)[1] == newest
    assert stores.conversations.get("user_1", conversation.id).message_count == 4


def test_what_a_running_reply_needs_is_not_deleted(stores, conversation, spoken):
    stores.lock.acquire(conversation, a_running_reply(conversation, in_place_of=spoken[1]))
    for needed in spoken[:2]:
        assert not stores.messages.delete("user_1", needed)
    assert stores.messages.delete("user_1", spoken[3])
    assert listed(stores, conversation) == spoken[:3]


def test_a_discarded_alternative_is_gone(stores, conversation, spoken):
    newer = put_anew(stores, spoken[1])
    stores.messages.discard(spoken[1])
    assert listed(stores, conversation)[1] == newer


def test_a_removed_conversation_takes_alternatives_with_it(stores, conversation, spoken):
    put_anew(stores, put_anew(stores, spoken[1], content=LONG))
    stores.conversations.delete("user_1", conversation.id)
    assert stores.messages.get(conversation.id, spoken[1].id) is None


def test_the_lock_names_what_is_replaced_until_it_is_released(stores, conversation, spoken):
    running = a_running_reply(conversation, in_place_of=spoken[1])
    stores.lock.acquire(conversation, running)
    assert stores.conversations.get("user_1", conversation.id).running == running
    assert stores.lock.release(conversation, running.reply_id, added=running.adds, title=None)
    next_one = a_running_reply(conversation)
    stores.lock.acquire(conversation, next_one)
    found = stores.conversations.get("user_1", conversation.id)
    assert (found.running, found.message_count) == (next_one, 4)


def test_a_reply_that_was_not_replaced_after_all_may_be_deleted(stores, conversation, spoken):
    running = a_running_reply(conversation, in_place_of=spoken[1])
    stores.lock.acquire(conversation, running)
    stores.lock.release(conversation, running.reply_id, added=0, title=None)
    assert stores.messages.delete("user_1", spoken[1])
    assert stores.messages.delete("user_1", spoken[0])
