"""The expected events have the shape of those that API Gateway sends."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from infra.local.client_socket import ClientSocket
from infra.local.plan import Limits
from infra.local.proxy_events import GatewayRequest
from infra.local.socket_connections import Connection, new_socket_id
from infra.local.socket_events import connect_event, disconnect_event, message_event

EVENTS = Path(__file__).parent / "events"
HANDSHAKE = GatewayRequest(
    method="GET",
    path="/ws/chat-room/room_1",
    query="token=a%2Bb&mentions=x&mentions=y&empty=&room_id=room_1",
    headers=[
        ("host", "localhost:8000"),
        ("user-agent", "Mozilla/5.0"),
        ("sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA=="),
        ("accept-language", "en"),
    ],
    body=b"",
    source_ip="192.0.2.1",
    http_version="1.1",
    received_at=datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC),
    request_id="AAAAAAAAAAAAAAA=",
    trace_id="1-67891233-abcdef012345678912345678",
)
UNLIKE_EACH_OTHER = ("requestId", "extendedRequestId", "connectionId", "messageId", "requestTime")


def connection(**fields: Any) -> Connection:
    handshake = GatewayRequest(**{name: getattr(HANDSHAKE, name) for name in HANDSHAKE.__slots__} | fields)
    return Connection(cast("ClientSocket", None), handshake, Limits())


def without_what_is_never_the_same(event: dict[str, Any]) -> dict[str, Any]:
    context = dict(event["requestContext"])
    for name in UNLIKE_EACH_OTHER:
        context.pop(name, None)
    assert context.pop("requestTimeEpoch") > context["connectedAt"]
    return event | {"requestContext": context}


def expected(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text())


def test_connect_has_the_handshakes_headers_and_query_string() -> None:
    event = connect_event(connection(), HANDSHAKE)
    assert without_what_is_never_the_same(event) == expected("socket_connect")


def test_without_a_query_string_connect_has_no_such_parameters() -> None:
    handshake = GatewayRequest(
        **{name: getattr(HANDSHAKE, name) for name in HANDSHAKE.__slots__} | {"query": ""}
    )
    event = connect_event(connection(), handshake)
    assert not [name for name in event if "QueryString" in name]


def test_a_message_has_neither() -> None:
    event = message_event(connection(), "send_message", '{"action": "send_message"}')
    assert len(event["requestContext"]["messageId"]) == 16
    assert without_what_is_never_the_same(event) == expected("socket_message")


def test_disconnect_tells_code_and_reason() -> None:
    event = disconnect_event(connection(headers=[("host", "a")]), code=1005, reason="no status")
    assert without_what_is_never_the_same(event) == expected("socket_disconnect")


def test_times_are_told_in_both_forms() -> None:
    context = message_event(connection(), "$default", "")["requestContext"]
    at = datetime.strptime(context["requestTime"], "%d/%b/%Y:%H:%M:%S %z")
    assert int(at.timestamp()) == context["requestTimeEpoch"] // 1000


def test_ids_look_like_api_gateways_and_need_no_other_encoding_in_a_path_than_its_padding() -> None:
    ids = {new_socket_id() for _ in range(1000)}
    assert len(ids) == 1000
    for each in ids:
        assert len(each) == 16
        assert each.endswith("=")
        assert each.removesuffix("=").replace("-", "").replace("_", "").isalnum()
