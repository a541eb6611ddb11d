"""The provider that an agent names is its owner's own, or none."""

import pytest

from parley.chat.agent_providers import check_provider
from parley.errors import UnknownProviderError
from tests.examples import a_provider
from tests.fakes.provider_repository import InMemoryProviderRepository


def test_an_agent_names_a_provider_of_its_owner_or_none():
    providers, provider = InMemoryProviderRepository(), a_provider("user_1")
    providers.add(provider)
    check_provider(providers, owner_id="user_1", provider_id=provider.id)
    check_provider(providers, owner_id="user_2", provider_id=None)
    for owner_id, provider_id in [("user_2", provider.id), ("user_1", "x"), ("user_1", "")]:
        with pytest.raises(UnknownProviderError):
            check_provider(providers, owner_id=owner_id, provider_id=provider_id)
