"""A user's providers: their addresses are checked and their keys sealed before anything is stored."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from parley.chat.provider_models import ProviderModels
from parley.chat.provider_trials import ProviderTrial, try_out
from parley.domain.clock import now
from parley.domain.ids import PROVIDER, new_id
from parley.domain.pages import Page, PageRequest
from parley.domain.providers import KeyVault, Provider, ProviderKind, ProviderRepository, SealedKey
from parley.domain.web_pages import RefusedUrlError
from parley.errors import ModelServiceError, RefusedBaseUrlError
from parley.models.types import ModelError


class ProviderService:
    """`models` builds a client; `check_url` raises `RefusedUrlError` for an address that is not allowed."""

    def __init__(
        self,
        *,
        repository: ProviderRepository,
        vault: KeyVault,
        models: ProviderModels,
        check_url: Callable[[str], object],
    ) -> None:
        self._repository = repository
        self._vault = vault
        self._models = models
        self._check_url = check_url

    def create(self, owner_id: str, fields: Mapping[str, Any]) -> Provider:
        """`fields` are all that a user sets, `api_key` in clear. Raises `RefusedBaseUrlError`,
        `TooManyProvidersError` and `KeyVaultError`.
        """
        provider_id, created_at = new_id(PROVIDER), now()
        base_url = self._base_url(fields["kind"], fields["base_url"])
        provider = Provider(
            id=provider_id,
            user_id=owner_id,
            name=fields["name"],
            kind=fields["kind"],
            base_url=base_url,
            models=tuple(fields["models"]),
            is_default=fields["is_default"],
            enabled=fields["enabled"],
            created_at=created_at,
            updated_at=created_at,
            sealed_key=self._sealed(owner_id, provider_id, fields["api_key"]),
        )
        self._repository.add(provider)
        return provider

    def get(self, owner_id: str, provider_id: str) -> Provider:
        return self._repository.get(owner_id, provider_id)

    def list_page(self, owner_id: str, *, page: PageRequest) -> Page[Provider]:
        return self._repository.list_page(owner_id, page=page)

    def change(self, owner_id: str, provider_id: str, changes: Mapping[str, Any]) -> Provider:
        """Set what is named, `api_key` in clear; None clears it. Raises as `create` does."""
        found = self._repository.get(owner_id, provider_id)
        changes = dict(changes)
        kind = changes.get("kind", found.kind)
        if "base_url" in changes or kind != found.kind:
            changes["base_url"] = self._base_url(kind, changes.get("base_url"))
        if "models" in changes:
            changes["models"] = tuple(changes["models"])
        if "api_key" in changes:
            changes["sealed_key"] = self._sealed(owner_id, provider_id, changes.pop("api_key"))
        return self._repository.change(owner_id, provider_id, changes) if changes else found

    def delete(self, owner_id: str, provider_id: str) -> None:
        self._repository.delete(owner_id, provider_id)

    async def try_out(self, owner_id: str, provider_id: str) -> ProviderTrial:
        """One real small call. Raises `ModelServiceError`, `KeyVaultError` and `KeyUnreadableError`."""
        provider = await asyncio.to_thread(self._repository.get, owner_id, provider_id)
        try:
            model = await asyncio.to_thread(self._models.build, provider)
        except ModelError as error:
            raise ModelServiceError(error.reason, type=error.type) from None
        return await try_out(provider, model)

    def _base_url(self, kind: ProviderKind, wanted: str | None) -> str | None:
        """The one that is wanted, if it is allowed, else the kind's own. A kind without any ignores it."""
        if wanted is None or kind.default_base_url in (None, wanted):
            return kind.default_base_url
        try:
            self._check_url(wanted)
        except RefusedUrlError as error:
            raise RefusedBaseUrlError(error.reason) from None
        return wanted

    def _sealed(self, owner_id: str, provider_id: str, api_key: str | None) -> SealedKey | None:
        if api_key is None:
            return None
        return self._vault.seal(api_key, owner_id=owner_id, provider_id=provider_id)
