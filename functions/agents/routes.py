"""Agents: list, create, read, change, delete, and the key of an external one."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from functions.agents.schemas import AgentKeyBody, ChangeAgentRequest, CreateAgentRequest
from parley.accounts.agent_keys import issue_key
from parley.chat.agent_providers import check_provider
from parley.domain.agents import Agent, AgentRepository
from parley.domain.clock import now
from parley.domain.ids import AGENT, new_id
from parley.domain.providers import ProviderRepository
from parley.errors import AgentHostedError, AgentNameTakenError, AgentNotFoundError
from parley.http.agent_bodies import AgentBody
from parley.http.auth import CurrentUserDep
from parley.http.envelope import AnswersDep, Envelope, PageBody, PageRequestDep
from parley.http.failures import failures
from parley.http.idempotency import NOT_TO_BE_KEPT, IdempotentRoute
from parley.observability import annotate

router = APIRouter(prefix="/api/agents", route_class=IdempotentRoute)


def _repository(request: Request) -> AgentRepository:
    repository: AgentRepository = request.app.state.agents
    return repository


def _providers(request: Request) -> ProviderRepository:
    providers: ProviderRepository = request.app.state.providers
    return providers


RepositoryDep = Annotated[AgentRepository, Depends(_repository)]
IdPath = Annotated[str, Path(description="The agent's id.")]
ProvidersDep = Annotated[ProviderRepository, Depends(_providers)]


@router.get("")
def list_agents(
    user: CurrentUserDep, repository: RepositoryDep, answers: AnswersDep, page: PageRequestDep
) -> Envelope[PageBody[AgentBody]]:
    """List agents, newest first

    An agent keeps its place when it is changed.
    """
    return answers.page(repository.list_page(user.id, page=page).map(AgentBody.of), page)


@router.post("", status_code=201, responses=failures(AgentNameTakenError))
def create_agent(
    body: CreateAgentRequest,
    *,
    user: CurrentUserDep,
    repository: RepositoryDep,
    providers: ProvidersDep,
    answers: AnswersDep,
) -> Envelope[AgentBody]:
    """Create an agent"""
    check_provider(providers, owner_id=user.id, provider_id=body.provider_id)
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


@router.get("/{id}", responses=failures(AgentNotFoundError))
def get_agent(
    id: IdPath, user: CurrentUserDep, repository: RepositoryDep, answers: AnswersDep
) -> Envelope[AgentBody]:
    """Read an agent"""
    annotate(agent_id=id)
    return answers.success(AgentBody.of(repository.get(user.id, id)))


@router.put("/{id}", responses=failures(AgentNotFoundError, AgentNameTakenError))
def change_agent(
    id: IdPath,
    body: ChangeAgentRequest,
    *,
    user: CurrentUserDep,
    repository: RepositoryDep,
    providers: ProvidersDep,
    answers: AnswersDep,
) -> Envelope[AgentBody]:
    """Change the fields that are given"""
    annotate(agent_id=id)
    check_provider(providers, owner_id=user.id, provider_id=body.provider_id)
    changes = body.changes()
    changed = repository.change(user.id, id, changes) if changes else repository.get(user.id, id)
    return answers.success(AgentBody.of(changed), "updated")


@router.delete("/{id}", responses=failures(AgentNotFoundError))
def delete_agent(
    id: IdPath, user: CurrentUserDep, repository: RepositoryDep, answers: AnswersDep
) -> Envelope[None]:
    """Delete an agent"""
    annotate(agent_id=id)
    repository.delete(user.id, id)
    return answers.success(None, "deleted")


@router.post("/{id}/key", status_code=201, responses=failures(AgentNotFoundError, AgentHostedError))
def issue_agent_key(
    id: IdPath, user: CurrentUserDep, repository: RepositoryDep, answers: AnswersDep, response: Response
) -> Envelope[AgentKeyBody]:
    """Make a new connect key for an external agent

    The one before is no key from now on. It is kept nowhere, not even for an `Idempotency-Key`: the repeated
    request makes another one.
    """
    annotate(agent_id=id)
    response.headers.update(NOT_TO_BE_KEPT)
    key = issue_key(repository, owner_id=user.id, agent_id=id)
    return answers.success(AgentKeyBody(key=key), "created")
