"""CORS in the template says what the local gateway says; `prod` has two origins, `dev` none."""

import json
from pathlib import Path

import pytest

from infra import app, topology
from infra.local.gateway_answers import GatewayAnswers
from parley.cors import CorsPolicy
from tests.infra.cdk.synthesis import Synthesis, synthesise

pytestmark = pytest.mark.infra

ORIGINS = ("https://chat.example.com", "http://localhost:5173")
PATHS = {
    path: [route.method for route in topology.ROUTES if route.path == path]
    for path in sorted({route.path for route in topology.ROUTES})
}


@pytest.fixture(scope="module")
def open_to_all(tmp_path_factory: pytest.TempPathFactory, dependencies: dict[str, Path]) -> Synthesis:
    folder = tmp_path_factory.mktemp("open")
    return synthesise(folder, dependencies=dependencies, settings={"PARLEY_CORS_ORIGINS": "*"})


def preflight_headers(synthesis: Synthesis, path: str, method: str = "OPTIONS") -> dict[str, str]:
    """The fixed ones, without the quotes of a literal."""
    (response,) = synthesis.methods[method, path]["Integration"]["IntegrationResponses"]
    headers = response["ResponseParameters"].items()
    return {name.removeprefix("method.response.header."): value.strip("'") for name, value in headers}


@pytest.mark.parametrize("path", PATHS)
def test_a_preflight_is_mocked_as_the_local_gateway_answers_it(
    prod: Synthesis, open_to_all: Synthesis, path: str
) -> None:
    for synthesis, policy in ((prod, CorsPolicy(ORIGINS)), (open_to_all, CorsPolicy(("*",)))):
        head, _ = GatewayAnswers((), cors=policy).preflight(None, PATHS[path])
        assert synthesis.methods["OPTIONS", path]["Integration"]["Type"] == "MOCK"
        (declared,) = synthesis.methods["OPTIONS", path]["MethodResponses"]
        assert declared["StatusCode"] == str(head.status) == "204"
        local = dict(head.headers)
        del local["content-type"]
        assert preflight_headers(synthesis, path) == local
        assert {name.rpartition(".")[2] for name in declared["ResponseParameters"]} == {
            *local,
            "Access-Control-Allow-Origin",
        }


@pytest.mark.parametrize("method", ["OPTIONS", "ANY"])
def test_a_mock_names_the_origin_that_asks_if_it_is_known(prod: Synthesis, method: str) -> None:
    (response,) = prod.methods[method, "/api/messages"]["Integration"]["IntegrationResponses"]
    template = response["ResponseTemplates"]["application/json"]

    known = " || ".join(f'$origin == "{origin}"' for origin in ORIGINS)
    override = "#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)"
    assert f"#if({known}){override}#end" in template
    assert template.count("#if") == template.count("#end") == 2
    rest = template.rpartition("#end\n")[2]
    assert (json.loads(rest)["code"] if rest else 204) == int(response["StatusCode"])


def test_a_405_names_options_where_there_are_preflights(prod: Synthesis, dev: Synthesis) -> None:
    assert preflight_headers(prod, "/api/conversations", "ANY")["Allow"] == "GET, OPTIONS, POST"
    assert preflight_headers(dev, "/api/conversations", "ANY") == {"Allow": "GET, POST"}


def test_gateway_responses_name_the_callers_origin_or_every(
    prod: Synthesis, open_to_all: Synthesis, dev: Synthesis
) -> None:
    for synthesis, origin in ((prod, "method.request.header.Origin"), (open_to_all, "'*'"), (dev, None)):
        for response in synthesis.properties("AWS::ApiGateway::GatewayResponse"):
            headers = response.get("ResponseParameters", {})
            assert headers.get("gatewayresponse.header.Access-Control-Allow-Origin") == origin
            assert bool(headers) is bool(origin)


def test_without_origins_there_is_no_preflight(dev: Synthesis) -> None:
    assert not [key for key in dev.methods if key[0] == "OPTIONS"]


def test_a_wrong_origin_stops_the_synthesis_with_a_plain_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dependencies: dict[str, Path]
) -> None:
    monkeypatch.setattr(app, "build_dependencies_layers", lambda project: dependencies)
    monkeypatch.setenv("CDK_OUTDIR", str(tmp_path))
    monkeypatch.delenv("CDK_CONTEXT_JSON", raising=False)
    monkeypatch.setenv("PARLEY_CORS_ORIGINS", "chat.example.com")

    with pytest.raises(SystemExit, match=r"PARLEY_CORS_ORIGINS: 'chat.example.com' is no origin"):
        app.main([])
