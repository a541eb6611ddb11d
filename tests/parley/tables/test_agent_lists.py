"""Lists of agents: newest first, page by page."""

import pytest

from parley.domain.pages import PageRequest
from parley.errors import InvalidCursorError
from tests.examples import an_agent


def added(stores, **fields):
    agent = an_agent(**fields)
    stores.agents.add(agent)
    return agent


def listed(stores, **request):
    return stores.agents.list_page("user_1", page=PageRequest(**request))


def test_the_newest_comes_first_and_a_change_moves_nothing(stores):
    agents = [added(stores) for _ in range(3)]
    stores.agents.change("user_1", agents[0].id, {"model": "m"})
    expected = sorted((agent.id for agent in agents), reverse=True)
    assert [agent.id for agent in listed(stores).items] == expected


@pytest.mark.parametrize("size", [1, 2, 5])
def test_pages_by_number_and_by_cursor_are_the_same(stores, size):
    for _ in range(5):
        added(stores)
    added(stores, user_id="user_2")
    everything = [agent.id for agent in listed(stores).items]
    by_cursor, cursor, number = [], None, 1
    while number == 1 or cursor:
        page = listed(stores, size=size, cursor=cursor)
        assert page.total == 5
        ids = [agent.id for agent in page.items]
        assert ids == [agent.id for agent in listed(stores, size=size, number=number).items]
        by_cursor, cursor, number = by_cursor + ids, page.next_cursor, number + 1
    assert by_cursor == everything
    assert listed(stores, number=9).items == []


def test_a_cursor_holds_when_its_agent_is_gone(stores):
    for _ in range(3):
        added(stores)
    first = listed(stores, size=1)
    rest = [agent.id for agent in listed(stores).items[1:]]
    stores.agents.delete("user_1", first.items[0].id)
    assert [agent.id for agent in listed(stores, cursor=first.next_cursor).items] == rest


@pytest.mark.parametrize("cursor", ["garbage", "💥", "Q09VTlQ", "YWdlbnRfeA"])
def test_a_cursor_of_no_list_is_refused(stores, cursor):
    with pytest.raises(InvalidCursorError):
        listed(stores, cursor=cursor)
