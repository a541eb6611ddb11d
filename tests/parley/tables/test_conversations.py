"""Single conversations: their owner's alone, changed and removed with exact counters."""

from itertools import pairwise

import pytest

from parley.domain.pages import PageRequest
from parley.errors import ConversationNotFoundError
from tests.examples import a_conversation, a_message
from tests.fakes.threads import all_at_once


def totals(stores, *projects):
    return [
        stores.conversations.list_page("user_1", project_id=project_id, page=PageRequest()).total
        for project_id in (None, *projects)
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"project_id": "p", "system_prompt": "你" * 32_000, "title": "👩‍🚀" * 60},
        {"temperature": 0.0, "max_tokens": 1_000_000, "thinking_enabled": True, "message_count": 7},
        {"system_prompt": ""},
    ],
)
def test_what_is_added_is_read_again(stores, fields):
    conversation = a_conversation(**fields)
    stores.conversations.add(conversation)
    assert stores.conversations.get("user_1", conversation.id) == conversation


@pytest.mark.parametrize("call", ["get", "change", "delete"])
@pytest.mark.parametrize("identifier", ["theirs", "conv_01ARZ3NDEKTSV4RRFFQ69G5FAV", "x", "", "conv_" * 500])
def test_what_is_not_ones_own_is_not_found(stores, call, identifier):
    theirs = a_conversation(user_id="user_2")
    stores.conversations.add(theirs)
    arguments = [{"title": "mine"}] if call == "change" else []
    with pytest.raises(ConversationNotFoundError):
        getattr(stores.conversations, call)(
            "user_1", theirs.id if identifier == "theirs" else identifier, *arguments
        )
    assert stores.conversations.get("user_2", theirs.id) == theirs


def test_a_change_sets_what_is_named_and_the_time_of_update(stores):
    conversation = a_conversation(system_prompt="old")
    stores.conversations.add(conversation)
    changes = {"title": "new", "system_prompt": None, "temperature": 2.0, "thinking_enabled": True}
    changed = stores.conversations.change("user_1", conversation.id, changes)
    assert (changed.title, changed.system_prompt, changed.temperature) == ("new", None, 2.0)
    assert changed.model == conversation.model
    assert changed.created_at == conversation.created_at
    assert changed.updated_at > conversation.updated_at
    assert stores.conversations.get("user_1", conversation.id) == changed


def test_a_move_between_projects_is_counted_in_both(stores):
    conversation = a_conversation(project_id=None)
    stores.conversations.add(conversation)
    journey = [None, "p", "q", "q", None]
    for before, after in pairwise(journey):
        moved = stores.conversations.change("user_1", conversation.id, {"project_id": after})
        assert moved.project_id == after
        expected = [1, int(after == "p"), int(after == "q")]
        assert totals(stores, "p", "q") == expected, (before, after)


def test_moves_of_many_at_once_leave_right_counters(stores):
    conversation = a_conversation(project_id="p")
    stores.conversations.add(conversation)
    moves = ["q", "r", None, "p"]
    outcomes = all_at_once(
        [
            lambda to=to: stores.conversations.change("user_1", conversation.id, {"project_id": to})
            for to in moves
        ]
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    where = stores.conversations.get("user_1", conversation.id).project_id
    expected = [1, int(where == "p"), int(where == "q"), int(where == "r")]
    assert totals(stores, "p", "q", "r") == expected


def test_a_removal_takes_messages_and_counters_with_it(stores):
    kept, conversation = a_conversation(project_id="p"), a_conversation(project_id="p")
    message = a_message(conversation, content="长" * 200_000)
    for each in (kept, conversation):
        stores.conversations.add(each)
    stores.messages.put(message)
    stores.conversations.delete("user_1", conversation.id)
    assert totals(stores, "p") == [1, 1]
    assert stores.messages.get(conversation.id, message.id) is None
    assert list(stores.messages.recent(conversation.id, until=message.id, limit=10)) == []
    for call in (stores.conversations.get, stores.conversations.delete):
        with pytest.raises(ConversationNotFoundError):
            call("user_1", conversation.id)


def test_simultaneous_removals_are_counted_once(stores):
    kept, conversation = a_conversation(), a_conversation()
    for each in (kept, conversation):
        stores.conversations.add(each)
    outcomes = all_at_once([lambda: stores.conversations.delete("user_1", conversation.id)] * 4)
    assert None in outcomes
    assert all(one is None or isinstance(one, ConversationNotFoundError) for one in outcomes)
    assert totals(stores) == [1]


def test_creations_at_once_are_all_counted(stores):
    conversations = [a_conversation(project_id="p") for _ in range(8)]
    outcomes = all_at_once([lambda one=one: stores.conversations.add(one) for one in conversations])
    assert outcomes == [None] * 8
    assert totals(stores, "p") == [8, 8]
