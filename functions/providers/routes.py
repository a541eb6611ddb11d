"""Providers: list, create, read, change, delete, try out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from functions.providers.schemas import (
    ChangeProviderRequest,
    CreateProviderRequest,
    ProviderBody,
    ProviderTrialBody,
)
from parley.chat.providers import ProviderService
from parley.errors import (
    KeyUnreadableError,
    KeyVaultError,
    ModelServiceError,
    ProviderNotFoundError,
    TooManyProvidersError,
)
from parley.http.auth import CurrentUserDep
from parley.http.envelope import AnswersDep, Envelope, PageBody, PageRequestDep
from parley.http.failures import failures
from parley.http.idempotency import IdempotentRoute
from parley.observability import annotate

router = APIRouter(prefix="/api/providers", route_class=IdempotentRoute)


def _service(request: Request) -> ProviderService:
    service: ProviderService = request.app.state.providers
    return service


ServiceDep = Annotated[ProviderService, Depends(_service)]


IdPath = Annotated[str, Path(description="The provider's id.")]
_KEEPS_KEYS = failures(KeyVaultError)


@router.get("")
def list_providers(
    user: CurrentUserDep, service: ServiceDep, answers: AnswersDep, page: PageRequestDep
) -> Envelope[PageBody[ProviderBody]]:
    """List providers, newest first"""
    return answers.page(service.list_page(user.id, page=page).map(ProviderBody.of), page)


@router.post("", status_code=201, responses=failures(TooManyProvidersError) | _KEEPS_KEYS)
def create_provider(
    body: CreateProviderRequest, user: CurrentUserDep, service: ServiceDep, answers: AnswersDep
) -> Envelope[ProviderBody]:
    """Create a provider

    A model of a conversation is answered by the enabled provider that lists it (the default one first, then
    the oldest); else by the default one, if it is enabled; else by the deployment's own service.
    """
    provider = service.create(user.id, body.model_dump())
    annotate(provider_id=provider.id)
    return answers.success(ProviderBody.of(provider), "created")


@router.get("/{id}", responses=failures(ProviderNotFoundError))
def get_provider(
    id: IdPath, user: CurrentUserDep, service: ServiceDep, answers: AnswersDep
) -> Envelope[ProviderBody]:
    """Read a provider"""
    annotate(provider_id=id)
    return answers.success(ProviderBody.of(service.get(user.id, id)))


@router.put("/{id}", responses=failures(ProviderNotFoundError) | _KEEPS_KEYS)
def change_provider(
    id: IdPath, body: ChangeProviderRequest, user: CurrentUserDep, service: ServiceDep, answers: AnswersDep
) -> Envelope[ProviderBody]:
    """Change the fields that are given"""
    annotate(provider_id=id)
    changed = service.change(user.id, id, body.changes())
    return answers.success(ProviderBody.of(changed), "updated")


@router.delete("/{id}", responses=failures(ProviderNotFoundError))
def delete_provider(
    id: IdPath, user: CurrentUserDep, service: ServiceDep, answers: AnswersDep
) -> Envelope[None]:
    """Delete a provider, with its key"""
    annotate(provider_id=id)
    service.delete(user.id, id)
    return answers.success(None, "deleted")


@router.post(
    "/{id}/test",
    responses=failures(ProviderNotFoundError, KeyUnreadableError, KeyVaultError, ModelServiceError),
)
async def try_provider(
    id: IdPath, user: CurrentUserDep, service: ServiceDep, answers: AnswersDep
) -> Envelope[ProviderTrialBody]:
    """Try a provider out, with one real small call

    It takes up to 24 s, and a few tokens of whoever pays for the provider. What its service says where it
    fails is the error's text; `type` is one of `model_unreachable`, `model_timeout`, `model_rate_limited`,
    `model_rejected` and `model_stream_broken`.
    """
    annotate(provider_id=id)
    return answers.success(ProviderTrialBody.of(await service.try_out(user.id, id)))
