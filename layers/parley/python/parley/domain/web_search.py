"""Searching the web, through whichever service the deployment has."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """Plain text, without marks of HTML."""

    title: str
    url: str
    snippet: str


class SearchFailedError(Exception):
    """The service has no answer. `reason` is a clause fit for a user: it holds neither key nor address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SearchService(Protocol):
    """Blocks, for 20 s at most."""

    def search(self, query: str, max_results: int) -> list[SearchResult]:
        """The best first; none where nothing was found. Raises `SearchFailedError`."""
