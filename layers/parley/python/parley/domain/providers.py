"""Model services that a user brings: their kind, their address, their key and the models that they answer."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from parley.domain.pages import Page, PageRequest

# All of a user's providers are read, with one query, to find the one that answers a model.
MAX_PROVIDERS = 50
MAX_MODELS = 200
# All names of a provider's models together: so that the longest list fits an answer, whatever the script.
MAX_MODELS_CHARACTERS = 20_000

_HINT_CHARACTERS = 4
# Of a shorter key, its end would tell too much.
_MIN_HINTED_CHARACTERS = 12


class ProviderKind(StrEnum):
    """`openai` means every service that speaks OpenAI's chat completions."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    BEDROCK = "bedrock"
    DEMO = "demo"

    @property
    def default_base_url(self) -> str | None:
        """The root of the kind's API where a provider names none; None for kinds that have no address."""
        return _DEFAULT_BASE_URLS.get(self)


_DEFAULT_BASE_URLS = {
    ProviderKind.OPENAI: "https://api.openai.com/v1",
    ProviderKind.ANTHROPIC: "https://api.anthropic.com",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedKey:
    """A provider's key as it is kept: encrypted, with the hint that may be shown."""

    ciphertext: bytes = field(repr=False)
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """`base_url` is None for kinds that have no address; `models` is what the user says that it answers."""

    id: str
    user_id: str
    name: str
    kind: ProviderKind
    base_url: str | None
    models: tuple[str, ...]
    is_default: bool
    enabled: bool
    created_at: datetime
    updated_at: datetime
    sealed_key: SealedKey | None = None

    @property
    def api_key_hint(self) -> str | None:
        return self.sealed_key.hint if self.sealed_key else None


def hint_of(api_key: str) -> str:
    """What may be shown of a key: its last four characters, where it is long enough to spare them."""
    return "…" + (api_key[-_HINT_CHARACTERS:] if len(api_key) >= _MIN_HINTED_CHARACTERS else "")


class ProviderRepository(Protocol):
    """Every call names the owner; somebody else's provider is a `ProviderNotFoundError`."""

    def add(self, provider: Provider) -> None:
        """Raises `TooManyProvidersError`. A default takes the place of the one before, at once."""

    def get(self, owner_id: str, provider_id: str) -> Provider: ...

    def list_page(self, owner_id: str, *, page: PageRequest) -> Page[Provider]:
        """Newest first. Raises `InvalidCursorError`."""

    def enabled(self, owner_id: str) -> list[Provider]:
        """All that may answer, in one query: the default one first, then the oldest first."""

    def change(self, owner_id: str, provider_id: str, changes: dict[str, Any]) -> Provider:
        """Set the named fields (and `updated_at`). A new default takes the place of the one before."""

    def delete(self, owner_id: str, provider_id: str) -> None: ...


class KeyVault(Protocol):
    """Seals keys for one owner and one provider; sealed for another, a key cannot be opened. Blocks.

    Both raise `KeyVaultError` where the vault is out of reach.
    """

    def seal(self, api_key: str, *, owner_id: str, provider_id: str) -> SealedKey: ...

    def open(self, sealed: SealedKey, *, owner_id: str, provider_id: str) -> str:
        """Also raises `KeyUnreadableError`: it was sealed for another, or with a key that is gone."""
