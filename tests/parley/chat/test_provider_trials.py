"""A provider tried out at services of the loopback interface: what works, and each way to fail."""

import socket
import ssl
from dataclasses import dataclass, field

import pytest
import trustme

from parley.chat.provider_models import ProviderModels
from parley.chat.provider_trials import try_out
from parley.domain.providers import ProviderKind
from parley.errors import ModelServiceError
from parley.gateways.guarded_http import UrlPolicy, guarded_client
from tests.examples import a_provider
from tests.fakes.key_vault import InMemoryKeyVault
from tests.fakes.model_server import ModelServer
from tests.fakes.network import FakeResolver

pytestmark = pytest.mark.anyio

KEY = "sk-marked-0123456789-a1b2"
LOCAL_WORK = UrlPolicy(allow_private=True)


@dataclass
class Trials:
    vault: InMemoryKeyVault = field(default_factory=InMemoryKeyVault)

    async def run(self, *, policy=LOCAL_WORK, bedrock_region=None, client_options=None, **fields):
        provider = a_provider(**fields)
        sealed = self.vault.seal(KEY, owner_id=provider.user_id, provider_id=provider.id)
        provider = a_provider(**fields, id=provider.id, sealed_key=sealed)
        async with guarded_client(policy, **(client_options or {})) as client:
            models = ProviderModels(vault=self.vault, client=lambda: client, bedrock_region=bedrock_region)
            return await try_out(provider, models.build(provider))

    async def failure(self, **options):
        with pytest.raises(ModelServiceError) as raised:
            await self.run(**options)
        error = raised.value
        assert KEY not in error.reason
        assert "127.0.0.1" not in error.reason
        return error.type, error.reason


@pytest.fixture
def trials():
    return Trials()


@pytest.fixture(scope="module")
def service():
    with ModelServer() as server:
        yield server


@pytest.fixture(autouse=True)
def _forget(service):
    service.requests.clear()


async def test_a_small_call_is_made_with_the_key_and_the_services_models_are_listed(trials, service):
    trial = await trials.run(base_url=service.url)
    listing, call = service.requests
    assert trial.models == ["fake", "fake-large"]
    assert trial.latency_ms >= 0
    for request in (listing, call):
        assert request.headers["authorization"] == f"Bearer {KEY}"
    assert call.body["model"] == "fake"
    assert call.body["max_tokens"] <= 16


async def test_the_first_of_the_providers_own_models_is_asked_before_the_services(trials, service):
    await trials.run(base_url=service.url, models=("fake:normal:1", "other"))
    assert service.requests[-1].body["model"] == "fake:normal:1"


@pytest.mark.parametrize(
    ("path", "models", "listed", "asked"),
    [
        ("missing/v1", (), [], "gpt-4o-mini"),
        ("missing/v1", ("mine",), ["mine"], "mine"),
        ("denied/v1", ("mine",), ["mine"], "mine"),
        ("broken/v1", ("mine",), ["mine"], "mine"),
    ],
)
async def test_a_service_that_lists_nothing_is_good_if_it_answers(
    trials, service, path, models, listed, asked, monkeypatch
):
    url = service.url.replace("/v1", f"/{path}")
    monkeypatch.setattr("parley.models.openai.completions_url", lambda _: f"{service.url}/chat/completions")
    trial = await trials.run(base_url=url, models=models)
    assert (trial.models, service.requests[-1].body["model"]) == (listed, asked)


async def test_a_service_of_anthropics_kind_is_tried_in_its_own_words(trials, service):
    root = service.url.removesuffix("/v1")
    trial = await trials.run(kind=ProviderKind.ANTHROPIC, base_url=root, models=("fake:normal:1",))
    assert trial.models == ["claude-a", "claude-b", "claude-c", "claude-d", "claude-e"]
    assert service.requests[-1].path == "/v1/messages"
    assert service.requests[-1].headers["x-api-key"] == KEY


async def test_the_demo_needs_neither_network_nor_key(trials):
    await trials.run(kind=ProviderKind.DEMO, base_url=None)
    assert trials.vault.opened == 0


@pytest.mark.parametrize(
    ("scenario", "type", "words"),
    [
        ("status:401:echo", "model_rejected", "answered 401: Bad key '***': ***"),
        ("status:404", "model_rejected", "answered 404: No such luck"),
        ("status:500:html", "model_rejected", "answered 500: 502 Bad Gateway"),
        ("status:302:empty", "model_rejected", "answered 302"),
        ("page", "model_rejected", "a web page; its address may be incomplete"),
        ("not-json", "model_stream_broken", "JSON"),
        ("no-completion", "model_rejected", "quota used up"),
        ("error-event", "model_rejected", "The engine is on fire"),
        ("closes", "model_unreachable", "closed the connection without an answer"),
        ("cut:1", "model_stream_broken", "cut"),
    ],
)
async def test_a_service_that_fails_is_told_in_its_own_words(trials, service, scenario, type, words):
    failure = await trials.failure(base_url=service.url, models=(f"fake:{scenario}",))
    assert failure[0] == type
    assert words in failure[1]


@pytest.mark.parametrize("path", ["v1", "silent/v1"])
async def test_a_service_that_falls_silent_is_not_waited_for(trials, service, path, monkeypatch):
    monkeypatch.setattr("parley.chat.provider_trials._TRIAL_SECONDS", 0.3)
    url = service.url.replace("/v1", f"/{path}")
    failure = await trials.failure(base_url=url, models=("fake:hang",))
    assert failure == ("model_timeout", "The model's service did not answer in time.")


async def test_nobody_there(trials):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        failure = await trials.failure(base_url=url)
    assert failure == (
        "model_unreachable",
        "The model's service cannot be reached: it refused the connection.",
    )


async def test_a_name_that_nobody_knows(trials):
    failure = await trials.failure(
        base_url="https://no-such.example/v1", client_options={"resolver": FakeResolver({})}
    )
    assert failure == ("model_unreachable", "The model's service cannot be reached: its name is not known.")


async def test_a_certificate_is_looked_at(trials):
    authority, server_side = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server_side)
    client_side = ssl.create_default_context()
    authority.configure_trust(client_side)
    with ModelServer(tls=server_side) as service:
        failure = await trials.failure(base_url=service.url)
        trial = await trials.run(base_url=service.url, client_options={"ssl_context": client_side})
    assert failure == (
        "model_unreachable",
        "The model's service cannot be reached: its certificate or its TLS was not accepted.",
    )
    assert trial.models == ["fake", "fake-large"]


async def test_an_address_that_nobody_may_choose_is_refused_at_the_connection_too(trials, service):
    type, reason = await trials.failure(base_url=service.url, policy=UrlPolicy())
    assert type == "model_unreachable"
    assert "its address is not allowed" in reason
    assert service.requests == []


async def test_a_name_that_leads_to_a_private_address_is_refused(trials):
    resolver = FakeResolver({"sneaky.example": ["127.0.0.1"]})
    type, reason = await trials.failure(
        base_url="http://sneaky.example/v1", policy=UrlPolicy(), client_options={"resolver": resolver}
    )
    assert (type, "its address is not allowed" in reason) == ("model_unreachable", True)
