"""The WebSocket API: the topology's socket routes, and the right to post to the connections."""

import json
from collections.abc import Mapping, Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk.aws_apigatewayv2_integrations import WebSocketLambdaIntegration
from constructs import Construct

from infra import topology
from infra.components.acknowledgements import acknowledge
from infra.components.custom_domain import CustomDomain, SocketDomain
from infra.components.own_names import own_name
from infra.stage import StageSettings

# No query strings and no headers: tokens stand in them. No frames: people write in them.
_FIELDS = {
    "request_id": "$context.requestId",
    "extended_request_id": "$context.extendedRequestId",
    "request_time": "$context.requestTime",
    "source_ip": "$context.identity.sourceIp",
    "connection_id": "$context.connectionId",
    "event_type": "$context.eventType",
    "route": "$context.routeKey",
    "status": "$context.status",
    "response_type": "$context.error.responseType",
    "integration_status": "$context.integration.status",
    "integration_latency_ms": "$context.integration.latency",
}

# Sends a frame, and closes the connection.
_METHODS = ("POST", "DELETE")


class SocketApi(Construct):
    """It is made before the functions, which are told where it is, and then serves the routes with them."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: StageSettings,
        domain: CustomDomain | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._stage_name = stage.name
        self._api = apigatewayv2.WebSocketApi(
            self,
            "Api",
            api_name=own_name(self, "sockets"),
            route_selection_expression=topology.SOCKET_ROUTE_SELECTION,
        )
        self.domain = SocketDomain(self, "Domain", domain=domain) if domain else None
        self.stage = apigatewayv2.WebSocketStage(
            self,
            "Stage",
            web_socket_api=self._api,
            stage_name=stage.name,
            auto_deploy=True,
            throttle=apigatewayv2.ThrottleSettings(
                rate_limit=stage.frames_per_second, burst_limit=stage.burst_frames
            ),
            domain_mapping=self.domain.mapping if self.domain else None,
        )
        self.stage.node.default_child.access_log_settings = _access_logs(self, stage)
        reason = "$connect's function proves tokens: an authorizer would be one more call and cold start."
        acknowledge(self._api, "APIG4", reason=reason)

    @property
    def url(self) -> str:
        """Where clients connect, wss."""
        return self.domain.url if self.domain else str(self.stage.url)

    @property
    def host(self) -> str:
        """API Gateway's own, without a scheme or a stage."""
        stack = Stack.of(self)
        return f"{self._api.api_id}.execute-api.{stack.region}.{stack.url_suffix}"

    def serve(
        self, routes: Sequence[topology.SocketRoute], functions: Mapping[str, lambda_.IFunction]
    ) -> None:
        integrations = {
            name: WebSocketLambdaIntegration(
                f"{name.title().replace('_', '')}Integration",
                functions[name],
                timeout=Duration.seconds(topology.SOCKET_INTEGRATION_TIMEOUT_SECONDS),
            )
            for name in dict.fromkeys(route.function for route in routes)
        }
        for route in routes:
            self._api.add_route(route.key, integration=integrations[route.function])

    def environment(self, function: topology.Function) -> dict[str, str]:
        """Where the connections are posted to: by https, and never by the domain of the clients."""
        return {topology.SOCKET_API_SETTING: self.stage.callback_url} if function.posts_to_sockets else {}

    def grant(self, role: iam.Role, function: topology.Function) -> None:
        """The connections of this API's stage, no other's."""
        if not function.posts_to_sockets:
            return
        connections = [f"{self._stage_name}/{method}/@connections/*" for method in _METHODS]
        stack = Stack.of(self)
        iam.Grant.add_to_principal(
            grantee=role,
            actions=["execute-api:ManageConnections"],
            resource_arns=[
                stack.format_arn(service="execute-api", resource=self._api.api_id, resource_name=each)
                for each in connections
            ],
        )
        # Written as cdk-nag writes what is known only at the deployment.
        api = f"<AWS::Region>:<AWS::AccountId>:<{stack.get_logical_id(self._api.node.default_child)}>"
        for each in connections:
            rule = f"IAM5[Resource::arn:<AWS::Partition>:execute-api:{api}/{each}]"
            acknowledge(role, rule, reason="Connections come and go: none has a name before it is there.")


def _access_logs(scope: Construct, stage: StageSettings) -> apigatewayv2.CfnStage.AccessLogSettingsProperty:
    group = logs.LogGroup(
        scope, "AccessLogs", retention=stage.log_retention, removal_policy=stage.removal_policy
    )
    return apigatewayv2.CfnStage.AccessLogSettingsProperty(
        destination_arn=group.log_group_arn, format=json.dumps(_FIELDS)
    )
