"""Searching without a key: the package ddgs reads the pages that search engines show to browsers."""

import queue
import threading
from collections.abc import Callable
from typing import Any

from parley.domain.web_search import SearchFailedError, SearchResult
from parley.gateways.search_answers import results_in

# Those that look at the web; ddgs's own choice begins with encyclopedias.
_ENGINES = "duckduckgo,brave,mojeek,startpage,yahoo,wikipedia"
_ENGINE_SECONDS = 5
_TOTAL_SECONDS = 15.0


class DdgsSearch:
    """`client` makes the DDGS to use, and `total_seconds` limits what it may take with all its engines."""

    def __init__(
        self, *, client: Callable[[], Any] | None = None, total_seconds: float = _TOTAL_SECONDS
    ) -> None:
        self._client = client or _client
        self._total_seconds = total_seconds

    def search(self, query: str, max_results: int) -> list[SearchResult]:
        """Raises `SearchFailedError`, also where nothing was found: ddgs tells that from no refusal."""
        outcomes: queue.Queue[Any] = queue.Queue()

        def ask() -> None:
            try:
                client = self._client()
                outcomes.put(client.text(query, max_results=max_results, backend=_ENGINES))
            except Exception as error:
                outcomes.put(_failure(error))

        # The engines are asked one after another, each with a limit of its own; nobody waits for them all.
        threading.Thread(target=ask, name="ddgs", daemon=True).start()
        try:
            outcome = outcomes.get(timeout=self._total_seconds)
        except queue.Empty:
            raise SearchFailedError("the search engines did not answer in time") from None
        if isinstance(outcome, SearchFailedError):
            raise outcome
        return results_in(outcome, url="href", snippet="body", max_results=max_results)


def _client() -> Any:
    from ddgs import DDGS

    return DDGS(timeout=_ENGINE_SECONDS)


def _failure(error: Exception) -> SearchFailedError:
    from ddgs.exceptions import RatelimitException, TimeoutException

    if isinstance(error, RatelimitException):
        return SearchFailedError("the search engines are limiting requests; try again later")
    if isinstance(error, TimeoutException):
        return SearchFailedError("the search engines did not answer in time")
    if "No results found" in str(error):
        return SearchFailedError("nothing was found, or the search engines are limiting requests just now")
    return SearchFailedError("the search engines could not be reached")
