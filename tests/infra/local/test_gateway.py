"""Buffered answers and what the gateway answers itself, over real sockets."""

import asyncio
import http.client
import json
import socket
import time
from collections.abc import Mapping
from typing import Any

import pytest

from infra.local.invocations import FunctionError, InvocationResult
from infra.local.lambda_service import REQUEST_TOO_LARGE
from infra.local.reports import THROTTLED
from tests.infra.local.gateways import RunningGateway, give, respond

type Answer = tuple[http.client.HTTPResponse, bytes]


def call(gateway: RunningGateway, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


def envelope(content: bytes) -> tuple[int, str]:
    answer = json.loads(content)
    assert answer["success"] is False
    assert answer["error"]
    assert set(answer) == {"success", "error", "code", "type"}
    return answer["code"], answer["type"]


def test_an_answer_passes_with_its_status_headers_and_length(gateway: RunningGateway) -> None:
    gateway.invoker.behaviour = respond(201, "你好", headers={"Content-Type": "text/plain", "X-A": "b"})
    response, content = call(gateway, "POST", "/plain/?a=1", b"body", Authorization="Bearer secret")
    assert (response.status, content.decode()) == (201, "你好")
    assert response.headers["content-type"] == "text/plain"
    assert response.headers["content-length"] == "6"
    assert response.headers["x-a"] == "b"
    assert response.headers["x-amzn-trace-id"].startswith("Root=1-")
    [event] = gateway.invoker.events
    assert (event["path"], event["body"], event["queryStringParameters"]) == ("/plain/", "body", {"a": "1"})
    assert event["requestContext"]["requestId"] == response.headers["x-amzn-requestid"]


def test_the_access_line_has_neither_query_nor_token(gateway: RunningGateway) -> None:
    gateway.invoker.behaviour = respond(200, "ok")
    response, _ = call(gateway, "GET", "/plain?token=secret", Authorization="Bearer secret")
    line = gateway.lines_about(response)
    assert " GET /plain 200 " in line
    assert "secret" not in line


def test_an_unknown_path_is_404_and_a_known_one_with_another_method_405(gateway: RunningGateway) -> None:
    response, content = call(gateway, "POST", "/nothing", b"{}")
    assert (response.status, envelope(content)) == (404, (404, "not_found"))
    assert response.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"
    for method in ("DELETE", "OPTIONS"):
        response, content = call(gateway, method, "/plain")
        assert (response.status, envelope(content)) == (405, (405, "method_not_allowed"))
    assert call(gateway, "HEAD", "/plain")[0].status == 405
    assert gateway.invoker.events == []


@pytest.mark.parametrize(
    ("error", "status", "type_"),
    [
        (FunctionError(type="KeyError", message="'secret'"), 502, "bad_gateway"),
        (FunctionError(type="Sandbox.Timedout", message="secret"), 502, "bad_gateway"),
        (THROTTLED, 429, "rate_limited"),
        (REQUEST_TOO_LARGE, 413, "payload_too_large"),
    ],
)
def test_a_failed_invocation_tells_nothing_of_its_reason(
    gateway: RunningGateway, error: FunctionError, status: int, type_: str
) -> None:
    gateway.invoker.behaviour = give(error)
    response, content = call(gateway, "GET", "/plain")
    assert (response.status, envelope(content)) == (status, (status, type_))
    assert b"secret" not in content
    assert "x-amzn-errortype" in response.headers
    assert error.type in gateway.lines_about(response)


def test_a_malformed_answer_is_502(gateway: RunningGateway) -> None:
    gateway.invoker.behaviour = respond(200, "ok", headers={"a": "b\nc"})
    response, content = call(gateway, "GET", "/plain")
    assert (response.status, envelope(content)) == (502, (502, "bad_gateway"))


def test_a_buffered_answer_to_a_streaming_integration_is_502(gateway: RunningGateway) -> None:
    gateway.invoker.behaviour = respond(200, "ok")
    assert call(gateway, "POST", "/streaming")[0].status == 502


def test_a_slow_function_is_504_and_runs_on(gateway: RunningGateway) -> None:
    async def never(_: Mapping[str, Any]) -> InvocationResult:
        await asyncio.Event().wait()
        raise AssertionError

    gateway.invoker.behaviour = never
    response, content = call(gateway, "GET", "/plain")
    assert (response.status, envelope(content)) == (504, (504, "gateway_timeout"))


def test_a_fault_of_the_gateway_itself_is_500_with_its_traceback_in_the_log_only(
    gateway: RunningGateway,
) -> None:
    async def broken(_: Mapping[str, Any]) -> InvocationResult:
        raise RuntimeError("secret")

    gateway.invoker.behaviour = broken
    response, content = call(gateway, "GET", "/plain")
    assert (response.status, envelope(content)) == (500, (500, "internal_error"))
    assert "RuntimeError: secret" in gateway.lines_about(response)


def test_a_204_has_no_body(gateway: RunningGateway) -> None:
    gateway.invoker.behaviour = respond(204, "")
    response, content = call(gateway, "GET", "/plain")
    assert (response.status, content) == (204, b"")


def test_a_body_at_the_limit_passes_and_one_above_is_413(gateway: RunningGateway) -> None:
    gateway.invoker.behaviour = respond(200, "ok")
    assert call(gateway, "POST", "/plain", b"x" * 200_000)[0].status == 200
    response, content = call(gateway, "POST", "/plain", b"x" * 200_001)
    assert (response.status, envelope(content)) == (413, (413, "payload_too_large"))
    assert len(gateway.invoker.events) == 1


def test_a_large_body_of_unknown_length_is_413_as_well(gateway: RunningGateway) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    connection.request("POST", "/plain", iter([b"x" * 50_000] * 6), encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()
    assert gateway.invoker.events == []


def test_a_client_that_asks_first_is_refused_before_it_sends(gateway: RunningGateway) -> None:
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as client:
        client.sendall(
            b"POST /plain HTTP/1.1\r\nHost: a\r\nContent-Length: 900000000\r\nExpect: 100-continue\r\n\r\n"
        )
        assert client.recv(100).startswith(b"HTTP/1.1 413 ")


def test_answers_on_a_kept_connection_wait_for_no_acknowledgement(gateway: RunningGateway) -> None:
    gateway.invoker.behaviour = respond(200, "ok")
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    seconds = []
    for _ in range(40):
        begin = time.monotonic()
        connection.request("GET", "/plain")
        connection.getresponse().read()
        seconds.append(time.monotonic() - begin)
    connection.close()
    assert sorted(seconds)[20] < 0.03, "a delayed acknowledgement takes 40 ms"


def test_a_connection_serves_several_requests(gateway: RunningGateway) -> None:
    gateway.invoker.behaviour = respond(200, "ok")
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    for _ in range(3):
        connection.request("POST", "/plain", b"{}")
        assert connection.getresponse().read() == b"ok"
    connection.close()
