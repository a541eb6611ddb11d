"""The keys of external agents."""

import re

import pytest

from parley.accounts.agent_keys import issue_key
from parley.accounts.authentication import hash_token
from parley.domain.agents import AgentKind
from parley.errors import AgentHostedError, AgentNotFoundError
from tests.examples import an_agent
from tests.fakes.agent_repository import InMemoryAgentRepository


@pytest.fixture
def agents():
    return InMemoryAgentRepository()


@pytest.fixture
def agent(agents):
    agent = an_agent(kind=AgentKind.EXTERNAL)
    agents.add(agent)
    return agent


def test_a_key_is_known_at_a_glance_and_never_the_same(agents, agent):
    keys = [issue_key(agents, owner_id="user_1", agent_id=agent.id) for _ in range(20)]
    assert len(set(keys)) == 20
    assert all(re.fullmatch(r"pak_[\w-]{43}", key) for key in keys)


def test_a_key_is_kept_as_its_digest_and_only_the_last_one(agents, agent):
    first, second = (issue_key(agents, owner_id="user_1", agent_id=agent.id) for _ in range(2))
    assert agents.find_by_key_hash(hash_token(second)) == agent
    assert agents.find_by_key_hash(hash_token(first)) is None
    assert agents.find_by_key_hash(second) is None


def test_whoever_has_no_key_to_get_gets_none(agents, agent):
    hosted = an_agent()
    agents.add(hosted)
    with pytest.raises(AgentHostedError):
        issue_key(agents, owner_id="user_1", agent_id=hosted.id)
    with pytest.raises(AgentNotFoundError):
        issue_key(agents, owner_id="user_2", agent_id=agent.id)
