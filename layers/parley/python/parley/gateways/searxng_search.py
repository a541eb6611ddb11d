"""Searching through a SearXNG of the deployment's own. https://docs.searxng.org/dev/search_api.html"""

from parley.domain.web_search import SearchFailedError, SearchResult
from parley.gateways.search_answers import ask_service, results_in


class SearxngSearch:
    """`base_url` is the instance's root; its settings must allow the format json, else it answers 403."""

    def __init__(self, *, base_url: str) -> None:
        self._url = base_url.rstrip("/").removesuffix("/search") + "/search"

    def search(self, query: str, max_results: int) -> list[SearchResult]:
        """Raises `SearchFailedError`. The service knows no number of results: a page of it is about 20."""
        answer = ask_service("SearXNG", "GET", self._url, params={"q": query, "format": "json"})
        results = results_in(answer.get("results"), url="url", snippet="content", max_results=max_results)
        if not results and answer.get("unresponsive_engines"):
            raise SearchFailedError("SearXNG found nothing, and not all of its engines answered")
        return results
