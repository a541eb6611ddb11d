"""The edge: one name for the REST API and the WebSocket API, close to whoever calls."""

from dataclasses import dataclass
from pathlib import Path

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from constructs import Construct

from infra.components.acknowledgements import acknowledge
from infra.components.custom_domain import CustomDomain
from infra.components.rest_api import RestApi
from infra.components.socket_api import SocketApi
from infra.stage import StageSettings
from parley.edge import SECRET_HEADER

_SOURCES = Path(__file__).resolve().parents[1] / "edge"

# Between two bytes of an answer; more needs a higher quota. A stream that has nothing to say pings.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
_READ_TIMEOUT = Duration.seconds(60)

# CloudFront keeps an error for 10 s even where nothing is cached, and shows it to whoever asks next.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
_ERRORS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)

_ACKNOWLEDGED = {
    "CFR1": "Who may call is no question of countries.",
    "CFR2": "A web ACL is paid for while nobody talks: an option.",
    "CFR3": "CloudFront's logs hold query strings, and those hold tokens; both APIs have access logs.",
    "CFR4": "Without a name of the deployer's own there is only CloudFront's certificate, and its TLS.",
}


@dataclass(frozen=True, kw_only=True)
class EdgeDomain:
    """`target` is where a CNAME or alias record of the name has to point."""

    target: str


class Edge(Construct):
    """Nothing is cached. `secret` is what the REST API's functions know the edge by."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: StageSettings,
        rest_api: RestApi,
        socket_api: SocketApi,
        secret: str,
        domain: CustomDomain | None = None,
        web_acl_arn: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        rest = origins.RestApiOrigin(
            rest_api.resource,
            read_timeout=_READ_TIMEOUT,
            custom_headers={SECRET_HEADER: secret},
        )
        self._distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"parley {stage.name}",
            default_behavior=_behavior(rest, self._function("ViewerAddress", "viewer_address.js", stage)),
            additional_behaviors=self._sockets(socket_api, stage),
            error_responses=[
                cloudfront.ErrorResponse(http_status=status, ttl=Duration.seconds(0)) for status in _ERRORS
            ],
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            price_class=stage.price_class,
            certificate=domain.certificate if domain else None,
            domain_names=[domain.name] if domain else None,
            web_acl_id=web_acl_arn,
        )
        for rule, reason in _ACKNOWLEDGED.items():
            acknowledge(self._distribution, rule, reason=reason)
        host = self._distribution.distribution_domain_name
        self.url = f"https://{domain.name if domain else host}/"
        self.domain = EdgeDomain(target=host) if domain else None

    def _sockets(self, socket_api: SocketApi, stage: StageSettings) -> dict[str, cloudfront.BehaviorOptions]:
        origin = origins.HttpOrigin(socket_api.host, read_timeout=_READ_TIMEOUT)
        return {"/ws/*": _behavior(origin, self._function("ChatRoom", "chat_room.js", stage))}

    def _function(self, name: str, file: str, stage: StageSettings) -> cloudfront.Function:
        code = (_SOURCES / file).read_text("utf-8").replace("{stage}", stage.name)
        return cloudfront.Function(
            self,
            name,
            code=cloudfront.FunctionCode.from_inline(code),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
        )


def _behavior(origin: cloudfront.IOrigin, function: cloudfront.Function) -> cloudfront.BehaviorOptions:
    """All goes on to the API, the query and `Authorization` too; but its host is the API's own."""
    return cloudfront.BehaviorOptions(
        origin=origin,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
        cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
        origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        compress=False,
        function_associations=[
            cloudfront.FunctionAssociation(
                function=function, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST
            )
        ],
    )
