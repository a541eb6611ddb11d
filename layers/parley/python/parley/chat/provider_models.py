"""Builds the client of a user's provider, with its key opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from parley.domain.providers import KeyVault, Provider, ProviderKind
from parley.models.kinds import build_model
from parley.models.types import ProviderModel

if TYPE_CHECKING:
    import httpx


class ProviderModels:
    """`client` gives the HTTP client for addresses that users choose: one for all, it keeps connections."""

    def __init__(
        self, *, vault: KeyVault, client: Callable[[], httpx.AsyncClient], bedrock_region: str | None
    ) -> None:
        self._vault = vault
        self._client = client
        self._bedrock_region = bedrock_region
        self._bedrock: ProviderModel | None = None

    def build(self, provider: Provider) -> ProviderModel:
        """Blocks. Raises `KeyVaultError`, `KeyUnreadableError`; `ModelError` for a kind that is off here."""
        if provider.kind is ProviderKind.BEDROCK:
            return self._bedrock_model()
        return build_model(
            provider.kind,
            base_url=provider.base_url,
            api_key=self._key(provider),
            client=self._client,
        )

    def _bedrock_model(self) -> ProviderModel:
        """The same for everybody: it asks with the function's own role."""
        if self._bedrock is None:
            self._bedrock = build_model(ProviderKind.BEDROCK, bedrock_region=self._bedrock_region)
        return self._bedrock

    def _key(self, provider: Provider) -> str | None:
        """A kind without an address has no use for one."""
        if provider.sealed_key is None or provider.kind.default_base_url is None:
            return None
        return self._vault.open(provider.sealed_key, owner_id=provider.user_id, provider_id=provider.id)
