"""The events of a Lambda proxy integration, as a REST API sends them (payload format 1.0).

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from infra.local.plan import ACCOUNT_ID, STAGE
from infra.local.routing import Match

API_ID = "parleylocal"


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayRequest:
    """A request as it came in; `path` and `query` are percent-encoded, header names in any case."""

    method: str
    path: str
    query: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    source_ip: str
    http_version: str
    received_at: datetime
    request_id: str
    trace_id: str

    def header(self, name: str, default: str = "") -> str:
        return next((value for key, value in self.headers if key.lower() == name), default)


def proxy_event(request: GatewayRequest, match: Match) -> dict[str, Any]:
    headers = forwarded_headers(request)
    query = parse_qsl(request.query, keep_blank_values=True)
    return {
        "resource": match.resource.path,
        "path": request.path,
        "httpMethod": request.method,
        "headers": dict(headers),
        "multiValueHeaders": grouped(headers),
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": grouped(query) or None,
        "pathParameters": dict(match.path_parameters) or None,
        "stageVariables": None,
        "requestContext": _request_context(request, match),
        # Without binary media types, API Gateway hands every body over as text.
        "body": request.body.decode("utf-8", "replace") or None,
        "isBase64Encoded": False,
    }


def forwarded_headers(request: GatewayRequest) -> list[tuple[str, str]]:
    """The client's, spelt as browsers used to, and those that API Gateway adds or replaces."""
    forwarded = request.header("x-forwarded-for")
    added = {
        "X-Amzn-Trace-Id": f"Root={request.trace_id}",
        "X-Forwarded-For": f"{forwarded}, {request.source_ip}" if forwarded else request.source_ip,
        "X-Forwarded-Port": _port(request.header("host")),
        "X-Forwarded-Proto": "http",
    }
    own = [(_spelt(name), value) for name, value in request.headers]
    return [pair for pair in own if pair[0] not in added] + list(added.items())


def _port(host: str) -> str:
    """80 where none is named, or none that is one: a function reads it as a number."""
    port = host.rpartition(":")[2]
    return port if port.isascii() and port.isdecimal() else "80"


def _spelt(name: str) -> str:
    return "-".join(part.capitalize() for part in name.split("-")).replace("Websocket", "WebSocket")


def grouped(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(value)
    return groups


def _request_context(request: GatewayRequest, match: Match) -> dict[str, Any]:
    domain = request.header("host")
    return {
        "accountId": ACCOUNT_ID,
        "apiId": API_ID,
        "authorizer": None,
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "extendedRequestId": request.request_id.replace("-", "")[:15] + "=",
        "httpMethod": request.method,
        "identity": _identity(request),
        "path": f"/{STAGE}{request.path}",
        "protocol": f"HTTP/{request.http_version}",
        "requestId": request.request_id,
        "requestTime": request_time(request.received_at),
        "requestTimeEpoch": int(request.received_at.timestamp() * 1000),
        "resourceId": "local",
        "resourcePath": match.resource.path,
        "stage": STAGE,
    }


def request_time(at: datetime) -> str:
    """In the form of CLF, the common log format."""
    return at.strftime("%d/%b/%Y:%H:%M:%S %z")


def _identity(request: GatewayRequest) -> dict[str, str | None]:
    unknown = (
        "accessKey",
        "accountId",
        "caller",
        "cognitoAuthenticationProvider",
        "cognitoAuthenticationType",
        "cognitoIdentityId",
        "cognitoIdentityPoolId",
        "principalOrgId",
        "user",
        "userArn",
    )
    return dict.fromkeys(unknown) | {
        "sourceIp": request.source_ip,
        "userAgent": request.header("user-agent") or None,
    }
