"""Searching without a key. No engine is asked for real: ddgs opens its sockets outside of Python's sight."""

import threading

import ddgs
import pytest
from ddgs.exceptions import DDGSException, RatelimitException, TimeoutException

from parley.domain.web_search import SearchFailedError, SearchResult
from parley.gateways.ddgs_search import DdgsSearch


class FakeDdgs:
    def __init__(self, outcome):
        self._outcome = outcome

    def text(self, query, *, max_results, backend):
        assert (query, max_results) == ("quiet harbours", 3)
        assert "duckduckgo" in backend
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome


def search(outcome):
    return DdgsSearch(client=lambda: FakeDdgs(outcome)).search("quiet harbours", 3)


def test_results_are_told_in_the_form_of_all_services():
    found = [
        {"title": "Harbours", "href": "https://a.example/", "body": "Quiet <b>ones</b>"},
        {"title": "No address", "href": "", "body": ""},
    ]
    assert search(found) == [
        SearchResult(title="Harbours", url="https://a.example/", snippet="Quiet ones"),
    ]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RatelimitException("202"), "are limiting requests; try again later"),
        (TimeoutException("timed out"), "the search engines did not answer in time"),
        (
            DDGSException("No results found."),
            "nothing was found, or the search engines are limiting",
        ),
        (DDGSException("ConnectError: ..."), "the search engines could not be reached"),
        (RuntimeError("something else"), "the search engines could not be reached"),
    ],
)
def test_failures_are_told_by_what_they_mean(error, reason):
    with pytest.raises(SearchFailedError, match=reason):
        search(error)


def test_engines_that_take_too_long_are_not_waited_for():
    gate = threading.Event()

    class Slow:
        def text(self, *arguments, **options):
            gate.wait(10)
            return []

    try:
        with pytest.raises(SearchFailedError, match="did not answer in time"):
            DdgsSearch(client=Slow, total_seconds=0.05).search("x", 1)
    finally:
        gate.set()


def test_the_package_itself_says_that_it_cannot_reach_the_engines():
    """The real one, through a proxy that nobody runs: as on a machine without a network, at once."""
    service = DdgsSearch(client=lambda: ddgs.DDGS(proxy="http://127.0.0.1:1", timeout=5))
    with pytest.raises(SearchFailedError, match="the search engines could not be reached"):
        service.search("quiet harbours", 3)
