"""CloudFront's functions in a JavaScript engine, with URLs as browsers and others write them."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from infra import topology

SOURCES = Path(__file__).resolve().parents[3] / "infra" / "edge"
NODE = Path(sys.executable).with_name("node")

# One line in, one line out, for as long as there are lines.
LOOP = """
const lines = require('node:readline').createInterface({ input: process.stdin });
lines.on('line', (line) => process.stdout.write(JSON.stringify(handler(JSON.parse(line))) + '\\n'));
"""
# The API document's own.
DOCUMENTED = (
    "ws://host/ws/chat-room/room-123?participant_type=user&participant_id=1&participant_name=John",
    "ws://host/ws/chat-room/room-123?participant_type=agent&participant_id=agent-1&participant_name=Bot",
)

Run = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture(scope="module")
def chat_room() -> Any:
    yield from _engine("chat_room.js")


@pytest.fixture(scope="module")
def viewer_address() -> Any:
    yield from _engine("viewer_address.js")


def _engine(file: str) -> Any:
    code = (SOURCES / file).read_text("utf-8").replace("{stage}", "prod")
    with subprocess.Popen(
        [NODE, "-e", code + LOOP], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as node:
        assert node.stdin is not None
        assert node.stdout is not None

        def run(event: dict[str, Any]) -> dict[str, Any]:
            print(json.dumps(event), file=node.stdin, flush=True)
            return json.loads(node.stdout.readline())  # type: ignore[union-attr]  # seen above

        yield run
        node.stdin.close()


@pytest.mark.parametrize("url", DOCUMENTED)
def test_the_documented_urls_reach_the_stage_with_the_room_in_the_query(chat_room: Run, url: str) -> None:
    request = chat_room(event(url))

    expected = parse_qs(urlsplit(url).query) | {"room_id": ["room-123"]}
    assert request["uri"] == "/prod"
    assert parse_qs(query(request)) == expected


@pytest.mark.parametrize(
    ("path", "room"),
    [
        ("/ws/chat-room/room_01ARZ3NDEKTSV4RRFFQ69G5FAV", "room_01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("/ws/chat-room/room-123/", "room-123"),
        ("/ws/chat-room/%E8%81%8A%E5%A4%A9%E5%AE%A4", "聊天室"),
        ("/ws/chat-room/a%2Fb", "a/b"),
        ("/ws/chat-room/a%20b", "a b"),
        ("/ws/chat-room/a+b", "a+b"),
        ("/ws/chat-room/room%2D123", "room-123"),
        # These end a value in a query, and are ordinary in a path.
        ("/ws/chat-room/a&participant_id=2", "a&participant_id=2"),
        ("/ws/chat-room/a=b;c", "a=b;c"),
        ("/ws/chat-room/a%26token=x", "a&token=x"),
        ("/ws/chat-room/a%23b", "a#b"),
    ],
)
def test_a_room_stays_one_value_however_it_is_written(chat_room: Run, path: str, room: str) -> None:
    request = chat_room(event(f"wss://host{path}?participant_id=1"))

    assert parse_qs(query(request), strict_parsing=True) == {"participant_id": ["1"], "room_id": [room]}


@pytest.mark.parametrize(
    "own",
    [
        "room_id=room-9",
        "room_id=room-8&room_id=room-9",
        "room%5Fid=room-9",
        "%72oom_id=room-9",
        "room_id",
        "room_id=",
    ],
)
def test_a_room_in_the_query_does_not_go_before_the_paths(chat_room: Run, own: str) -> None:
    for text in (own, f"{own}&participant_id=1", f"participant_id=1&{own}"):
        request = chat_room(event(f"wss://host/ws/chat-room/room-123?{text}"))

        assert parse_qs(query(request), keep_blank_values=True)["room_id"] == ["room-123"]


def test_all_else_in_the_query_stays_as_it_was_sent(chat_room: Run) -> None:
    text = "token=a%2Bb%3D%3D&after=&participant_name=%E6%9D%8E&x=1&x=2&%zz=1"

    request = chat_room(event(f"wss://host/ws/chat-room/room-123?{text}"))

    assert query(request) == f"{text}&room_id=room-123"


@pytest.mark.parametrize(
    "path",
    [
        "/ws/",
        "/ws/chat-room",
        "/ws/chat-room/",
        "/ws/chat-room//",
        "/ws/chat-room/a/b",
        "/ws/chat-rooms/a",
        "/ws/other/a",
        "/x/ws/chat-room/a",
        "/ws/chat-room/%E8%81",
        "/ws/chat-room/%",
    ],
)
def test_what_names_no_room_is_answered_as_any_unknown_path_is(chat_room: Run, path: str) -> None:
    answer = chat_room(event(f"wss://host{path}?room_id=room-123"))

    (known,) = [
        response for response in topology.GATEWAY_RESPONSES if response.response_type == "RESOURCE_NOT_FOUND"
    ]
    assert answer["statusCode"] == known.status
    assert json.loads(answer["body"]) == {
        "success": False,
        "error": known.error,
        "code": known.status,
        "type": known.type,
    }
    assert answer["headers"]["content-type"]["value"] == "application/json"


def test_the_headers_of_the_handshake_are_left_alone(chat_room: Run) -> None:
    headers = {"upgrade": {"value": "websocket"}, "authorization": {"value": "Bearer token"}}

    request = chat_room(event("wss://host/ws/chat-room/room-123", headers=headers))

    assert (request["headers"], request["method"]) == (headers, "GET")


@pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8::7"])
def test_the_viewers_address_takes_the_place_of_what_the_viewer_says(
    viewer_address: Run, address: str
) -> None:
    said = {"value": "198.51.100.1", "multiValue": [{"value": "198.51.100.1"}, {"value": "198.51.100.2"}]}
    sent = event("https://host/api/auth/login", headers={"x-parley-viewer": said}, viewer=address)

    request = viewer_address(sent)

    assert request["headers"] == {"x-parley-viewer": {"value": address}}
    assert request["uri"] == "/api/auth/login"


@pytest.mark.parametrize("file", ["chat_room.js", "viewer_address.js"])
def test_a_function_fits_cloudfront(file: str) -> None:
    """https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html"""
    code = (SOURCES / file).read_text("utf-8")

    assert len(code.encode()) <= 10_240
    assert not {"import ", "require(", "fetch(", "setTimeout", "eval("} & set(code.split())


def event(url: str, *, headers: dict[str, Any] | None = None, viewer: str = "203.0.113.7") -> dict[str, Any]:
    """As CloudFront gives it: the path and the query as they were sent, many values under a repeated name."""
    parts = urlsplit(url)
    querystring: dict[str, Any] = {}
    for pair in filter(None, parts.query.split("&")):
        name, _, value = pair.partition("=")
        if name in querystring:
            known = querystring[name]
            known.setdefault("multiValue", [{"value": known["value"]}]).append({"value": value})
        else:
            querystring[name] = {"value": value}
    return {
        "version": "1.0",
        "context": {"eventType": "viewer-request"},
        "viewer": {"ip": viewer},
        "request": {
            "method": "GET",
            "uri": parts.path,
            "querystring": querystring,
            "headers": headers or {},
            "cookies": {},
        },
    }


def query(request: dict[str, Any]) -> str:
    """As CloudFront writes it on."""
    pairs = [
        f"{name}={each['value']}"
        for name, value in request["querystring"].items()
        for each in value.get("multiValue", [value])
    ]
    return "&".join(pairs)
