"""Searching through Brave. https://api-dashboard.search.brave.com/app/documentation/web-search/get-started"""

from parley.domain.web_search import SearchResult
from parley.gateways.search_answers import ask_service, results_in

_MAX_COUNT = 20


class BraveSearch:
    def __init__(self, *, api_key: str, base_url: str = "https://api.search.brave.com") -> None:
        self._headers = [
            (b"x-subscription-token", api_key.strip().encode()),
            (b"accept", b"application/json"),
        ]
        self._url = f"{base_url}/res/v1/web/search"

    def search(self, query: str, max_results: int) -> list[SearchResult]:
        """Raises `SearchFailedError`."""
        params = {
            "q": query,
            "count": min(max_results, _MAX_COUNT),
            "text_decorations": "false",
            "result_filter": "web",
        }
        answer = ask_service("Brave", "GET", self._url, headers=self._headers, params=params)
        web = answer.get("web")
        items = web.get("results") if isinstance(web, dict) else None
        return results_in(items, url="url", snippet="description", max_results=max_results)
