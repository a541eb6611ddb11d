"""Fetches pages that a user or a model names, through the guarded client. httpx is imported late."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from parley.domain.web_pages import FetchedPage, PageUnavailableError


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """`max_body_bytes` holds for a body as it is sent and as it is decompressed."""

    max_body_bytes: int = 4 * 1024 * 1024
    total_seconds: float = 15.0
    max_redirects: int = 5


class GuardedPageFetcher:
    """`client_options` go to `guarded_client`: tests bring a resolver and a network of their own."""

    def __init__(
        self, *, allow_private: bool = False, limits: FetchLimits | None = None, **client_options: Any
    ) -> None:
        self._allow_private = allow_private
        self._limits = limits or FetchLimits()
        self._client_options = client_options

    def fetch(self, url: str) -> FetchedPage:
        """Raises `PageUnavailableError`."""
        [outcome] = self.fetch_all([url])
        if isinstance(outcome, PageUnavailableError):
            raise outcome
        return outcome

    def fetch_all(self, urls: Sequence[str]) -> list[FetchedPage | PageUnavailableError]:
        from parley.gateways.guarded_fetches import GuardedFetches
        from parley.gateways.guarded_urls import UrlPolicy

        policy = UrlPolicy(allow_private=self._allow_private)
        fetches = GuardedFetches(policy, self._limits, self._client_options)
        return asyncio.run(fetches.all_of(urls))
