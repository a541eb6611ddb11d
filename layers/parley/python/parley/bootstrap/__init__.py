"""The wiring: the only place that reads the environment and picks concrete parts. Called by the handlers.

Each part is imported where it is built: a function pays at its cold start for nothing that it does not use.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from parley.settings import Secret, Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from parley.accounts.authentication import Authenticator
    from parley.accounts.sessions import Accounts
    from parley.chat.provider_models import ProviderModels
    from parley.chat.providers import ProviderService
    from parley.domain.web_search import SearchService
    from parley.gateways.guarded_http import UrlPolicy
    from parley.gateways.kms_vault import KmsKeyVault
    from parley.gateways.secret_parameters import SecretParameters
    from parley.models.http_clients import ClientPerLoop
    from parley.tables.agents import DynamoAgentRepository
    from parley.tables.conversations import DynamoConversationRepository
    from parley.tables.idempotency import DynamoRequestRecords
    from parley.tables.providers import DynamoProviderRepository
    from parley.tables.usage import DynamoUsageRepository
    from parley.tools.registry import ToolRegistry

# An office behind one address must not lock itself out with ten slips; a guesser is slowed down all the same.
_ATTEMPTS_BY_NAME = 10
_ATTEMPTS_BY_ADDRESS = 100


@cache
def settings() -> Settings:
    return read_settings()


def authenticator() -> Authenticator:
    from parley.accounts.authentication import Authenticator
    from parley.tables.users import DynamoSessionRepository, UserTableItem

    UserTableItem.bind(settings().table("users"))
    return Authenticator(DynamoSessionRepository())


def accounts() -> Accounts:
    from parley.accounts.sessions import Accounts
    from parley.tables.login_attempts import DynamoLoginAttempts
    from parley.tables.users import DynamoSessionRepository, DynamoUserRepository, UserTableItem

    UserTableItem.bind(settings().table("users"))
    return Accounts(
        DynamoUserRepository(),
        DynamoSessionRepository(),
        attempts_by_name=DynamoLoginAttempts(limit=_ATTEMPTS_BY_NAME),
        attempts_by_address=DynamoLoginAttempts(limit=_ATTEMPTS_BY_ADDRESS),
        session_hours=settings().session_hours,
    )


def conversations() -> DynamoConversationRepository:
    from parley.tables.conversation_items import ConversationTableItem
    from parley.tables.conversations import DynamoConversationRepository

    ConversationTableItem.bind(settings().table("conversations"))
    return DynamoConversationRepository()


def idempotency() -> DynamoRequestRecords:
    from parley.tables.idempotency import DynamoRequestRecords, IdempotencyItem

    IdempotencyItem.bind(settings().table("idempotency"))
    return DynamoRequestRecords()


def providers() -> ProviderService:
    from parley.chat.providers import ProviderService

    vault = key_vault()
    return ProviderService(
        repository=provider_repository(),
        vault=vault,
        models=provider_models(vault),
        check_url=_check_url,
    )


def provider_repository() -> DynamoProviderRepository:
    from parley.tables.provider_items import ProviderTableItem
    from parley.tables.providers import DynamoProviderRepository

    ProviderTableItem.bind(settings().table("providers"))
    return DynamoProviderRepository()


def key_vault() -> KmsKeyVault:
    from parley.gateways.kms_vault import KmsKeyVault

    return KmsKeyVault(settings().key_id("providers"))


def provider_models(vault: KmsKeyVault) -> ProviderModels:
    from parley.chat.provider_models import ProviderModels

    region = settings().bedrock_region
    return ProviderModels(vault=vault, client=_provider_client, bedrock_region=region)


def _provider_client() -> httpx.AsyncClient:
    """For the addresses that users choose. Built at the first request: httpx takes its time to load."""
    return _provider_clients()()


@cache
def _provider_clients() -> ClientPerLoop:
    from parley.gateways.provider_client import build_provider_client
    from parley.models.http_clients import ClientPerLoop

    return ClientPerLoop(lambda: build_provider_client(_url_policy()))


def _check_url(url: str) -> None:
    from parley.gateways.guarded_http import check_url

    check_url(url, _url_policy())


def _url_policy() -> UrlPolicy:
    from parley.gateways.guarded_http import UrlPolicy

    return UrlPolicy(allow_private=settings().allow_private_urls)


def usage() -> DynamoUsageRepository:
    from parley.tables.usage import DynamoUsageRepository, UsageTableItem

    UsageTableItem.bind(settings().table("usage"))
    return DynamoUsageRepository()


def agents() -> DynamoAgentRepository:
    from parley.tables.agent_items import AgentTableItem
    from parley.tables.agents import DynamoAgentRepository

    AgentTableItem.bind(settings().table("agents"))
    return DynamoAgentRepository()


def tools() -> ToolRegistry:
    from parley.gateways.guarded_pages import GuardedPageFetcher
    from parley.gateways.lambda_code_runner import LambdaCodeRunner
    from parley.tools.catalogue import build_registry

    return build_registry(
        pages=GuardedPageFetcher(allow_private=settings().allow_private_urls),
        search=_search(),
        code_runner=LambdaCodeRunner(settings().function("code_runner")),
    )


def _search() -> SearchService:
    """The deployment's own service first; without any, what needs no key."""
    chosen = settings().search
    if chosen.searxng_url:
        from parley.gateways.searxng_search import SearxngSearch

        return SearxngSearch(base_url=chosen.searxng_url)
    if chosen.tavily_api_key:
        from parley.gateways.tavily_search import TavilySearch

        return _keyed(TavilySearch, chosen.tavily_api_key)
    if chosen.brave_api_key:
        from parley.gateways.brave_search import BraveSearch

        return _keyed(BraveSearch, chosen.brave_api_key)
    from parley.gateways.ddgs_search import DdgsSearch

    return DdgsSearch()


def _keyed(build: Callable[..., SearchService], api_key: Secret) -> SearchService:
    """A key that is kept elsewhere is fetched by the first search, not by a cold start."""
    if api_key.value:
        return build(api_key=api_key.value)
    from parley.gateways.keyed_search import KeyedSearch

    return KeyedSearch(lambda: build(api_key=open_secret(api_key)))


def open_secret(secret: Secret) -> str | None:
    """The value that is given goes before the parameter. Raises `KeyVaultError`, `KeyUnreadableError`."""
    if secret.value or not secret.parameter:
        return secret.value
    return _secret_parameters().read(secret.parameter)


@cache
def _secret_parameters() -> SecretParameters:
    from parley.gateways.secret_parameters import SecretParameters

    return SecretParameters()
