"""API Gateway as far as a function notices: proxy events out of `tests/events`, and the answers to them."""

import json
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from infra.topology import ROUTES

_EVENTS = Path(__file__).parents[1] / "events"


@dataclass(frozen=True)
class LambdaContext:
    aws_request_id: str = "f6b1a2c3-0000-4000-8000-000000000001"
    function_name: str = "parley-test"

    def get_remaining_time_in_millis(self) -> int:
        return 29_000


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text, parse_constant=_no_constant)

    @property
    def data(self) -> Any:
        assert self.status in (200, 201), self.text
        assert self.json["success"] is True
        return self.json["data"]

    @property
    def fields(self) -> list[str]:
        """The paths of the fields that were refused."""
        return [detail["field"] for detail in self.json["details"]]


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


@cache
def _read(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((_EVENTS / f"{name}.json").read_text())
    return event


def proxy_event(name: str | None = None, **overrides: Any) -> dict[str, Any]:
    """The template with what a named event and then the caller say; a body that is no text becomes JSON."""
    event = deepcopy(_read("rest_proxy")) | deepcopy(_read(name) if name else {}) | overrides
    if event["body"] is not None and not isinstance(event["body"], str):
        event["body"] = json.dumps(event["body"])
    event["requestContext"] |= {
        "httpMethod": event["httpMethod"],
        "path": f"/prod{event['path']}",
        "resourcePath": event["resource"],
    }
    return event


def with_headers(event: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    for name, value in headers.items():
        event["headers"][name] = value
        event["multiValueHeaders"][name] = [value]
    return event


def invoke(function: str, event: dict[str, Any]) -> Answer:
    response = import_module(f"functions.{function}.handler").handler(event, LambdaContext())
    assert response["isBase64Encoded"] is False
    headers = response["headers"] | {
        name: values[0] for name, values in (response.get("multiValueHeaders") or {}).items()
    }
    return Answer(response["statusCode"], headers, response["body"])


@dataclass
class Client:
    """A caller with the headers that it always sends."""

    headers: dict[str, str] = field(default_factory=dict)

    def with_token(self, token: str) -> "Client":
        return Client(self.headers | {"Authorization": f"Bearer {token}"})

    def in_english(self) -> "Client":
        return Client(self.headers | {"Accept-Language": "en-GB,en;q=0.9,zh;q=0.1"})

    def call(self, method: str, target: str, body: Any = None, **overrides: Any) -> Answer:
        """`body` is sent as JSON; a text as it stands."""
        path, _, query = target.partition("?")
        pairs = parse_qsl(query, keep_blank_values=True)
        function, resource, parameters = _route(method, path)
        event = proxy_event(
            httpMethod=method,
            path=path,
            resource=resource,
            pathParameters=parameters,
            queryStringParameters=dict(pairs) or None,
            multiValueQueryStringParameters={name: [value] for name, value in pairs} or None,
            body=body,
            **overrides,
        )
        return invoke(function, with_headers(event, self.headers))


def _route(method: str, path: str) -> tuple[str, str, dict[str, str] | None]:
    """What the topology serves there; for what it does not, the function that is named in the path."""
    segments = path.strip("/").split("/")
    for route in ROUTES:
        wanted = route.path.strip("/").split("/")
        if route.method == method and len(wanted) == len(segments):
            pairs = list(zip(wanted, segments, strict=True))
            if all(name == value or name.startswith("{") for name, value in pairs):
                found = {name.strip("{}"): unquote(value) for name, value in pairs if name.startswith("{")}
                return route.function, route.path, found or None
    return segments[1] if segments[1:] else "service", path, None
