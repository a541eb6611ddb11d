import asyncio

import httpx
import pytest

from parley.domain.providers import ProviderKind
from parley.models import service_model
from parley.models.kinds import build_model
from parley.models.types import ModelError
from tests.parley.models.conftest import KEY


@pytest.fixture
def list_models(model_server):
    def list_models(kind: ProviderKind, path: str = "", base_url: str | None = None) -> list[str] | None:
        root = model_server.url.removesuffix("/v1")

        async def run() -> list[str] | None:
            async with httpx.AsyncClient(trust_env=False) as client:
                url = f"{root}/{path}".rstrip("/") + "/v1" if base_url is None else base_url
                model = build_model(kind, base_url=url, api_key=KEY, client=lambda: client)
                return await model.list_models()

        return asyncio.run(run())

    return list_models


def test_an_openai_compatible_service_tells_its_models(list_models, model_server):
    assert list_models(ProviderKind.OPENAI) == ["fake", "fake-large"]
    [request] = model_server.requests
    assert (request.method, request.path) == ("GET", "/v1/models")
    assert request.headers["authorization"] == f"Bearer {KEY}"


def test_anthropic_tells_them_page_by_page(list_models, model_server):
    assert list_models(ProviderKind.ANTHROPIC) == [f"claude-{letter}" for letter in "abcde"]
    assert [request.path for request in model_server.requests] == [
        "/v1/models?limit=1000",
        "/v1/models?limit=1000&after_id=claude-b",
        "/v1/models?limit=1000&after_id=claude-d",
    ]
    assert model_server.requests[0].headers["x-api-key"] == KEY


def test_the_demo_tells_its_name(list_models):
    assert list_models(ProviderKind.DEMO) == ["demo"]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("ollama", ["llama3.2:3b", "qwen3"]),
        ("bare", ["one", "two"]),
        ("odd", ["good"]),
        ("endless", ["same"]),
    ],
)
def test_lists_of_other_shapes_are_understood(list_models, path, names):
    assert list_models(ProviderKind.OPENAI, path) == names


def test_a_list_without_end_is_cut(list_models):
    assert len(list_models(ProviderKind.OPENAI, "many")) == 1000


@pytest.mark.parametrize("kind", [ProviderKind.OPENAI, ProviderKind.ANTHROPIC])
@pytest.mark.parametrize("path", ["no-list", "page", "missing", "method", "unimplemented"])
def test_a_service_that_has_no_list_cannot_tell(list_models, kind, path):
    assert list_models(kind, path) is None


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("denied", "The model's service answered 401: Bad key '***': ***"),
        ("broken", "The model's service answered 500: No such luck"),
    ],
)
def test_a_refusal_concerns_the_user(list_models, path, reason):
    with pytest.raises(ModelError) as raised:
        list_models(ProviderKind.ANTHROPIC if path == "broken" else ProviderKind.OPENAI, path)
    assert (raised.value.reason, raised.value.type) == (reason, "model_rejected")


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:1", "ftp://x", "http://["])
def test_so_does_a_service_that_is_not_there(list_models, base_url):
    with pytest.raises(ModelError) as raised:
        list_models(ProviderKind.OPENAI, base_url=base_url)
    assert raised.value.type == "model_unreachable"


def test_a_service_that_keeps_silent_is_not_waited_for(list_models, monkeypatch):
    monkeypatch.setattr(service_model, "_LIST_SECONDS", 0.1)
    with pytest.raises(ModelError) as raised:
        list_models(ProviderKind.OPENAI, "silent")
    assert raised.value.type == "model_timeout"
