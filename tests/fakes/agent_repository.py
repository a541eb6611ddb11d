"""Agents in memory; the contract tests are those of the table."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Lock
from typing import Any

from parley.domain.agents import Agent, AgentKind, name_key
from parley.domain.clock import now
from parley.domain.pages import Page, PageRequest
from parley.errors import AgentHostedError, AgentNameTakenError, AgentNotFoundError
from tests.fakes.pages import slice_page


class InMemoryAgentRepository:
    def __init__(self) -> None:
        self._guard = Lock()
        self._agents: dict[str, Agent] = {}
        self._keys: dict[str, str] = {}

    def add(self, agent: Agent) -> None:
        with self._guard:
            self._refuse_taken(agent)
            self._agents[agent.id] = agent

    def get(self, owner_id: str, agent_id: str) -> Agent:
        found = self._agents.get(agent_id)
        if found is None or found.user_id != owner_id:
            raise AgentNotFoundError
        return found

    def find_many(self, owner_id: str, agent_ids: Sequence[str]) -> list[Agent]:
        found = [self._agents[each] for each in dict.fromkeys(agent_ids) if each in self._agents]
        return [agent for agent in found if agent.user_id == owner_id]

    def list_page(self, owner_id: str, *, page: PageRequest) -> Page[Agent]:
        owned = [agent for agent in self._agents.values() if agent.user_id == owner_id]
        owned.sort(key=_id, reverse=True)
        items, cursor = slice_page(owned, page, "agents/", _id, newest_first=True)
        return Page(items=items, total=len(owned), next_cursor=cursor)

    def change(self, owner_id: str, agent_id: str, changes: dict[str, Any]) -> Agent:
        with self._guard:
            changed = replace(self.get(owner_id, agent_id), updated_at=now(), **changes)
            self._refuse_taken(changed)
            self._agents[agent_id] = changed
            if changed.kind == AgentKind.HOSTED:
                self._drop_key(agent_id)
            return changed

    def delete(self, owner_id: str, agent_id: str) -> None:
        with self._guard:
            self.get(owner_id, agent_id)
            del self._agents[agent_id]
            self._drop_key(agent_id)

    def replace_key(self, owner_id: str, agent_id: str, *, key_hash: str) -> None:
        with self._guard:
            if self.get(owner_id, agent_id).kind != AgentKind.EXTERNAL:
                raise AgentHostedError
            self._drop_key(agent_id)
            self._keys[key_hash] = agent_id

    def find_by_key_hash(self, key_hash: str) -> Agent | None:
        return self._agents.get(self._keys.get(key_hash, ""))

    def _refuse_taken(self, agent: Agent) -> None:
        others = [other for other in self._agents.values() if other.id != agent.id]
        if any(
            other.user_id == agent.user_id and name_key(other.name) == name_key(agent.name)
            for other in others
        ):
            raise AgentNameTakenError

    def _drop_key(self, agent_id: str) -> None:
        self._keys = {key: owner for key, owner in self._keys.items() if owner != agent_id}


def _id(agent: Agent) -> str:
    return agent.id
