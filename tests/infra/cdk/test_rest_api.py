"""The REST API serves the topology's routes, each by its function and in its transfer mode, and no other."""

import json
import re
from typing import Any

import pytest

from infra import topology
from infra.stage import stage_named
from tests.infra.cdk.synthesis import Synthesis

pytestmark = pytest.mark.infra

ROUTES = pytest.mark.parametrize("route", topology.ROUTES, ids=lambda route: f"{route.method} {route.path}")


def test_the_methods_are_those_of_the_topology(dev: Synthesis) -> None:
    served = {key for key in dev.methods if key[0] != "ANY"}

    assert served == {(route.method, route.path) for route in topology.ROUTES}
    assert len(dev.resources("AWS::ApiGateway::Method")) == len(dev.methods)


@ROUTES
def test_a_route_reaches_its_function_in_its_transfer_mode(dev: Synthesis, route: topology.Route) -> None:
    integration = dev.methods[route.method, route.path]["Integration"]
    streaming = topology.function_named(route.function).streaming

    assert dev.function_of(integration["Uri"]) == route.function
    assert integration["Type"] == "AWS_PROXY"
    assert integration["IntegrationHttpMethod"] == "POST"
    assert integration.get("ResponseTransferMode", "BUFFERED") == ("STREAM" if streaming else "BUFFERED")
    suffix = "/response-streaming-invocations" if streaming else "/invocations"
    assert integration["Uri"]["Fn::Join"][1][-1] == suffix
    version = "2021-11-15" if streaming else "2015-03-31"
    assert f":lambda:path/{version}/functions/" in integration["Uri"]["Fn::Join"][1]


@ROUTES
def test_a_stream_may_outlast_a_buffered_answer(dev: Synthesis, route: topology.Route) -> None:
    integration = dev.methods[route.method, route.path]["Integration"]

    streaming = topology.function_named(route.function).streaming
    assert integration["TimeoutInMillis"] == (900_000 if streaming else 29_000)


@ROUTES
def test_api_gateway_may_call_a_function_for_its_routes_only(dev: Synthesis, route: topology.Route) -> None:
    permitted = {
        (dev.name_of_function(each["FunctionName"]["Fn::GetAtt"][0]), each["SourceArn"]["Fn::Join"][1][-1])
        for each in dev.properties("AWS::Lambda::Permission")
    }

    path = re.sub(r"\{\w+\}", "*", route.path)
    assert (route.function, f"/{route.method}{path}") in permitted
    assert len(permitted) == len(topology.ROUTES) + len(topology.SOCKET_ROUTES)
    for each in dev.properties("AWS::Lambda::Permission"):
        assert each["Principal"] == "apigateway.amazonaws.com"


def test_every_path_refuses_other_methods_and_names_its_own(dev: Synthesis) -> None:
    paths = {route.path for route in topology.ROUTES}
    assert {path for method, path in dev.methods if method == "ANY"} == paths

    for path in paths:
        allowed = sorted(route.method for route in topology.ROUTES if route.path == path)
        integration = dev.methods["ANY", path]["Integration"]
        (response,) = integration["IntegrationResponses"]
        assert integration["Type"] == "MOCK"
        assert json.loads(integration["RequestTemplates"]["application/json"]) == {"statusCode": 405}
        assert response["StatusCode"] == "405"
        assert response["ResponseParameters"] == {"method.response.header.Allow": f"'{', '.join(allowed)}'"}
        assert json.loads(response["ResponseTemplates"]["application/json"]) == {
            "success": False,
            "error": topology.METHOD_NOT_ALLOWED.error,
            "code": 405,
            "type": "method_not_allowed",
        }


def test_the_endpoint_is_regional(dev: Synthesis) -> None:
    (api,) = dev.properties("AWS::ApiGateway::RestApi")

    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}


@pytest.mark.parametrize(("stage", "rate", "burst"), [("dev", 100, 200), ("prod", 1000, 2000)])
def test_a_stage_lets_in_what_its_settings_say(
    request: pytest.FixtureRequest, stage: str, rate: int, burst: int
) -> None:
    (deployed,) = request.getfixturevalue(stage).properties("AWS::ApiGateway::Stage")

    assert _throttles(deployed)["/*", "*"] == (rate, burst)
    assert deployed["StageName"] == stage
    assert deployed["TracingEnabled"] is True


def test_what_is_dear_is_throttled_apart_from_the_rest(dev: Synthesis) -> None:
    (deployed,) = dev.properties("AWS::ApiGateway::Stage")
    classes = stage_named("dev").class_requests_per_second
    expected = {
        ("/" + route.path.replace("/", "~1"), route.method): (rate, 2 * rate)
        for route in topology.ROUTES
        if (rate := classes.get(route.route_class))
    }

    throttles = _throttles(deployed)

    assert {key: found for key, found in throttles.items() if key != ("/*", "*")} == expected
    assert ("/~1api~1auth~1login", "POST") in expected
    assert ("/~1api~1messages~1stream", "POST") in expected


def _throttles(stage: dict[str, Any]) -> dict[tuple[str, str], tuple[int, int]]:
    return {
        (each["ResourcePath"], each["HttpMethod"]): (
            each["ThrottlingRateLimit"],
            each["ThrottlingBurstLimit"],
        )
        for each in stage["MethodSettings"]
    }


def test_the_access_log_is_json_without_anything_a_user_wrote(dev: Synthesis) -> None:
    (stage,) = dev.properties("AWS::ApiGateway::Stage")

    fields: dict[str, Any] = json.loads(stage["AccessLogSetting"]["Format"])

    assert fields["request_id"] == "$context.requestId"
    for revealing in ("query", "header", "authorizer", "$context.path"):
        assert not any(revealing in value for value in fields.values())
    assert {each["DataTraceEnabled"] for each in stage["MethodSettings"]} == {False}


def test_an_account_that_lets_gateways_log_is_left_alone(dev: Synthesis, prod: Synthesis) -> None:
    assert len(dev.resources("AWS::ApiGateway::Account")) == 1
    assert prod.resources("AWS::ApiGateway::Account") == {}


def test_the_only_outputs_are_where_the_apis_are(dev: Synthesis) -> None:
    assert list(dev.template["Outputs"]) == ["ApiUrl", "SocketUrl", "EdgeUrl"]
