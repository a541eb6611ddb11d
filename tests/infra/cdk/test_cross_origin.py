"""CORS in the template says what the local gateway says; `prod` has two origins, `dev` none."""

import json
from pathlib import Path

import pytest
from aws_cdk import App, Stack
from aws_cdk.aws_apigateway import RestApi

from infra import app, topology
from infra.components.cross_origin import answer_preflights
from infra.components.method_not_allowed import refuse_other_media_types, refuse_other_methods
from infra.local.gateway_answers import GatewayAnswers
from parley.cors import CorsPolicy
from tests.infra.cdk.synthesis import Synthesis

pytestmark = pytest.mark.infra

ORIGINS = ("https://chat.example.com", "http://localhost:5173")
PATHS = {
    path: [route.method for route in topology.ROUTES if route.path == path]
    for path in sorted({route.path for route in topology.ROUTES})
}

SOME_PATH = "/api/conversations"


@pytest.fixture(scope="module")
def open_to_all(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """A small API without functions: the product's takes seconds to synthesise."""
    folder, policy = tmp_path_factory.mktemp("open"), CorsPolicy(("*",))
    application = App(outdir=str(folder), analytics_reporting=False)
    stack = Stack(application, "open")
    api = RestApi(stack, "Api", cloud_watch_role=False)
    resource = api.root.resource_for_path(SOME_PATH)
    answer_preflights(resource, methods=PATHS[SOME_PATH], cors=policy)
    refuse_other_methods(resource, allowed=PATHS[SOME_PATH], cors=policy)
    refuse_other_media_types(api, cors=policy)
    application.synth()
    return Synthesis(folder, stack.template_file)


def preflight_headers(synthesis: Synthesis, path: str, method: str = "OPTIONS") -> dict[str, str]:
    """The fixed ones, without the quotes of a literal."""
    (response,) = synthesis.methods[method, path]["Integration"]["IntegrationResponses"]
    headers = response["ResponseParameters"].items()
    return {name.removeprefix("method.response.header."): value.strip("'") for name, value in headers}


def assert_mocked_like_local(synthesis: Synthesis, path: str, policy: CorsPolicy) -> None:
    head, _ = GatewayAnswers((), cors=policy).preflight(None, PATHS[path])
    local = dict(head.headers)
    del local["content-type"]
    (declared,) = synthesis.methods["OPTIONS", path]["MethodResponses"]
    names = {name.rpartition(".")[2] for name in declared["ResponseParameters"]}

    assert synthesis.methods["OPTIONS", path]["Integration"]["Type"] == "MOCK"
    assert declared["StatusCode"] == str(head.status) == "204"
    assert preflight_headers(synthesis, path) == local
    assert names == {*local, "Access-Control-Allow-Origin"}


@pytest.mark.parametrize("path", PATHS)
def test_a_preflight_is_mocked_as_the_local_gateway_answers_it(prod: Synthesis, path: str) -> None:
    assert_mocked_like_local(prod, path, CorsPolicy(ORIGINS))


def test_a_preflight_lets_everybody_in_where_all_may(open_to_all: Synthesis) -> None:
    assert_mocked_like_local(open_to_all, SOME_PATH, CorsPolicy(("*",)))
    assert preflight_headers(open_to_all, SOME_PATH, "ANY")["Access-Control-Allow-Origin"] == "*"


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
    monkeypatch.setattr(app, "build_dependencies_layers", lambda project, **_: dependencies)
    monkeypatch.setenv("CDK_OUTDIR", str(tmp_path))
    monkeypatch.delenv("CDK_CONTEXT_JSON", raising=False)
    monkeypatch.setenv("PARLEY_CORS_ORIGINS", "chat.example.com")

    with pytest.raises(SystemExit, match=r"PARLEY_CORS_ORIGINS: 'chat.example.com' is no origin"):
        app.main([])
