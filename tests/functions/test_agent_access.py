"""Agents and their keys: whose they are, and what is never told of them."""

import re

import pytest

from parley.accounts.authentication import hash_token
from tests.functions.test_access import UNKNOWN_IDS, assert_not_logged_in

CALLS = [
    ("GET", "/api/agents", None),
    ("POST", "/api/agents", {"name": "x"}),
    ("GET", "/api/agents/{id}", None),
    ("PUT", "/api/agents/{id}", {"name": "x"}),
    ("DELETE", "/api/agents/{id}", None),
    ("POST", "/api/agents/{id}/key", None),
]
OF_ONE = [call for call in CALLS if "{id}" in call[1]]


@pytest.fixture
def agent(anna):
    return anna.client.call("POST", "/api/agents", {"name": "Scout", "kind": "external"}).data


def issue(person, agent):
    return person.client.call("POST", f"/api/agents/{agent['id']}/key")


def found(key):
    """The agent that the key proves, as a socket will ask for it."""
    from parley.bootstrap import agents

    agent = agents().find_by_key_hash(hash_token(key))
    return agent.id if agent else None


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_without_a_token_nothing_is_done(client, method, path, body):
    assert_not_logged_in(client.call(method, path.replace("{id}", "agent_1"), body))


@pytest.mark.parametrize(("method", "path", "body"), OF_ONE)
def test_what_is_somebody_elses_does_not_exist(anna, bert, agent, method, path, body):
    answer = bert.client.call(method, path.replace("{id}", agent["id"]), body)
    assert (answer.status, answer.json["type"]) == (404, "not_found")
    missing = bert.client.call(method, path.replace("{id}", "agent_01ARZ3NDEKTSV4RRFFQ69G5FAV"), body)
    assert answer.text == missing.text
    assert anna.client.call("GET", f"/api/agents/{agent['id']}").data == agent


@pytest.mark.parametrize("identifier", UNKNOWN_IDS, ids=range(len(UNKNOWN_IDS)))
@pytest.mark.parametrize(("method", "path", "body"), OF_ONE)
def test_what_is_no_id_is_not_found(anna, method, path, body, identifier):
    answer = anna.client.call(method, path.replace("{id}", identifier), body)
    assert (answer.status, answer.json["type"]) == (404, "not_found")


@pytest.mark.parametrize("slash", ["", "/"])
def test_an_external_agent_gets_a_key_and_a_new_one_ends_it(anna, agent, slash):
    path = f"/api/agents/{agent['id']}/key{slash}"
    first = anna.client.call("POST", path)
    assert first.status == 201
    assert set(first.data) == {"key"}
    assert re.fullmatch(r"pak_[\w-]{43}", first.data["key"])
    assert found(first.data["key"]) == agent["id"]
    second = anna.client.call("POST", path)
    assert found(first.data["key"]) is None
    assert found(second.data["key"]) == agent["id"]


@pytest.mark.parametrize(
    ("method", "body"), [("PUT", {"kind": "hosted"}), ("DELETE", None)], ids=["hosted", "deleted"]
)
def test_a_key_ends_with_what_it_is_for(anna, agent, method, body):
    key = issue(anna, agent).data["key"]
    assert anna.client.call("PUT", f"/api/agents/{agent['id']}", {"name": "Renamed"}).status == 200
    assert found(key) == agent["id"]
    assert anna.client.call(method, f"/api/agents/{agent['id']}", body).status == 200
    assert found(key) is None


def test_a_hosted_agent_has_no_key(anna):
    hosted = anna.client.call("POST", "/api/agents", {"name": "At home"}).data
    refused = issue(anna, hosted)
    assert (refused.status, refused.json["type"]) == (409, "conflict")
    assert refused.json["error"] == "只有外部 Agent 才有连接密钥"


def test_a_key_is_a_token_for_no_route(client, anna, agent):
    key = issue(anna, agent).data["key"]
    assert_not_logged_in(client.with_token(key).call("GET", "/api/agents"))


def test_a_key_is_shown_once_and_logged_never(anna, agent, dynamodb, logs):
    from tests.tables_on_moto import all_items

    key = issue(anna, agent).data["key"]
    path = f"/api/agents/{agent['id']}"
    answers = [anna.client.call("GET", path), anna.client.call("GET", "/api/agents"), issue(anna, agent)]
    answers.append(anna.client.call("PUT", path, {"name": "Renamed"}))
    stored = repr([all_items(dynamodb, table) for table in ("agents", "users")])
    for text in [*(answer.text for answer in answers), stored, logs.text]:
        assert key not in text
        assert key.removeprefix("pak_") not in text
    assert "pak_" not in logs.text
    (entry, *_) = [entry for entry in logs.entries if entry.get("route") == "/api/agents/{id}/key"]
    assert (entry["agent_id"], entry["status"]) == (agent["id"], 201)
