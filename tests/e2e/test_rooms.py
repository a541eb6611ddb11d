"""Chat rooms through the front door: arranged by their owner, read by their members, closed to all others."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.e2e.client import Person


@pytest.fixture
def member(http: httpx.Client) -> Person:
    return Person.register(http)


@pytest.fixture
def stranger(http: httpx.Client) -> Person:
    return Person.register(http)


def test_a_room_lives_from_its_creation_to_its_deletion(
    person: Person, member: Person, stranger: Person
) -> None:
    poet = person.data("POST", "/api/agents/", json={"name": "诗人"})
    created = person.request("POST", "/api/chat-rooms/", json={"name": "港口", "agent_ids": [poet["id"]]})
    assert created.status_code == 201
    room = created.json()["data"]
    path = f"/api/chat-rooms/{room['id']}"
    assert (room["agents"], room["member_ids"], room["max_agent_turns"]) == ([poet], [], 8)

    added = person.request("POST", f"{path}/members", json={"username": member.username})
    assert added.status_code == 201
    [listed] = added.json()["data"]["members"]
    assert member.data("GET", "/api/chat-rooms")["items"] == [person.data("GET", f"{path}/")]
    assert member.data("GET", f"{path}/agents") == {"agents": [poet], "total": 1}
    empty = {"items": [], "total": 0, "page": 1, "page_size": 20, "next_cursor": None}
    assert member.data("GET", f"{path}/messages/") == empty
    assert member.request("PUT", path, json={"name": "x"}).status_code == 403
    assert member.request("DELETE", path).status_code == 403
    for method, target in [("GET", path), ("DELETE", path), ("GET", f"{path}/messages")]:
        assert stranger.request(method, target).status_code == 404

    changed = person.data("PUT", path, json={"description": "海边", "max_agent_turns": 3, "agent_ids": []})
    assert (changed["description"], changed["max_agent_turns"], changed["agents"]) == ("海边", 3, [])
    assert member.data("DELETE", f"{path}/members/{listed['user_id']}") is None
    assert member.request("GET", path).status_code == 404
    assert person.data("DELETE", path) is None
    assert person.data("GET", "/api/chat-rooms")["total"] == 0
    assert person.request("GET", path).status_code == 404


def test_people_and_agents_who_are_added_at_once_are_all_there(
    person: Person, member: Person, stranger: Person
) -> None:
    room = person.data("POST", "/api/chat-rooms", json={"name": "busy"})
    path = f"/api/chat-rooms/{room['id']}"
    agents = [person.data("POST", "/api/agents", json={"name": f"agent {n}"})["id"] for n in range(4)]
    calls = [(f"{path}/agents", {"agent_id": agent}) for agent in agents * 2]
    calls += [(f"{path}/members", {"username": each.username}) for each in (member, stranger)]

    with ThreadPoolExecutor(len(calls)) as pool:
        statuses = list(
            pool.map(lambda call: person.request("POST", call[0], json=call[1]).status_code, calls)
        )
    assert sorted(statuses[:8]) == [200] * 4 + [201] * 4
    assert statuses[8:] == [201, 201]
    found = person.data("GET", path)
    assert sorted(agent["id"] for agent in found["agents"]) == sorted(agents)
    assert len(found["member_ids"]) == 2
    assert [each.data("GET", "/api/chat-rooms")["total"] for each in (member, stranger)] == [1, 1]


def test_nobody_brings_a_foreign_agent_along(person: Person, stranger: Person) -> None:
    foreign = stranger.data("POST", "/api/agents", json={"name": "spy"})["id"]
    refused = person.request("POST", "/api/chat-rooms", json={"name": "x", "agent_ids": [foreign]})
    assert refused.status_code == 422
    assert [detail["field"] for detail in refused.json()["details"]] == ["body.agent_ids.0"]
    assert person.data("GET", "/api/chat-rooms")["total"] == 0
