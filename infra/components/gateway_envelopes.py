"""The contract's error envelope for what API Gateway answers without reaching a function."""

import json

from aws_cdk import aws_apigateway as apigateway

from infra.components.cross_origin import gateway_response_headers
from infra.topology import GatewayResponse
from parley.cors import CorsPolicy

# They stand for many cases, each with a status of its own. Setting one would give it to all of them.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
_FALLBACKS = frozenset({"DEFAULT_4XX", "DEFAULT_5XX"})


def envelope(response: GatewayResponse) -> str:
    return json.dumps(
        {"success": False, "error": response.error, "code": response.status, "type": response.type},
        ensure_ascii=False,
    )


def add_gateway_response(
    api: apigateway.RestApi,
    response: GatewayResponse,
    *,
    cors: CorsPolicy,
    response_type: str | None = None,
) -> None:
    """`response_type` is API Gateway's name of the case where the topology's is not one."""
    name = response_type or response.response_type
    api.add_gateway_response(
        name.title().replace("_", ""),
        type=apigateway.ResponseType.of(name),
        status_code=None if name in _FALLBACKS else str(response.status),
        response_headers=gateway_response_headers(cors),
        templates={"application/json": envelope(response)},
    )
