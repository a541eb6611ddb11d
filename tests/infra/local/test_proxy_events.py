"""The expected events have the shape of the sample in AWS's documentation of proxy integrations."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.local.proxy_events import GatewayRequest, proxy_event
from infra.local.routing import Router
from infra.topology import Route

EVENTS = Path(__file__).parent / "events"
ROUTER = Router(
    [
        Route(method="GET", path="/", function="root"),
        Route(method="POST", path="/things/{id}", function="thing"),
    ]
)


def request(**fields: Any) -> GatewayRequest:
    defaults = {
        "method": "GET",
        "path": "/",
        "query": "",
        "headers": [("host", "localhost:8000")],
        "body": b"",
        "source_ip": "127.0.0.1",
        "http_version": "1.1",
        "received_at": datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC),
        "request_id": "c6af9ac6-7b61-42b6-9a8f-000000000001",
        "trace_id": "1-67891233-abcdef012345678912345678",
    }
    return GatewayRequest(**(defaults | fields))


def event_of(incoming: GatewayRequest) -> dict[str, Any]:
    match = ROUTER.match(incoming.path)
    assert match is not None
    return proxy_event(incoming, match)


def test_a_post_with_a_query_and_repeated_headers_becomes_the_documented_event() -> None:
    incoming = request(
        method="POST",
        path="/things/a%20b/",
        query="name=me&name=you&empty=&tag=b+c",
        headers=[
            ("host", "localhost:8000"),
            ("user-agent", "curl/8.5.0"),
            ("accept", "application/json"),
            ("accept", "text/html"),
            ("content-type", "application/json"),
        ],
        body='{"title":"你好"}'.encode(),
    )
    assert event_of(incoming) == json.loads((EVENTS / "post_with_query.json").read_text())


def test_a_get_without_anything_has_nulls_and_an_extended_forwarding_chain() -> None:
    incoming = request(headers=[("host", "[::1]:8000"), ("x-forwarded-for", "10.0.0.1")], source_ip="::1")
    assert event_of(incoming) == json.loads((EVENTS / "plain_get.json").read_text())


def test_a_client_cannot_choose_the_trace_id_or_the_protocol() -> None:
    incoming = request(headers=[("x-amzn-trace-id", "Root=mine"), ("x-forwarded-proto", "https")])
    event = event_of(incoming)
    assert event["multiValueHeaders"]["X-Amzn-Trace-Id"] == [f"Root={incoming.trace_id}"]
    assert event["headers"]["X-Forwarded-Proto"] == "http"


def test_a_body_that_is_no_text_is_mangled_as_it_is_without_binary_media_types() -> None:
    event = event_of(request(body=b"\xff\x00ok"))
    assert event["body"] == "�\x00ok"
    assert event["isBase64Encoded"] is False


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("localhost:9000", "9000"),
        ("localhost", "80"),
        ("", "80"),
        ("[::1]", "80"),
        ("x:", "80"),
        ("x:y", "80"),
        ("x:²", "80"),
    ],
)
def test_the_port_is_a_number_whatever_the_client_calls_its_host(host: str, port: str) -> None:
    event = event_of(request(headers=[("host", host)]))
    assert event["headers"]["X-Forwarded-Port"] == port
