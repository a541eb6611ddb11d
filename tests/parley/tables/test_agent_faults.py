"""Agents when DynamoDB fails, another transaction is on the same item, or somebody else comes first."""

import pytest
from pynamodb.exceptions import PynamoDBException

from parley.domain.agents import AgentKind
from parley.domain.pages import PageRequest
from parley.errors import AgentHostedError, AgentNotFoundError
from tests.examples import an_agent
from tests.tables_on_moto import all_items

HASH, OTHER_HASH = "a" * 64, "b" * 64


@pytest.fixture(autouse=True)
def _hasty(monkeypatch):
    monkeypatch.setattr("parley.tables.conflicts._PAUSES_SECONDS", (0.001,) * 4)


@pytest.fixture
def agents(tables):
    return tables.agents


@pytest.fixture
def agent(agents):
    """External, with a key."""
    agent = an_agent(name="Anna", kind=AgentKind.EXTERNAL)
    agents.add(agent)
    agents.replace_key("user_1", agent.id, key_hash=HASH)
    return agent


def kinds(dynamodb):
    return sorted(item["sk"]["S"].split("#")[0] for item in all_items(dynamodb, "agents"))


def every_write(agents, agent):
    return [
        lambda: agents.change("user_1", agent.id, {"model": "m"}),
        lambda: agents.change("user_1", agent.id, {"name": "Berta"}),
        lambda: agents.replace_key("user_1", agent.id, key_hash=OTHER_HASH),
        lambda: agents.change("user_1", agent.id, {"kind": AgentKind.HOSTED}),
        lambda: agents.delete("user_1", agent.id),
    ]


def test_a_write_that_fails_changes_nothing(agents, agent, dynamodb, faults):
    before = all_items(dynamodb, "agents")
    for write in [lambda: agents.add(an_agent()), *every_write(agents, agent)]:
        faults.fail("TransactWriteItems")
        faults.fail("UpdateItem")
        with pytest.raises(PynamoDBException):
            write()
        faults.forget()
    assert all_items(dynamodb, "agents") == before


def test_a_transaction_met_on_the_way_is_waited_for(agents, agent, dynamodb, faults):
    for write in [lambda: agents.add(an_agent()), *every_write(agents, agent)]:
        faults.meet_transaction("TransactWriteItems", times=2)
        faults.meet_transaction("UpdateItem", times=2)
        write()
        faults.forget()
    assert kinds(dynamodb) == ["AGENT", "COUNT", "NAME"]


def test_a_transaction_that_never_ends_is_a_failure_and_not_a_missing_agent(agents, agent, faults):
    for write in every_write(agents, agent):
        faults.meet_transaction("TransactWriteItems", times=50)
        faults.meet_transaction("UpdateItem", times=50)
        with pytest.raises(PynamoDBException):
            write()
        faults.forget()


@pytest.mark.parametrize("operation", ["UpdateItem", "TransactWriteItems"])
def test_a_change_that_is_forestalled_by_a_renaming_keeps_the_new_name(agents, agent, faults, operation):
    changes = {"model": "m"} if operation == "UpdateItem" else {"kind": AgentKind.HOSTED}
    faults.forestall(operation, lambda: agents.change("user_1", agent.id, {"name": "Berta"}))
    assert agents.change("user_1", agent.id, changes).name == "Berta"
    agents.add(an_agent(name="Anna"))


def test_an_agent_that_is_sent_back_whole_does_not_take_a_renaming_back_by_halves(agents, agent, faults):
    faults.forestall("UpdateItem", lambda: agents.change("user_1", agent.id, {"name": "Berta"}))
    assert agents.change("user_1", agent.id, {"name": "Anna", "model": "m"}).name == "Anna"
    agents.add(an_agent(name="Berta"))


def test_a_removal_that_is_forestalled_by_a_new_key_ends_that_key(agents, agent, dynamodb, faults):
    faults.forestall(
        "TransactWriteItems", lambda: agents.replace_key("user_1", agent.id, key_hash=OTHER_HASH)
    )
    agents.delete("user_1", agent.id)
    assert agents.find_by_key_hash(OTHER_HASH) is None
    assert kinds(dynamodb) == ["COUNT"]


def test_a_new_key_that_is_forestalled_by_a_change_of_kind_is_not_made(agents, agent, faults):
    agents.change("user_1", agent.id, {"kind": AgentKind.HOSTED})
    agents.change("user_1", agent.id, {"kind": AgentKind.EXTERNAL})
    hosted = {"kind": AgentKind.HOSTED}
    faults.forestall("TransactWriteItems", lambda: agents.change("user_1", agent.id, hosted))
    with pytest.raises(AgentHostedError):
        agents.replace_key("user_1", agent.id, key_hash=OTHER_HASH)
    assert agents.find_by_key_hash(OTHER_HASH) is None


def test_a_change_that_is_forestalled_by_the_removal_finds_nothing(agents, agent, dynamodb, faults):
    faults.forestall("UpdateItem", lambda: agents.delete("user_1", agent.id))
    with pytest.raises(AgentNotFoundError):
        agents.change("user_1", agent.id, {"model": "m"})
    assert kinds(dynamodb) == ["COUNT"]
    assert agents.list_page("user_1", page=PageRequest()).total == 0


def test_a_key_that_is_replaced_between_two_reads_is_no_key(agents, agent, faults):
    """The second read is of the agent's own item."""
    replace = {"key_hash": OTHER_HASH}
    faults.forestall(
        "GetItem",
        lambda: faults.forestall("GetItem", lambda: agents.replace_key("user_1", agent.id, **replace)),
    )
    assert agents.find_by_key_hash(HASH) is None
    assert agents.find_by_key_hash(OTHER_HASH) == agent


def test_no_name_and_no_key_stands_in_clear_beside_the_agent(agents, agent, dynamodb):
    keys = [item["pk"]["S"] + item["sk"]["S"] for item in all_items(dynamodb, "agents")]
    assert not [key for key in keys if "Anna" in key or "anna" in key]
