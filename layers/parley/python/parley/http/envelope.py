"""The contract's envelope, as models and as answers."""

from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from parley.domain.pages import Page, PageRequest
from parley.http.phrases import Language, choose_language, phrase


class Envelope[T](BaseModel):
    success: bool = True
    message: str
    data: T


class PageBody[T](BaseModel):
    items: list[T]
    total: int
    page: int
    page_size: int
    next_cursor: str | None


class ErrorDetail(BaseModel):
    """`field` is a path such as `body.title`."""

    field: str
    reason: str


class ErrorEnvelope(BaseModel):
    success: bool = False
    error: str
    code: int
    type: str
    details: list[ErrorDetail] | None = None
    request_id: str | None = None


def language_of(request: Request) -> Language:
    return choose_language(request.headers.get("accept-language"))


class Answers:
    """Builds successes in the caller's language."""

    def __init__(self, request: Request) -> None:
        self._language = language_of(request)

    def success[T](self, data: T, key: str = "ok") -> Envelope[T]:
        return Envelope(message=phrase(key, self._language), data=data)

    def model_failure(self, reason: str, *, type: str) -> JSONResponse:
        """502: the model's service failed, in its own words."""
        return error_response(502, type=type, error=f"{phrase('model_error', self._language)}: {reason}")

    def page[T](self, page: Page[T], requested: PageRequest) -> Envelope[PageBody[T]]:
        body = PageBody(
            items=page.items,
            total=page.total,
            page=requested.number,
            page_size=requested.size,
            next_cursor=page.next_cursor,
        )
        return self.success(body)


def error_response(
    status: int,
    *,
    type: str,
    error: str,
    headers: dict[str, str] | None = None,
    **further: Any,
) -> JSONResponse:
    envelope = ErrorEnvelope(error=error, code=status, type=type, **further)
    return JSONResponse(envelope.model_dump(exclude_none=True), status_code=status, headers=headers)


def _page_request(
    page: Annotated[int, Query(ge=1, le=1_000_000, description="From 1.")] = 1,
    page_size: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[
        str | None, Query(max_length=500, description="`next_cursor` of the page before; replaces `page`.")
    ] = None,
) -> PageRequest:
    return PageRequest(number=page, size=page_size, cursor=cursor or None)


AnswersDep = Annotated[Answers, Depends(Answers)]
PageRequestDep = Annotated[PageRequest, Depends(_page_request)]
