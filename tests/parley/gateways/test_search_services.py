"""SearXNG, Tavily and Brave, each against a server that speaks its protocol."""

import json
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from parley.domain.web_search import SearchFailedError, SearchResult, SearchService
from parley.gateways.brave_search import BraveSearch
from parley.gateways.searxng_search import SearxngSearch
from parley.gateways.tavily_search import TavilySearch
from tests.fakes.web_server import WebServer, page, raw

KEY = "tvly-secret-0123456789"

SERVICES: dict[str, Callable[[str], SearchService]] = {
    "SearXNG": lambda url: SearxngSearch(base_url=url),
    "Tavily": lambda url: TavilySearch(api_key=f" {KEY}\n", base_url=url),
    "Brave": lambda url: BraveSearch(api_key=KEY, base_url=url),
}
PATHS = {"SearXNG": "/search", "Tavily": "/search", "Brave": "/res/v1/web/search"}


def answer(name: str, *entries: tuple[str, str, str]) -> str:
    """Title, address and snippet in the words of the service."""
    if name == "Brave":
        results = [{"title": title, "url": url, "description": text} for title, url, text in entries]
        return json.dumps({"type": "search", "web": {"type": "search", "results": results}})
    results = [{"title": title, "url": url, "content": text, "score": 0.9} for title, url, text in entries]
    return json.dumps({"query": "q", "results": results})


@pytest.fixture(params=list(SERVICES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def search(
    web: WebServer, name: str, query: str = "quiet harbours", max_results: int = 3
) -> list[SearchResult]:
    return SERVICES[name](web.url).search(query, max_results)


def failure(web: WebServer, name: str) -> str:
    with pytest.raises(SearchFailedError) as caught:
        search(web, name)
    assert KEY not in caught.value.reason
    assert str(web.port) not in caught.value.reason
    return caught.value.reason


def test_results_are_told_in_plain_text_and_never_more_than_were_asked_for(web, name):
    entries = [
        ("First &amp; <strong>best</strong>", "https://a.example/", "a &lt; b,\n  <em>really</em>"),
        ("again", "https://a.example/", "the same address"),
        ("no page", "ftp://a.example/", ""),
        ("Second", "http://b.example/x", "x" * 2_000),
        ("Third", "https://c.example/", ""),
        ("Fourth", "https://d.example/", ""),
    ]
    web.scripts[PATHS[name]] = page(answer(name, *entries), "application/json")
    first, second, third = search(web, name)
    assert first == SearchResult(title="First & best", url="https://a.example/", snippet="a < b, really")
    assert (second.url, third.title, len(second.snippet)) == ("http://b.example/x", "Third", 600)


def test_searxng_is_asked_for_json(web):
    web.scripts["/search"] = page(answer("SearXNG"), "application/json")
    assert search(web, "SearXNG", "c++ & 中文") == []
    for url in (f"{web.url}/", f"{web.url}/search"):
        assert SearxngSearch(base_url=url).search("x", 1) == []
    query = parse_qs(urlsplit(web.requests[0].target).query)
    assert query == {"q": ["c++ & 中文"], "format": ["json"]}
    assert {urlsplit(request.target).path for request in web.requests} == {"/search"}


def test_searxng_without_engines_that_answer_has_not_found_nothing(web):
    body = json.dumps({"results": [], "unresponsive_engines": [["duckduckgo", "CAPTCHA"]]})
    web.scripts["/search"] = page(body, "application/json")
    assert failure(web, "SearXNG") == "SearXNG found nothing, and not all of its engines answered"


def test_tavily_takes_the_key_as_a_bearer_and_the_question_as_json(web):
    web.scripts["/search"] = page(answer("Tavily"), "application/json")
    assert search(web, "Tavily", "中文", 7) == []
    [request] = web.requests
    assert (request.method, request.headers["authorization"]) == ("POST", f"Bearer {KEY}")
    assert json.loads(request.body) == {"query": "中文", "max_results": 7, "search_depth": "basic"}


def test_brave_takes_the_key_in_a_header_of_its_own(web):
    web.scripts["/res/v1/web/search"] = page(json.dumps({"type": "search"}), "application/json")
    assert search(web, "Brave", "中文", 7) == []
    [request] = web.requests
    assert (request.method, request.headers["x-subscription-token"]) == ("GET", KEY)
    assert parse_qs(urlsplit(request.target).query) == {
        "q": ["中文"],
        "count": ["7"],
        "text_decorations": ["false"],
        "result_filter": ["web"],
    }


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (429, "is limiting requests or its quota is used up; try again later"),
        (401, "refused the deployment's access (status 401)"),
        (403, "refused the deployment's access (status 403)"),
        (302, "answered with status 302"),
        (500, "answered with status 500"),
    ],
)
def test_a_refusal_is_told_by_what_it_means(web, name, status, reason):
    web.scripts[PATHS[name]] = page(f"bad key {KEY}", status=status)
    assert failure(web, name) == f"{name} {reason}"


@pytest.mark.parametrize("body", ["<html>", "", "[1]", "null", '"text"'])
def test_an_answer_that_is_no_json_object_is_told_as_such(web, name, body):
    web.scripts[PATHS[name]] = page(body)
    assert failure(web, name) == f"{name} did not answer in JSON"


@pytest.mark.parametrize("results", [None, 1, "text", [None, 1, "x", {}, {"url": None}], {"a": 1}])
def test_results_of_an_odd_form_are_none(web, name, results):
    body = {"web": {"results": results}} if name == "Brave" else {"results": results}
    web.scripts[PATHS[name]] = page(json.dumps(body), "application/json")
    assert search(web, name) == []


def test_a_service_out_of_reach_is_told_so_at_once(web, name):
    web.scripts[PATHS[name]] = raw(b"")
    assert failure(web, name) == f"{name} could not be reached"
    with pytest.raises(SearchFailedError, match=f"{name} could not be reached"):
        SERVICES[name]("http://127.0.0.1:1").search("x", 1)


def test_no_key_is_in_a_representation():
    for service in (TavilySearch(api_key=KEY), BraveSearch(api_key=KEY)):
        assert KEY not in repr(service)
