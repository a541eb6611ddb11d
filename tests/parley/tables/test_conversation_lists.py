"""Lists of conversations: newest first, by project, page by page."""

import pytest

from parley.domain.pages import PageRequest
from parley.errors import InvalidCursorError
from tests.examples import a_conversation, a_message

PROJECTS = ["a", "a#", "a#b", "a/b", "a%23b", "项目", "项目一", " ", "👩‍🚀" * 40, "#" * 200, "数" * 200]


def titles(page):
    return [conversation.title for conversation in page.items]


def add_titled(stores, number, **fields):
    for minute in range(number):
        stores.conversations.add(a_conversation(title=f"title {minute}", minute=minute, **fields))


def walk(stores, *, size, project_id=None):
    """All titles, by cursors, and the number of pages."""
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        request = PageRequest(size=size, cursor=cursor)
        page = stores.conversations.list_page("user_1", project_id=project_id, page=request)
        found, cursor, pages = found + titles(page), page.next_cursor, pages + 1
    return found, pages


def test_the_newest_update_comes_first(stores):
    add_titled(stores, 3)
    page = stores.conversations.list_page("user_1", project_id=None, page=PageRequest())
    assert (titles(page), page.total, page.next_cursor) == (["title 2", "title 1", "title 0"], 3, None)


def test_a_change_makes_a_conversation_the_newest(stores):
    oldest = a_conversation(title="old", minute=0)
    stores.conversations.add(oldest)
    stores.conversations.add(a_conversation(title="new", minute=1))
    stores.conversations.change("user_1", oldest.id, {"temperature": 0.1})
    page = stores.conversations.list_page("user_1", project_id=None, page=PageRequest())
    assert titles(page) == ["old", "new"]


def test_a_list_shows_all_of_a_conversation_but_its_running_reply(stores):
    conversation = a_conversation(project_id="p", system_prompt="Be brief.", thinking_enabled=True)
    stores.conversations.add(conversation)
    for project_id in (None, "p"):
        page = stores.conversations.list_page("user_1", project_id=project_id, page=PageRequest())
        assert page.items == [conversation]


def test_nobody_sees_the_conversations_of_another(stores):
    add_titled(stores, 2)
    page = stores.conversations.list_page("user_10", project_id=None, page=PageRequest())
    assert (page.items, page.total) == ([], 0)


def test_each_project_has_its_own_conversations_and_total(stores):
    for number, project_id in enumerate(PROJECTS, start=1):
        for _ in range(1 + number % 2):
            stores.conversations.add(a_conversation(project_id=project_id, title=project_id))
    for number, project_id in enumerate(PROJECTS, start=1):
        page = stores.conversations.list_page("user_1", project_id=project_id, page=PageRequest())
        assert titles(page) == [project_id] * (1 + number % 2)
        assert page.total == 1 + number % 2
    assert stores.conversations.list_page("user_1", project_id="none", page=PageRequest()).total == 0


@pytest.mark.parametrize(("number", "size"), [(0, 2), (1, 2), (2, 2), (3, 2), (4, 2), (5, 1), (5, 100)])
def test_cursors_lead_through_everything_once(stores, number, size):
    add_titled(stores, number)
    add_titled(stores, 3, user_id="user_2")
    found, pages = walk(stores, size=size)
    assert found == [f"title {minute}" for minute in reversed(range(number))]
    assert pages == max(1, -(-number // size))


@pytest.mark.parametrize("project_id", PROJECTS)
def test_cursors_lead_through_a_project(stores, project_id):
    add_titled(stores, 3, project_id=project_id)
    add_titled(stores, 2)
    found, pages = walk(stores, size=2, project_id=project_id)
    assert (found, pages) == (["title 2", "title 1", "title 0"], 2)


def test_page_numbers_name_the_same_pages_and_none_lies_behind_the_last(stores):
    add_titled(stores, 5)
    pages = [
        stores.conversations.list_page("user_1", project_id=None, page=PageRequest(number=number, size=2))
        for number in (1, 2, 3, 4)
    ]
    assert [titles(page) for page in pages] == [
        ["title 4", "title 3"],
        ["title 2", "title 1"],
        ["title 0"],
        [],
    ]
    assert [page.total for page in pages] == [5] * 4
    assert [page.next_cursor is None for page in pages] == [False, False, True, True]


def test_a_cursor_holds_when_its_conversation_is_gone(stores):
    conversations = [a_conversation(title=f"title {minute}", minute=minute) for minute in range(3)]
    for conversation in conversations:
        stores.conversations.add(conversation)
    first = stores.conversations.list_page("user_1", project_id=None, page=PageRequest(size=1))
    stores.conversations.delete("user_1", conversations[2].id)
    request = PageRequest(size=1, cursor=first.next_cursor)
    assert titles(stores.conversations.list_page("user_1", project_id=None, page=request)) == ["title 1"]


@pytest.mark.parametrize("cursor", ["x", "a" * 64, "=", "ü", "\x00", "💥", "AAAA", "Q09OVg", "-_-_"])
def test_a_cursor_that_was_never_given_out_is_refused(stores, cursor):
    add_titled(stores, 1, project_id="p")
    for project_id in (None, "p"):
        request = PageRequest(cursor=cursor)
        with pytest.raises(InvalidCursorError):
            stores.conversations.list_page("user_1", project_id=project_id, page=request)


def test_a_cursor_of_another_list_is_refused(stores):
    for project_id in (None, "p", "pp"):
        add_titled(stores, 2, project_id=project_id)
    cursors = {
        project_id: stores.conversations.list_page(
            "user_1", project_id=project_id, page=PageRequest(size=1)
        ).next_cursor
        for project_id in (None, "p", "pp")
    }
    for project_id, foreign in [(None, "p"), ("p", None), ("p", "pp"), ("pp", "p")]:
        request = PageRequest(cursor=cursors[foreign])
        with pytest.raises(InvalidCursorError):
            stores.conversations.list_page("user_1", project_id=project_id, page=request)


def test_a_cursor_of_messages_is_refused(stores):
    conversation = a_conversation()
    stores.conversations.add(conversation)
    for content in ("1", "2"):
        stores.messages.put(a_message(conversation, content=content))
    page = stores.messages.list_page(conversation.id, page=PageRequest(size=1), total=2)
    request = PageRequest(cursor=page.next_cursor)
    with pytest.raises(InvalidCursorError):
        stores.conversations.list_page("user_1", project_id=None, page=request)
