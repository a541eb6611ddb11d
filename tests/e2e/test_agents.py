"""Agents through the front door: created, found again, given keys, and one of a name."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.e2e.client import Person


def test_an_agent_lives_from_its_creation_to_its_deletion(person: Person, http: httpx.Client) -> None:
    created = person.request("POST", "/api/agents/", json={"name": "侦察员", "kind": "external"})
    assert created.status_code == 201
    agent = created.json()["data"]
    path = f"/api/agents/{agent['id']}"

    assert person.data("GET", "/api/agents")["items"] == [agent]
    keys = [person.request("POST", f"{path}/key") for _ in range(2)]
    assert [key.status_code for key in keys] == [201, 201]
    assert keys[0].json()["data"] != keys[1].json()["data"]
    changed = person.data("PUT", f"{path}/", json={"kind": "hosted", "tools": ["calculator"]})
    assert (changed["kind"], changed["tools"], changed["name"]) == ("hosted", ["calculator"], "侦察员")
    assert person.request("POST", f"{path}/key").status_code == 409
    stranger = Person.register(http)
    assert stranger.request("GET", path).status_code == 404
    assert stranger.request("POST", f"{path}/key").status_code == 404
    assert person.data("DELETE", path) is None
    assert person.request("GET", path).status_code == 404
    assert person.data("GET", "/api/agents")["total"] == 0


def test_of_many_agents_of_one_name_exactly_one_is_created(person: Person) -> None:
    together = threading.Barrier(8)

    def create(number: int) -> int:
        together.wait()
        name = "Contended" if number % 2 else "ＣＯＮＴＥＮＤＥＤ"
        return person.request("POST", "/api/agents", json={"name": name}).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(create, range(8)))
    assert statuses == [201] + [409] * 7
    assert person.data("GET", "/api/agents")["total"] == 1
