"""The WebSocket API, in a small stack of its own with routes made up here."""

import json
from typing import Any

import pytest
from aws_cdk import App, Stack, Validations
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from cdk_nag import AwsSolutionsChecks

from infra import topology
from infra.app import FEATURE_FLAGS
from infra.components.custom_domain import CustomDomain
from infra.components.socket_api import SocketApi
from infra.stage import stage_named
from tests.infra.cdk.synthesis import Synthesis

pytestmark = pytest.mark.infra

ROUTES = tuple(
    topology.SocketRoute(key=key, function=function)
    for key, function in {
        "$connect": "doorman",
        "$disconnect": "doorman",
        "$default": "doorman",
        "send_message": "postman",
    }.items()
)
POSTER = topology.Function(name="postman", memory_mb=512, timeout_seconds=29, posts_to_sockets=True)
SILENT = topology.Function(name="doorman", memory_mb=512, timeout_seconds=29)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """Judged by cdk-nag as well: a rule that is broken makes the synthesis fail."""
    folder = tmp_path_factory.mktemp("sockets")
    app = App(outdir=str(folder), context=FEATURE_FLAGS, analytics_reporting=False)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    stack = Stack(app, "sockets")
    api = SocketApi(stack, "SocketApi", stage=stage_named("prod"), domain=_domain(stack))
    api.serve(ROUTES, {each.name: _function(stack, each, api) for each in (POSTER, SILENT)})
    app.synth()
    return Synthesis(folder, stack.template_file)


def test_a_frames_action_chooses_among_the_routes(small: Synthesis) -> None:
    (api,) = small.properties("AWS::ApiGatewayV2::Api")

    assert (api["ProtocolType"], api["RouteSelectionExpression"]) == ("WEBSOCKET", "$request.body.action")
    served = {route["RouteKey"]: _function_of(small, route) for route in _routes(small)}
    assert served == {route.key: route.function for route in ROUTES}


def test_a_function_has_one_integration_for_all_its_routes_within_the_gateways_time(small: Synthesis) -> None:
    integrations = small.properties("AWS::ApiGatewayV2::Integration")

    assert len(integrations) == 2
    for integration in integrations:
        assert (integration["IntegrationType"], integration["TimeoutInMillis"]) == ("AWS_PROXY", 29_000)


def test_api_gateway_may_call_a_function_for_its_routes_only(small: Synthesis) -> None:
    permitted = {
        (small.name_of_function(each["FunctionName"]["Fn::GetAtt"][0]), each["SourceArn"]["Fn::Join"][1][-1])
        for each in small.properties("AWS::Lambda::Permission")
    }

    assert permitted == {(route.function, f"/*{route.key}") for route in ROUTES}


def test_the_stage_is_deployed_by_itself_and_throttled_as_its_settings_say(small: Synthesis) -> None:
    stage = _stage(small)

    assert (stage["StageName"], stage["AutoDeploy"]) == ("prod", True)
    throttle = {"ThrottlingRateLimit": 2000, "ThrottlingBurstLimit": 4000}
    assert stage["DefaultRouteSettings"] == throttle


def test_the_access_log_holds_no_query_no_header_and_no_frame(small: Synthesis) -> None:
    settings = _stage(small)["AccessLogSettings"]
    fields: dict[str, str] = json.loads(settings["Format"])

    assert fields["connection_id"] == "$context.connectionId"
    for revealing in ("query", "header", "authorizer", "body", "message", "$context.path"):
        assert not any(revealing in value for value in fields.values())
    (group,) = small.resources("AWS::Logs::LogGroup")
    assert settings["DestinationArn"] == {"Fn::GetAtt": [group, "Arn"]}


def test_only_who_posts_to_sockets_may_and_only_to_this_apis_connections(small: Synthesis) -> None:
    (api,) = small.resources("AWS::ApiGatewayV2::Api")
    (policy,) = small.properties("AWS::IAM::Policy")
    (statement,) = policy["PolicyDocument"]["Statement"]

    assert statement["Action"] == "execute-api:ManageConnections"
    resources = [resource["Fn::Join"][1] for resource in statement["Resource"]]
    assert [(parts[2], parts[-2], parts[-1]) for parts in resources] == [
        (":execute-api:", {"Ref": api}, f"/prod/{method}/@connections/*") for method in ("DELETE", "POST")
    ]


def test_only_who_posts_to_sockets_is_told_where_by_https_without_the_clients_domain(
    small: Synthesis,
) -> None:
    (api,) = small.resources("AWS::ApiGatewayV2::Api")
    (url,) = [small.variables("postman")[topology.SOCKET_API_SETTING]["Fn::Join"][1]]

    assert url[:3] == ["https://", {"Ref": api}, ".execute-api."]
    assert url[-1] == "/prod"
    assert small.variables("doorman") == {}


def test_clients_connect_to_the_deployers_name(small: Synthesis) -> None:
    (domain,) = small.properties("AWS::ApiGatewayV2::DomainName")
    (mapping,) = small.properties("AWS::ApiGatewayV2::ApiMapping")
    (configuration,) = domain["DomainNameConfigurations"]

    assert domain["DomainName"] == "sockets.example.com"
    assert (configuration["EndpointType"], configuration["SecurityPolicy"]) == ("REGIONAL", "TLS_1_2")
    assert "ApiMappingKey" not in mapping


def test_the_product_serves_the_socket_routes_of_the_topology(dev: Synthesis) -> None:
    served = {route["RouteKey"]: _function_of(dev, route) for route in _routes(dev)}

    assert served == {route.key: route.function for route in topology.SOCKET_ROUTES}
    assert len(dev.resources("AWS::ApiGatewayV2::Api")) == 1


def _domain(stack: Stack) -> CustomDomain:
    arn = "arn:aws:acm:eu-central-1:111122223333:certificate/of-the-sockets"
    certificate = acm.Certificate.from_certificate_arn(stack, "Certificate", arn)
    return CustomDomain(name="sockets.example.com", certificate=certificate)


def _function(stack: Stack, description: topology.Function, api: SocketApi) -> lambda_.Function:
    role = iam.Role(stack, f"{description.name}Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    api.grant(role, description)
    return lambda_.Function(
        stack,
        description.name,
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler=description.handler,
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        environment=api.environment(description),
        role=role,
    )


def _routes(synthesis: Synthesis) -> list[dict[str, Any]]:
    return synthesis.properties("AWS::ApiGatewayV2::Route")


def _stage(synthesis: Synthesis) -> dict[str, Any]:
    (stage,) = synthesis.properties("AWS::ApiGatewayV2::Stage")
    return stage


def _function_of(synthesis: Synthesis, route: dict[str, Any]) -> str:
    integration = synthesis.template["Resources"][route["Target"]["Fn::Join"][1][1]["Ref"]]["Properties"]
    return synthesis.function_of(integration["IntegrationUri"])
