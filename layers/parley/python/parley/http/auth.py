"""The current user, as a dependency of routes."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from parley.accounts.authentication import Authenticator, CurrentUser
from parley.observability import annotate

_bearer = HTTPBearer(
    scheme_name="bearer", auto_error=False, description="The `access_token` of a log-in: opaque, revocable."
)


def current_user(request: Request) -> CurrentUser:
    """Looked up once for each request. Blocks. Raises `NotAuthenticatedError`."""
    known: CurrentUser | None = getattr(request.state, "current_user", None)
    if known is not None:
        return known
    authenticator: Authenticator = request.app.state.authenticator
    user = authenticator.authenticate(request.headers.get("authorization"))
    annotate(user_id=user.id)
    request.state.current_user = user
    return user


def _current_user(request: Request, _: Annotated[object, Depends(_bearer)]) -> CurrentUser:
    return current_user(request)


CurrentUserDep = Annotated[CurrentUser, Depends(_current_user)]
