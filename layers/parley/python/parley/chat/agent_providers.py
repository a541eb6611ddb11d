"""The provider that an agent names."""

from parley.domain.providers import ProviderRepository
from parley.errors import ProviderNotFoundError, UnknownProviderError


def check_provider(providers: ProviderRepository, *, owner_id: str, provider_id: str | None) -> None:
    """Raises `UnknownProviderError` unless it is none or the owner's own. It may still be deleted later."""
    if provider_id is None:
        return
    try:
        providers.get(owner_id, provider_id)
    except ProviderNotFoundError:
        raise UnknownProviderError from None
