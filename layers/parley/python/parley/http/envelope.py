"""The contract's envelope, as models and as answers."""

from types import NoneType
from typing import Annotated, Any, Literal, get_args

from fastapi import Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from parley.domain.pages import Page, PageRequest
from parley.http.fields import without_defaults
from parley.http.phrases import Language, choose_language, phrase
from parley.http.sentences import say


class Envelope[T](BaseModel):
    """Every success."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    success: Literal[True] = True
    message: Annotated[
        str, Field(description="A short sentence in the caller's language.", examples=["操作成功"])
    ]
    data: T

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        return f"{public_name(params[0])}Answer"


class PageBody[T](BaseModel):
    """One page of a list."""

    items: list[T]
    total: Annotated[int, Field(ge=0, description="Of the whole list.", examples=[1])]
    page: Annotated[int, Field(ge=1, description="As it was asked for; 1 with a cursor.", examples=[1])]
    page_size: Annotated[int, Field(ge=1, le=100, examples=[20])]
    next_cursor: Annotated[
        str | None, Field(description="Asks for the next page; null on the last one.", examples=[None])
    ]

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        return f"{public_name(params[0])}Page"


def public_name(kind: Any) -> str:
    """What a schema is called in the document; alternatives one after another."""
    if kind in (None, NoneType):
        return "Empty"
    alternatives = [public_name(each) for each in get_args(kind)]
    return "Or".join(alternatives) or public_class_name(kind.__name__)


def public_class_name(name: str) -> str:
    return name.removesuffix("Body").removesuffix("Envelope")


class ErrorDetail(BaseModel):
    """One field that was refused."""

    field: Annotated[str, Field(description="A path such as `body.title`.", examples=["body.title"])]
    reason: Annotated[str, Field(examples=["长度不能少于 1 个字符"])]


class ErrorEnvelope(BaseModel):
    """Every failure."""

    model_config = ConfigDict(json_schema_extra=without_defaults)

    success: Literal[False]
    error: Annotated[str, Field(description="A short sentence in the caller's language.")]
    code: Annotated[int, Field(description="The HTTP status.")]
    type: Annotated[str, Field(description="A stable word for programs, such as `not_found`.")]
    details: Annotated[list[ErrorDetail] | SkipJsonSchema[None], Field(description="With 422.")] = None
    request_id: Annotated[
        str | SkipJsonSchema[None], Field(description="With 500: what to tell the operator.")
    ] = None


def language_of(request: Request) -> Language:
    return choose_language(request.headers.get("accept-language"))


class Answers:
    """Builds successes in the caller's language."""

    def __init__(self, request: Request) -> None:
        self._language = language_of(request)

    def success[T](self, data: T, key: str = "ok") -> Envelope[T]:
        return Envelope(message=phrase(key, self._language), data=data)

    def model_failure(self, reason: str, *, type: str) -> JSONResponse:
        """502: the model's service failed; what it said itself is in its own words."""
        text = f"{phrase('model_error', self._language)}: {self.say(reason)}"
        return error_response(502, type=type, error=text)

    def say(self, sentence: str) -> str:
        """A sentence about a failure, as `sentences.say` has it."""
        return say(sentence, self._language)

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
    envelope = ErrorEnvelope(success=False, error=error, code=status, type=type, **further)
    return JSONResponse(envelope.model_dump(exclude_none=True), status_code=status, headers=headers)


def _page_request(
    page: Annotated[int, Query(ge=1, le=1_000_000, description="From 1; its cost grows with it.")] = 1,
    page_size: Annotated[int, Query(ge=1, le=100, description="Items on a page.")] = 20,
    cursor: Annotated[
        str | None,
        Query(
            max_length=500,
            description="`next_cursor` of the page before, at the same cost at any depth; replaces `page`.",
        ),
    ] = None,
) -> PageRequest:
    return PageRequest(number=page, size=page_size, cursor=cursor or None)


AnswersDep = Annotated[Answers, Depends(Answers)]
PageRequestDep = Annotated[PageRequest, Depends(_page_request)]
