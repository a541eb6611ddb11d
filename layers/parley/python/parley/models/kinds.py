"""The client of each kind of service, imported when the first of its kind is built: cold starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.domain.providers import ProviderKind
from parley.models.types import ModelError, ProviderModel

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx


def build_model(
    kind: ProviderKind,
    *,
    base_url: str | None = None,
    api_key: str | None = None,
    client: Callable[[], httpx.AsyncClient] | None = None,
    bedrock_region: str | None = None,
) -> ProviderModel:
    """`base_url` None is the kind's own service. `client` gives the HTTP client, which stays its giver's.

    Bedrock answers in `bedrock_region` only, which the deployer names: it is their account that pays. Raises
    `ModelError` where none is named.
    """
    url = base_url or kind.default_base_url or ""
    match kind:
        case ProviderKind.OPENAI:
            from parley.models.openai import OpenAIModel

            return OpenAIModel(base_url=url, api_key=api_key, client=client)
        case ProviderKind.ANTHROPIC:
            from parley.models.anthropic import AnthropicModel

            return AnthropicModel(base_url=url, api_key=api_key, client=client)
        case ProviderKind.BEDROCK:
            return _bedrock(bedrock_region)
        case ProviderKind.DEMO:
            from parley.models.demo import DemoModel

            return DemoModel()


def _bedrock(region: str | None) -> ProviderModel:
    if not region:
        raise ModelError("Bedrock is not enabled in this deployment.", type="model_rejected")
    from parley.models.bedrock import BedrockModel

    return BedrockModel(region=region)
