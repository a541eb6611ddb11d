"""Trying a provider out: one real small call, and what models its service has."""

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass

from parley.domain.providers import Provider, ProviderKind
from parley.errors import ModelServiceError
from parley.models.types import ChatTurn, ModelError, ModelRequest, ProviderModel

# Somebody waits, and the gateway for 29 s at most.
_TRIAL_SECONDS = 24.0
_MAX_TOKENS = 16

# Asked for where neither the user nor the service names one: small ones that most accounts have.
_MODELS = {
    ProviderKind.OPENAI: "gpt-4o-mini",
    ProviderKind.ANTHROPIC: "claude-haiku-4-5",
    ProviderKind.BEDROCK: "amazon.nova-micro-v1:0",
    ProviderKind.DEMO: "demo",
}
# Whoever fails like that would fail again.
_HOPELESS = frozenset({"model_unreachable", "model_timeout"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderTrial:
    """`latency_ms` is the small call's, to its end; `models` what the service lists, or else the user."""

    latency_ms: int
    models: list[str]


async def try_out(provider: Provider, model: ProviderModel) -> ProviderTrial:
    """Raises `ModelServiceError` with the service's own reason, after 24 s at the latest."""
    try:
        async with asyncio.timeout(_TRIAL_SECONDS):
            listed = await _listed(model)
            name = next(iter([*provider.models, *listed]), _MODELS[provider.kind])
            latency_ms = await _call(model, name)
    except ModelError as error:
        raise ModelServiceError(error.reason, type=error.type) from None
    except TimeoutError:
        reason = "The model's service did not answer in time."
        raise ModelServiceError(reason, type="model_timeout") from None
    return ProviderTrial(latency_ms=latency_ms, models=listed or list(provider.models))


async def _listed(model: ProviderModel) -> list[str]:
    """A service may answer well and still refuse to list: what it says to the call is what counts."""
    try:
        return await model.list_models() or []
    except ModelError as error:
        if error.type in _HOPELESS:
            raise
        return []


async def _call(model: ProviderModel, name: str) -> int:
    request = ModelRequest(model=name, turns=[ChatTurn(role="user", content="Hi")], max_tokens=_MAX_TOKENS)
    started = time.perf_counter()
    async with aclosing(model.stream(request)) as events:
        async for _ in events:
            pass
    return round((time.perf_counter() - started) * 1000)
