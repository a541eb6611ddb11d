"""Which service answers a model: the one that an agent names, the one that lists it, the default, ours."""

import pytest

from parley.chat.model_choice import ModelChoice
from parley.chat.provider_models import ProviderModels
from parley.domain.providers import ProviderKind
from parley.errors import KeyUnreadableError, KeyVaultError
from parley.models.demo import DemoModel
from parley.models.openai import OpenAIModel
from parley.models.types import ModelError
from parley.settings import ModelSettings, Secret
from tests.examples import a_provider
from tests.fakes.key_vault import InMemoryKeyVault
from tests.fakes.provider_repository import InMemoryProviderRepository

KEY = "sk-marked-0123456789-a1b2"


class World:
    """`chosen` tells whose client was chosen: a provider's name, or `deployment`."""

    def __init__(self, settings=None):
        self.vault = InMemoryKeyVault()
        self.providers = InMemoryProviderRepository()
        self.built = []
        self.secrets_are_out_of_reach = None
        self.choice = ModelChoice(
            settings or ModelSettings(),
            open_secret=self.open_secret,
            providers=self.providers,
            provider_models=self,
        )
        self._models = ProviderModels(vault=self.vault, client=no_client, bedrock_region=None)
        self._minute = 0

    def bring(self, name, *models, key=None, **fields):
        self._minute += 1
        provider = a_provider(name=name, models=models, minute=self._minute, **fields)
        sealed = key and self.vault.seal(key, owner_id=provider.user_id, provider_id=provider.id)
        provider = a_provider(
            name=name, models=models, minute=self._minute, sealed_key=sealed, **fields, id=provider.id
        )
        self.providers.add(provider)
        return provider

    def open_secret(self, secret):
        if self.secrets_are_out_of_reach:
            raise self.secrets_are_out_of_reach
        return secret.value

    def build(self, provider):
        self.built.append(provider.name)
        return self._models.build(provider)

    def chosen(self, wanted, **options):
        self.built.clear()
        choice = self.choice.choose("user_1", wanted, **options)
        return (self.built or ["deployment"])[0], choice.name


def no_client():
    raise AssertionError("no request is made")


@pytest.fixture
def world():
    return World()


def test_without_providers_the_deployment_answers_with_one_client(world):
    assert world.chosen("anything") == ("deployment", "anything")
    first, second = (world.choice.choose("user_1", "x").client for _ in range(2))
    assert first is second
    assert isinstance(first, DemoModel)


def test_the_deployments_service_is_asked_by_its_own_name_for_a_model():
    world = World(
        ModelSettings(base_url="http://models.example/v1", api_key=Secret(value="x"), name="its-own")
    )
    assert isinstance(world.choice.choose("user_1", "x").client, OpenAIModel)
    assert world.chosen("x") == ("deployment", "its-own")
    world.bring("mine", "x")
    assert world.chosen("x") == ("mine", "x")


@pytest.mark.parametrize("failure", [KeyVaultError(), KeyUnreadableError()])
def test_a_key_of_the_deployment_that_cannot_be_read_says_so_until_it_can(failure):
    world = World(ModelSettings(base_url="http://models.example/v1", api_key=Secret(parameter="/a/key")))
    world.secrets_are_out_of_reach = failure
    with pytest.raises(ModelError, match="The deployment's key cannot be read"):
        world.choice.choose("user_1", "x")
    world.secrets_are_out_of_reach = None
    assert isinstance(world.choice.choose("user_1", "x").client, OpenAIModel)


def test_the_provider_that_lists_a_model_answers_it(world):
    world.bring("general", is_default=True)
    world.bring("special", "glm-5", "special")
    assert world.chosen("special") == ("special", "special")
    assert world.chosen("glm-5") == ("special", "glm-5")
    assert world.chosen("other") == ("general", "other")


def test_of_several_that_list_a_model_the_default_comes_first_and_then_the_oldest(world):
    world.bring("old", "m")
    new = world.bring("new", "m")
    assert world.chosen("m") == ("old", "m")
    world.providers.change("user_1", new.id, {"is_default": True})
    assert world.chosen("m") == ("new", "m")


def test_what_nobody_lists_is_the_defaults_or_else_the_deployments(world):
    provider = world.bring("listing", "m")
    assert world.chosen("other") == ("deployment", "other")
    world.providers.change("user_1", provider.id, {"is_default": True})
    assert world.chosen("other") == ("listing", "other")


def test_a_disabled_provider_answers_nothing(world):
    world.bring("off", "m", is_default=True, enabled=False)
    assert world.chosen("m") == ("deployment", "m")


def test_the_providers_of_others_are_not_looked_at(world):
    world.bring("theirs", "m", is_default=True, user_id="user_2")
    assert world.chosen("m") == ("deployment", "m")


def test_the_provider_that_an_agent_names_answers_whatever_the_others_list(world):
    world.bring("default", "m", is_default=True)
    named = world.bring("named", "n")
    assert world.chosen("m", provider_id=named.id) == ("named", "m")


@pytest.mark.parametrize("fields", [{"enabled": False}, {"user_id": "user_2"}])
def test_no_other_takes_the_place_of_one_that_an_agent_names(world, fields):
    world.bring("default", is_default=True)
    named = world.bring("named", **fields)
    with pytest.raises(ModelError, match="gone or disabled") as raised:
        world.chosen("m", provider_id=named.id)
    assert raised.value.type == "provider_unavailable"


def test_a_provider_that_does_not_know_the_contracts_default_model_is_asked_for_its_first(world):
    provider = world.bring("mine", "first", "second", is_default=True)
    assert world.chosen("glm-5") == ("mine", "first")
    assert world.chosen("glm-4") == ("mine", "glm-4")
    assert world.chosen("glm-5", provider_id=provider.id) == ("mine", "first")
    world.providers.change("user_1", provider.id, {"models": ()})
    assert world.chosen("glm-5") == ("mine", "glm-5")


@pytest.mark.parametrize(
    ("failure", "words"),
    [(KeyVaultError(), "cannot be reached"), (KeyUnreadableError(), "'mine' cannot be read; give it again")],
)
def test_a_key_that_cannot_be_opened_is_a_models_failure_with_a_reason(world, failure, words):
    world.bring("mine", is_default=True, key=KEY)
    world.vault.failure = failure
    with pytest.raises(ModelError, match=words) as raised:
        world.chosen("m")
    assert raised.value.type == "provider_unavailable"
    assert KEY not in raised.value.reason


def test_a_key_is_opened_only_for_the_provider_that_answers(world):
    world.bring("other", "m", key=KEY)
    world.bring("free", "n", kind=ProviderKind.DEMO, base_url=None, key=KEY)
    assert world.chosen("n") == ("free", "n")
    assert world.vault.opened == 0
    assert world.chosen("m") == ("other", "m")
    assert world.vault.opened == 1


def test_bedrock_is_for_deployments_that_name_a_region(world):
    world.bring("aws", is_default=True, kind=ProviderKind.BEDROCK, base_url=None)
    with pytest.raises(ModelError, match="Bedrock is not enabled"):
        world.chosen("m")
