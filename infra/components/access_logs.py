"""Where and how API Gateway logs requests, and the account's leave to do so."""

import json

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.components.acknowledgements import acknowledge
from infra.stage import StageSettings

# No query strings, headers or raw paths: tokens and ids of conversations do not belong in a log.
_FIELDS = {
    "request_id": "$context.requestId",
    "extended_request_id": "$context.extendedRequestId",
    "request_time": "$context.requestTime",
    "source_ip": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "resource": "$context.resourcePath",
    "status": "$context.status",
    "response_type": "$context.error.responseType",
    "response_bytes": "$context.responseLength",
    "latency_ms": "$context.responseLatency",
    "integration_status": "$context.integration.status",
    "integration_latency_ms": "$context.integration.latency",
    "trace_id": "$context.xrayTraceId",
}

_LOG_POLICY = "service-role/AmazonAPIGatewayPushToCloudWatchLogs"


class AccessLogs(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, stage: StageSettings) -> None:
        super().__init__(scope, construct_id)
        self._group = logs.LogGroup(
            self, "Logs", retention=stage.log_retention, removal_policy=stage.removal_policy
        )
        self.destination = apigateway.LogGroupLogDestination(self._group)
        self.format = apigateway.AccessLogFormat.custom(json.dumps(_FIELDS))


class AccountLogRole(Construct):
    """Without a role for logs in the account's settings, API Gateway refuses a stage that has access logs.

    The setting is one for the account and region. Where the stage keeps what it has, it stays when the stack
    goes: other APIs may rely on it. Another stage in the account is better deployed without one of its own.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    """

    def __init__(self, scope: Construct, construct_id: str, *, stage: StageSettings) -> None:
        super().__init__(scope, construct_id)
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(_LOG_POLICY)],
        )
        acknowledge(
            role,
            f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{_LOG_POLICY}]",
            reason="It is for every API of the account, and made by AWS for this setting.",
        )
        account = apigateway.CfnAccount(self, "Account", cloud_watch_role_arn=role.role_arn)
        role.apply_removal_policy(stage.removal_policy)
        account.apply_removal_policy(stage.removal_policy)
