"""Connect keys: at most one for an agent, and only for one that connects."""

import pytest

from parley.domain.agents import AgentKind
from parley.errors import AgentHostedError, AgentNameTakenError
from tests.examples import an_agent
from tests.fakes.threads import all_at_once

HASH, OTHER_HASH = "a" * 64, "b" * 64


def external(stores, key_hash=None):
    agent = an_agent(kind=AgentKind.EXTERNAL)
    stores.agents.add(agent)
    if key_hash:
        stores.agents.replace_key("user_1", agent.id, key_hash=key_hash)
    return agent


def test_a_key_finds_its_agent_as_it_is_now(stores):
    agent = external(stores, key_hash=HASH)
    assert stores.agents.find_by_key_hash(HASH) == agent
    assert stores.agents.find_by_key_hash(OTHER_HASH) is None
    renamed = stores.agents.change("user_1", agent.id, {"name": "new"})
    assert stores.agents.find_by_key_hash(HASH) == renamed


def test_a_replaced_key_is_a_key_no_more(stores):
    agent = external(stores, key_hash=HASH)
    stores.agents.replace_key("user_1", agent.id, key_hash=OTHER_HASH)
    assert stores.agents.find_by_key_hash(HASH) is None
    assert stores.agents.find_by_key_hash(OTHER_HASH) == agent


def test_the_key_of_a_deleted_agent_is_a_key_no_more(stores):
    agent = external(stores, key_hash=HASH)
    stores.agents.delete("user_1", agent.id)
    assert stores.agents.find_by_key_hash(HASH) is None


def test_an_agent_that_becomes_hosted_loses_its_key_for_good(stores):
    agent = external(stores, key_hash=HASH)
    stores.agents.change("user_1", agent.id, {"kind": AgentKind.HOSTED, "name": "at home"})
    assert stores.agents.find_by_key_hash(HASH) is None
    with pytest.raises(AgentHostedError):
        stores.agents.replace_key("user_1", agent.id, key_hash=OTHER_HASH)
    stores.agents.change("user_1", agent.id, {"kind": AgentKind.EXTERNAL})
    assert stores.agents.find_by_key_hash(HASH) is None
    stores.agents.replace_key("user_1", agent.id, key_hash=OTHER_HASH)
    assert stores.agents.find_by_key_hash(OTHER_HASH).name == "at home"


def test_a_taken_name_stops_a_change_that_would_end_the_key(stores):
    stores.agents.add(an_agent(name="taken"))
    agent = external(stores, key_hash=HASH)
    with pytest.raises(AgentNameTakenError):
        stores.agents.change("user_1", agent.id, {"kind": AgentKind.HOSTED, "name": "Taken"})
    assert stores.agents.find_by_key_hash(HASH) == agent


def test_of_many_keys_made_at_once_one_remains(stores):
    agent = external(stores)
    hashes = [f"{number:064}" for number in range(6)]
    calls = [
        lambda each=each: stores.agents.replace_key("user_1", agent.id, key_hash=each) for each in hashes
    ]
    assert all_at_once(calls) == [None] * 6
    assert [stores.agents.find_by_key_hash(each) for each in hashes].count(agent) == 1
