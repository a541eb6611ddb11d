"""Every function lets the pages of the configured origins read its answers, whatever they are."""

from importlib import import_module

import pytest

from infra.topology import ROUTES
from parley.cors import CorsPolicy
from tests.functions.gateway import invoke, proxy_event, with_headers

ONE, OTHER, FOREIGN = "https://chat.example.com", "http://localhost:5173", "https://evil.example"
FUNCTIONS = sorted({route.function for route in ROUTES})


@pytest.fixture
def allow(monkeypatch):
    def allow(origins: str) -> None:
        for function in FUNCTIONS:
            frame = import_module(f"functions.{function}.handler").handler.app
            monkeypatch.setattr(frame, "_cors", CorsPolicy.parse(origins))

    return allow


def ask(function, origin, path="/api/nothing"):
    event = proxy_event(path=path, resource=path)
    return invoke(function, with_headers(event, {"origin": origin} if origin else {}))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_names_the_callers_origin_if_it_is_one_of_several(allow, function):
    allow(f"{ONE},{OTHER}")
    for origin in (ONE, OTHER):
        headers = ask(function, origin).headers
        assert (headers["access-control-allow-origin"], headers["vary"]) == (origin, "Origin")
        assert "Idempotency-Replayed" in headers["access-control-expose-headers"]
    for origin in (FOREIGN, None):
        headers = ask(function, origin).headers
        assert "access-control-allow-origin" not in headers
        assert headers["vary"] == "Origin"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_says_anything_where_nothing_is_configured(function):
    assert not [name for name in ask(function, ONE).headers if name.startswith("access-control")]


@pytest.mark.usefixtures("demo")
def test_successes_streams_and_failures_of_our_own_carry_it_too(allow, anna, monkeypatch):
    allow("*")
    conversation = anna.converse()
    body = {"conversation_id": conversation["id"], "content": "Hi"}
    answers = [
        anna.client.call("GET", "/api/conversations"),
        anna.client.call("POST", "/api/messages/stream", body),
        anna.client.call("POST", "/api/conversations", {"title": ""}),
    ]
    monkeypatch.setattr("parley.tables.conversations._find", None)
    answers.append(anna.client.call("GET", f"/api/conversations/{conversation['id']}"))
    assert [answer.status for answer in answers] == [200, 200, 422, 500]
    assert {answer.headers["access-control-allow-origin"] for answer in answers} == {"*"}
