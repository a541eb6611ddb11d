"""What a front-end on another origin meets, with the stack as `make dev` starts it."""

import httpx

from tests.e2e.client import Person

PAGE = {"Origin": "http://localhost:5173"}
ASKED = "authorization,content-type,idempotency-key"


def test_a_page_of_another_origin_can_send_and_read_a_stream(http: httpx.Client, person: Person) -> None:
    wanted = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": ASKED}
    preflight = http.options("/api/messages/stream", headers=PAGE | wanted)

    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    allowed = preflight.headers["access-control-allow-headers"].lower().split(", ")
    assert set(ASKED.split(",")) <= set(allowed)
    body = {"conversation_id": person.open_conversation(), "content": "Hello"}
    answer = person.request("POST", "/api/messages/stream", json=body, headers=PAGE)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "event: done" in answer.text


def test_a_page_of_another_origin_can_read_what_went_wrong(http: httpx.Client) -> None:
    for method, path, status in (
        ("GET", "/api/nowhere", 404),
        ("PATCH", "/api/conversations", 405),
        ("GET", "/api/conversations", 401),
        ("POST", "/api/auth/login", 422),
    ):
        answer = http.request(method, path, headers=PAGE, json={})
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, "*")
