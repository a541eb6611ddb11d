"""Search services without a web."""

from parley.domain.web_search import SearchFailedError, SearchResult

RESULTS = [
    SearchResult(title=f"Title {number}", url=f"https://good.example/{number}", snippet=f"Snippet {number}")
    for number in range(30)
]


class FakeSearch:
    def __init__(self, failure: SearchFailedError | None = None) -> None:
        self.asked: list[tuple[str, int]] = []
        self._failure = failure

    def search(self, query: str, max_results: int) -> list[SearchResult]:
        self.asked.append((query, max_results))
        if self._failure:
            raise self._failure
        return RESULTS[:max_results]
