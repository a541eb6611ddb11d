"""The reply's lock: one holder, a lease, and the end of a reply in one write."""

from dataclasses import replace

import pytest

from parley.domain.pages import PageRequest
from parley.errors import ReplyRunningError
from tests.examples import a_conversation, a_running_reply
from tests.fakes.threads import all_at_once


@pytest.fixture
def conversation(stores):
    conversation = a_conversation(project_id="p")
    stores.conversations.add(conversation)
    return conversation


def read(stores, conversation):
    return stores.conversations.get("user_1", conversation.id)


def test_the_running_reply_is_named_on_the_conversation_while_it_runs(stores, conversation):
    running = a_running_reply(conversation)
    stores.lock.acquire(conversation, running)
    assert read(stores, conversation).running == running
    assert stores.lock.release(conversation, running.reply_id, added=2, title=None)
    ended = read(stores, conversation)
    assert (ended.running, ended.message_count) == (None, 2)
    assert ended.updated_at > conversation.updated_at


def test_a_second_reply_is_refused_also_when_the_lease_has_run_out(stores, conversation):
    stores.lock.acquire(conversation, a_running_reply(conversation, lease_until_ms=1))
    with pytest.raises(ReplyRunningError):
        stores.lock.acquire(conversation, a_running_reply(conversation))


def test_of_many_at_once_one_gets_the_lock(stores, conversation):
    replies = [a_running_reply(conversation) for _ in range(8)]
    outcomes = all_at_once(
        [lambda reply=reply: stores.lock.acquire(conversation, reply) for reply in replies]
    )
    assert outcomes.count(None) == 1
    assert read(stores, conversation).running == replies[outcomes.index(None)]


def test_a_lease_is_moved_by_its_holder_alone(stores, conversation):
    running = a_running_reply(conversation, lease_until_ms=1_000)
    stores.lock.acquire(conversation, running)
    later = replace(running, lease_until_ms=2_000)
    stores.lock.renew(conversation, later)
    assert read(stores, conversation).running == later
    with pytest.raises(ReplyRunningError):
        stores.lock.renew(conversation, a_running_reply(conversation))
    assert read(stores, conversation).running == later


def test_a_release_counts_once_however_often_it_is_repeated(stores, conversation):
    running = a_running_reply(conversation)
    stores.lock.acquire(conversation, running)
    outcomes = all_at_once(
        [lambda: stores.lock.release(conversation, running.reply_id, added=2, title="title")] * 6
    )
    assert sorted(outcomes) == [False] * 5 + [True]
    assert read(stores, conversation).message_count == 2
    with pytest.raises(ReplyRunningError):
        stores.lock.renew(conversation, running)


def test_a_release_by_another_reply_changes_nothing(stores, conversation):
    running = a_running_reply(conversation)
    stores.lock.acquire(conversation, running)
    before = read(stores, conversation)
    assert not stores.lock.release(conversation, "msg_other", added=2, title="title")
    assert read(stores, conversation) == before


def test_a_title_is_given_while_the_conversation_bears_the_default_one(stores, conversation):
    running = a_running_reply(conversation)
    stores.lock.acquire(conversation, running)
    stores.lock.release(conversation, running.reply_id, added=2, title="Of Hamlet")
    assert read(stores, conversation).title == "Of Hamlet"


def test_a_title_that_the_user_gave_during_the_reply_stays(stores, conversation):
    running = a_running_reply(conversation)
    stores.lock.acquire(conversation, running)
    stores.conversations.change("user_1", conversation.id, {"title": "Mine"})
    assert stores.lock.release(conversation, running.reply_id, added=2, title="Of Hamlet")
    assert read(stores, conversation).title == "Mine"
    assert read(stores, conversation).message_count == 2


@pytest.mark.parametrize("destination", [None, "q"])
def test_a_conversation_that_was_moved_during_the_reply_is_the_newest_of_its_new_project(
    stores, conversation, destination
):
    running = a_running_reply(conversation)
    stores.lock.acquire(conversation, running)
    stores.conversations.change("user_1", conversation.id, {"project_id": destination})
    other = a_conversation(project_id=destination, minute=1)
    stores.conversations.add(other)
    assert stores.lock.release(conversation, running.reply_id, added=2, title=None)
    listed = stores.conversations.list_page("user_1", project_id=destination, page=PageRequest())
    assert [one.id for one in listed.items] == [conversation.id, other.id]
    assert stores.conversations.list_page("user_1", project_id="p", page=PageRequest()).items == []


def test_a_conversation_that_is_gone_has_no_lock(stores, conversation):
    running = a_running_reply(conversation)
    stores.lock.acquire(conversation, running)
    stores.conversations.delete("user_1", conversation.id)
    with pytest.raises(ReplyRunningError):
        stores.lock.renew(conversation, running)
    assert not stores.lock.release(conversation, running.reply_id, added=2, title="title")
    with pytest.raises(ReplyRunningError):
        stores.lock.acquire(conversation, a_running_reply(conversation))
    assert stores.conversations.list_page("user_1", project_id=None, page=PageRequest()).items == []
