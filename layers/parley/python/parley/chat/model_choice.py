"""Which service answers for which model, and by what name it is asked for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from parley.chat.provider_models import ProviderModels
from parley.domain.conversations import DEFAULT_MODEL
from parley.domain.providers import Provider, ProviderRepository
from parley.errors import KeyUnreadableError, KeyVaultError
from parley.models.types import ChatModel, ModelError
from parley.settings import ModelSettings, Secret

_UNAVAILABLE = "provider_unavailable"


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """`name` is the model's name as the service is asked for it."""

    client: ChatModel
    name: str


class ModelChoice:
    """The user's own providers first; the deployment's service, or the demo, where none of them is meant."""

    def __init__(
        self,
        settings: ModelSettings,
        *,
        open_secret: Callable[[Secret], str | None],
        providers: ProviderRepository,
        provider_models: ProviderModels,
    ) -> None:
        self._settings = settings
        self._open_secret = open_secret
        self._providers = providers
        self._provider_models = provider_models
        self._deployments: ChatModel | None = None

    def choose(self, user_id: str, wanted: str, *, provider_id: str | None = None) -> ChosenModel:
        """Reads the user's providers with one query. Blocks. `provider_id` is the one that an agent names.

        Raises `ModelError` where the provider that is meant cannot be asked: no other takes its place.
        """
        enabled = self._providers.enabled(user_id)
        provider = _named(enabled, provider_id) if provider_id else _answering(enabled, wanted)
        if provider is None:
            return ChosenModel(self._deployments_client(), self._settings.name or wanted)
        try:
            client = self._provider_models.build(provider)
        except KeyUnreadableError:
            reason = f"The stored key of the provider {provider.name!r} cannot be read; give it again."
            raise ModelError(reason, type=_UNAVAILABLE) from None
        except KeyVaultError:
            raise ModelError("The key service cannot be reached, try again.", type=_UNAVAILABLE) from None
        return ChosenModel(client, _name_at(provider, wanted))

    def _deployments_client(self) -> ChatModel:
        """The same client every time: it keeps its connections."""
        if self._deployments is None:
            self._deployments = self._build()
        return self._deployments

    def _build(self) -> ChatModel:
        if self._settings.base_url is None:
            from parley.models.demo import DemoModel

            return DemoModel()
        from parley.models.openai import OpenAIModel

        return OpenAIModel(base_url=self._settings.base_url, api_key=self._deployments_key())

    def _deployments_key(self) -> str | None:
        try:
            return self._open_secret(self._settings.api_key)
        except (KeyVaultError, KeyUnreadableError):
            raise ModelError("The deployment's key cannot be read.", type=_UNAVAILABLE) from None


def _named(enabled: Sequence[Provider], provider_id: str) -> Provider:
    for provider in enabled:
        if provider.id == provider_id:
            return provider
    raise ModelError("The provider that the agent names is gone or disabled.", type=_UNAVAILABLE)


def _answering(enabled: Sequence[Provider], wanted: str) -> Provider | None:
    """The first that lists the model, else the default. They come with the default first, then the oldest."""
    listing = (provider for provider in enabled if wanted in provider.models)
    defaults = (provider for provider in enabled if provider.is_default)
    return next(listing, None) or next(defaults, None)


def _name_at(provider: Provider, wanted: str) -> str:
    """A conversation that names no model bears the contract's default one, which few services know."""
    if wanted == DEFAULT_MODEL and provider.models and wanted not in provider.models:
        return provider.models[0]
    return wanted
