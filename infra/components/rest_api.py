"""The REST API: the topology's routes, and in the contract's envelope whatever API Gateway answers itself."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import topology
from infra.components.access_logs import AccessLogs
from infra.components.acknowledgements import acknowledge
from infra.components.cross_origin import answer_preflights
from infra.components.custom_domain import CustomDomain, RestDomain
from infra.components.gateway_envelopes import add_gateway_response
from infra.components.method_not_allowed import refuse_other_media_types, refuse_other_methods
from infra.components.own_names import own_name
from infra.stage import StageSettings
from parley.cors import CorsPolicy

# API Gateway ends a stream after 15 minutes; unless told, it ends it after 29 s as it does any answer.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
_STREAM_TIMEOUT_SECONDS = 15 * 60

_ACKNOWLEDGED = {
    "APIG2": "The functions validate requests: only they can name each wrong field.",
    "APIG3": "A web ACL is paid for while nobody talks; who wants one associates it with the stage.",
    "APIG4": "Tokens are opaque and revoked at once; each function checks them against the users table.",
    "APIG6": "Access logs tell of every request. Execution logs would hold tokens and what people write.",
    "COG4": "The product has users of its own.",
}


class RestApi(Construct):
    """Regional: an edge-optimised endpoint cuts a stream after 30 s of silence."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        routes: Sequence[topology.Route],
        functions: Mapping[str, lambda_.IFunction],
        stage: StageSettings,
        cors: CorsPolicy,
        domain: CustomDomain | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.resource = apigateway.RestApi(
            self,
            "Api",
            rest_api_name=own_name(self, "rest"),
            endpoint_configuration=apigateway.EndpointConfiguration(types=[apigateway.EndpointType.REGIONAL]),
            cloud_watch_role=False,
            deploy_options=_stage_options(stage, routes, AccessLogs(self, "AccessLogs", stage=stage)),
        )
        self.resource.node.try_remove_child("Endpoint")  # an output that the stack names itself
        for path, methods in _methods_by_path(routes).items():
            resource = self.resource.root.resource_for_path(path)
            for method, function in methods.items():
                resource.add_method(method, _integration(functions[function], function, stage))
            if cors:
                answer_preflights(resource, methods=methods, cors=cors)
            refuse_other_methods(resource, allowed=methods, cors=cors)
        refuse_other_media_types(self.resource, cors=cors)
        for response in topology.GATEWAY_RESPONSES:
            add_gateway_response(self.resource, response, cors=cors)
        for rule, reason in _ACKNOWLEDGED.items():
            acknowledge(self.resource, rule, reason=reason)
        self.domain = RestDomain(self, "Domain", domain=domain, api=self.resource) if domain else None

    @property
    def stage(self) -> apigateway.IStage:
        return self.resource.deployment_stage

    @property
    def url(self) -> str:
        """With a slash at its end."""
        return self.domain.url if self.domain else str(self.resource.url)


def _stage_options(
    stage: StageSettings, routes: Sequence[topology.Route], access_logs: AccessLogs
) -> apigateway.StageOptions:
    return apigateway.StageOptions(
        stage_name=stage.name,
        throttling_rate_limit=stage.requests_per_second,
        throttling_burst_limit=stage.burst_requests,
        access_log_destination=access_logs.destination,
        access_log_format=access_logs.format,
        tracing_enabled=True,
        method_options={
            f"{route.path}/{route.method}": _throttled(stage.class_requests_per_second[route.route_class])
            for route in routes
            if route.route_class in stage.class_requests_per_second
        },
    )


def _throttled(requests_per_second: int) -> apigateway.MethodDeploymentOptions:
    return apigateway.MethodDeploymentOptions(
        throttling_rate_limit=requests_per_second, throttling_burst_limit=2 * requests_per_second
    )


def _methods_by_path(routes: Sequence[topology.Route]) -> dict[str, dict[str, str]]:
    methods: dict[str, dict[str, str]] = {}
    for route in routes:
        methods.setdefault(route.path, {})[route.method] = route.function
    return methods


def _integration(
    function: lambda_.IFunction, name: str, stage: StageSettings
) -> apigateway.LambdaIntegration:
    if topology.function_named(name).streaming and stage.response_streaming:
        return apigateway.LambdaIntegration(
            function,
            allow_test_invoke=False,
            response_transfer_mode=apigateway.ResponseTransferMode.STREAM,
            timeout=Duration.seconds(_STREAM_TIMEOUT_SECONDS),
        )
    return apigateway.LambdaIntegration(
        function,
        allow_test_invoke=False,
        timeout=Duration.seconds(topology.BUFFERED_INTEGRATION_TIMEOUT_SECONDS),
    )
