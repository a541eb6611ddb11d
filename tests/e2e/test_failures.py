"""What goes wrong in the real world: killed workers, bad input, limits."""

import os
import signal
from pathlib import Path

import httpx
import pytest

from tests.e2e.client import Person, eventually
from tests.e2e.stack import RunningStack

FOREIGN = "conv_01ARZ3NDEKTSV4RRFFQ69G5FAV"


def test_a_worker_killed_in_mid_stream_loses_neither_the_message_nor_the_stack(
    stack: RunningStack, person: Person
) -> None:
    conversation = person.open_conversation()
    events = person.stream(conversation, "Give me a long answer")
    next(event for event in events if event.name == "text")
    killed = stack.worker_pids("messages")
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    # Those that were idle could otherwise be given the next request before their end is noticed.
    eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in killed))

    with pytest.raises(httpx.RemoteProtocolError):
        list(events)
    question, reply = person.messages(conversation)
    assert question["content"] == "Give me a long answer"
    assert reply["status"] in ("streaming", "interrupted")
    other = person.open_conversation()
    assert list(person.stream(other, "Hello"))[-1].name == "done"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nowhere", 404),
        ("GET", "/api", 404),
        ("PATCH", "/api/conversations", 405),
        ("GET", "/api/auth/login", 405),
        ("DELETE", "/api/health", 405),
        ("GET", f"/api/conversations/{FOREIGN}", 404),
        ("GET", f"/api/messages/{FOREIGN}", 404),
        ("DELETE", "/api/messages/msg_nonsense", 404),
    ],
)
def test_what_is_not_there_is_refused_in_the_envelope(
    person: Person, method: str, path: str, status: int
) -> None:
    response = person.request(method, path)

    assert response.status_code == status
    body = response.json()
    assert body["success"] is False
    assert body["code"] == status
    assert body["error"]
    assert body["type"]


@pytest.mark.parametrize("size", [7 * 1024 * 1024, 11 * 1024 * 1024])
def test_a_body_that_no_function_could_take_is_413(person: Person, size: int) -> None:
    response = person.request("POST", "/api/conversations", content=b'{"title": "' + b"x" * size + b'"}')

    assert response.status_code == 413
    assert response.json()["code"] == 413


def test_broken_json_is_400_and_wrong_fields_are_named(person: Person) -> None:
    broken = person.request("POST", "/api/conversations", content=b'{"title": ')
    wrong = person.request("POST", "/api/conversations", json={"title": "", "temperature": 3})

    assert (broken.status_code, broken.json()["type"]) == (400, "malformed_json")
    assert wrong.status_code == 422
    assert {detail["field"] for detail in wrong.json()["details"]} == {"body.title", "body.temperature"}
    assert person.data("GET", "/api/conversations")["total"] == 0


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer nonsense", "Basic abc", "nonsense"])
def test_no_route_opens_without_a_good_token(http: httpx.Client, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    for method, path in [
        ("GET", "/api/auth/me"),
        ("POST", "/api/auth/logout"),
        ("GET", "/api/conversations/"),
        ("GET", f"/api/messages/{FOREIGN}"),
    ]:
        response = http.request(method, path, headers=headers)
        assert (response.status_code, response.json()["type"]) == (401, "unauthorized")


def test_after_ten_failures_a_name_has_to_wait_even_with_the_right_password(
    person: Person, http: httpx.Client
) -> None:
    def log_in(password: str) -> httpx.Response:
        return http.post("/api/auth/login", json={"username": person.username, "password": password})

    assert [log_in("wrong password").status_code for _ in range(10)] == [401] * 10
    refused = log_in("correct horse")
    assert (refused.status_code, refused.json()["type"]) == (429, "rate_limited")
    assert 0 < int(refused.headers["Retry-After"]) <= 900


def test_a_logged_out_token_is_refused_at_once(person: Person) -> None:
    assert person.request("POST", "/api/auth/logout").status_code == 200
    assert person.request("GET", "/api/auth/me").status_code == 401


def test_somebody_elses_conversation_does_not_exist(person: Person, http: httpx.Client) -> None:
    conversation = person.open_conversation()
    list(person.stream(conversation, "Hello"))
    message = person.messages(conversation)[0]["id"]
    stranger = Person.register(http)

    for method, path in [
        ("GET", f"/api/conversations/{conversation}"),
        ("PUT", f"/api/conversations/{conversation}"),
        ("DELETE", f"/api/conversations/{conversation}"),
        ("GET", f"/api/messages/{conversation}"),
        ("DELETE", f"/api/messages/{message}"),
    ]:
        body = {"title": "mine now"} if method == "PUT" else None
        assert stranger.request(method, path, json=body).status_code == 404
    body = {"conversation_id": conversation, "content": "Hello"}
    assert stranger.request("POST", "/api/messages", json=body).status_code == 404
    assert stranger.request("POST", "/api/messages/stream", json=body).status_code == 404
    assert len(person.messages(conversation)) == 2
