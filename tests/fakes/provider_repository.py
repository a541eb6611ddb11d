"""Providers in memory; the contract tests are those of the table."""

from dataclasses import replace
from threading import Lock
from typing import Any

from parley.domain.clock import now
from parley.domain.pages import Page, PageRequest
from parley.domain.providers import MAX_PROVIDERS, Provider
from parley.errors import ProviderNotFoundError, TooManyProvidersError
from tests.fakes.pages import slice_page


class InMemoryProviderRepository:
    def __init__(self) -> None:
        self._providers: dict[str, Provider] = {}
        self._guard = Lock()

    def add(self, provider: Provider) -> None:
        with self._guard:
            if len(self._owned(provider.user_id)) >= MAX_PROVIDERS:
                raise TooManyProvidersError
            self._put(provider)

    def get(self, owner_id: str, provider_id: str) -> Provider:
        found = self._providers.get(provider_id)
        if found is None or found.user_id != owner_id:
            raise ProviderNotFoundError
        return found

    def list_page(self, owner_id: str, *, page: PageRequest) -> Page[Provider]:
        listed = self._owned(owner_id)[::-1]
        items, cursor = slice_page(listed, page, "PROV#", lambda provider: provider.id, newest_first=True)
        return Page(items=items, total=len(listed), next_cursor=cursor)

    def enabled(self, owner_id: str) -> list[Provider]:
        found = [provider for provider in self._owned(owner_id) if provider.enabled]
        return sorted(found, key=lambda provider: not provider.is_default)

    def change(self, owner_id: str, provider_id: str, changes: dict[str, Any]) -> Provider:
        with self._guard:
            changed = replace(self.get(owner_id, provider_id), updated_at=now(), **changes)
            self._put(changed)
            return changed

    def delete(self, owner_id: str, provider_id: str) -> None:
        with self._guard:
            self.get(owner_id, provider_id)
            del self._providers[provider_id]

    def _put(self, provider: Provider) -> None:
        if provider.is_default:
            for other in self._owned(provider.user_id):
                self._providers[other.id] = replace(other, is_default=False)
        self._providers[provider.id] = provider

    def _owned(self, owner_id: str) -> list[Provider]:
        """Oldest first."""
        owned = [provider for provider in self._providers.values() if provider.user_id == owner_id]
        return sorted(owned, key=lambda provider: provider.id)
