"""Agents: one of a name for its owner, listed newest first, and known by its key."""

from dataclasses import replace

import pytest

from parley.domain.agents import AgentKind
from parley.domain.pages import PageRequest
from parley.errors import (
    AgentNameTakenError,
    AgentNotFoundError,
)
from tests.examples import an_agent
from tests.fakes.threads import all_at_once
from tests.tables_on_moto import all_items

HASH, OTHER_HASH = "a" * 64, "b" * 64
SAME_NAMES = [
    ("Anna", "ANNA"),
    ("Straße", "STRASSE"),
    ("Ｔｏｍ １", "tom 1"),
    ("é", "e\u0301"),
    ("a  b", "A b"),
]


def added(stores, **fields):
    agent = an_agent(**fields)
    stores.agents.add(agent)
    return agent


def external(stores, key_hash=None, **fields):
    agent = added(stores, kind=AgentKind.EXTERNAL, **fields)
    if key_hash:
        stores.agents.replace_key("user_1", agent.id, key_hash=key_hash)
    return agent


def listed(stores, owner_id="user_1", **request):
    return stores.agents.list_page(owner_id, page=PageRequest(**request))


@pytest.mark.parametrize("tools", [None, (), ("calculator", "web_search")])
def test_an_agent_is_read_as_it_was_added(stores, tools):
    words = {"description": "帮手 👩‍🚀", "system_prompt": "s" * 12_000, "provider_id": "prov_1"}
    agent = added(stores, tools=tools, **words, thinking_enabled=True, kind=AgentKind.EXTERNAL)
    assert stores.agents.get("user_1", agent.id) == agent
    assert listed(stores).items == [agent]


def test_every_field_may_be_changed_and_cleared(stores):
    agent = added(stores, description="d")
    changes = {
        "name": "new",
        "description": None,
        "system_prompt": "s",
        "model": "m",
        "provider_id": "prov_1",
        "temperature": 0.0,
        "max_tokens": 1,
        "thinking_enabled": True,
        "tools": ("calculator",),
        "kind": AgentKind.EXTERNAL,
    }
    changed = stores.agents.change("user_1", agent.id, changes)
    assert changed == replace(agent, updated_at=changed.updated_at, **changes)
    assert changed.updated_at > agent.updated_at
    assert stores.agents.get("user_1", agent.id) == changed
    back = stores.agents.change("user_1", agent.id, {"tools": (), "system_prompt": None})
    assert (back.tools, back.system_prompt) == ((), None)


@pytest.mark.parametrize("tools", [(), ("calculator",)])
def test_tools_are_stored_as_a_list_however_they_come(tables, dynamodb, tools):
    """moto takes and gives back what DynamoDB would not."""
    stored = {"L": [{"S": name} for name in tools]}
    agent = added(tables, tools=tools)
    for _ in range(2):
        (item,) = [item for item in all_items(dynamodb, "agents") if "tools" in item]
        assert item["tools"] == stored
        tables.agents.change("user_1", agent.id, {"tools": None})
        tables.agents.change("user_1", agent.id, {"tools": tools})


def test_an_agent_is_its_owners_alone(stores):
    agent = external(stores)
    for attempt in (
        lambda: stores.agents.get("user_2", agent.id),
        lambda: stores.agents.change("user_2", agent.id, {"name": "x"}),
        lambda: stores.agents.delete("user_2", agent.id),
        lambda: stores.agents.replace_key("user_2", agent.id, key_hash=HASH),
    ):
        with pytest.raises(AgentNotFoundError):
            attempt()
    assert listed(stores, "user_2").total == 0
    assert stores.agents.get("user_1", agent.id) == agent
    assert stores.agents.find_by_key_hash(HASH) is None


def test_many_are_read_in_the_order_asked_for_each_once_and_none_but_the_owners(stores):
    agents = [added(stores) for _ in range(3)]
    foreign = added(stores, user_id="user_2")
    wanted = [agents[2].id, "x", foreign.id, agents[0].id, agents[2].id, "agent_01ARZ3NDEKTSV4RRFFQ69G5FAV"]
    assert stores.agents.find_many("user_1", wanted) == [agents[2], agents[0]]
    assert stores.agents.find_many("user_1", []) == []


def test_more_are_read_than_one_request_holds(stores):
    agents = [added(stores) for _ in range(103)]
    assert stores.agents.find_many("user_1", [agent.id for agent in agents]) == agents


@pytest.mark.parametrize("agent_id", ["agent_01ARZ3NDEKTSV4RRFFQ69G5FAV", "x", "", "COUNT", "💥", "a" * 3000])
def test_what_is_no_agent_is_not_found(stores, agent_id):
    for attempt in (
        lambda: stores.agents.get("user_1", agent_id),
        lambda: stores.agents.change("user_1", agent_id, {"name": "x"}),
        lambda: stores.agents.delete("user_1", agent_id),
        lambda: stores.agents.replace_key("user_1", agent_id, key_hash=HASH),
    ):
        with pytest.raises(AgentNotFoundError):
            attempt()
    assert listed(stores).total == 0


def test_a_deleted_agent_is_gone_and_its_name_is_free(stores):
    agent = added(stores, name="Anna")
    stores.agents.delete("user_1", agent.id)
    with pytest.raises(AgentNotFoundError):
        stores.agents.get("user_1", agent.id)
    with pytest.raises(AgentNotFoundError):
        stores.agents.delete("user_1", agent.id)
    assert (listed(stores).items, listed(stores).total) == ([], 0)
    added(stores, name="anna")


@pytest.mark.parametrize(("first", "second"), SAME_NAMES)
def test_a_name_is_taken_for_its_owner_however_it_is_written(stores, first, second):
    added(stores, name=first)
    other = added(stores, name="other")
    with pytest.raises(AgentNameTakenError):
        added(stores, name=second)
    with pytest.raises(AgentNameTakenError):
        stores.agents.change("user_1", other.id, {"name": second, "model": "changed"})
    assert stores.agents.get("user_1", other.id) == other
    assert listed(stores).total == 2
    added(stores, user_id="user_2", name=second)


def test_a_renamed_agent_gives_its_name_up(stores):
    agent = added(stores, name="Anna")
    stores.agents.change("user_1", agent.id, {"name": "Berta"})
    added(stores, name="anna")
    with pytest.raises(AgentNameTakenError):
        added(stores, name="berta")


@pytest.mark.parametrize("name", ["Anna", "ANNA", "Ａnna"])
def test_an_agent_may_keep_its_name_or_write_it_otherwise(stores, name):
    agent = added(stores, name="Anna")
    assert stores.agents.change("user_1", agent.id, {"name": name}).name == name
    with pytest.raises(AgentNameTakenError):
        added(stores, name="anna")
    assert stores.agents.change("user_1", agent.id, {"name": "Berta"}).name == "Berta"
    added(stores, name="anna")


def test_of_many_agents_of_a_name_added_at_once_one_is(stores):
    agents = [an_agent(name="same" if index % 2 else "SAME") for index in range(8)]
    outcomes = all_at_once([lambda agent=agent: stores.agents.add(agent) for agent in agents])
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, AgentNameTakenError) for outcome in outcomes) == 7
    page = listed(stores)
    assert (page.items, page.total) == ([agents[outcomes.index(None)]], 1)


def test_of_many_agents_renamed_alike_at_once_one_is(stores):
    agents = [added(stores) for _ in range(6)]
    renames = [
        lambda agent=agent: stores.agents.change("user_1", agent.id, {"name": "same"}) for agent in agents
    ]
    outcomes = all_at_once(renames)
    assert sum(isinstance(outcome, AgentNameTakenError) for outcome in outcomes) == 5
    assert sorted(agent.name for agent in listed(stores).items).count("same") == 1


def test_an_agent_renamed_and_deleted_by_many_at_once_leaves_no_name_behind(stores, technology, dynamodb):
    agent = external(stores, key_hash=HASH)
    names = ["one", "two", "three"]
    calls = [lambda name=name: stores.agents.change("user_1", agent.id, {"name": name}) for name in names]
    outcomes = all_at_once([*calls, *[lambda: stores.agents.delete("user_1", agent.id)] * 3])
    assert outcomes[3:].count(None) == 1
    assert all(isinstance(outcome, AgentNotFoundError) for outcome in outcomes[3:] if outcome is not None)
    for name in [agent.name, *names]:
        added(stores, name=name)
    assert listed(stores).total == 4
    if technology == "dynamodb":
        kinds = sorted(item["sk"]["S"].split("#")[0] for item in all_items(dynamodb, "agents"))
        assert kinds == ["AGENT"] * 4 + ["COUNT"] + ["NAME"] * 4
