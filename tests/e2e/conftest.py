"""One running local stack for all end-to-end tests of a worker process."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.client import Person
from tests.e2e.room_people import PeopledRoom
from tests.e2e.stack import RunningStack, running_stack

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They share a stack: one worker process runs all but those that have one of their own."""
    for item in items:
        if HERE in Path(item.path).parents:
            item.add_marker(pytest.mark.e2e)
            if item.get_closest_marker("xdist_group") is None:
                own = item.path.stem if hasattr(getattr(item, "module", None), "stack") else "stack"
                item.add_marker(pytest.mark.xdist_group(own))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    with running_stack(tmp_path_factory.mktemp("data")) as stack:
        yield stack


@pytest.fixture
def http(stack: RunningStack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.url, timeout=60) as client:
        yield client


@pytest.fixture
def person(http: httpx.Client) -> Person:
    return Person.register(http)


@pytest.fixture
def room(stack: RunningStack, person: Person) -> Iterator[PeopledRoom]:
    room = PeopledRoom(stack, person)
    yield room
    room.close()


@pytest.fixture
def member(room: PeopledRoom, http: httpx.Client) -> Person:
    return room.let_in(Person.register(http))


@pytest.fixture
def scout(room: PeopledRoom) -> dict[str, Any]:
    """An external agent in the room, with its key."""
    agent = room.owner.data("POST", "/api/agents", json={"name": "Scout", "kind": "external"})
    room.owner.data("POST", f"{room.path}/agents", json={"agent_id": agent["id"]})
    return {**agent, "key": room.owner.data("POST", f"/api/agents/{agent['id']}/key")["key"]}
