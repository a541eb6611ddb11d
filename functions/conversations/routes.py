"""Conversations: list, create, read, change, delete."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query, Request

from functions.conversations.schemas import (
    ChangeConversationRequest,
    ConversationBody,
    CreateConversationRequest,
    ProjectId,
)
from parley.domain.clock import now
from parley.domain.conversations import Conversation, ConversationRepository
from parley.domain.ids import CONVERSATION, new_id
from parley.errors import ConversationNotFoundError
from parley.http.auth import CurrentUserDep
from parley.http.envelope import AnswersDep, Envelope, PageBody, PageRequestDep
from parley.http.failures import failures
from parley.http.idempotency import IdempotentRoute
from parley.observability import annotate

router = APIRouter(prefix="/api/conversations", route_class=IdempotentRoute)


def _repository(request: Request) -> ConversationRepository:
    repository: ConversationRepository = request.app.state.conversations
    return repository


RepositoryDep = Annotated[ConversationRepository, Depends(_repository)]
IdPath = Annotated[str, Path(description="The conversation's id.")]
CreateBody = Annotated[CreateConversationRequest, Body(default_factory=CreateConversationRequest)]


@router.get("")
def list_conversations(
    user: CurrentUserDep,
    repository: RepositoryDep,
    answers: AnswersDep,
    page: PageRequestDep,
    project_id: Annotated[ProjectId | None, Query(description="Only those of this project.")] = None,
) -> Envelope[PageBody[ConversationBody]]:
    """List conversations, the one changed last first"""
    found = repository.list_page(user.id, project_id=project_id, page=page)
    return answers.page(found.map(ConversationBody.of), page)


@router.post("", status_code=201)
def create_conversation(
    body: CreateBody, user: CurrentUserDep, repository: RepositoryDep, answers: AnswersDep
) -> Envelope[ConversationBody]:
    """Create a conversation"""
    created_at = now()
    conversation = Conversation(
        id=new_id(CONVERSATION),
        user_id=user.id,
        message_count=0,
        created_at=created_at,
        updated_at=created_at,
        **body.model_dump(),
    )
    annotate(conversation_id=conversation.id)
    repository.add(conversation)
    return answers.success(ConversationBody.of(conversation), "created")


@router.get("/{id}", responses=failures(ConversationNotFoundError))
def get_conversation(
    id: IdPath, user: CurrentUserDep, repository: RepositoryDep, answers: AnswersDep
) -> Envelope[ConversationBody]:
    """Read a conversation"""
    annotate(conversation_id=id)
    return answers.success(ConversationBody.of(repository.get(user.id, id)))


@router.put("/{id}", responses=failures(ConversationNotFoundError))
def change_conversation(
    id: IdPath,
    body: ChangeConversationRequest,
    user: CurrentUserDep,
    repository: RepositoryDep,
    answers: AnswersDep,
) -> Envelope[ConversationBody]:
    """Change the fields that are given"""
    annotate(conversation_id=id)
    changes = body.changes()
    changed = repository.change(user.id, id, changes) if changes else repository.get(user.id, id)
    return answers.success(ConversationBody.of(changed), "updated")


@router.delete("/{id}", responses=failures(ConversationNotFoundError))
def delete_conversation(
    id: IdPath, user: CurrentUserDep, repository: RepositoryDep, answers: AnswersDep
) -> Envelope[None]:
    """Delete a conversation with its messages"""
    annotate(conversation_id=id)
    repository.delete(user.id, id)
    return answers.success(None, "deleted")
