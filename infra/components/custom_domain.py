"""Names of the deployer's own for the APIs, without an edge in front of them.

API Gateway serves no WebSocket API under a name of a REST API: each has its own.
https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-custom-domain-names.html
"""

from dataclasses import dataclass

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_certificatemanager as acm
from constructs import Construct


@dataclass(frozen=True, kw_only=True)
class CustomDomain:
    """The certificate is for the name, and in the region of the API that bears it."""

    name: str
    certificate: acm.ICertificate


class RestDomain(Construct):
    """`target` is where a CNAME or alias record of the name has to point."""

    def __init__(
        self, scope: Construct, construct_id: str, *, domain: CustomDomain, api: apigateway.RestApi
    ) -> None:
        super().__init__(scope, construct_id)
        name = apigateway.DomainName(
            self,
            "Name",
            domain_name=domain.name,
            certificate=domain.certificate,
            endpoint_type=apigateway.EndpointType.REGIONAL,
            security_policy=apigateway.SecurityPolicy.TLS_1_2,
            mapping=api,
        )
        self.url = f"https://{domain.name}/"
        self.target = name.domain_name_alias_domain_name


class SocketDomain(Construct):
    """`target` is where a CNAME or alias record of the name has to point."""

    def __init__(self, scope: Construct, construct_id: str, *, domain: CustomDomain) -> None:
        super().__init__(scope, construct_id)
        name = apigatewayv2.DomainName(
            self,
            "Name",
            domain_name=domain.name,
            certificate=domain.certificate,
            endpoint_type=apigatewayv2.EndpointType.REGIONAL,
            security_policy=apigatewayv2.SecurityPolicy.TLS_1_2,
        )
        self.mapping = apigatewayv2.DomainMappingOptions(domain_name=name)
        self.url = f"wss://{domain.name}"
        self.target = name.regional_domain_name
