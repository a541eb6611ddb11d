"""The people of the chaos test, each in a conversation of their own, and who kills workers at random."""

import os
import random
import signal
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import Lock
from typing import Any

import httpx

from tests.e2e.chaos.clients import Client, is_repeat, must_try_again, patiently
from tests.e2e.chaos.plan import FAILS, Errand
from tests.e2e.client import Person
from tests.e2e.stack import RunningStack

_THREADS = 6  # of a person: two copies of a request, two followers, a stop, a kill


class Killer:
    """`kills` are the workers that it has killed so far."""

    def __init__(self, stack: RunningStack, draw: random.Random) -> None:
        self.kills = 0
        self._stack = stack
        self._draw = draw
        self._one_at_a_time = Lock()

    def kill_one(self) -> None:
        with self._one_at_a_time:
            if pids := self._stack.worker_pids("messages"):
                with suppress(ProcessLookupError):
                    os.kill(self._draw.choice(pids), signal.SIGKILL)
                    self.kills += 1


class Reactions:
    """What happens when the sender has been told so many events, each once however often it is told them."""

    def __init__(self, pool: ThreadPoolExecutor, pending: list[tuple[int, Callable[[str], object]]]) -> None:
        self.begun: list[Future[object]] = []
        self._pool = pool
        self._pending = pending

    def begin(self, number: int, reply_id: str) -> None:
        for reaction in [each for each in self._pending if each[0] <= number]:
            self._pending.remove(reaction)
            self.begun.append(self._pool.submit(reaction[1], reply_id))


class Visitor:
    """`clients` have read replies, whole or as far as they came; `answers` are messages as sends without
    stream and stops were told of them; `joins` are the keys of requests that were answered as repeats.
    """

    def __init__(self, http: httpx.Client, killer: Killer, *, thinks: bool) -> None:
        self.person = Person.register(http)
        self.conversation = self.person.open_conversation(thinking_enabled=thinks)
        self.clients: list[tuple[str, Client]] = []
        self.answers: list[dict[str, Any]] = []
        self.joins: list[str] = []
        self._http = http
        self._killer = killer
        self._pool = ThreadPoolExecutor(_THREADS)

    def client(self, after: int = 0) -> Client:
        return Client(self._http, self.person.headers, after)

    def messages(self) -> list[dict[str, Any]]:
        """Oldest first, over as many pages as there are, and as many as their `total` says."""
        messages: list[dict[str, Any]] = []
        params = {"page_size": 100}
        while True:
            page = self._ask("GET", f"/api/messages/{self.conversation}", params=params).json()["data"]
            messages += page["items"]
            if page["next_cursor"] is None:
                assert page["total"] == len(messages)
                return messages
            params["cursor"] = page["next_cursor"]

    def visit(self, errands: list[Errand]) -> None:
        with self._pool:
            for errand in errands:
                path, options = self._request(errand)
                reactions = Reactions(self._pool, self._pending(errand))
                send = self._send_and_wait if errand.as_json else self._send
                copies = [
                    self._pool.submit(send, errand, path, options, Reactions(self._pool, []))
                    for _ in range(errand.copies)
                ]
                send(errand, path, options, reactions)
                for aside in [*reactions.begun, *copies]:
                    aside.result()

    def _request(self, errand: Errand) -> tuple[str, dict[str, Any]]:
        key = {"headers": {"Idempotency-Key": errand.key}}
        if errand.content is None:
            return f"/api/messages/{self.messages()[-1]['id']}/regenerate", key
        path = "/api/messages" if errand.as_json else "/api/messages/stream"
        return path, key | {"json": {"conversation_id": self.conversation, "content": errand.content}}

    def _pending(self, errand: Errand) -> list[tuple[int, Callable[[str], object]]]:
        pending: list[tuple[int, Callable[[str], object]]] = [
            (at, lambda reply_id, after=after: self._follow(reply_id, after))
            for at, after in errand.followers
        ]
        if errand.stops_at:
            pending.append((errand.stops_at, self._stop))
        if errand.kills_at:
            pending.append((errand.kills_at, lambda _: self._killer.kill_one()))
        return pending

    def _send(self, errand: Errand, path: str, options: dict[str, Any], reactions: Reactions) -> None:
        """Until the reply has ended. The client hangs up at most once."""
        leaves_at = errand.leaves_at

        def attempt() -> bool | None:
            nonlocal leaves_at
            client = self.client()
            with suppress(httpx.TransportError):
                for event in (events := client.read("POST", path, **options)):
                    reactions.begin(event.id, client.reply_id)
                    if event.id == leaves_at:
                        leaves_at = None
                        events.close()
            return self._go_on(errand, client)

        patiently(attempt, errand.key)

    def _go_on(self, errand: Errand, client: Client) -> bool | None:
        """True at the end of the reply; None where the send is to be repeated."""
        if not client.events:
            return None
        self.clients.append((client.reply_id, client))
        if client.has_joined:
            self.joins.append(errand.key)
        if not client.has_end and not errand.repeats_the_send:
            client.follow(client.reply_id)
        return client.has_end or client.has_no_more or None

    def _send_and_wait(self, errand: Errand, path: str, options: dict[str, Any], _: Reactions) -> None:
        response = self._ask("POST", path, **options)
        if is_repeat(response):
            self.joins.append(errand.key)
        answer = response.json()
        if answer["success"]:
            self.answers += answer["data"].values()
        else:
            fails = FAILS in str(errand.content)
            assert answer["type"] == "interrupted" or (fails and answer["type"] == "model_stream_broken")

    def _follow(self, reply_id: str, after: int) -> None:
        self.clients.append((reply_id, self.client(after).follow(reply_id)))

    def _stop(self, reply_id: str) -> None:
        answer = self._ask("POST", f"/api/messages/{reply_id}/stop")
        if answer.status_code == 200:
            self.answers.append(answer.json()["data"])
        else:
            assert (answer.status_code, answer.json()["type"]) == (409, "reply_ended"), answer.text

    def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        def attempt() -> httpx.Response | None:
            response = self.person.request(method, path, **options)
            return None if must_try_again(response) else response

        return patiently(attempt, path)
