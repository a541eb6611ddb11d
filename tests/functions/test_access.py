"""Who may call: a token that proves a session, and nothing of anybody else's."""

import re
from datetime import timedelta

import pytest

from infra.topology import ROUTES
from parley.accounts.authentication import hash_token
from parley.domain.clock import now
from parley.domain.users import Session

CALLS = [
    ("GET", "/api/auth/me", None),
    ("POST", "/api/auth/logout", None),
    ("GET", "/api/conversations", None),
    ("POST", "/api/conversations", {}),
    ("GET", "/api/conversations/{id}", None),
    ("PUT", "/api/conversations/{id}", {"title": "x"}),
    ("DELETE", "/api/conversations/{id}", None),
    ("POST", "/api/messages", {"conversation_id": "{id}", "content": "Hi"}),
    ("POST", "/api/messages/stream", {"conversation_id": "{id}", "content": "Hi"}),
    ("POST", "/api/messages/{id}/regenerate", {}),
    ("GET", "/api/messages/{id}", None),
    ("GET", "/api/messages/msg_{id}", None),
    ("DELETE", "/api/messages/{id}", None),
    ("GET", "/api/usage", None),
    ("GET", "/api/tools", None),
    ("GET", "/api/tools/calculator", None),
    ("POST", "/api/tools/calculator/execute", {"expression": "1"}),
]
OPEN_PATHS = {
    "/",
    "/api/health",
    "/api/docs",
    "/api/openapi.json",
    "/api/auth/register",
    "/api/auth/login",
}
UNKNOWN_IDS = ["conv_01ARZ3NDEKTSV4RRFFQ69G5FAV", "x", "conv_", "%00", "a%2Fb", "%2F", "💥", "a" * 3000]
BAD_HEADERS = [
    "",
    "Bearer",
    "Bearer ",
    "Bearer x",
    "Basic YTpi",
    "bearer é",
    "token",
    "Bearer a b",
    "Bearer " + "a" * 9000,
]


def fill(value, identifier):
    if isinstance(value, dict):
        return {name: fill(entry, identifier) for name, entry in value.items()}
    return value.replace("{id}", identifier) if isinstance(value, str) else value


def assert_not_logged_in(answer):
    assert (answer.status, answer.json["type"], answer.json["code"]) == (401, "unauthorized", 401)
    assert answer.json["success"] is False
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_without_a_token_nothing_is_done(client, method, path, body):
    assert_not_logged_in(client.call(method, path.replace("{id}", "conv_1"), body))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_but_the_open_ones_asks_for_a_token(client, route):
    path = re.sub(r"\{.*?\}", "x", route.path)
    answer = client.call(route.method, path, {} if route.method in ("POST", "PUT") else None)
    if route.path in OPEN_PATHS:
        assert answer.status != 401
    else:
        assert_not_logged_in(answer)


@pytest.mark.parametrize("header", BAD_HEADERS, ids=range(len(BAD_HEADERS)))
def test_a_malformed_or_unknown_token_is_refused(client, header):
    client.headers["Authorization"] = header
    assert_not_logged_in(client.call("GET", "/api/auth/me"))


def test_a_token_is_asked_for_before_the_body_is_judged(client):
    assert_not_logged_in(client.call("POST", "/api/messages", {}))


def test_an_expired_token_is_refused_before_the_table_has_reaped_it(client, anna):
    from parley.tables.users import DynamoSessionRepository

    for seconds, status in [(-1, 401), (60, 200)]:
        session = Session(
            token_hash=hash_token(f"token{seconds}"),
            user_id=anna.user["id"],
            username="anna",
            expires_at=now() + timedelta(seconds=seconds),
        )
        DynamoSessionRepository().add(session)
        assert client.with_token(f"token{seconds}").call("GET", "/api/auth/me").status == status


def test_the_scheme_is_read_in_any_case(client, anna):
    client.headers["authorization"] = f"bEARER {anna.token}"
    assert client.call("GET", "/api/auth/me").status == 200


def test_a_logged_out_token_opens_nothing(anna):
    conversation = anna.converse()
    anna.client.call("POST", "/api/auth/logout")
    for method, path, body in CALLS:
        identifier = conversation["id"]
        answer = anna.client.call(method, path.replace("{id}", identifier), fill(body, identifier))
        assert_not_logged_in(answer)


@pytest.mark.parametrize(("method", "path", "body"), [call for call in CALLS if "{id}" in str(call)])
def test_what_is_somebody_elses_does_not_exist(anna, bert, method, path, body):
    conversation = anna.converse(title="mine")
    identifier = conversation["id"]
    answer = bert.client.call(method, path.replace("{id}", identifier), fill(body, identifier))
    assert (answer.status, answer.json["type"]) == (404, "not_found")
    missing = "conv_01ARZ3NDEKTSV4RRFFQ69G5FAV"
    nothing = bert.client.call(method, path.replace("{id}", missing), fill(body, missing))
    assert answer.text == nothing.text
    assert anna.client.call("GET", f"/api/conversations/{identifier}").data == conversation


@pytest.mark.parametrize("identifier", UNKNOWN_IDS, ids=range(len(UNKNOWN_IDS)))
@pytest.mark.parametrize(
    ("method", "path"),
    [(method, path) for method, path, _ in CALLS if "{id}" in path],
)
def test_what_is_no_id_is_not_found(anna, method, path, identifier):
    body = {"title": "x"} if method == "PUT" else None
    answer = anna.client.call(method, path.replace("{id}", identifier), body)
    assert (answer.status, answer.json["type"]) == (404, "not_found")
