"""A storm in a room: many connections, many who talk at once, and some that are lost and come back.

`make storm` runs the whole of it against a stack of its own, and tells how long it took.
"""

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from statistics import quantiles

import httpx

from tests.e2e.client import Person
from tests.e2e.stack import RunningStack, running_stack
from tests.e2e.storm_clients import Client

# As many handshakes at once as do not make a laptop start a worker for each.
_HANDSHAKES_AT_ONCE = 4
_PATIENCE_SECONDS = 900


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`lost` is the share of connections that are dropped, without a word, and opened again."""

    connections: int = 300
    senders: int = 20
    messages: int = 1000
    lost: float = 0.1
    seed: int = 1


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Message ids: what each client got, frame by frame, and what is stored. Seconds from send to arrival."""

    clients: list[list[str]]
    stored: list[str]
    reopened: int
    seconds: float
    own_seconds: list[float]


async def rage(stack_url: str, room_id: str, tokens: Sequence[str], plan: Plan) -> Outcome:
    """The first `senders` clients talk, each as soon as its last message is back; others come and go."""
    random = Random(plan.seed)
    clients = [Client(stack_url, room_id, tokens[number % len(tokens)]) for number in range(plan.connections)]
    await open_all(clients)
    begun = time.monotonic()
    losing = random.sample(clients[plan.senders :], round(plan.connections * plan.lost))
    own: list[float] = []
    numbers = iter(range(plan.messages))

    async def talk(client: Client) -> None:
        for number in numbers:
            own.append(await client.say(number))

    async def come_and_go(client: Client, at: int) -> None:
        await clients[0].has(at)
        await client.reopen()

    async with asyncio.timeout(_PATIENCE_SECONDS):
        await asyncio.gather(
            *(talk(client) for client in clients[: plan.senders]),
            *(come_and_go(client, random.randrange(plan.messages)) for client in losing),
        )
        await asyncio.gather(*(client.has(plan.messages) for client in clients))
    seconds = time.monotonic() - begun
    await asyncio.gather(*(client.close() for client in clients))
    return Outcome(
        clients=[client.ids for client in clients],
        stored=[],
        reopened=sum(client.reopened for client in clients),
        seconds=seconds,
        own_seconds=own,
    )


async def open_all(clients: Sequence[Client]) -> None:
    slots = asyncio.Semaphore(_HANDSHAKES_AT_ONCE)

    async def open_one(client: Client) -> None:
        async with slots:
            await client.open()

    await asyncio.gather(*(open_one(client) for client in clients))


def storm(stack: RunningStack, plan: Plan) -> Outcome:
    """In a room of its own, whose people have several connections each."""
    with crowded_room(stack, people=plan.senders) as (owner, room_id, tokens):
        outcome = asyncio.run(rage(stack.url, room_id, tokens, plan))
        return replace(outcome, stored=_stored_ids(owner, room_id))


@contextmanager
def crowded_room(stack: RunningStack, *, people: int) -> Iterator[tuple[Person, str, list[str]]]:
    """Its owner, its id, and the tokens of all who are in it."""
    with httpx.Client(base_url=stack.url, timeout=60) as http:
        crowd = [Person.register(http) for _ in range(people)]
        owner = crowd[0]
        room_id = owner.data("POST", "/api/chat-rooms", json={"name": "Storm"})["id"]
        for member in crowd[1:]:
            owner.data("POST", f"/api/chat-rooms/{room_id}/members", json={"username": member.username})
        yield owner, room_id, [person.token for person in crowd]


def difference(ids: Sequence[str], stored: Sequence[str]) -> str:
    """What is wrong with what a client got."""
    twice = [stored.index(each) for each, count in Counter(ids).items() if count > 1]
    missing = sorted(set(range(len(stored))) - {stored.index(each) for each in set(ids)})
    in_order = [stored.index(each) for each in dict.fromkeys(ids)]
    return f"twice {twice}, missing {missing}, in order {in_order == sorted(in_order)}"


def _stored_ids(person: Person, room_id: str) -> list[str]:
    """Read from the newest page to the oldest."""
    ids: list[str] = []
    query = "page_size=100"
    while True:
        page = person.data("GET", f"/api/chat-rooms/{room_id}/messages?{query}")
        ids = [message["id"] for message in page["items"]] + ids
        if page["next_cursor"] is None:
            assert page["total"] == len(ids)
            return ids
        query = f"page_size=100&cursor={page['next_cursor']}"


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in vars(Plan()).items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    plan = Plan(**vars(parser.parse_args()))
    with tempfile.TemporaryDirectory() as data, running_stack(Path(data)) as stack:
        outcome = storm(stack, plan)
    wrong = [
        f"{number}: {difference(ids, outcome.stored)}"
        for number, ids in enumerate(outcome.clients)
        if ids != outcome.stored
    ]
    percentiles = quantiles(outcome.own_seconds, n=100)
    print(
        f"{plan.messages} messages by {plan.senders} to {plan.connections} connections,"
        f" {outcome.reopened} of them lost and reopened: {outcome.seconds:.1f} s,"
        f" {plan.messages * plan.connections / outcome.seconds:.0f} frames a second."
        f" Back at the sender after {percentiles[49]:.2f} s (p95 {percentiles[94]:.2f} s)."
    )
    print(f"Clients with another order, a message twice, or one missing: {len(wrong)}", *wrong[:10], sep="\n")
    raise SystemExit(bool(wrong) or len(outcome.stored) != plan.messages)


if __name__ == "__main__":
    _main()
