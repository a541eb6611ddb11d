"""Long messages: kept whole to many megabytes, listed with their beginnings where a page is full."""

import json
from dataclasses import replace

import pytest

from parley.domain.long_messages import LONG_CHARACTERS, MAX_PAGE_CHARACTERS, beginning_of
from parley.domain.messages import ToolCall
from parley.domain.pages import PageRequest
from tests.examples import a_conversation, a_message

MEGABYTE = 1_000_000


@pytest.fixture
def conversation(stores):
    conversation = a_conversation(message_count=3)
    stores.conversations.add(conversation)
    return conversation


def put_in_order(stores, conversation, *contents):
    messages = []
    for content in contents:
        after = messages[-1] if messages else None
        messages.append(a_message(conversation, after=after, role="assistant", content=content))
        stores.messages.put(messages[-1])
    return messages


def listed(stores, conversation, **request):
    return stores.messages.list_page(conversation.id, page=PageRequest(**request), total=3).items


def fetched(result):
    return ToolCall(
        id="1", name="fetch_page", arguments={"url": "x"}, result=result, success=True, duration_ms=1
    )


def test_megabytes_of_everything_are_kept_whole(stores, conversation):
    pages = tuple(
        replace(fetched(json.dumps({"page": "页" * 400_000}, ensure_ascii=False)), id=str(number))
        for number in range(3)
    )
    reply = a_message(
        conversation,
        role="assistant",
        content="".join(f"{number} 字\n" for number in range(500_000)),
        thinking="想" * 200_000,
        tool_calls=(*pages, fetched("x" * MEGABYTE)),
    )
    stores.messages.put(reply)
    assert stores.messages.get(conversation.id, reply.id) == reply


@pytest.mark.parametrize("characters", [LONG_CHARACTERS, LONG_CHARACTERS + 1, 5 * MEGABYTE])
def test_a_long_message_is_whole_or_known_by_its_beginning(stores, conversation, characters):
    (message,) = put_in_order(stores, conversation, "a" * characters)
    known = message if characters <= LONG_CHARACTERS else beginning_of(message)
    assert stores.messages.get(conversation.id, message.id) == message
    assert stores.messages.get_beginning(conversation.id, message.id) == known
    assert list(stores.messages.recent(conversation.id, until=message.id, limit=10)) == [known]


def test_what_is_stored_short_of_an_item_s_limit_may_be_any_characters(stores, conversation):
    """Six bytes of JSON for each of these."""
    messages = put_in_order(stores, conversation, "\x01" * LONG_CHARACTERS, "\x01" * MEGABYTE)
    assert listed(stores, conversation) == messages


def test_messages_beyond_what_a_page_takes_are_listed_with_their_beginnings(stores, conversation):
    longest = MAX_PAGE_CHARACTERS // 2
    messages = put_in_order(stores, conversation, "a" * longest, "b" * longest, "c" * longest, "short")
    expected = [*messages[:2], beginning_of(messages[2]), messages[3]]
    assert listed(stores, conversation) == expected
    assert listed(stores, conversation, size=3) == expected[:3]
    assert listed(stores, conversation, size=2, number=2) == messages[2:]


def test_a_message_longer_than_a_page_takes_never_fills_it(stores, conversation):
    first, second = put_in_order(stores, conversation, "长" * (MAX_PAGE_CHARACTERS + 1), "b" * 200_000)
    assert listed(stores, conversation) == [beginning_of(first), second]


def test_a_page_reads_no_more_of_long_messages_than_it_shows(tables, meter):
    conversation = a_conversation()
    tables.conversations.add(conversation)
    messages = put_in_order(tables, conversation, *["a" * MAX_PAGE_CHARACTERS] * 3)
    with meter() as page:
        assert len(listed(tables, conversation)) == 3
    assert page.total.read_units * 4096 < MAX_PAGE_CHARACTERS * 1.1
    with meter() as beginnings:
        assert tables.messages.get_beginning(conversation.id, messages[0].id)
        assert len(list(tables.messages.recent(conversation.id, until=messages[-1].id, limit=50))) == 3
    assert beginnings.total.read_units * 4096 < LONG_CHARACTERS * 5
