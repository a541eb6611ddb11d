"""A front-end developer's view of the API, for tests: a person, a conversation, a stream of events."""

import json
import time
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class Event:
    id: int
    name: str
    data: dict[str, Any]
    at: float


def read_events(lines: Iterable[str]) -> Iterator[Event]:
    """Strict: `id`, `event` and one `data` line make an event; comments are passed over."""
    fields: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            assert name not in fields, f"two {name} lines in one event"
            fields[name] = value
        elif fields:
            yield Event(int(fields["id"]), fields["event"], json.loads(fields["data"]), time.monotonic())
            fields = {}


class Person:
    def __init__(self, http: httpx.Client, *, username: str, token: str) -> None:
        self.username = username
        self.token = token
        self.headers = {"Authorization": f"Bearer {token}"}
        self._http = http

    @classmethod
    def register(cls, http: httpx.Client) -> "Person":
        username = f"p-{uuid.uuid4().hex[:12]}"
        account = {"username": username, "password": "correct horse"}
        registered = http.post("/api/auth/register", json={**account, "email": f"{username}@example.com"})
        assert registered.status_code == 201, registered.text
        login = http.post("/api/auth/login", json=account)
        assert login.status_code == 200, login.text
        return cls(http, username=username, token=login.json()["data"]["access_token"])

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._http.request(
            method, path, headers={**self.headers, **options.pop("headers", {})}, **options
        )

    def data(self, method: str, path: str, **options: Any) -> Any:
        response = self.request(method, path, **options)
        assert response.is_success, response.text
        return response.json()["data"]

    def open_conversation(self, **fields: Any) -> str:
        conversation: str = self.data("POST", "/api/conversations", json=fields)["id"]
        return conversation

    def stream(
        self, conversation: str, content: str, *, headers: Mapping[str, str] | None = None, **fields: Any
    ) -> Generator[Event]:
        """The events as they come. Closing the generator leaves the stream."""
        body = {"conversation_id": conversation, "content": content, **fields}
        return self.events("POST", "/api/messages/stream", json=body, headers=headers)

    def regenerate(
        self, message: str, *, headers: Mapping[str, str] | None = None, **fields: Any
    ) -> Generator[Event]:
        """As `stream`, for another reply to what was said. Without fields the request has no body."""
        path = f"/api/messages/{message}/regenerate"
        return self.events("POST", path, json=fields or None, headers=headers)

    def follow(self, message: str, *, after: int | None = None) -> Iterator[Event]:
        """The reply's events again, behind the one that an EventSource would name; then as they come."""
        headers = {} if after is None else {"Last-Event-ID": str(after)}
        return self.events("GET", f"/api/messages/{message}/events", headers=headers)

    def events(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **options: Any
    ) -> Generator[Event]:
        """Those of a stream, as they come. Closing the generator leaves the stream."""
        headers = {**self.headers, **(headers or {})}
        with self._http.stream(method, path, headers=headers, **options) as response:
            assert response.status_code == 200, response.read()
            assert response.headers["content-type"].startswith("text/event-stream")
            yield from read_events(response.iter_lines())

    def messages(self, conversation: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.data("GET", f"/api/messages/{conversation}")["items"]
        return items


def eventually[T](look: Callable[[], T | None], *, seconds: float = 20) -> T:
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found is not None and found is not False:
            return found
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def text_of(events: Iterable[Event]) -> str:
    return "".join(event.data["content"] for event in events if event.name == "text")
