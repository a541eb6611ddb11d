"""Agents: list, create, read, change, delete, and the key of an external one."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from functions.agents.schemas import AgentBody, ChangeAgentRequest, CreateAgentRequest, KeyBody
from parley.accounts.agent_keys import issue_key
from parley.domain.agents import Agent, AgentRepository
from parley.domain.clock import now
from parley.domain.ids import AGENT, new_id
from parley.http.auth import CurrentUserDep
from parley.http.envelope import AnswersDep, Envelope, PageBody, PageRequestDep
from parley.observability import annotate

router = APIRouter(prefix="/api/agents")


def _repository(request: Request) -> AgentRepository:
    repository: AgentRepository = request.app.state.agents
    return repository


RepositoryDep = Annotated[AgentRepository, Depends(_repository)]


@router.get("")
def list_agents(
    user: CurrentUserDep, repository: RepositoryDep, answers: AnswersDep, page: PageRequestDep
) -> Envelope[PageBody[AgentBody]]:
    """Newest first; an agent keeps its place when it is changed."""
    return answers.page(repository.list_page(user.id, page=page).map(AgentBody.of), page)


@router.post("", status_code=201)
def create_agent(
    body: CreateAgentRequest, user: CurrentUserDep, repository: RepositoryDep, answers: AnswersDep
) -> Envelope[AgentBody]:
    created_at = now()
    agent = Agent(
        id=new_id(AGENT),
        user_id=user.id,
        created_at=created_at,
        updated_at=created_at,
        **body.model_dump(),
    )
    annotate(agent_id=agent.id)
    repository.add(agent)
    return answers.success(AgentBody.of(agent), "created")


@router.get("/{id}")
def get_agent(
    id: str, user: CurrentUserDep, repository: RepositoryDep, answers: AnswersDep
) -> Envelope[AgentBody]:
    annotate(agent_id=id)
    return answers.success(AgentBody.of(repository.get(user.id, id)))


@router.put("/{id}")
def change_agent(
    id: str,
    body: ChangeAgentRequest,
    user: CurrentUserDep,
    repository: RepositoryDep,
    answers: AnswersDep,
) -> Envelope[AgentBody]:
    annotate(agent_id=id)
    changes = body.changes()
    changed = repository.change(user.id, id, changes) if changes else repository.get(user.id, id)
    return answers.success(AgentBody.of(changed), "updated")


@router.delete("/{id}")
def delete_agent(
    id: str, user: CurrentUserDep, repository: RepositoryDep, answers: AnswersDep
) -> Envelope[None]:
    annotate(agent_id=id)
    repository.delete(user.id, id)
    return answers.success(None, "deleted")


@router.post("/{id}/key", status_code=201)
def issue_agent_key(
    id: str, user: CurrentUserDep, repository: RepositoryDep, answers: AnswersDep
) -> Envelope[KeyBody]:
    """A new connect key for an external agent; the one before is no key from now on."""
    annotate(agent_id=id)
    key = issue_key(repository, owner_id=user.id, agent_id=id)
    return answers.success(KeyBody(key=key), "created")
