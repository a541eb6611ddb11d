"""CORS at API Gateway: it answers preflights itself and lets pages of other origins read what it answers."""

from collections.abc import Iterable, Mapping

from aws_cdk import aws_apigateway as apigateway

from parley.cors import CorsPolicy

_ALLOW_ORIGIN = "Access-Control-Allow-Origin"
_REQUEST_ORIGIN = "method.request.header.Origin"


def answer_preflights(resource: apigateway.IResource, *, methods: Iterable[str], cors: CorsPolicy) -> None:
    headers = cors.preflight_headers(None, methods)
    resource.add_method(
        "OPTIONS",
        apigateway.MockIntegration(
            passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
            request_templates={"application/json": '{"statusCode": 204}'},
            integration_responses=[
                apigateway.IntegrationResponse(
                    status_code="204",
                    response_parameters=literals(headers),
                    response_templates={"application/json": naming_of_origin(cors)},
                )
            ],
        ),
        method_responses=[method_response("204", headers, cors)],
    )


def method_response(status: str, headers: Iterable[str], cors: CorsPolicy) -> apigateway.MethodResponse:
    """Declares what the integration's answer may carry."""
    names = [*headers, _ALLOW_ORIGIN] if cors else headers
    return apigateway.MethodResponse(
        status_code=status, response_parameters={f"method.response.header.{name}": True for name in names}
    )


def naming_of_origin(cors: CorsPolicy) -> str:
    """The part of a mapping template that names the caller's origin where it is one of several, or nothing.

    An origin of the policy has no character that a template would read. Header names are compared as sent:
    HTTP/2 writes them in lower case.
    """
    if not cors.depends_on_origin:
        return ""
    known = " || ".join(f'$origin == "{origin}"' for origin in cors.origins)
    return (
        '#set($origin = $input.params("Origin"))\n'
        '#if($origin == "")#set($origin = $input.params("origin"))#end\n'
        f"#if({known})"
        f"#set($context.responseOverride.header.{_ALLOW_ORIGIN} = $origin)"
        "#end\n"
    )


def gateway_response_headers(cors: CorsPolicy) -> dict[str, str]:
    """For gateway responses, which know no mapping template: see `CorsPolicy.gateway_headers`."""
    headers = cors.gateway_headers(_REQUEST_ORIGIN)
    return {name: value if value == _REQUEST_ORIGIN else f"'{value}'" for name, value in headers.items()}


def literals(headers: Mapping[str, str]) -> dict[str, str]:
    """As response parameters of an integration."""
    return {f"method.response.header.{name}": f"'{value}'" for name, value in headers.items()}
