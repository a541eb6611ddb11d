"""A search service whose key is fetched when somebody first searches."""

from collections.abc import Callable

from parley.domain.web_search import SearchFailedError, SearchResult, SearchService
from parley.errors import KeyUnreadableError, KeyVaultError


class KeyedSearch:
    """`build` fetches the key and makes the service; it raises `KeyVaultError`, `KeyUnreadableError`."""

    def __init__(self, build: Callable[[], SearchService]) -> None:
        self._build = build
        self._service: SearchService | None = None

    def search(self, query: str, max_results: int) -> list[SearchResult]:
        """Raises `SearchFailedError`."""
        try:
            self._service = self._service or self._build()
        except (KeyVaultError, KeyUnreadableError):
            raise SearchFailedError("the key of the search service cannot be read") from None
        return self._service.search(query, max_results)
