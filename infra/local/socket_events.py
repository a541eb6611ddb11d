"""The events of a WebSocket API's Lambda proxy integrations.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from infra.local.plan import STAGE
from infra.local.proxy_events import API_ID, GatewayRequest, forwarded_headers, grouped, request_time
from infra.local.socket_connections import Connection, new_socket_id


def connect_event(connection: Connection, handshake: GatewayRequest) -> dict[str, Any]:
    """The only one with the handshake's headers and query string."""
    headers = forwarded_headers(handshake)
    query = parse_qsl(handshake.query, keep_blank_values=True)
    parameters: dict[str, Any] = {}
    if query:
        parameters["queryStringParameters"] = dict(query)
        parameters["multiValueQueryStringParameters"] = grouped(query)
    return {
        "headers": dict(headers),
        "multiValueHeaders": grouped(headers),
        **parameters,
        "requestContext": _request_context(connection, "$connect", "CONNECT"),
        "isBase64Encoded": False,
    }


def message_event(connection: Connection, route_key: str, body: str) -> dict[str, Any]:
    context = _request_context(connection, route_key, "MESSAGE")
    return {
        "requestContext": context | {"messageId": new_socket_id()},
        "body": body,
        "isBase64Encoded": False,
    }


def disconnect_event(connection: Connection, *, code: int, reason: str) -> dict[str, Any]:
    """The headers are API Gateway's own."""
    headers = [("Host", connection.host), ("x-api-key", ""), ("X-Forwarded-For", ""), ("x-restapi", "")]
    context = _request_context(connection, "$disconnect", "DISCONNECT")
    return {
        "headers": dict(headers),
        "multiValueHeaders": grouped(headers),
        "requestContext": context | {"disconnectStatusCode": code, "disconnectReason": reason},
        "isBase64Encoded": False,
    }


def _request_context(connection: Connection, route_key: str, event_type: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    request_id = new_socket_id()
    user_agent = {"userAgent": connection.user_agent} if connection.user_agent else {}
    return {
        "routeKey": route_key,
        "eventType": event_type,
        "messageDirection": "IN",
        "connectionId": connection.id,
        "connectedAt": int(connection.connected_at.timestamp() * 1000),
        "requestId": request_id,
        "extendedRequestId": request_id,
        "requestTime": request_time(now),
        "requestTimeEpoch": int(now.timestamp() * 1000),
        "apiId": API_ID,
        "stage": STAGE,
        "domainName": connection.host,
        "identity": {**user_agent, "sourceIp": connection.source_ip},
    }
