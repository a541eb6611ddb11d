"""Lists of messages: oldest first, by number or cursor, with the growing reply as the last."""

import pytest

from parley.domain.messages import MessageStatus
from parley.domain.pages import PageRequest
from parley.errors import InvalidCursorError
from tests.examples import a_conversation, a_message, messages_in_order


@pytest.fixture
def conversation(stores):
    conversation = a_conversation()
    stores.conversations.add(conversation)
    return conversation


def fill(stores, conversation, number):
    messages = messages_in_order(conversation, number)
    for message in messages:
        stores.messages.put(message)
    return messages


def growing_after(conversation, messages):
    after = messages[-1] if messages else None
    return a_message(conversation, after=after, role="assistant", content="", status=MessageStatus.STREAMING)


def walk(stores, conversation, *, size, total, growing=None):
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        request = PageRequest(size=size, cursor=cursor)
        page = stores.messages.list_page(conversation.id, page=request, total=total, growing=growing)
        assert page.total == total
        found, cursor, pages = found + page.items, page.next_cursor, pages + 1
    return found, pages


@pytest.mark.parametrize(("number", "size"), [(0, 2), (1, 2), (2, 2), (3, 2), (4, 2), (5, 1), (25, 10)])
def test_cursors_lead_through_everything_once_and_oldest_first(stores, conversation, number, size):
    messages = fill(stores, conversation, number)
    assert walk(stores, conversation, size=size, total=number) == (messages, max(1, -(-number // size)))


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("size", [1, 2, 3, 20])
def test_the_growing_reply_is_the_last_of_all_pages(stores, conversation, number, size):
    messages = fill(stores, conversation, number)
    growing = growing_after(conversation, messages)
    total = number + 1
    expected = [*messages, growing]
    assert walk(stores, conversation, size=size, total=total, growing=growing) == (
        expected,
        -(-total // size),
    )
    for page_number in range(1, total // size + 3):
        request = PageRequest(number=page_number, size=size)
        page = stores.messages.list_page(conversation.id, page=request, total=total, growing=growing)
        assert page.items == expected[request.offset : request.offset + size], page_number
        assert (page.next_cursor is not None) == (request.offset + size < total), page_number


@pytest.mark.parametrize("size", [1, 2, 3, 20])
def test_a_growing_reply_that_was_stored_meanwhile_is_listed_once(stores, conversation, size):
    messages = fill(stores, conversation, 3)
    found, pages = walk(stores, conversation, size=size, total=3, growing=messages[-1])
    assert (found, pages) == (messages, -(-3 // size))


def test_page_numbers_name_the_same_pages(stores, conversation):
    messages = fill(stores, conversation, 5)
    for number, expected in [(1, messages[:2]), (2, messages[2:4]), (3, messages[4:]), (4, [])]:
        page = stores.messages.list_page(conversation.id, page=PageRequest(number=number, size=2), total=5)
        assert page.items == expected


@pytest.mark.parametrize("cursor", ["x", "ü", "=", "TVNHI21zZ18", "QUFB", "\x00"])
def test_a_cursor_that_was_never_given_out_is_refused(stores, conversation, cursor):
    fill(stores, conversation, 2)
    with pytest.raises(InvalidCursorError):
        stores.messages.list_page(conversation.id, page=PageRequest(cursor=cursor), total=2)


def test_a_cursor_of_another_conversation_is_refused(stores, conversation):
    other = a_conversation()
    fill(stores, other, 2)
    page = stores.messages.list_page(other.id, page=PageRequest(size=1), total=2)
    request = PageRequest(cursor=page.next_cursor)
    with pytest.raises(InvalidCursorError):
        stores.messages.list_page(conversation.id, page=request, total=0)
