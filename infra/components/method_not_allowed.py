"""Answers the methods that a resource does not have, where API Gateway would deny that the path exists."""

from collections.abc import Iterable

from aws_cdk import aws_apigateway as apigateway

from infra.components.cross_origin import literals, method_response, naming_of_origin
from infra.components.gateway_envelopes import add_gateway_response, envelope
from infra.topology import METHOD_NOT_ALLOWED
from parley.cors import CorsPolicy


def refuse_other_methods(resource: apigateway.IResource, *, allowed: Iterable[str], cors: CorsPolicy) -> None:
    """An explicit method goes before ANY."""
    status = str(METHOD_NOT_ALLOWED.status)
    headers = {"Allow": cors.methods(allowed)} | cors.headers(None)
    resource.add_method(
        "ANY",
        apigateway.MockIntegration(
            passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
            request_templates={"application/json": f'{{"statusCode": {status}}}'},
            integration_responses=[
                apigateway.IntegrationResponse(
                    status_code=status,
                    response_parameters=literals(headers),
                    response_templates={
                        "application/json": naming_of_origin(cors) + envelope(METHOD_NOT_ALLOWED)
                    },
                )
            ],
        ),
        method_responses=[method_response(status, headers, cors)],
    )


def refuse_other_media_types(api: apigateway.RestApi, *, cors: CorsPolicy) -> None:
    """A mock integration takes only bodies for which it has a template, and a proxy integration takes all.

    So an unsupported media type always means a method that the resource does not have.
    """
    add_gateway_response(api, METHOD_NOT_ALLOWED, cors=cors, response_type="UNSUPPORTED_MEDIA_TYPE")
