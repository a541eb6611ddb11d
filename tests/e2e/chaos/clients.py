"""A client as a good front end has it: it goes on where it was cut off; no event is missed or comes twice."""

import time
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.e2e.client import Event, read_events

_LAST = ("done", "error")
# What the gateway answers in the place of a killed worker or with too many at work, and what has to wait.
_TRY_AGAIN = {
    (502, "bad_gateway"),
    (429, "rate_limited"),
    (409, "idempotency_in_progress"),
    (409, "reply_running"),
}
_PATIENCE_SECONDS = 90
_PAUSE_SECONDS = 0.2


def patiently[T](attempt: Callable[[], T | None], what: str) -> T:
    """The first result that is not None, of attempts of which killed workers may have cut some off."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            if (result := attempt()) is not None:
                return result
        time.sleep(_PAUSE_SECONDS)
    raise AssertionError(f"{what} came to no end")


def must_try_again(response: httpx.Response) -> bool:
    return not response.is_success and (response.status_code, response.json()["type"]) in _TRY_AGAIN


def is_repeat(response: httpx.Response) -> bool:
    return response.headers.get("idempotency-replayed") == "true"


@dataclass
class Client:
    """Reads the events of one reply behind the one numbered `after`.

    `has_no_more` is set where it was answered (204) that it has all, `has_joined` where its request was
    answered as a repeat.
    """

    http: httpx.Client
    headers: dict[str, str]
    after: int = 0
    events: list[Event] = field(default_factory=list)
    has_no_more: bool = False
    has_joined: bool = False

    @property
    def last_id(self) -> int:
        return self.after + len(self.events)

    @property
    def has_end(self) -> bool:
        return bool(self.events) and self.events[-1].name in _LAST

    @property
    def reply_id(self) -> str:
        reply_id: str = self.events[0].data["message_id"]
        return reply_id

    def read(self, method: str, path: str, *, headers: dict[str, str], **options: Any) -> Generator[Event]:
        """Raises `TransportError` where it is cut off, `AssertionError` where it breaks what was promised."""
        with self.http.stream(method, path, headers=self.headers | headers, **options) as response:
            if response.status_code != 200:
                response.read()
                self.has_no_more = response.status_code == 204
                assert self.has_no_more or must_try_again(response), response.text
                return
            self.has_joined = is_repeat(response)
            for event in read_events(response.iter_lines()):
                self._take(event)
                yield event
        assert self.has_end, f"{path} ended in silence behind {self.events[-1:]}"

    def follow(self, reply_id: str) -> "Client":
        """To the end, over as many connections as it takes."""

        def attempt() -> "Client | None":
            place = {"Last-Event-ID": str(self.last_id)}
            for _ in self.read("GET", f"/api/messages/{reply_id}/events", headers=place):
                pass
            return self if self.has_end or self.has_no_more else None

        return patiently(attempt, f"following {reply_id}")

    def _take(self, event: Event) -> None:
        assert event.id == self.last_id + 1, f"event {event.id} came behind {self.last_id}"
        assert not self.has_end, f"{event} came behind the end"
        self.events.append(event)
