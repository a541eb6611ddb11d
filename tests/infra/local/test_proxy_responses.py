import base64
import json
from typing import Any

import pytest

from infra.local.proxy_responses import MalformedResponseError, buffered_response, response_head


def payload(**answer: Any) -> bytes:
    return json.dumps(answer).encode()


def test_status_headers_and_body_are_taken_over() -> None:
    head, body = buffered_response(
        payload(statusCode=201, headers={"Content-Type": "text/plain", "X-Count": 3}, body="héllo")
    )
    assert head.status == 201
    assert head.headers == (("Content-Type", "text/plain"), ("X-Count", "3"))
    assert body == "héllo".encode()


def test_a_base64_body_is_decoded() -> None:
    encoded = base64.b64encode(b"\x00\xff").decode()
    assert buffered_response(payload(statusCode=200, body=encoded, isBase64Encoded=True))[1] == b"\x00\xff"


def test_both_kinds_of_headers_are_merged_and_equal_pairs_count_once() -> None:
    head = response_head(
        {
            "statusCode": 200,
            "headers": {"content-type": "text/plain", "x-a": "1"},
            "multiValueHeaders": {"x-a": ["1", "2"]},
            "cookies": ["a=1", "b=2"],
        }
    )
    assert sorted(head.headers) == [
        ("content-type", "text/plain"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("x-a", "1"),
        ("x-a", "2"),
    ]


def test_hop_by_hop_headers_and_a_length_are_dropped_and_a_type_is_given() -> None:
    head = response_head(
        {
            "statusCode": 200,
            "headers": {"Connection": "close", "Content-Length": "5", "Transfer-Encoding": "x"},
        }
    )
    assert head.headers == (("content-type", "application/json"),)


@pytest.mark.parametrize(
    "answer",
    [
        b"not json",
        b'"text"',
        b"null",
        b"{}",
        payload(statusCode="200"),
        payload(statusCode=99),
        payload(statusCode=700),
        payload(statusCode=200, body={"a": 1}),
        payload(statusCode=200, body="***", isBase64Encoded=True),
        payload(statusCode=200, headers=["a"]),
        payload(statusCode=200, headers={"a": None}),
        payload(statusCode=200, headers={"a": "1\r\nset-cookie: b=2"}),
        payload(statusCode=200, headers={"a b": "1"}),
        payload(statusCode=200, headers={"a": "你"}),
        payload(statusCode=200, multiValueHeaders={"a": "1"}),
    ],
)
def test_what_api_gateway_does_not_understand_is_refused(answer: bytes) -> None:
    with pytest.raises(MalformedResponseError):
        buffered_response(answer)
