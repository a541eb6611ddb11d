"""A name of the deployer's own for an API, without an edge in front of it."""

from dataclasses import dataclass

from aws_cdk import aws_apigateway as apigateway
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
