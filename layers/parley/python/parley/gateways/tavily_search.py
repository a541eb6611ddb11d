"""Searching through Tavily. https://docs.tavily.com/documentation/api-reference/endpoint/search"""

from parley.domain.web_search import SearchResult
from parley.gateways.search_answers import ask_service, results_in


class TavilySearch:
    def __init__(self, *, api_key: str, base_url: str = "https://api.tavily.com") -> None:
        self._headers = [(b"authorization", b"Bearer " + api_key.strip().encode())]
        self._url = f"{base_url}/search"

    def search(self, query: str, max_results: int) -> list[SearchResult]:
        """Raises `SearchFailedError`. The basic depth costs one credit, the advanced one two."""
        body = {"query": query, "max_results": max_results, "search_depth": "basic"}
        answer = ask_service("Tavily", "POST", self._url, headers=self._headers, json=body)
        return results_in(answer.get("results"), url="url", snippet="content", max_results=max_results)
