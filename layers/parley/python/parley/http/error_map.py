"""The one place where facts become answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from parley import errors
from parley.http.envelope import error_response, language_of
from parley.http.phrases import phrase
from parley.http.phrases import reason as reason_of
from parley.http.sentences import say
from parley.http.statuses import status_of, type_of
from parley.observability import current_request_id, log_failure

# Facts about a field of the request: 422.
_FIELDS: dict[type[errors.ParleyError], tuple[str, str]] = {
    errors.InvalidCursorError: ("query", "cursor"),
    errors.UnknownProviderError: ("body", "provider_id"),
    errors.UnknownUserError: ("body", "username"),
}

_HTTP_KEYS = {404: "not_found", 405: "method_not_allowed", 413: "payload_too_large"}


def map_errors(app: FastAPI) -> None:
    app.add_exception_handler(errors.ParleyError, _parley_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unhandled)


async def _parley_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.ParleyError)
    if field := _FIELDS.get(type(error)):
        return _invalid_fields(request, [_detail(request, field, error.key)])
    if isinstance(error, errors.UnknownAgentError):
        place = ("agent_id",) if error.index is None else ("agent_ids", str(error.index))
        return _invalid_fields(request, [_detail(request, ("body", *place), error.key)])
    if isinstance(error, errors.InvalidArgumentsError):
        return _invalid_fields(request, _details(request, error.problems, within=("body",)))
    language = language_of(request)
    text = phrase(error.key, language)
    if isinstance(error, errors.RefusedBaseUrlError):
        reason = f"{text}: {say(error.reason, language)}"
        return _invalid_fields(request, [{"field": "body.base_url", "reason": reason}])
    if isinstance(error, errors.ModelServiceError):
        text = f"{text}: {say(error.reason, language)}"
        return error_response(status_of(type(error)), type=error.type, error=text)
    headers = {}
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, errors.NotAuthenticatedError):
        headers["WWW-Authenticate"] = "Bearer"
    return error_response(status_of(type(error)), type=type_of(error.key), error=text, headers=headers)


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    if any(entry["type"] == "json_invalid" for entry in error.errors()):
        text = phrase("malformed_json", language_of(request))
        return error_response(400, type="malformed_json", error=text)
    return _invalid_fields(request, _details(request, error.errors()))


def _details(
    request: Request, problems: Sequence[Mapping[str, Any]], *, within: tuple[str, ...] = ()
) -> list[dict[str, str]]:
    """pydantic's problems as the contract tells them; their places are `within` that part of the request."""
    language = language_of(request)
    return [
        {
            "field": ".".join(str(step) for step in (*within, *problem["loc"])),
            "reason": reason_of(problem["type"], problem["msg"], problem.get("ctx", {}), language),
        }
        for problem in problems
    ]


def _invalid_fields(request: Request, details: list[dict[str, str]]) -> JSONResponse:
    text = phrase("validation_error", language_of(request))
    return error_response(422, type="validation_error", error=text, details=details)


def _detail(request: Request, location: tuple[str, ...], key: str) -> dict[str, str]:
    return {"field": ".".join(location), "reason": phrase(key, language_of(request))}


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    """What the framework itself raises: unknown path, wrong method, a body that is no text."""
    assert isinstance(error, HTTPException)
    key = _HTTP_KEYS.get(error.status_code, "bad_request" if error.status_code < 500 else "internal_error")
    headers: dict[str, Any] = dict(error.headers or {})
    return error_response(
        error.status_code, type=key, error=phrase(key, language_of(request)), headers=headers
    )


async def _unhandled(request: Request, error: Exception) -> JSONResponse:
    """The trace goes to the log, the request's id to the caller."""
    log_failure("unhandled failure", error)
    text = phrase("internal_error", language_of(request))
    return error_response(500, type="internal_error", error=text, request_id=current_request_id())
