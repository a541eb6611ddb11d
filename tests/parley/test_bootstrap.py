"""Which parts the wiring picks."""

import pytest

from parley import bootstrap
from parley.bootstrap import rooms
from parley.gateways.brave_search import BraveSearch
from parley.gateways.ddgs_search import DdgsSearch
from parley.gateways.room_queue import SqsRoomQueue
from parley.gateways.searxng_search import SearxngSearch
from parley.gateways.tavily_search import TavilySearch
from parley.settings import read_settings

SEARXNG = {"PARLEY_SEARCH_SEARXNG_URL": "https://search.example"}
TAVILY = {"PARLEY_SEARCH_TAVILY_API_KEY": "tvly-x"}
BRAVE = {"PARLEY_SEARCH_BRAVE_API_KEY": "BSA-x"}


@pytest.mark.parametrize(
    ("environment", "service"),
    [
        ({}, DdgsSearch),
        (BRAVE, BraveSearch),
        (BRAVE | TAVILY, TavilySearch),
        (BRAVE | TAVILY | SEARXNG, SearxngSearch),
        (SEARXNG, SearxngSearch),
    ],
)
def test_the_web_is_searched_through_the_deployment_s_own_service_where_it_has_one(
    environment, service, monkeypatch
):
    monkeypatch.setattr(bootstrap, "settings", lambda: read_settings(environment))
    assert type(bootstrap._search()) is service
    assert bootstrap.tools().names[:3] == ["web_search", "fetch_page", "crawl_batch"]


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({}, "The URL is not allowed: it does not lead to a public address."),
        ({"PARLEY_ALLOW_PRIVATE_URLS": "1"}, "The page cannot be fetched: the connection to it failed."),
    ],
)
def test_pages_of_private_addresses_are_refused_unless_the_deployment_allows_them(
    environment, reason, monkeypatch
):
    from parley.tools.types import ToolContext

    monkeypatch.setattr(bootstrap, "settings", lambda: read_settings(environment))
    arguments = {"url": "http://127.0.0.1:1/"}
    outcome = bootstrap.tools().execute("fetch_page", arguments, ToolContext(user_id="user_1"))
    assert outcome.error == reason


def test_the_rooms_work_is_queued_where_the_environment_says(monkeypatch):
    environment = {"PARLEY_ROOM_WORK_QUEUE_URL": "https://sqs.example/1/room.fifo"}
    monkeypatch.setattr(rooms, "settings", lambda: read_settings(environment))
    queue = rooms.room_queue()
    assert type(queue) is SqsRoomQueue
    assert queue._queue_url == "https://sqs.example/1/room.fifo"
