"""Long system prompts: in items of their own, and always the ones that the conversation was given last."""

from itertools import pairwise

import pytest
from pynamodb.exceptions import PynamoDBException

from parley.domain.pages import PageRequest
from parley.errors import ConversationNotFoundError
from parley.tables.system_prompts import SHORT_BYTES
from tests.examples import a_conversation, a_running_reply
from tests.fakes.threads import all_at_once
from tests.tables_on_moto import all_items

SHORT, LONG, OTHER = "短" * (SHORT_BYTES // 3), "长" * (SHORT_BYTES // 3 + 1), "x" * 12_000


def prompts_of(tables):
    return [one.system_prompt for one in listed(tables)]


def listed(tables):
    return tables.conversations.list_page("user_1", project_id=None, page=PageRequest()).items


def items_beside(dynamodb, kind="PROMPT#"):
    return [item for item in all_items(dynamodb, "conversations") if item["pk"]["S"].startswith(kind)]


@pytest.fixture
def conversation(tables):
    conversation = a_conversation(system_prompt=LONG)
    tables.conversations.add(conversation)
    return conversation


def test_a_prompt_may_become_longer_and_shorter_and_none(stores):
    conversation = a_conversation(system_prompt=None)
    stores.conversations.add(conversation)
    for before, after in pairwise([None, LONG, OTHER, SHORT, LONG, None, "", OTHER]):
        assert stores.conversations.get("user_1", conversation.id).system_prompt == before
        changed = stores.conversations.change("user_1", conversation.id, {"system_prompt": after})
        assert changed.system_prompt == after
        assert stores.conversations.get("user_1", conversation.id) == changed
        assert listed(stores) == [changed]


def test_a_change_of_anything_else_leaves_the_prompt(tables, conversation, dynamodb):
    (before,) = items_beside(dynamodb)
    for change in ({"title": "new"}, {"project_id": "p"}):
        assert tables.conversations.change("user_1", conversation.id, change).system_prompt == LONG
    assert items_beside(dynamodb) == [before]


@pytest.mark.parametrize(("prompt", "number"), [(None, 0), (SHORT, 0), (LONG, 1), (OTHER, 1)])
def test_no_more_is_left_than_what_is_needed(tables, dynamodb, conversation, prompt, number):
    tables.conversations.change("user_1", conversation.id, {"system_prompt": prompt, "project_id": "p"})
    assert len(items_beside(dynamodb)) == number
    tables.conversations.delete("user_1", conversation.id)
    assert items_beside(dynamodb) == []


def test_a_page_has_each_conversation_s_own(tables):
    prompts = [f"{number}" * length for number, length in enumerate([1, 500, 2, 700, 12_000])]
    for prompt in prompts:
        tables.conversations.add(a_conversation(system_prompt=prompt))
    assert sorted(prompts_of(tables)) == sorted(prompts)


def test_the_longest_prompt_weighs_on_no_write_of_the_lock(tables, meter):
    conversation = a_conversation(system_prompt="长" * 12_000)
    tables.conversations.add(conversation)
    running = a_running_reply(conversation)
    with meter() as locked:
        tables.lock.acquire(conversation, running)
        tables.lock.renew(conversation, running)
    assert locked.total.write_units == 2


@pytest.mark.parametrize("operation", ["GetItem", "BatchGetItem"])
def test_a_prompt_that_changes_while_it_is_read_is_read_anew(tables, faults, conversation, operation):
    read = {"GetItem": lambda: tables.conversations.get("user_1", conversation.id).system_prompt}
    read["BatchGetItem"] = lambda: prompts_of(tables)[0]
    found = tables.conversations.get("user_1", conversation.id)

    def change():
        tables.conversations.change("user_1", found.id, {"system_prompt": OTHER})

    if operation == "GetItem":
        # Not before the conversation is read, but before its prompt is.
        faults.forestall("GetItem", lambda: faults.forestall("GetItem", change))
    else:
        faults.forestall("BatchGetItem", change)
    assert read[operation]() == OTHER


def test_a_conversation_that_is_removed_while_a_list_is_read_is_not_in_it(tables, faults, conversation):
    faults.forestall("BatchGetItem", lambda: tables.conversations.delete("user_1", conversation.id))
    assert listed(tables) == []


def test_of_changes_at_once_one_is_last_and_leaves_no_other_prompt(tables, dynamodb, conversation):
    wanted = ["a" * 500, "b" * 500, "c", "d" * 500]
    all_at_once(
        [
            lambda prompt=prompt: tables.conversations.change(
                "user_1", conversation.id, {"system_prompt": prompt}
            )
            for prompt in wanted
        ]
    )
    last = tables.conversations.get("user_1", conversation.id).system_prompt
    assert last in wanted
    assert [item["system_prompt"]["S"] for item in items_beside(dynamodb)] == [last] * (len(last) > 1)


@pytest.mark.parametrize("prompt", [None, OTHER])
def test_a_change_that_is_forestalled_by_another_of_the_prompt_replaces_that(
    tables, dynamodb, faults, conversation, prompt
):
    def change(to):
        return tables.conversations.change("user_1", conversation.id, {"system_prompt": to})

    faults.forestall("TransactWriteItems", lambda: change("y" * 600))
    assert change(prompt).system_prompt == prompt
    assert len(items_beside(dynamodb)) == (prompt is not None)


def test_a_change_that_fails_leaves_the_old_prompt(tables, dynamodb, faults, conversation):
    faults.fail("TransactWriteItems")
    with pytest.raises(PynamoDBException):
        tables.conversations.change("user_1", conversation.id, {"system_prompt": OTHER})
    assert tables.conversations.get("user_1", conversation.id).system_prompt == LONG
    assert len(items_beside(dynamodb)) == 1


def test_no_prompt_comes_back_to_a_conversation_that_is_removed(tables, dynamodb, faults, conversation):
    faults.forestall("TransactWriteItems", lambda: tables.conversations.delete("user_1", conversation.id))
    with pytest.raises(ConversationNotFoundError):
        tables.conversations.change("user_1", conversation.id, {"system_prompt": OTHER})
    assert items_beside(dynamodb) == []
