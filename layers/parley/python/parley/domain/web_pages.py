"""Pages of the web that a user or a model asks for, and why one is not to be had."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class PageUnavailableError(Exception):
    """There is no page to show. `reason` is a clause fit for a user: it tells no address of a name."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RefusedUrlError(PageUnavailableError):
    """The URL, or the address that it leads to, is not one that others may choose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPage:
    """A page as it was served, decompressed. `url` is the one that redirects have led to.

    `media_type` (empty where there is none) and `charset` are the header's own words, in lower case.
    """

    url: str
    status: int
    media_type: str
    charset: str | None
    body: bytes


class PageFetcher(Protocol):
    """Fetches pages from public addresses, within limits of size and time. Blocks."""

    def fetch(self, url: str) -> FetchedPage:
        """Follows redirects. Raises `PageUnavailableError`, also for a status that is no success."""

    def fetch_all(self, urls: Sequence[str]) -> list[FetchedPage | PageUnavailableError]:
        """At the same time, in the order given, each with its own outcome."""
